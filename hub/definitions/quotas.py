"""What Service Catalog takes of a catalog where AWS has not raised it."""

from collections.abc import Iterator, Mapping
from typing import Final

from hub.definitions.model import Catalog

MOST: Final[Mapping[str, int]] = {
    "portfolios": 100,
    "products": 350,
    "versions of a product": 100,
    "products of a portfolio": 150,
}
"""In a region (source: Service Catalog Administrator Guide, "Service quotas"; they can be raised)."""


def in_each(catalog: Catalog) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Count what each product and each portfolio has, by its key."""
    for product in catalog.products:
        yield product.file.key, {"versions of a product": len(product.versions) + 1}  # and the marker
    for portfolio in catalog.portfolios:
        members = [product for product in catalog.products if portfolio.key in product.file.places]
        yield portfolio.key, {"products of a portfolio": len(members)}


def beyond(found: Mapping[str, int]) -> Iterator[str]:
    """Say what is more than AWS takes by itself."""
    for name, count in found.items():
        if count > MOST[name]:
            yield (
                f"{count} {name}, and AWS takes {MOST[name]} where it has not raised the quota. Remove some, or have "
                f"it raised"
            )


def beyond_quotas(catalog: Catalog) -> Iterator[str]:
    """Say where a catalog by itself is beyond a quota, whatever else the account holds."""
    whole = {"portfolios": len(catalog.portfolios), "products": len(catalog.products)}
    for what, found in (*in_each(catalog), (str(catalog.folder), whole)):
        yield from (f"quotas of {what}: {each}" for each in beyond(found))
