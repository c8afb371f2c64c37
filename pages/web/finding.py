"""What the page of all models finds them by: one entry for each product."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pages.index.model import Index, IndexedPortfolio, IndexedProduct
from pages.index.version import IndexedVersion
from shared.catalog.cost import Estimate

_BANDS: Final = (10, 100, 1000)
_RELEASE: Final = re.compile(r"[ -]v?[0-9][0-9A-Za-z.]*$")


def entries(index: Index, users: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """Give an entry for each product; `users` says how many accounts run it, by its key, where that is known."""
    portfolios = {each.key: each for each in index.portfolios}
    return [_entry(each, portfolios[each.portfolio], users) for each in index.products]


def shown(product: IndexedProduct) -> IndexedVersion:
    """Give the version that stands for a product: the one to take."""
    return product.version(product.newest) or product.versions[-1]


def _entry(product: IndexedProduct, portfolio: IndexedPortfolio, users: Mapping[str, int] | None) -> dict[str, Any]:
    version = shown(product)
    card, price = version.card, product.price_from
    return {
        "key": product.key,
        "name": product.name,
        "address": f"models/{product.key}/index.html",
        "summary": card.summary,
        "version": version.version,
        "state": product.state,
        "note": ending(version),
        "released": version.life.released.isoformat(),
        "task": card.task,
        "framework": _RELEASE.sub("", card.framework),
        "runtime": card.framework,
        "modality": card.modality,
        "license": card.license,
        "risk": card.risk_rating,
        "portfolio": portfolio.name,
        "owner": card.owner,
        "regions": product.regions,
        "price": amount(price),
        "least": float(price.least) if price and price.least is not None else None,
        "band": band(price),
        "metrics": [
            [each.name, each.value, f"{each.value:g}"] for each in version.metrics if math.isfinite(each.value)
        ],
        "users": None if users is None else users.get(product.key, 0),
    }


def words(index: Index) -> dict[str, str]:
    """Give the words that each product is found by where Pagefind cannot run, in small letters."""
    found: dict[str, str] = {}
    for product in index.products:
        card = shown(product).card
        texts = (product.key, product.name, product.description, product.owner, *product.tags.values())
        texts += (card.summary, card.task, card.modality, card.framework, card.algorithm or "", card.base_model or "")
        texts += (card.license, *card.intended_uses, *(each.version for each in product.versions))
        found[product.key] = " ".join(texts).lower()
    return found


def ending(version: IndexedVersion) -> str:
    """Say what comes to an end and when; empty where nothing does."""
    life = version.life
    if life.state == "retired":
        return "retired"
    if life.next:
        return f"{life.next.state} on {life.next.on}"
    return f"deprecated since {life.deprecated_on}" if life.state == "deprecated" and life.deprecated_on else ""


def amount(price: Estimate | None) -> str:
    """Say a month's least cost in a few words."""
    if price is None or price.least is None:
        return "price unknown"
    least = price.least
    return f"{least:.2f} {price.currency}" if 0 < least < _BANDS[0] else f"{round(least):,} {price.currency}"


def band(price: Estimate | None) -> str:
    """Say between which amounts a month's least cost is."""
    if price is None or price.least is None:
        return "unknown"
    return next((f"up to {most:,}" for most in _BANDS if price.least <= Decimal(most)), f"over {_BANDS[-1]:,}")
