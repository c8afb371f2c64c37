"""Removes all that a run made, also after it was killed, and says what remains."""

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RehearsalError
from cli.proving.clearing import clear
from cli.proving.inventory import look_everywhere, new_since
from cli.proving.parties import MANAGEMENT
from cli.proving.stacks import Destroy, destroy
from cli.proving.stage import tail
from cli.proving.step import Proof
from cli.proving.trust import end_trust
from shared.aws.session import error_text


def remove_all(proof: Proof) -> Iterator[str]:
    """Remove it, and tell what is done as it is done; the run's file says afterwards what remains.

    Raises:
        ClientError: AWS cannot be looked at.
    """
    record = proof.record
    record.removal = []
    for line in _removing(proof):
        record.removal.append(proof.without_ids(line))
        record.save()
        yield line
    remaining = new_since(record.before, look_everywhere(proof.parties))
    own = [item for item in remaining if item.is_of(proof.mark)]
    others = [item for item in remaining if not item.is_of(proof.mark)]
    record.remains = [f"{record.accounts[item.part]}: {item}" for item in own]
    record.remains += [f"{record.accounts[item.part]}: {item} (not this run's, by its name)" for item in others]
    record.removed = not own
    record.save()
    for line in record.remains:
        yield f"remains in {line}"
    yield f"{len(own)} things of the run are left" if own else "nothing of the run is left"


def _removing(proof: Proof) -> Iterator[str]:
    if ended := proof.stage.end_processes():
        yield f"ended {ended} processes that the run had left"
    yield from _stacks(proof)
    yield from clear(proof, lambda item: item.is_of(proof.mark))
    kinds = {(each.part, each.kind) for each in proof.record.making}
    if (MANAGEMENT, "trusted access") in kinds or (MANAGEMENT, "stack of Pulumi") in kinds:
        try:
            yield from (f"ended {what}" for what in end_trust(proof.parties))
        except (ClientError, BotoCoreError, RehearsalError) as problem:
            yield f"Service Catalog's trusted access was not ended: {error_text(problem)}"


def _stacks(proof: Proof) -> Iterator[str]:
    """Destroy the stacks that there are; what that leaves is swept."""
    ended = {step.name for step in proof.record.steps if step.state == "done"}
    if not proof.stage.is_there or Destroy.name in ended:
        return
    for stack in proof.stage.deployed():
        done = destroy(proof, stack)
        if done.returncode != 0:
            _ = proof.stage.catalog("stack", "recover", stack, "--force", log=f"recover-{stack}")
            done = destroy(proof, stack)
        if done.returncode == 0:
            yield f"destroyed the stack {stack}"
        else:
            yield f"the stack {stack} cannot be destroyed; what it made is removed by itself: {tail(done.stdout)}"
