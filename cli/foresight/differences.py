"""What becomes of the catalog, in words: what two contracts of a hub differ in, as of a day."""

import datetime as dt
from collections.abc import Iterator, Mapping

from cli.foresight.contracts import by_original_key
from shared.catalog.contract import Contract, Product, RegionCatalog

_NOTHING = RegionCatalog(portfolios={}, products={})


def differences(before: Mapping[str, Contract], after: Mapping[str, Contract], day: dt.date) -> list[str]:
    """Say it once for all hubs and regions in which it is so."""
    found: dict[str, None] = {}
    for name, contract in after.items():
        earlier = before[name].regions if name in before else {}
        for region in dict.fromkeys((*earlier, *contract.regions)):
            old, new = earlier.get(region, _NOTHING), contract.regions.get(region, _NOTHING)
            found |= dict.fromkeys(_in_region(old, new, day))
    return list(found)


def _in_region(old: RegionCatalog, new: RegionCatalog, day: dt.date) -> Iterator[str]:
    for key, product in new.products.items():
        earlier = by_original_key(old.products, product.original_key)
        if earlier is None:
            yield f"{key} is new, with {', '.join(product.versions) or 'no version'}"
        else:
            yield from _of_product(key, earlier, product, day)
    for key, product in old.products.items():
        if by_original_key(new.products, product.original_key) is None:
            yield f"{key} is no longer offered"
    for key in old.portfolios.keys() | new.portfolios.keys():
        if (portfolio := new.portfolios.get(key)) is None:
            yield f"the portfolio {key} is no longer offered"
        elif key not in old.portfolios:
            yield f"the portfolio {key} is new"
        elif portfolio.name != old.portfolios[key].name:
            yield f"the portfolio {key} has another name"


def _of_product(key: str, old: Product, new: Product, day: dt.date) -> Iterator[str]:
    for number, version in new.versions.items():
        before = old.versions.get(number)
        if before is None:
            yield f"{key} {number} is new"
            continue
        if (was := before.state_on(day)) != (state := version.state_on(day)):
            yield f"{key} {number} is {state}, which was {was}"
        told = [name for name, what in _PARTS.items() if getattr(before, what) != getattr(version, what)]
        if told:
            yield f"{key} {number} has {' and '.join(told)}"
    for number in old.versions.keys() - new.versions.keys():
        yield f"{key} {number} is no longer offered"
    told = [name for name, what in _TERMS.items() if getattr(old, what) != getattr(new, what)]
    if told:
        yield f"{key} has {' and '.join(told)}"


_PARTS: Mapping[str, str] = {"another template": "template_sha256", "another model": "model", "other prices": "cost"}
_TERMS: Mapping[str, str] = {
    "another portfolio": "portfolio",
    "other tags": "tags",
    "other tag options": "tag_options",
    "other rules": "rules",
    "another launch role": "launch_role",
    "another execution role": "execution_role",
    "other portfolios beside its first": "portfolios",
}
