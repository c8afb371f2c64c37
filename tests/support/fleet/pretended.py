"""An engine that only pretends to run a spoke."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from fleet.engine import Cost, Finished
from fleet.errors import EngineError
from fleet.run.tasks import Task
from shared.stack.names import project_of

STACK = "spoke-a"
HASH = "sha256:of-the-plan"


class Pretended:
    """An engine whose runs end as they are told to, and leave the state that a success leaves."""

    def __init__(self, backend: Path, *statuses: tuple[int, str]) -> None:
        self.root = backend
        self._states = backend / ".pulumi" / "stacks"
        self._endings = list(statuses)
        self.ran: list[str] = []
        self.makes: dict[str, Any] = {"contract": {"hub": "hub", "content_hash": HASH}, "launches": {}}
        """The outputs of the state that a success leaves."""

        self.meanwhile: Callable[[], object] = dict
        """What somebody does while it runs."""

        self.leaves: dict[str, Any] = {}
        """The outputs of the state that a failure leaves; without any it changes nothing."""

        self.options: list[str] = []
        self.told: Mapping[str, str] = {}

    def create(self, project: str, stack: str) -> None:
        """Make a stack."""
        assert project == stack.partition("-")[0]
        self.ran.append("create")
        self.write(stack, {})

    def outputs(self, project: str, stack: str) -> dict[str, Any]:
        """Give those of a hub that was never deployed."""
        raise EngineError(f"no stack named {stack} in {project}", code="pulumi-failed")

    def preview(
        self,
        stack: str,
        log: IO[bytes] | None,
        started: Callable[[int], None],
        *options: str,
        project: str = "spoke",
    ) -> Finished:
        """Preview."""
        assert project == stack.partition("-")[0]
        self.options += options
        return self._run("preview", stack, log, started)

    def up(
        self,
        stack: str,
        log: IO[bytes] | None,
        started: Callable[[int], None],
        *options: str,
        project: str = "spoke",
    ) -> Finished:
        """Deploy."""
        assert project == stack.partition("-")[0]
        self.options += options
        return self._run("up", stack, log, started)

    def write(self, stack: str, outputs: dict[str, Any]) -> None:
        """Write a state."""
        folder = self._states / project_of(stack)
        folder.mkdir(parents=True, exist_ok=True)
        root = {"type": "pulumi:pulumi:Stack", "outputs": outputs}
        document = {"version": 3, "checkpoint": {"latest": {"resources": [root], "number": len(self.ran)}}}
        _ = (folder / f"{stack}.json").write_text(json.dumps(document))

    def _run(self, what: str, stack: str, log: IO[bytes] | None, started: Callable[[int], None]) -> Finished:
        self.ran.append(what)
        started(1)
        self.meanwhile()
        code, said = self._endings.pop(0) if self._endings else (0, "Resources:\n    1 unchanged\n")
        if log:
            _ = log.write(said.encode())
            log.flush()
        if code != 0 and self.leaves:
            self.write(stack, self.leaves)
        if code == 0 and what == "up":
            self.write(stack, self.makes)
        return Finished(code, Cost(seconds=1, cpu_seconds=2, peak_mib=100))


Begin = Callable[..., tuple[Task, Pretended]]
