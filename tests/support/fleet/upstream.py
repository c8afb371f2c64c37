"""A checkout with an organization and a hub of two parts, for the tests of what comes before the spokes."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from fleet.plan.hub_parts import CatalogParts
from fleet.plan.inventory import Inventory
from fleet.plan.upstream import Upstream, read_upstream
from fleet.plan.upstream_inventory import CATALOG, Before
from fleet.plan.upstream_verdicts import upstream_verdicts
from fleet.store.records import ContractRef, Record
from hub.config import HubSettings
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fleet.making import FINISHED, HUB_ACCOUNT, MANAGEMENT, NOTHING, fleet, inventory
from tests.support.paths import ROOT

CODE: Final = {name: {f"code of {name} and shared": "c0de"} for name in ("organization", "hub")}
ALL: Final = ("organization", "hub", "hub-batch")
PARTS: Final[Mapping[str, list[str]]] = {
    "hub": ["online-inference", "gpu-inference"],
    "hub-batch": ["batch-inference"],
}


def write_upstream(root: Path) -> CatalogCopy:
    """Write settings and catalog of a checkout, without programs."""
    for name in ("hub", "organization"):
        (root / name).mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "hub" / "catalog", root / CATALOG)
    write_settings(root, "organization", accountId=MANAGEMENT, hubAccountId=HUB_ACCOUNT)
    for stack, portfolios in PARTS.items():
        write_settings(root, stack, accountId=HUB_ACCOUNT, portfolios=portfolios)
    return CatalogCopy(root / CATALOG)


def write_settings(root: Path, stack: str, **settings: object) -> None:
    """Write the settings of a stack."""
    project = f"model-catalog-{stack.partition('-')[0]}"
    config = {"aws:region": "eu-central-1", **{f"{project}:{key}": value for key, value in settings.items()}}
    _ = (root / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))


def upstream_of(root: Path) -> dict[str, Upstream]:
    """Read the stacks of a checkout."""
    return read_upstream(root, CODE, CatalogParts(root / CATALOG, DAY))


def settings_of(root: Path, stack: str) -> HubSettings:
    """Read the settings of a hub's stack."""
    settings = upstream_of(root)[stack].settings
    assert isinstance(settings, HubSettings)
    return settings


def planned(root: Path, **changed: Any) -> Inventory:  # noqa: ANN401 - any part of what comes before the spokes
    """Give an inventory of a checkout without spokes, whose rollouts run the hub."""
    catalog = CatalogParts(root / CATALOG, DAY)
    before = Before(stacks=read_upstream(root, CODE, catalog), catalog=catalog)
    return inventory(root, {}, settings=fleet(hubs=True), before=replace(before, **changed))


def run_once(found: Inventory) -> Inventory:
    """Give the inventory as it is right after every one of these stacks was run."""
    records = {
        stack: Record(
            stack=stack,
            account=each.account_id,
            fingerprint=each.fingerprint,
            parts=each.parts,
            state=f"tag-{stack}",
            finished=FINISHED,
            contract=ContractRef(hub="", content_hash=""),
            launches=[],
            cost=NOTHING,
        )
        for stack, each in upstream_verdicts(found).items()
    }
    tags = {stack: f"tag-{stack}" for stack in records}
    return replace(found, records=records, before=replace(found.before, tags=tags))


def looked_again(found: Inventory, root: Path, **changed: Any) -> Inventory:  # noqa: ANN401 - as above
    """Give an inventory of the checkout as it is by now, with the same records and states."""
    now = planned(root, **{"tags": found.before.tags, **changed})
    return replace(now, records=found.records, organization=found.organization)
