"""Writes the catalog out for people and machines that look at it, into one folder."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cli.beside import Ahead, Beside
from cli.catalog.files import FOLDER, catalog_as_of
from cli.exit_codes import ExitCode
from hub.config import HubSettings
from pages.index.build import Publisher, index_of
from pages.index.model import Index
from pages.machines.reading import read_index
from pages.machines.source import Source
from shared.catalog.lifecycle import as_of
from shared.errors import ConfigError, ContentError
from shared.stack.stack_file import stack_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.web.build import Site
    from pages.web.proposing import Host

_ADDRESS: Final = ("https://", "http://")


def index_here(*, private: bool = False, repository: str = "") -> Index:
    """Build the index of the catalog that is here, as it is on the day of the environment. Raises CatalogError."""
    publishers = [Publisher(file.path.name, file.settings(HubSettings)) for file in stack_files(Path(), "hub")]
    return index_of(catalog_as_of(), publishers, private=private, repository=repository, ahead=Ahead)


def build(
    out: Path,
    *,
    base: str = "",
    private: "Callable[[Site], Site] | None" = None,
    repository: str = "",
    branch: str = "main",
    host: "Host | None" = None,
    title: str = "Model catalog",
) -> int:
    """Write all that is shown of the catalog into a folder.

    Args:
        out: The folder.
        base: The address at which it is published.
        private: Adds to the site who runs what.
        repository: The address of the catalog's repository.
        branch: Of that repository, which changes are proposed to.
        host: Of that repository; None to tell by the address.
        title: What the catalog is called.

    Raises:
        CatalogError: something is wrong with the catalog, the folder or the address.
    """
    from pages.machines.files import machine_files  # noqa: PLC0415 - likewise
    from pages.web.build import Site  # noqa: PLC0415 - what renders pages is slow to load
    from pages.web.build import build as build_pages  # noqa: PLC0415 - likewise

    if base and not base.startswith(_ADDRESS):
        raise ContentError(
            f"invalid value {base!r}. Expected the address of the folder, such as https://models.example.com/.",
            code="address-invalid",
            place="--base-url",
        )
    if repository and not repository.startswith(_ADDRESS):
        raise ContentError(
            f"invalid value {repository!r}. Expected the address of the repository's pages, such as "
            f"https://github.com/example/models.",
            code="address-invalid",
            place="--repository",
        )
    address = f"{base.rstrip('/')}/" if base else ""
    index = index_here(private=private is not None, repository=repository)
    with Beside(lambda: {name: as_bytes(text) for name, text in machine_files(index, base=address)}) as machines:
        site = Site(index=index, title=title, branch=branch, host=host, documents=machines.result, linked=_linked())
        pages, documents = build_pages(private(site) if private else site, out)
    print(f"wrote {pages} pages and {documents} files for machines of {len(index.products)} products into {out}")
    return ExitCode.DONE


def as_bytes(text: str | bytes) -> bytes:
    """Give what is written."""
    return text.encode() if isinstance(text, str) else text


def _linked() -> tuple[tuple[str, str], ...]:
    """Name the files for machines that every page links to."""
    from pages.machines.feeds import ATOM, CALENDAR  # noqa: PLC0415 - as above
    from pages.machines.listing import INDEX  # noqa: PLC0415 - as above

    return ((INDEX, "index.json"), (ATOM, "Atom feed"), (CALENDAR, "Calendar"))


def serve(folder: Path, port: int) -> int:
    """Show a folder that was built, until it is interrupted; rollouts as they are. Raises CatalogError."""
    from cli.private_site import live_rollouts  # noqa: PLC0415 - as above
    from pages.web.build import MARK  # noqa: PLC0415 - as above
    from pages.web.serve import server  # noqa: PLC0415 - as above

    if not (folder / MARK).exists():
        raise ContentError(
            f"holds no pages. Build them first: model-catalog site build --out {folder}",
            code="pages-not-built",
            place=str(folder),
        )
    try:
        serving = server(folder, port, live_rollouts(folder, _linked()))
    except OSError as problem:
        raise ConfigError(
            f"cannot listen at port {port}: {problem.strerror}. Name another one, or 0 for a free one.",
            code="port-taken",
            place="--port",
        ) from None
    print(f"http://127.0.0.1:{serving.server_port}/ until you press Ctrl+C", flush=True)
    with serving, contextlib.suppress(KeyboardInterrupt):
        serving.serve_forever()
    return ExitCode.DONE


def source(built: Path | None) -> Source:
    """Give what an agent's server reads: the catalog that is here, or an index that was built."""
    if built:
        return Source(lambda: read_index(built, as_of()), lambda: [built / "index.json"], as_of)
    return Source(index_here, _files, as_of)


def _files() -> list[Path]:
    """List what an index is built from."""
    return sorted([*(path for path in FOLDER.rglob("*") if path.is_file()), *Path().glob("Pulumi.hub*.yaml")])
