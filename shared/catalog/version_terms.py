"""What a version's parameters have to be compared with: its number, its defaults, and what is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.catalog.contract import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTerms:
    """A version, as far as a comparison with AWS needs it.

    Attributes:
        defaults: Of parameters, as the template has them.
        hidden: Parameters whose values AWS shows to nobody.
    """

    number: str
    defaults: Mapping[str, str]
    hidden: frozenset[str]


def version_terms(contracts: Iterable[Contract]) -> dict[str, VersionTerms]:
    """Give the terms of all versions, by what AWS calls them."""
    return {
        version.id: VersionTerms(
            number=number,
            defaults={
                key: each.default
                for key, each in version.parameters.items()
                if each.default is not None and not each.is_masked
            },
            hidden=frozenset(key for key, each in version.parameters.items() if each.no_echo),
        )
        for contract in contracts
        for region in contract.regions.values()
        for product in region.products.values()
        for number, version in product.versions.items()
    }
