"""Reads an index that was written before, from the folder that it is in."""

import datetime as dt
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pages.index.life import on_day
from pages.index.model import Index, IndexedProduct
from pages.machines.listing import INDEX, Listing, VersionDocument
from shared.documents import read_file
from shared.errors import ContentError, Mistake

T = TypeVar("T", bound=BaseModel)


def read_index(folder: Path, day: dt.date) -> Index:
    """Read the index that is in a folder, with the states of a day.

    Raises:
        ContentError: there is none, or one of its documents is damaged.
    """
    listing = _read(Listing, folder / INDEX)
    products = list[IndexedProduct]()
    for product in listing.products:
        documents = [_read(VersionDocument, folder / each.address) for each in product.versions]
        versions = [each.version.model_copy(update={"life": on_day(each.version.life, day)}) for each in documents]
        products.append(documents[-1].product.model_copy(update={"versions": versions}))
    return Index(
        day=day,
        repository=listing.repository,
        prices=listing.prices,
        portfolios=listing.portfolios,
        products=products,
    )


def _read(shape: type[T], path: Path) -> T:
    try:
        return shape.model_validate_json(read_file(path))
    except OSError as problem:
        raise ContentError(
            f"cannot be read ({problem.strerror}). Name the folder that `model-catalog site build` wrote.",
            code="index-unreadable",
            place=str(path),
        ) from None
    except (ValidationError, Mistake):
        raise ContentError(
            "is no part of an index of this release. Build it again: model-catalog site build",
            code="index-damaged",
            place=str(path),
        ) from None
