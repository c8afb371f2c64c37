"""Brings a stack whose run died to where the next run can begin: its lock, and what was half done.

For a spoke it is all done here, as a rollout does it. For a hub and the organization what the catalog's files name is
taken into the state, and the rest is told with the commands that settle it: a run that went on without it would make
things twice.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cli.deployment.pending import remedy, take_over
from cli.errors import NotReachedError
from cli.exit_codes import ExitCode, of_pulumi
from cli.stacks import engine, with_settings
from fleet.plan.settings import read_settings
from fleet.run.recovery import await_orphan, end_session, may_unlock, reconcile_pending
from fleet.store.leases import HeldLease, Lease, Leases
from fleet.store.locations import locations_of, states_at
from fleet.store.states import States
from fleet.store.storage import Storage
from shared.stack.names import HUB_PROJECT, ORGANIZATION_PROJECT, SPOKE_PROJECT
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings

_REFRESH: Final = ("refresh", "--yes", "--skip-preview", "--suppress-outputs")
_MARGIN_SECONDS: Final = 10
"""What is left of a killed run ends by itself within seconds: a plug-in looks whether its engine is still there."""

_NAMES: Final = {"organization": ORGANIZATION_PROJECT, "hub": HUB_PROJECT, "spoke": SPOKE_PROJECT}


def recover(stack: str, *, force: bool) -> int:
    """Recover a stack; not reached while somebody has to do the rest.

    Args:
        stack: Of any project.
        force: The run that has the lock is over, although this machine cannot tell.

    Raises:
        NotReachedError: a run or another fleet is at it.
        CatalogError: the backend or the account is out of reach.
    """
    project = with_settings(stack)
    locations = locations_of(read_settings(Path.cwd()).records)
    states = states_at(locations.backend, engine(), _NAMES[project])
    if project == "spoke":
        for line in _recover_spoke(stack, states, Leases(Storage(locations.records)), force=force):
            print(f"{stack}: {line}")
        print(f"{stack}: nothing is locked or pending. Next: model-catalog stack up {stack}")
        return ExitCode.DONE
    for line in _unlock(project, stack, states, None, force=force):
        print(f"{stack}: {line}")
    told, left = take_over(project, stack)
    for line in told:
        print(f"{stack}: {line}")
    if left:
        print(f"{stack}: a run died while it was at something, and Pulumi does not know how that ended:")
        print(*remedy(project, stack, left), sep="\n")
        return ExitCode.NOT_REACHED
    code = of_pulumi(engine().attended(project, stack, *_REFRESH)) if told else ExitCode.DONE
    if code is ExitCode.DONE:
        print(f"{stack}: nothing is locked or pending. Next: model-catalog stack up {stack}")
    return code


def _recover_spoke(stack: str, states: States, leases: Leases, *, force: bool) -> Iterator[str]:
    held = leases.acquire(stack)
    if not isinstance(held, HeldLease):
        raise NotReachedError(
            f"another rollout runs it, {held}. It recovers what it finds by itself.", code="lease-held", place=stack
        )
    try:
        if held.abandoned:
            await_orphan(held.abandoned.engine)
            if held.abandoned.engine and held.abandoned.engine.is_here:
                end_session(held.abandoned.engine.pid)
        yield from _unlock("spoke", stack, states, held.abandoned, force=force)
        yield from reconcile_pending(stack, settings_of(SpokeSettings, stack), engine(), states, None)
    finally:
        held.release()


def _unlock(project: str, stack: str, states: States, abandoned: Lease | None, *, force: bool) -> Iterator[str]:
    """Remove what a dead run left beside the state: a damaged description, and its lock.

    Raises:
        NotReachedError: the run may be alive.
    """
    if states.repair_checkpoint(stack):
        yield "removed a damaged file that a killed run left beside the state"
    lock = states.lock(stack)
    if lock and not force and not may_unlock(Path.cwd(), stack, lock, abandoned):
        raise NotReachedError(
            f"locked by {lock}. Wait for that run to end. If it has died: model-catalog stack recover {stack} --force",
            code="stack-locked",
            place=stack,
        )
    if lock or force:
        engine().cancel(project, stack)
        yield f"removed the lock of a run that had died{f': {lock}' if lock else ''}"
        time.sleep(_MARGIN_SECONDS)
