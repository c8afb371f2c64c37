"""What a month costs, before and after: of a spoke's launches, and of the versions that a hub offers."""

from collections.abc import Iterable, Mapping

from cli.catalog.files import catalog_as_of
from cli.stacks import engine, published_contract, trusts_for
from fleet.store.locations import states_at
from fleet.store.storage import backend_url
from hub.config import HubSettings
from pages.index.facts import costs
from shared.catalog.cost import Estimate, estimate, together
from shared.catalog.lifecycle import as_of
from shared.errors import CatalogError
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.launches.cost import estimate_launch
from spoke.launches.parameters import defaults_of
from spoke.launches.resolution import resolve_launches

Row = tuple[str, str, str]
"""A launch or a version, and what a month of it costs now and then."""


def costs_of_launches(stack: str) -> list[Row]:
    """Compare what a spoke's launches cost as they are deployed with what they would cost. Raises CatalogError."""
    settings = settings_of(SpokeSettings, stack)
    contract = published_contract(settings.hub_stacks, trusts_for(settings, stack))
    wanted = {
        each.launch.name: estimate_launch(each)
        for each in resolve_launches(settings, contract, as_of(), where=f"Pulumi.{stack}.yaml")
    }
    state = states_at(backend_url(), engine()).read(stack)
    launches: Mapping[str, Mapping[str, object]] = state.outputs.get("launches") or {} if state else {}
    deployed = {
        name: Estimate.model_validate(told) if (told := each.get("estimated_monthly_cost")) else None
        for name, each in launches.items()
    }
    rows = [
        (name, _words(deployed.get(name), name in deployed), _words(wanted.get(name), name in wanted))
        for name in sorted({*deployed, *wanted})
    ]
    if len(rows) > 1:
        rows.append((f"{len(wanted)} launches together", _sum(deployed.values()), _sum(wanted.values())))
    return rows


def costs_of_versions(stack: str) -> list[Row]:
    """Tell what a launch with its defaults costs, of each version whose cost is new or another. Raises CatalogError."""
    settings, catalog = settings_of(HubSettings, stack), catalog_as_of()
    before = _published(stack)
    rows: list[Row] = []
    for product in catalog.products:
        for version in product.versions:
            now = costs(catalog, product, version)
            for region in sorted(now.keys() & {*settings.all_regions}):
                old, new = (
                    before.get((product.file.key, version.entry.version, region)),
                    _words(now[region], there=True),
                )
                if old != new:
                    rows.append((f"{product.file.key} {version.entry.version}, {region}", old or "", new))
    return rows


def _published(stack: str) -> dict[tuple[str, str, str], str]:
    try:
        contract = published_contract([stack], ())
    except CatalogError:
        return {}  # it was never deployed
    return {
        (key, number, region): _words(estimate(version.cost, defaults_of(version)), there=True)
        for region, catalog in contract.regions.items()
        for key, product in catalog.products.items()
        for number, version in product.versions.items()
        if version.cost
    }


def _words(found: Estimate | None, there: bool) -> str:  # noqa: FBT001 - a launch that is not there has no cost
    return ("unknown" if found is None else str(found).partition(" a month")[0]) if there else ""


def _sum(found: Iterable[Estimate | None]) -> str:
    known = [each for each in found if each is not None]
    return together(known).partition(" a month")[0] if known else ""
