"""The hub's table of contents: roles, templates, portfolios, products, and shares last."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pulumi

from hub.config import HubSettings
from hub.definitions.bucket_policy import Readers
from hub.definitions.cost import unpriced
from hub.definitions.lifecycle import coming_changes
from hub.definitions.load import read_catalog
from hub.definitions.model import Catalog
from hub.definitions.model_parameters import check_regions
from hub.definitions.permissions import read_with
from hub.definitions.portfolio_selection import part_of, refuse_overlap
from hub.definitions.publication import Targets
from hub.definitions.role_template import roles_template
from hub.definitions.share_names import share_names
from hub.inspection.preflight import PreflightScope, preflight
from hub.inspection.published_templates import begin_comparison, refuse_other_templates
from hub.inspection.registry.gate import approved, ask_registry
from hub.resources.contract_signing import signed_contract, signer_of
from hub.resources.launch_role import LaunchRole
from hub.resources.organization_nodes import OrganizationNodes
from hub.resources.principals import find_principals
from hub.resources.regional_catalog import RegionalCatalog
from hub.resources.role_stack_set import RoleRollout
from shared.catalog import contract
from shared.catalog.lifecycle import as_of
from shared.collecting import Mistakes, together
from shared.errors import ConfigError
from shared.stack.engine_settings import SETTINGS_FOLDER, load_settings
from shared.stack.names import CATALOG_OUTPUT, PUBLISHED_OUTPUT
from shared.stack.provider import account_provider, confirm_account

CATALOG_FOLDER: Final = Path("catalog")
"""Relative to the project's folder, where Pulumi runs the program."""


def run() -> None:
    """Deploy a hub stack."""
    settings = load_settings(HubSettings)
    where = f"Pulumi.{pulumi.get_stack()}.yaml"
    catalog, names, template = _checked(settings, where)
    provider = account_provider(settings)
    # Asked while the provider begins, and heard once it has confirmed the account.
    asked = ask_registry(settings, catalog)
    compared = None if pulumi.runtime.is_dry_run() else begin_comparison(settings, catalog, where=where)
    _ = confirm_account(provider, settings)
    signer = signer_of(settings, where=where)
    catalog = approved(settings, catalog, asked, where=where)
    opts = pulumi.ResourceOptions(providers=[provider])
    looking = pulumi.InvokeOptions(provider=provider)
    nodes = OrganizationNodes(looking, where=where)
    targets = [(share, nodes.target_of(share)) for share in settings.shares]
    recipients = [nodes.principal_of(share, target, region=settings.region) for share, target in targets]
    units = settings.launch_roles.units if settings.launch_roles else []
    rollout_units = [nodes.find(unit, setting="launchRoles") for unit in units]
    if compared:
        refuse_other_templates(compared)
    else:
        preflight(PreflightScope(settings=settings, catalog=catalog, targets=targets, units=rollout_units, where=where))
    principals = find_principals(settings, looking)
    roles = {
        product.file.key: LaunchRole(
            product.file.original_key,
            product=product.file.original_key,
            account_id=settings.account_id,
            region=settings.region,
            boundary=settings.permissions_boundary,
            opts=opts,
        )
        for product in catalog.products
    }
    regions = {
        region: RegionalCatalog(
            region,
            settings=settings,
            catalog=catalog,
            roles=roles,
            principals=principals,
            targets=targets,
            readers=_readers(catalog, targets, nodes),
            opts=opts,
        )
        for region in settings.all_regions
    }
    rollout = template and RoleRollout(
        "roles",
        template=template,
        bucket=regions[settings.region].bucket,
        units=rollout_units,
        region=settings.region,
        keep=settings.protect,
        opts=opts,
    )
    for published in regions.values():
        published.share(settings.shares, recipients, names, after=[rollout] if rollout else [])
    pulumi.export("portfolio_id", {region: published.portfolio_ids for region, published in regions.items()})
    pulumi.export("product_id", {region: published.product_ids for region, published in regions.items()})
    pulumi.export(PUBLISHED_OUTPUT, catalog.day.isoformat())
    whole = pulumi.Output.all(**{region: published.content for region, published in regions.items()})
    document = whole.apply(lambda parts: contract.publish(settings.account_id, parts))
    pulumi.export(CATALOG_OUTPUT, signed_contract(settings.signing, signer, document))


