"""Makes the record of a success from the state that a run left."""

import datetime as dt

from fleet.engine import Cost, Engine
from fleet.errors import FleetError
from fleet.plan.fingerprint import fingerprint_of
from fleet.plan.hub_contracts import Hubs
from fleet.store.deployments import deployed_contract, launches_in
from fleet.store.records import ContractRef, CorruptRecord, EventRef, Record
from fleet.store.states import State
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Excerpts, Parts, value_part
from spoke.launches.holds import Holds
from spoke.launches.launches_file import read_platform
from spoke.launches.sources import all_uses
from spoke.parameter_sources import LaunchOutput


def parts_against(
    used: ContractRef,
    engine: Engine,
    settings: SpokeSettings,
    *,
    stack: str,
    own: Parts,
    day: dt.date,
    values: Parts | None = None,
    holds: Holds | None = None,
) -> Parts:
    """Give what a spoke's result depends on, with the contract that it was deployed with.

    Args:
        used: That contract.
        engine: Of the checkout.
        settings: Those of the spoke.
        stack: The spoke's.
        own: The parts that are not the hub's.
        day: The day whose states of versions counted.
        values: The parts that stand for parameters' values from elsewhere, as they were before the run.
        holds: Launches that stayed at a version.

    Raises:
        FleetError: the hub has published yet another one meanwhile, or a value from elsewhere was not known.
        CatalogError: the hub cannot be read.
    """
    where = f"Pulumi.{stack}.yaml"
    contract = Hubs(engine, settings.hub_stacks).contract(settings, where=where)
    if contract.content_hash != used.content_hash:
        raise FleetError(
            f"the hub's contract changed during the run, so what the result depends on is unknown. The spoke is "
            f"deployed with {used.content_hash}. Run it again.",
            code="contract-changed-meanwhile",
        )
    excerpts = Excerpts(contract, day)
    wanted = excerpts.wanted(settings, where=where, platform=read_platform(engine.root), holds=holds)
    excerpt, _ = excerpts.of(settings, where=where, wanted=wanted)
    needed = [value_part(use.key) for use in all_uses(wanted) if not isinstance(use.source, LaunchOutput)]
    known = {name: part for name, part in (values or {}).items() if name in needed}
    if len(known) < len(needed):
        raise FleetError(
            "what its parameters have from elsewhere was not known before it ran. Run it again.",
            code="values-unknown",
        )
    return {**own, **excerpt, **known}


def record_of(
    stack: str,
    state: State,
    parts: Parts,
    settings: SpokeSettings,
    cost: Cost,
    earlier: Record | CorruptRecord | None,
    event: EventRef,
    held: Holds | None = None,
) -> Record:
    """Make the record of a run that succeeded; `held` are launches that were taken back to a version."""
    now = dt.datetime.now(dt.UTC)
    return Record(
        stack=stack,
        account=settings.account_id,
        fingerprint=fingerprint_of(parts),
        parts=parts,
        state=state.tag,
        finished=now,
        contract=deployed_contract(state),
        launches=launches_in(stack, state, earlier, now),
        cost=cost,
        event=event,
        held=held or {},
    )
