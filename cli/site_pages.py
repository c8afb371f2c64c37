"""Writes the catalog out for people and machines that look at it, into one folder."""

from pathlib import Path

from cli.catalog.files import FOLDER, catalog_as_of
from cli.exit_codes import ExitCode
from hub.config import HubSettings
from pages.index.build import Publisher, index_of
from pages.index.model import Index
from pages.machines.reading import read_index
from pages.machines.source import Source
from shared.catalog.lifecycle import as_of
from shared.errors import ContentError
from shared.files import write_files
from shared.stack.stack_file import stack_files


def index_here(*, private: bool = False, repository: str = "") -> Index:
    """Build the index of the catalog that is here, as it is on the day of the environment. Raises CatalogError."""
    publishers = [Publisher(file.path.name, file.settings(HubSettings)) for file in stack_files(Path(), "hub")]
    return index_of(catalog_as_of(), publishers, private=private, repository=repository)


def build(out: Path, *, base: str = "", private: bool = False, repository: str = "") -> int:
    """Write all that is shown of the catalog into a folder. Raises CatalogError."""
    from pages.machines.files import machine_files  # noqa: PLC0415 - what writes the forms of others is slow to load

    if base and not base.startswith(("https://", "http://")):
        raise ContentError(
            f"invalid value {base!r}. Expected the address of the folder, such as https://models.example.com/.",
            code="address-invalid",
            place="--base-url",
        )
    address = f"{base.rstrip('/')}/" if base else ""
    index = index_here(private=private, repository=repository)
    files = dict(machine_files(index, base=address))
    write_files({out / name: content for name, content in files.items()})
    print(f"wrote {len(files)} files of {len(index.products)} products into {out}")
    return ExitCode.DONE


def source(built: Path | None) -> Source:
    """Give what an agent's server reads: the catalog that is here, or an index that was built."""
    if built:
        return Source(lambda: read_index(built, as_of()), lambda: [built / "index.json"], as_of)
    return Source(index_here, _files, as_of)


def _files() -> list[Path]:
    """List what an index is built from."""
    return sorted([*(path for path in FOLDER.rglob("*") if path.is_file()), *Path().glob("Pulumi.hub*.yaml")])
