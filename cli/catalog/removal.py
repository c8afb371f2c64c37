"""Lets a retired version go that nobody uses any more."""

from pathlib import Path

from cli.catalog.files import FOLDER, catalog_as_of, find_product, find_version
from cli.errors import NotReachedError
from cli.exit_codes import ExitCode
from cli.launched import launches_seen
from fleet.show.account_launches import in_lines
from fleet.show.launches import launches_of
from hub.definitions.lock_file import strike_from_lock
from shared.errors import ContentError


def remove_version(key: str, number: str) -> int:
    """Take a version's hash out of the lock file, so that its entry may be deleted.

    Raises:
        ContentError: it is not retired.
        CatalogError: somebody runs it.
    """
    product = find_product(catalog_as_of(), key)
    version = find_version(product, number)
    if version.state != "retired":
        raise ContentError(
            f"{number} is {version.state}. Retire it first, and deploy the hub; a retired version can be removed once "
            f"it is no longer in use.",
            code="version-not-retired",
            place=str(FOLDER / "products" / key / "product.yaml"),
        )
    _refuse_while_used(product.file.original_key, number)
    strike_from_lock(FOLDER, product.file.original_key, number)
    print(
        f"{key} {number} is no longer locked. Delete its entry from product.yaml and its files "
        f"({version.entry.template_file}, {version.entry.card}), then run model-catalog stack up hub."
    )
    return ExitCode.DONE


def _refuse_while_used(original_key: str, version: str) -> None:
    """Refuse to let a version go that somebody runs, under whatever key its product was launched.

    Raises:
        NotReachedError: lists who runs it.
        CatalogError: nobody can say who does.
    """
    found = launches_of(Path.cwd(), identified=True)
    users = [each for each in found if (each.original_key, each.deployed.version) == (original_key, version)]
    if users:
        named = ", ".join(f"{user.deployed.name} in {user.stack} ({user.deployed.region})" for user in users)
        raise NotReachedError(
            f"{users[0].product} {version} is still in use: {named}. Move these launches to another version first, and "
            f"deploy their stacks.",
            code="version-in-use",
        )
    there = launches_seen().launches
    beside = [each for each in there if (each.original_key, each.version) == (original_key, version)]
    if beside:
        raise NotReachedError(
            f"{beside[0].product} {version} is still in use. Have who launched these move or terminate "
            f"them:{in_lines(beside)}",
            code="version-in-use-undeclared",
        )
