"""The lock that Pulumi puts beside a stack's state while a run has it."""

import json
import socket
from dataclasses import dataclass
from typing import Any

from shared.stack.process import is_gone_everywhere


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of a run of Pulumi.

    Attributes:
        path: Where it is; no other lock ever has that name.
        is_shared: It lies where other machines may write too.
    """

    user: str
    host: str
    pid: int
    since: str
    path: str = ""
    is_shared: bool = False

    @property
    def is_dead(self) -> bool:
        """Whether its process is gone for certain: of this machine, all of whose processes can be seen from here."""
        own = not self.is_shared and self.host == socket.gethostname()
        return own and self.pid > 0 and is_gone_everywhere(self.pid)

    def __str__(self) -> str:
        """Say whose it is."""
        return f"{self.user}@{self.host} (process {self.pid}) since {self.since}"


def read_lock(content: bytes, path: str, *, is_shared: bool) -> Lock:
    """Read a lock; of one that is torn nobody knows whose it is."""
    try:
        found: dict[str, Any] = json.loads(content)
        return Lock(found["username"], found["hostname"], found["pid"], found["timestamp"], path, is_shared)
    except (ValueError, KeyError, TypeError):
        return Lock("somebody", "an unknown machine", 0, "an unknown time", path, is_shared)
