"""An engine that a person attends, without Pulumi."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.store.storage import Storage
from shared.catalog import contract
from shared.stack.names import SPOKE_PROJECT
from tests.support.fake_account import always
from tests.support.fleet.making import HUB_ACCOUNT, FakeEngine, offer, write_state

Act = Callable[[], object]

LAUNCHED = {
    "product": "embedder",
    "version": "1.0.0",
    "region": "eu-central-1",
    "state": "active",
    "status": "AVAILABLE",
}
PUBLISHED = contract.publish(HUB_ACCOUNT, offer())


class Attending(FakeEngine):
    """An engine whose run leaves the state of one launch, or does what it is told to.

    Attributes:
        code: What it ends with.
        writes: Whether it changes the stack's state.
        meanwhile: What somebody does while it runs.
        project: Of the stack.
    """

    def __init__(self, root: Path, storage: Storage) -> None:
        super().__init__({"hub": {"catalog": PUBLISHED}})
        self.root = root
        self.code = 0
        self.writes = True
        self.meanwhile: Act = always(None)
        self.project = SPOKE_PROJECT
        self.launches: dict[str, Any] = {"search": LAUNCHED}
        self.content_hash = PUBLISHED["content_hash"]
        self._storage = storage

    def attended(self, project: str, stack: str, *command: str) -> int:
        """Run."""
        del project, command
        self.meanwhile()
        if self.writes:
            write_state(self._storage, stack, project=self.project, content_hash=self.content_hash, **self.launches)
        return self.code
