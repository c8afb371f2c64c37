"""Puts the contract of a catalog together that is divided over several hub stacks."""

import hashlib
from collections.abc import Mapping

from shared.catalog.contract import Contract, RegionCatalog
from shared.errors import ContractError


def merge(contracts: Mapping[str, Contract]) -> Contract:
    """Put the contracts of a catalog together that is divided over several hub stacks.

    Args:
        contracts: What each stack published, by the stack's name.

    Raises:
        ContractError: two of them publish the same portfolio or product, or are of different accounts.
    """
    [(first, whole), *others] = contracts.items()
    origin: dict[tuple[str, str, str], str] = {}
    regions: dict[str, RegionCatalog] = {}
    for name, contract in contracts.items():
        if contract.hub_account != whole.hub_account:
            raise ContractError(
                f"belong to the accounts {whole.hub_account} and {contract.hub_account}. A catalog belongs to one "
                f"account: name stacks of one of them in hubStack.",
                code="catalog-of-two-accounts",
                place=f"stacks {first} and {name}",
            )
        for region, catalog in contract.regions.items():
            keys = [("portfolio", key) for key in catalog.portfolios] + [("product", key) for key in catalog.products]
            for what, key in keys:
                if (earlier := origin.setdefault((region, what, key), name)) != name:
                    raise ContractError(
                        f"both publish the {what} {key} in {region}. Divide the portfolios between them, then deploy "
                        f"both again.",
                        code="published-twice",
                        place=f"stacks {earlier} and {name}",
                    )
            before = regions.get(region, RegionCatalog(portfolios={}, products={}))
            regions[region] = RegionCatalog.model_construct(
                portfolios={**before.portfolios, **catalog.portfolios}, products={**before.products, **catalog.products}
            )
    if not others:
        return whole
    hashes = sorted(contract.content_hash for contract in contracts.values())
    return Contract.model_construct(
        schema_version=min(contract.schema_version for contract in contracts.values()),
        content_hash=f"sha256:{hashlib.sha256(' '.join(hashes).encode()).hexdigest()}",
        signature=None,
        hub_account=whole.hub_account,
        regions=regions,
    )
