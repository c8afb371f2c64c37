"""The catalog as its files are now, against what the hub has deployed or against a revision."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.catalog.files import FOLDER, exceptions_here
from cli.foresight.contracts import contract_of
from cli.foresight.differences import differences
from cli.foresight.revision import checked_out
from cli.foresight.start import Scenario, Start, templates_of
from hub.config import HubSettings
from hub.definitions.load import read_unlocked
from hub.definitions.lock_file import check_lock
from hub.definitions.model import Catalog, files_of
from pages.foresight.shapes import ForeseenChange
from shared.catalog.contract import Contract
from shared.errors import CatalogError, ContentError
from shared.stack.names import short_name
from shared.stack.stack_file import stack_files


def edited(start: Start, against: str | None, until: ExitStack) -> tuple[ForeseenChange, Scenario]:
    """Say what is looked at when the catalog's files are deployed as they are.

    Args:
        start: What there is.
        against: A revision of git's; without it, what the hubs have deployed.
        until: Keeps the files of the revision until all is looked at.

    Raises:
        CatalogError: the hub would refuse the files, nothing is deployed, or there is no such revision.
    """
    catalog = read_unlocked(FOLDER, start.day, exceptions=exceptions_here())
    notes = [*start.notes, "whether the registry approves what is published the hub's preview asks"]
    try:
        check_lock(FOLDER, catalog.published(), files_of(catalog.products))
    except CatalogError as problem:
        notes.append(f"the hub refuses the catalog as it is: {problem}")
    after = start.contracts(lambda file, known: contract_of(catalog, file, known))
    if against is None:
        if not start.deployed:
            raise ContentError(
                "is missing: no hub is deployed here, so there is nothing to compare the catalog with. Name a "
                "revision of git's, for example --against HEAD, or say where the state is (PULUMI_BACKEND_URL).",
                code="nothing-to-compare-with",
                place="--against",
            )
        before, earlier, said = dict(start.deployed), catalog, start.against
    else:
        folder = Path(until.enter_context(TemporaryDirectory(prefix="model-catalog-")))
        commit = checked_out(against, folder)
        try:
            before, earlier = _at(start, folder)
        except CatalogError as problem:
            raise ContentError(
                f"invalid value {against!r}: this release refuses the catalog of that time. Name a later one. It says: "
                f"{str(problem).replace(f'{folder}/', '')}",
                code="revision-refused",
                place="--against",
            ) from None
        said = f"the revision {against} ({commit[:12]})"
    change = ForeseenChange(kind="edit", against=said, what=differences(before, after, start.day))
    scenario = Scenario(
        before=start.inventory if against is None else start.with_hubs(before),
        after=start.with_hubs(after),
        assumed=not start.deployed,
        templates=templates_of(earlier, catalog),
        notes=tuple(notes),
    )
    return change, scenario


def _at(start: Start, folder: Path) -> tuple[dict[str, Contract], Catalog]:
    """Give what the hubs would publish of the files in a folder."""
    files = {file.stack: file for file in stack_files(folder, "hub")}
    exceptions = [each for file in files.values() for each in file.settings(HubSettings).exceptions]
    catalog = read_unlocked(folder / FOLDER, start.day, exceptions=exceptions)
    found = {
        name: contract_of(catalog, files[short_name(name)], start.deployed.get(name))
        for name in start.hubs
        if short_name(name) in files
    }
    return found, catalog
