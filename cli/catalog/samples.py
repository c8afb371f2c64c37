"""Takes the samples out that come with the project: products whose models are in an account that nobody has."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from cli.catalog.files import FOLDER
from cli.errors import NotReachedError
from cli.exit_codes import ExitCode
from cli.stacks import engine
from fleet.store.locations import states_at
from fleet.store.storage import backend_url
from hub.definitions.lock_document import LOCK_FILE, read_lock
from hub.definitions.lock_file import strike_from_lock
from hub.definitions.product_folder import FILE
from hub.definitions.yaml_file import read_yaml
from shared.aws.examples import EXAMPLE_ACCOUNTS
from shared.errors import CatalogError
from shared.stack.names import CATALOG_OUTPUT, HUB_PROJECT
from shared.stack.stack_file import stack_files


def remove_samples() -> int:
    """Remove the products that are samples, and settings of spokes in accounts that nobody has; keep all else.

    Their numbers stay in the lock file as removed, since git remembers that they were published.

    Raises:
        NotReachedError: a hub has published one of them.
        CatalogError: states cannot be read, or nothing may be written.
    """
    products = dict(samples(FOLDER / "products"))
    spokes = list(_sample_spokes())
    _refuse_published(products)
    locked = read_lock(FOLDER / LOCK_FILE).templates
    for key in products:
        for number in locked.get(key, {}):
            strike_from_lock(FOLDER, key, number)
    for key, folder in products.items():
        shutil.rmtree(folder)
        print(f"removed {folder}: {key}, a sample")
    for path in spokes:
        path.unlink()
        print(f"removed {path}: its account is an example, of AWS's documentation")
    if not products and not spokes:
        print(f"{FOLDER}: there are no samples")
    else:
        print("Next: your account ids in Pulumi.organization.yaml and Pulumi.hub.yaml, your portfolios in")
        print(f"{FOLDER / 'portfolios.yaml'}, and your first model: model-catalog models new NAME --template FILE")
    return ExitCode.DONE


def samples(folder: Path) -> Iterator[tuple[str, Path]]:
    """Find the sample products in a folder of products: each by its original key, with its own folder."""
    for path in sorted(folder.glob(f"*/{FILE}")):
        try:
            content: Any = read_yaml(path)
            registry = str(content["registry"]["account_id"])
            key = str(content.get("first_key") or content.get("original_key") or content["key"])
        except (CatalogError, AttributeError, KeyError, TypeError):
            continue  # models check says what is wrong with it
        if registry in EXAMPLE_ACCOUNTS:
            yield key, path.parent


def _sample_spokes() -> Iterator[Path]:
    for file in stack_files(Path(), "spoke"):
        if file.given.get("model-catalog-spoke:accountId", "") in EXAMPLE_ACCOUNTS:
            yield file.path


def _refuse_published(products: Mapping[str, Path]) -> None:
    states = states_at(backend_url(), engine(), HUB_PROJECT)
    for file in stack_files(Path(), "hub"):
        state = states.read(file.stack)
        catalog = cast("Mapping[str, Any]", (state.outputs.get(CATALOG_OUTPUT) if state else None) or {})
        regions = cast("Mapping[str, Mapping[str, Any]]", catalog.get("regions") or {})
        published = {key for region in regions.values() for key in region.get("products", {})}
        if there := sorted(published & products.keys()):
            raise NotReachedError(
                f"{file.stack} has published them: {', '.join(there)}. In a rehearsal start with another backend, or "
                f"destroy it: model-catalog stack destroy {file.stack}. On AWS end them as any other: retire their "
                f"versions (docs/lifecycle.md).",
                code="samples-published",
            )
