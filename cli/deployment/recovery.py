"""Brings a stack whose run died to where the next run can begin: its files, its lock, and what was half done.

A spoke is held meanwhile, so that no rollout begins it.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cli.deployment.left_processes import await_left
from cli.errors import NotReachedError
from cli.exit_codes import ExitCode
from cli.guard import refuse_changed_account, states_of
from cli.stacks import engine, with_settings
from fleet.errors import PreviewError
from fleet.plan.settings import read_settings
from fleet.recover.reconcile import Reconciled, remedy, unseen_reason
from fleet.recover.stack import Target, refresh, release_stacks, settle_pending, settle_planned
from fleet.run.recovery import await_orphan, end_session, may_unlock
from fleet.store.leases import HeldLease, Lease, Leases
from fleet.store.locations import locations_of
from fleet.store.locks import Lock
from fleet.store.states import States
from fleet.store.storage import Storage
from hub.config import HubSettings
from organization.settings import OrganizationSettings
from shared.stack.settings import AccountSettings
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings

_MODELS: Final[dict[str, type[AccountSettings]]] = {
    "organization": OrganizationSettings,
    "hub": HubSettings,
    "spoke": SpokeSettings,
}


def recover(stack: str, *, force: bool) -> int:
    """Recover a stack; not reached while somebody has to do the rest.

    Args:
        stack: Of any project.
        force: The run that has the lock is over, although this machine cannot tell.

    Raises:
        NotReachedError: a run or another fleet is at it.
        CatalogError: the backend or the account is out of reach, or the settings name another account.
    """
    project, states = with_settings(stack), states_of(stack)
    target = Target(project=project, stack=stack, engine=engine(), settings=settings_of(_MODELS[project], stack))
    with _held(stack, project) as abandoned:
        lock = _dead_lock(stack, states, abandoned, force=force)  # before a file is touched: a live run writes them
        repaired = states.repair(stack)
        _tell(stack, repaired)
        refuse_changed_account(stack, states.read(stack))
        _tell(stack, _unlock(project, stack, states, lock, force=force))
        if states.read(stack) is None:
            print(f"{stack}: nothing is there to recover. Next: model-catalog stack up {stack}")
            return ExitCode.DONE
        if any("state was damaged" in line for line in repaired):
            refresh(target)
        return _settle(target)


def look_again(stack: str) -> Iterator[str]:
    """Look for what a deployment that failed may have made without writing it down, and say what was found.

    Raises:
        NotReachedError: somebody has to decide on something.
        CatalogError: the account is out of reach.
    """
    project, states = with_settings(stack), states_of(stack)
    if not states.failed_last(stack):
        return
    target = Target(project=project, stack=stack, engine=engine(), settings=settings_of(_MODELS[project], stack))
    try:
        done = settle_planned(target)
    except PreviewError:
        return  # what stands in the way of a preview, the run is about to tell by itself
    yield from [*done.told, *done.foreign]
    if done.unseen:
        yield f"{len(done.unseen)} that the failed run may have left were not looked for, {unseen_reason(done)}"
    if done.left:
        raise NotReachedError("\n".join(remedy(stack, done.left)), code="operations-left", place=stack)


def _settle(target: Target) -> int:
    stack = target.stack
    done = settle_pending(target)
    _tell(stack, [*done.told, *done.foreign])
    if done.left:
        return _not_reached(stack, done)
    _tell(stack, release_stacks(target))
    try:
        more = settle_planned(target)
    except PreviewError as problem:
        print(f"{stack}: nothing is locked or pending. What the next run would make was not looked for: {problem}")
        return ExitCode.NOT_REACHED if states_of(stack).failed_last(stack) else ExitCode.DONE
    _tell(stack, [*more.told, *more.foreign])
    more.left += more.unseen
    if more.left:
        return _not_reached(stack, more)
    print(f"{stack}: nothing is locked or pending. Next: model-catalog stack up {stack}")
    return ExitCode.DONE


def _not_reached(stack: str, done: Reconciled) -> int:
    print(*remedy(stack, done.left), sep="\n")
    return ExitCode.NOT_REACHED


def _tell(stack: str, lines: Iterator[str] | list[str]) -> None:
    for line in lines:
        print(f"{stack}: {line}", flush=True)


@contextmanager
def _held(stack: str, project: str) -> Generator[Lease | None]:
    """Hold a spoke, and give the lease of an owner that is gone."""
    if project != "spoke":
        yield None
        return
    held = Leases(Storage(locations_of(read_settings(Path.cwd()).records).records)).acquire(stack)
    if not isinstance(held, HeldLease):
        raise NotReachedError(
            f"another rollout runs it, {held}. It recovers what it finds by itself.", code="lease-held", place=stack
        )
    try:
        if held.abandoned:
            await_orphan(held.abandoned.engine)
            if held.abandoned.engine and held.abandoned.engine.is_here:
                end_session(held.abandoned.engine.pid)
        yield held.abandoned
    finally:
        held.release()


def _dead_lock(stack: str, states: States, abandoned: Lease | None, *, force: bool) -> Lock | None:
    """Give the lock of a dead run, if there is one.

    Raises:
        NotReachedError: the run may be alive.
    """
    lock = states.lock(stack)
    if lock and not force and not may_unlock(Path.cwd(), stack, lock, abandoned):
        raise NotReachedError(
            f"locked by {lock}. Wait for that run to end. If it has died: model-catalog stack recover {stack} --force",
            code="stack-locked",
            place=stack,
        )
    return lock


def _unlock(project: str, stack: str, states: States, lock: Lock | None, *, force: bool) -> Iterator[str]:
    """Remove the lock of a dead run, once nothing is left of it."""
    if lock or force:
        await_left(engine().root / project)
        if lock:
            states.unlock(stack, lock)
        else:
            engine().cancel(project, stack)
        yield f"removed the lock of a run that had died{f': {lock}' if lock else ''}"
