"""Reads the catalog's files into one checked whole."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from hub.config import ExceptionSetting
from hub.definitions.cost import read_prices
from hub.definitions.lock_file import check_lock
from hub.definitions.marks import marks_in, refuse_marks
from hub.definitions.model import Catalog, CatalogProduct, files_of, published_of
from hub.definitions.outline import outlines
from hub.definitions.permissions import check_permissions
from hub.definitions.product_folder import FILE, read_product, refuse_twins
from hub.definitions.rights import check_rights
from hub.definitions.schema import PortfolioFile, PortfoliosFile
from hub.definitions.yaml_file import read_document
from shared.collecting import Mistakes
from shared.errors import ContentError

_FILES: Final = ("marker.yaml", "portfolios.yaml", "prices.yaml")
"""Of the catalog's own folder."""


class Known(Protocol):
    """Products that somebody has read already."""

    def get(self, path: Path, /) -> CatalogProduct | None:
        """Give the one of a file; None where it was not read, or has a mistake."""
        ...


Ahead = Callable[[Sequence[Path], Callable[[Path], CatalogProduct]], Known]
"""Reads products ahead of who wants them, by their files and what reads one."""


def read_catalog(
    folder: Path,
    day: dt.date,
    *,
    exceptions: Sequence[ExceptionSetting] = (),
    published: Collection[str] = (),
    left_out: Collection[str] = (),
    ahead: Ahead | None = None,
) -> Catalog:
    """Read and check a catalog as it is on a day, lock file included.

    Args:
        folder: Where it is.
        day: The day whose states of versions count.
        exceptions: What products may do beyond the list, as a hub's settings say.
        published: The portfolios whose products are read; without them, all are. What is wrong with others is told
            where these are read, but for what two products share.
        left_out: Products by key that are not read either, in the same way.
        ahead: Reads some products ahead; without it, each is read when it is its turn.

    Raises:
        ContentError: names the file and the place of each mistake, and what to do about it.
    """
    return _read(folder, day, exceptions, published, locked=True, left_out=left_out, ahead=ahead)


def read_unlocked(
    folder: Path, day: dt.date, *, exceptions: Sequence[ExceptionSetting] = (), published: Collection[str] = ()
) -> Catalog:
    """Read and check a catalog, or a part of it, whose new versions may not be in the lock file yet."""
    return _read(folder, day, exceptions, published, locked=False)


def _read(
    folder: Path,
    day: dt.date,
    exceptions: Sequence[ExceptionSetting],
    published: Collection[str],
    *,
    locked: bool,
    left_out: Collection[str] = (),
    ahead: Ahead | None = None,
) -> Catalog:
    mistakes = Mistakes()
    listed = outlines(folder) if published or left_out else None
    others = [each for each in listed or () if each.key in left_out or not each.is_of(published)]
    wanted = None if listed is None else {each.key for each in listed} - {each.key for each in others}
    with mistakes:
        refuse_marks(folder, wanted)
    marked = {mark.path.parent for mark in marks_in(folder, wanted)} if mistakes.found else set[Path]()
    with mistakes:
        _refuse_strangers(folder)
    portfolios: list[PortfolioFile] | None = None
    with mistakes:
        portfolios = _portfolios(folder / "portfolios.yaml")
    by_key = None if portfolios is None else {item.key: item for item in portfolios}
    read = list[tuple[Path, CatalogProduct]]()
    paths = sorted((folder / "products").glob(f"*/{FILE}"))
    paths = [path for path in paths if wanted is None or path.parent.name in wanted]
    whole = [path for path in paths if path.parent not in marked]  # of what is half said a mistake says nothing
    known = ahead(whole, lambda path: read_product(path, by_key, day)) if ahead else dict[Path, CatalogProduct]()
    for path in whole:
        with mistakes:
            read.append((path, known.get(path) or read_product(path, by_key, day)))
    with mistakes:
        known_as = [(path, product.file.original_key) for path, product in read]
        known_as += [(each.path, each.original_key) for each in others]
        refuse_twins(((path, "original key", key) for path, key in sorted(known_as)), "products")
    with mistakes:
        named = [(path, product.file.name) for path, product in read]
        named += [(each.path, str(each.content.get("name"))) for each in others]
        refuse_twins(((path, "name", name) for path, name in sorted(named)), "products")
    for index, (path, product) in enumerate(read):
        with mistakes:
            check_permissions(path.parent, product)
        with mistakes:
            read[index] = path, replace(product, exceptions=check_rights(product, path.parent, exceptions))
    prices = None
    with mistakes:
        prices = read_prices(folder / "prices.yaml")
    products = [product for _, product in read]
    if locked:
        with mistakes:
            elsewhere = {each.original_key for each in others}
            whole = len(read) == len(paths)
            check_lock(folder, published_of(products), files_of(products), whole=whole, elsewhere=elsewhere)
    mistakes.refuse()
    assert portfolios is not None and prices is not None  # noqa: S101, PT018 - or there were mistakes
    return Catalog(folder=folder, day=day, portfolios=portfolios, products=products, prices=prices)


def _portfolios(path: Path) -> list[PortfolioFile]:
    portfolios = read_document(PortfoliosFile, path).portfolios
    mistakes = Mistakes()
    for field in ("key", "original_key", "name"):
        with mistakes:
            entries = ((path, field.replace("_", " "), str(getattr(item, field))) for item in portfolios)
            refuse_twins(entries, "portfolios")
    mistakes.refuse()
    return portfolios


def _refuse_strangers(folder: Path) -> None:
    """Refuse files that look as if they counted: of another ending, or in another place."""
    mistakes = Mistakes()
    products = folder / "products"
    for path in sorted([*folder.glob("*.y*ml"), *products.glob("*.y*ml"), *products.glob("*/")]):
        if path.is_dir():
            wrong = path.parent == products and not (path / FILE).exists() and not path.name.startswith(".")
            if wrong and any(path.iterdir()):
                mistakes.add(
                    ContentError(
                        f"has no {FILE}, so it is no product. Add that file, rename the one that is meant, or remove "
                        f"the folder.",
                        code="folder-without-product",
                        place=str(path),
                    )
                )
        elif path.parent == products or path.name not in _FILES:
            mistakes.add(
                ContentError(
                    f"is none of the catalog's files, so nothing is made of it. Those are {', '.join(_FILES)}, and "
                    f"products/KEY/{FILE}: rename or remove it.",
                    code="file-not-of-the-catalog",
                    place=str(path),
                )
            )
    mistakes.refuse()
