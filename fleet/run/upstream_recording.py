"""Makes the record of a success of a stack that comes before the spokes."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from fleet.engine import Cost
from fleet.plan.approvals import withdrawn
from fleet.plan.fingerprint import code_parts, fingerprint_of
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.share_units import published_units
from fleet.plan.upstream import Upstream, read_one
from fleet.plan.upstream_inventory import CATALOG
from fleet.store.records import ContractRef, EventRef, Record
from fleet.store.states import State
from hub.config import HubSettings
from shared.stack.names import CATALOG_OUTPUT
from shared.stack.settings import AccountSettings
from shared.stack.stack_file import StackFile
from spoke.launches.contract_dependencies import Parts


def look_at(root: Path, stack: str, day: dt.date) -> tuple[Upstream, CatalogParts]:
    """Read one of these stacks as this checkout has it, and the catalog on a day. Raises CatalogError."""
    folder, catalog = stack.partition("-")[0], CatalogParts(root / CATALOG, day)
    file = StackFile(root / f"Pulumi.{stack}.yaml")
    return read_one(file, root, {folder: code_parts(root, folder)}, catalog), catalog


def record_of_upstream(
    found: Upstream, catalog: CatalogParts, state: State, cost: Cost, event: EventRef | None
) -> Record:
    """Make the record of a run that succeeded.

    Args:
        found: The stack as it was when the run began.
        catalog: Of that day.
        state: As the run left it.
        cost: Of the run.
        event: In the stack's history.
    """
    output: object = state.outputs.get(CATALOG_OUTPUT)
    published = cast("Mapping[str, Any]", output) if isinstance(output, dict) else dict[str, Any]()
    parts = {**found.parts, **_from_elsewhere(found.settings, catalog, published)}
    return Record(
        stack=found.stack,
        account=found.account,
        fingerprint=fingerprint_of(parts),
        parts=parts,
        state=state.tag,
        finished=dt.datetime.now(dt.UTC),
        contract=ContractRef(hub="", content_hash=str(published.get("content_hash", ""))),
        launches=[],
        cost=cost,
        event=event,
    )


def _from_elsewhere(settings: AccountSettings | None, catalog: CatalogParts, published: Mapping[str, Any]) -> Parts:
    if not isinstance(settings, HubSettings):
        return {}
    return {**withdrawn(catalog, settings, published), **published_units(settings, published)}
