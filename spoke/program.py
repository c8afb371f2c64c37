"""The spoke's table of contents: contract, roles, portfolios, launches."""

from collections.abc import Mapping
from typing import Any

import pulumi

from shared.catalog.lifecycle import as_of
from shared.stack.engine_settings import SETTINGS_FOLDER, load_settings
from shared.stack.hub_pin import trusts_of
from shared.stack.own_state import own_resources
from shared.stack.provider import account_provider, confirm_account
from spoke.config import SpokeSettings
from spoke.launches.claims import claims_in
from spoke.launches.cost import costs_in_words
from spoke.launches.holds import holds_here
from spoke.launches.launches_file import read_platform
from spoke.launches.portfolios import roles_in_use, wanted_portfolios
from spoke.launches.resolution import resolve_launches
from spoke.launches.rights import believed_exceptions, refuse_excessive_roles
from spoke.launches.sources import check_sources, in_order, with_values
from spoke.launches.tags import catalog_tags
from spoke.launches.wanted import gather
from spoke.resources.asked_sources import ask_sources
from spoke.resources.failed_launch import FailureReport
from spoke.resources.hub_contract import CONTRACT_OUTPUT, read_contract
from spoke.resources.launch_path import LaunchPaths
from spoke.resources.lifecycle_hooks import warn_of_ends, warn_of_own_models
from spoke.resources.new_roles import role_hook
from spoke.resources.portfolio_access import grant
from spoke.resources.product_roles import ProductRoles, confirm_roles
from spoke.resources.provisioned_product import Provisioned, launch_outputs, provision


def run() -> None:
    """Deploy a spoke stack."""
    pulumi.run(deploy)


async def deploy() -> Mapping[str, Any]:
    """Check everything that can be checked, then declare the resources and give the stack's outputs."""
    settings = load_settings(SpokeSettings)
    where = f"Pulumi.{pulumi.get_stack()}.yaml"
    hubs = settings.hub_references(pulumi.get_organization())
    published = await read_contract(hubs, trusts_of(settings.hub, where=where, folder=SETTINGS_FOLDER))
    contract = published.whole
    hub = ", ".join(hubs)
    day = as_of()
    platform = read_platform(SETTINGS_FOLDER)
    asked = gather(settings, contract, day, where=where, platform=platform, holds=holds_here())
    check_sources(asked, where=where)
    for line in asked.told:
        pulumi.log.info(line)
    settings = with_values(asked, await ask_sources(asked, where=where))
    resolved_launches = resolve_launches(settings, contract, day, where=where, origins=asked.origins)
    for note in (note for resolved in resolved_launches for note in resolved.notes):
        pulumi.log.info(note)
    warn_of_ends(resolved_launches)
    warn_of_own_models(resolved_launches)
    for line in costs_in_words(resolved_launches):
        pulumi.log.info(line)
    wanted = wanted_portfolios(settings, contract, resolved_launches, where=where)
    in_use = roles_in_use(settings, contract, wanted, resolved_launches, where=where)
    refuse_excessive_roles(in_use.made, hub=hub)
    for key, product in in_use.made.items():
        for token, reason in believed_exceptions(product).items():
            pulumi.log.info(f"{key} may go beyond the list, the hub says: {token} ({reason})")

    if pulumi.runtime.is_dry_run():
        # What it asks AWS with takes a third of a second to load, which an update shall not wait for.
        from spoke.inspection.preflight import preflight  # noqa: PLC0415
        from spoke.inspection.scope import PreflightScope  # noqa: PLC0415

        preflight(
            PreflightScope(
                settings=settings,
                contract=contract,
                published_on=published.on,
                day=day,
                hub=hub,
                where=where,
                resolved_launches=resolved_launches,
                wanted=wanted,
                roles=in_use,
                deployed=None if (resources := own_resources()) is None else frozenset(claims_in(resources)),
            )
        )
    left = [] if settings.catalog_tags == "send" else [catalog_tags(each.product) for each in resolved_launches]
    provider = account_provider(settings, foreign_tags={key for tags in left for key in tags} - settings.tags.keys())
    caller = confirm_account(provider, settings)
    opts = pulumi.ResourceOptions(providers=[provider])
    confirm_roles(in_use.expected, settings, opts=pulumi.InvokeOptions(provider=provider))
    roles = {
        key: ProductRoles(
            product.original_key,
            product=product,
            account_id=settings.account_id,
            region=settings.region,
            boundary=settings.permissions_boundary,
            topics=[topic for each in resolved_launches if each.key == key for topic in each.launch.notifications],
            opts=opts,
        )
        for key, product in in_use.made.items()
    }
    granted = grant(settings, wanted, caller=caller, provider=provider, where=where)
    used: dict[str, Any] = {
        "hub": hub,
        "schema_version": contract.schema_version,
        "content_hash": contract.content_hash,
        **({"issued": dict(published.issued)} if published.issued else {}),
    }
    report = FailureReport({CONTRACT_OUTPUT: used})
    paths = LaunchPaths(settings, provider, where=where)
    by_name = {resolved.launch.name: resolved for resolved in resolved_launches}
    provisioned = Provisioned()
    for name in in_order(asked):
        each = by_name[name]
        provisioned[name] = provision(
            each,
            access=granted.to(each.region, each.product.portfolio),
            paths=paths,
            provider=provider,
            depends_on=[roles[each.key]] if each.key in roles else [],
            report=report,
            role_known=role_hook(each, settings),
            others=provisioned,
        )
    launched = {name: launch_outputs(each, provisioned[name], report) for name, each in by_name.items()}
    return {"launches": launched, CONTRACT_OUTPUT: used}