def _readers(catalog: Catalog, targets: Targets, nodes: OrganizationNodes) -> Readers | None:
    """Say who has to read what goes with templates: all that the portfolios are shared with; nobody without files."""
    if not any(version.template.packaged for product in catalog.products for version in product.versions):
        return None
    alone = ("ACCOUNT", "ORGANIZATION_MEMBER_ACCOUNT")
    within = any(share.type not in alone for share, _ in targets)
    return Readers(
        organization=nodes.find(None, setting="shares") if within else None,
        accounts=sorted({target for share, target in targets if share.type in alone}),
    )


def _announce(catalog: Catalog) -> None:
    """Say which versions change their state soon, because nobody has to touch a file for that."""
    for product in catalog.products:
        for change in coming_changes(product.lives, catalog.day):
            pulumi.log.info(f"{product.file.key} {change}")


def _checked(settings: HubSettings, where: str) -> tuple[Catalog, Sequence[str], str | None]:
    """Check what can be checked without AWS: give the catalog, the names of the shares, and the roles' template.

    Raises:
        CatalogError: tells all that is wrong.
    """
    mistakes = Mistakes()
    with mistakes:
        refuse_overlap(settings, own=where, folder=SETTINGS_FOLDER)
    whole: Catalog | None = None
    with mistakes:
        whole = read_catalog(CATALOG_FOLDER, as_of(), exceptions=settings.exceptions, published=settings.portfolios)
    if whole is None:
        raise together(mistakes.found)
    with mistakes:
        catalog = read_with(settings.template_keys, part_of(settings, whole, where=where))
        _say_what_is_excepted(settings, catalog, where=where)
        with mistakes:
            _check_portfolios(settings, catalog)
        with mistakes:
            check_regions(catalog.products, settings.all_regions, where=where)
        mistakes.refuse()
        _announce(catalog)
        _warn_of_unknown_prices(catalog, settings.all_regions)
        names = share_names(settings.shares, {file.key: file.original_key for file in catalog.portfolios}, where=where)
        setting = settings.launch_roles
        return catalog, names, setting and roles_template(catalog.products, boundary=setting.boundary, where=where)
    raise together(mistakes.found)


def _say_what_is_excepted(settings: HubSettings, catalog: Catalog, *, where: str) -> None:
    """Say what products may do beyond the list, and which exceptions excuse nothing (any more)."""
    products = {product.file.key: product for product in catalog.products}
    for index, each in enumerate(settings.exceptions):
        if each.product not in products:
            raise ConfigError(
                f"invalid value {each.product!r}. This stack publishes: {', '.join(products)}.",
                code="exception-of-no-product",
                place=f"{where}: exceptions[{index}].product",
            )
        for token in each.allow:
            if token in products[each.product].exceptions:
                pulumi.log.info(f"{each.product} may go beyond the list: {token} ({each.reason})")
            else:
                pulumi.warn(f"{where}: exceptions[{index}].allow: {each.product} does not need {token}. Remove it.")


def _warn_of_unknown_prices(catalog: Catalog, regions: list[str]) -> None:
    """Name the instance types whose cost nobody will see, instead of failing for want of a price."""
    for product in catalog.products:
        for region in regions:
            missing = {
                kind
                for version in product.versions
                if (rule := product.cost_of(version))
                for kind in unpriced(rule, version.template.parameters, catalog.prices, region)
            }
            if missing:
                pulumi.warn(
                    f"{product.file.key}: prices.yaml has no price in {region} for {', '.join(sorted(missing))}. "
                    f"Launches on these show their cost as unknown."
                )


def _check_portfolios(settings: HubSettings, catalog: Catalog) -> None:
    known = {portfolio.key for portfolio in catalog.portfolios}
    mistakes = Mistakes()
    for name, entries in (("shares", settings.shares), ("principals", settings.principals)):
        for index, entry in enumerate(entries):
            if entry.portfolio not in known:
                mistakes.add(
                    ConfigError(
                        f"invalid value {entry.portfolio!r}. This stack publishes: {', '.join(sorted(known))}.",
                        code="portfolio-not-published",
                        place=f"Pulumi.{pulumi.get_stack()}.yaml: {name}[{index}].portfolio",
                    )
                )
    mistakes.refuse()
