"""What a command looks at before Pulumi does anything with a stack.

A run that went on where another had died would make things twice, and one with another account would forget what is
there. Pulumi itself warns, and goes on.
"""

from typing import Final

from cli.errors import NotReachedError
from cli.stacks import engine
from fleet.run.recovery import may_unlock
from fleet.store.locations import states_at
from fleet.store.states import State, States
from fleet.store.storage import backend_url
from shared.stack.names import project_of
from shared.stack.own_state import refuse_other_account
from shared.stack.stack_file import StackFile

_SHOWN: Final = 3


def states_of(stack: str) -> States:
    """Open the states of a stack's project. Raises CatalogError."""
    return states_at(backend_url(), engine(), project_of(stack))


def refuse_unready(stack: str, *, changing: bool = True) -> State | None:
    """Refuse a stack that another run has, or has left half done, or that was deployed to another account.

    Args:
        stack: Of any project.
        changing: The command changes the stack; one that only looks may look at what is half done.

    Returns:
        Its state; None where there is none.

    Raises:
        NotReachedError: a run has it or had it, or its files are torn; says what settles that.
        ConfigError: its settings name another account.
    """
    states, remedy = states_of(stack), f"model-catalog stack recover {stack}"
    torn, lock = states.damaged(stack), states.lock(stack)
    is_dead = lock and may_unlock(engine().root, stack, lock, None)
    if lock and not is_dead and (changing or torn):  # what a run is writing looks torn for a moment
        raise NotReachedError(
            f"locked by {lock}. Wait for that run to end. If it has died: {remedy} --force",
            code="stack-locked",
            place=stack,
        )
    if torn:
        raise NotReachedError(
            f"a kill or a full disk has torn {', '.join(torn)}. Nothing was changed. Put it right: {remedy}",
            code="backend-torn",
            place=stack,
        )
    state = states.read(stack)
    refuse_changed_account(stack, state)
    if not changing:
        return state
    if lock:
        raise NotReachedError(
            f"locked by {lock}, whose run has died. Nothing was changed. Settle it: {remedy}",
            code="lock-of-dead-run",
            place=stack,
        )
    if state and state.pending:
        more = f" and {len(state.pending) - _SHOWN} more" if len(state.pending) > _SHOWN else ""
        raise NotReachedError(
            f"a run died in the middle ({', '.join(state.pending[:_SHOWN])}{more}), and to go on would make things "
            f"twice. Nothing was changed. Settle it: {remedy}",
            code="operations-pending",
            place=stack,
        )
    return state


def refuse_changed_account(stack: str, state: State | None) -> None:
    """Refuse a stack whose settings name another account than that which its state is of. Raises ConfigError."""
    account = StackFile(engine().root / f"Pulumi.{stack}.yaml").account
    refuse_other_account(stack, state.accounts if state else (), account)
