"""Removes whatever has a mark in its name, in an order in which it can be removed."""

from collections.abc import Callable, Iterator
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import RehearsalError
from cli.proving.inventory import ORDER, Item, look_everywhere, new_since
from cli.proving.parties import HUB, MANAGEMENT, SPOKE
from cli.proving.step import Proof
from cli.proving.sweep import remove
from shared.aws.session import error_text

_PASSES: Final = 3
"""What hangs on something that is removed late goes in the next one."""
_PARTS: Final = (SPOKE, MANAGEMENT, HUB)
"""What launches run on goes before what the hub shares."""


def clear(proof: Proof, chosen: Callable[[Item], bool]) -> Iterator[str]:
    """Remove what is chosen of all that was not there before the run, and tell it.

    Raises:
        ClientError: AWS cannot be looked at.
    """
    for turn in range(1, _PASSES + 1):
        new = new_since(proof.record.before, look_everywhere(proof.parties))
        found = sorted(filter(chosen, new), key=lambda item: (ORDER.index(item.kind), _PARTS.index(item.part)))
        if not found:
            return
        for item in found:
            try:
                remove(proof.parties, item)
            except (ClientError, BotoCoreError, RehearsalError) as problem:
                if turn == _PASSES:
                    yield f"{item} in {proof.record.accounts[item.part]} cannot be removed: {error_text(problem)}"
            else:
                yield f"removed {item} from {proof.record.accounts[item.part]}"
