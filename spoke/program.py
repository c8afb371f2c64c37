"""The spoke's table of contents: contract, roles, portfolios, launches."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from shared.contract import Contract, Product
from shared.errors import LaunchError
from shared.lifecycle import as_of
from shared.provider import account_provider, confirm_account
from shared.settings import load_settings
from spoke.config import SpokeSettings
from spoke.cost import report_costs
from spoke.granted_portfolio import GrantedPortfolio
from spoke.guarding import warn_of_ends
from spoke.hub import read_contract
from spoke.launching import launch_outputs, provision
from spoke.neighbours import refuse_second_stack
from spoke.offer import Order, match, region_catalog
from spoke.product_roles import ProductRoles, confirm_roles

SETTINGS_FOLDER: Final = Path("..")
"""Relative to the project's folder, as stackConfigDir in Pulumi.yaml says."""


def run() -> None:
    """Deploy a spoke stack."""
    pulumi.run(deploy)


async def deploy() -> Mapping[str, Any]:
    """Check everything that can be checked, then declare the resources and give the stack's outputs."""
    settings = load_settings(SpokeSettings)
    where = f"Pulumi.{pulumi.get_stack()}.yaml"
    refuse_second_stack(settings.account_id, own=where, folder=SETTINGS_FOLDER)
    hub = settings.hub_reference(pulumi.get_organization())
    contract = await read_contract(hub)
    orders = match(settings, contract, as_of(), where=where)
    warn_of_ends(orders)
    report_costs(orders)
    wanted = _wanted_portfolios(settings, contract, orders, where)
    products = _products(contract, wanted)

    provider = account_provider(settings)
    caller = confirm_account(provider, settings)
    opts = pulumi.ResourceOptions(providers=[provider])
    roles: dict[str, pulumi.Resource] = {}
    if settings.launch_roles == "existing":
        confirm_roles(products, account_id=settings.account_id, opts=pulumi.InvokeOptions(provider=provider))
    else:
        roles = {
            key: ProductRoles(
                key,
                product=product,
                account_id=settings.account_id,
                region=settings.region,
                boundary=settings.permissions_boundary,
                opts=opts,
            )
            for key, product in products.items()
        }
    granted = _grant(settings, contract, wanted, caller=caller, provider=provider)
    launched = {
        order.launch.name: launch_outputs(
            order,
            provision(
                order,
                granted=granted[order.region, order.product.portfolio],
                provider=provider,
                depends_on=[roles[order.launch.product]] if roles else [],
            ),
        )
        for order in orders
    }
    return {
        "launches": launched,
        "contract": {
            "hub": hub,
            "schema_version": contract.schema_version,
            "content_hash": contract.content_hash,
        },
    }


def _wanted_portfolios(
    settings: SpokeSettings, contract: Contract, orders: list[Order], where: str
) -> dict[tuple[str, str], list[str]]:
    """List the portfolios in use, by region and key, with those who get access beside the deploying role."""
    wanted: dict[tuple[str, str], list[str]] = {(order.region, order.product.portfolio): [] for order in orders}
    offered = region_catalog(contract, settings.region, where=where)
    for index, access in enumerate(settings.principals):
        if access.portfolio not in offered.portfolios:
            raise LaunchError(
                f"{where}: principals[{index}].portfolio: found {access.portfolio!r}, which the hub does not offer in "
                f"{settings.region}. Its portfolios there are: {', '.join(offered.portfolios)}."
            )
        wanted.setdefault((settings.region, access.portfolio), [])
    for (_, portfolio), arns in wanted.items():
        arns.extend(access.arn for access in settings.principals if access.portfolio == portfolio)
    return wanted


def _products(contract: Contract, wanted: Mapping[tuple[str, str], list[str]]) -> dict[str, Product]:
    """List every product of the portfolios in use: whoever has access to a portfolio may launch all of it."""
    return {
        key: product
        for region, portfolio in wanted
        for key, product in contract.regions[region].products.items()
        if product.portfolio == portfolio
    }


def _grant(
    settings: SpokeSettings,
    contract: Contract,
    wanted: Mapping[tuple[str, str], list[str]],
    *,
    caller: str,
    provider: aws.Provider,
) -> dict[tuple[str, str], GrantedPortfolio]:
    session = aws.iam.get_session_context_output(arn=caller, opts=pulumi.InvokeOutputOptions(provider=provider))
    deployer = session.issuer_arn
    return {
        (region, key): GrantedPortfolio(
            f"{key}-{region}",
            portfolio=contract.regions[region].portfolios[key],
            account_id=settings.account_id,
            region=region,
            principals={
                "deployer": deployer,
                **{arn.rpartition(":")[2].replace("/", "-"): arn for arn in arns},
            },
            opts=pulumi.ResourceOptions(providers=[provider]),
        )
        for (region, key), arns in wanted.items()
    }
