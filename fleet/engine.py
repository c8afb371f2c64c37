"""Starts Pulumi: the only module of the fleet that does.

One process for each command, in a session of its own, so that an interrupt reaches it when we say so and a kill of
the fleet does not: what it has begun, it ends.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from fleet.errors import EngineError
from fleet.store.records import Cost

_UNATTENDED: Final = ("--non-interactive", "--color", "never")


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a command: its exit code, which is negative for a signal, and what it cost."""

    code: int
    cost: Cost


STOPPING: Final = threading.Event()
"""Nothing new is to be begun in this process."""

_RUNNING: Final[set[int]] = set()
_LOCK: Final = threading.Lock()


def interrupt() -> None:
    """Ask every command that this process has started to stop: Pulumi ends what it has begun, and writes it down."""
    STOPPING.set()
    with _LOCK:
        for process in _RUNNING:
            with suppress(ProcessLookupError):  # it has ended this very moment
                os.kill(process, signal.SIGINT)


class Engine:
    """Pulumi's commands on the projects of one checkout.

    Attributes:
        root: The folder that holds `hub/`, `spoke/` and the settings of all stacks.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def up(self, stack: str, log: IO[bytes] | None, started: Callable[[int], None]) -> Finished:
        """Deploy a spoke."""
        return self._run(stack, ("up", "--yes", "--skip-preview"), log, started)

    def preview(self, stack: str, log: IO[bytes] | None, started: Callable[[int], None]) -> Finished:
        """Show what a deployment of a spoke would change, and check what stands in its way."""
        return self._run(stack, ("preview", "--diff", "--suppress-outputs"), log, started)

    def refresh(self, stack: str, log: IO[bytes] | None, started: Callable[[int], None]) -> Finished:
        """Bring a spoke's state in line with its account."""
        return self._run(stack, ("refresh", "--yes", "--skip-preview"), log, started)

    def drift(self, stack: str) -> dict[str, Any]:
        """Compare a spoke's state with its account and change neither; gives the steps of the preview.

        Raises:
            EngineError: the comparison failed.
        """
        return json.loads(self._ask("spoke", "-s", stack, "refresh", "--preview-only", "--json", *_UNATTENDED))

    def create(self, stack: str) -> None:
        """Make the stack of a spoke. Raises EngineError."""
        _ = self._ask("spoke", "stack", "init", stack, "--no-select", *_UNATTENDED)

    def cancel(self, stack: str) -> None:
        """Remove the lock of a run that has died. Raises EngineError."""
        _ = self._ask("spoke", "cancel", stack, "--yes", *_UNATTENDED)

    def exported(self, stack: str) -> dict[str, Any]:
        """Give a spoke's state. Raises EngineError."""
        return json.loads(self._ask("spoke", "-s", stack, "stack", "export"))

    def replace_state(self, stack: str, file: Path) -> None:
        """Put another state in the place of a spoke's. Raises EngineError."""
        _ = self._ask("spoke", "-s", stack, "stack", "import", "--file", str(file))

    def outputs(self, project: str, stack: str) -> dict[str, Any]:
        """Give a stack's outputs. Raises EngineError."""
        return json.loads(self._ask(project, "-s", stack, "stack", "output", "--json"))

    def listed(self, project: str) -> list[dict[str, Any]]:
        """List the stacks of a project as the backend describes them. Raises EngineError."""
        return json.loads(self._ask(project, "stack", "ls", "--json"))

    def _run(
        self, stack: str, command: tuple[str, ...], log: IO[bytes] | None, started: Callable[[int], None]
    ) -> Finished:
        begun = time.monotonic()
        process = subprocess.Popen(
            ["pulumi", "-C", "spoke", "-s", stack, *command, *_UNATTENDED],
            cwd=self.root,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            # Straight into the file: a full disk costs us the log and Pulumi nothing, and it outlives us.
            stdout=log or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with _LOCK:
            _RUNNING.add(process.pid)
        try:
            started(process.pid)
        finally:
            _, status, used = os.wait4(process.pid, 0)
            with _LOCK:
                _RUNNING.discard(process.pid)
            process.returncode = os.waitstatus_to_exitcode(status)
        cost = Cost(
            seconds=round(time.monotonic() - begun, 2),
            cpu_seconds=round(used.ru_utime + used.ru_stime, 2),
            peak_mib=round(used.ru_maxrss / 1024, 1),
        )
        return Finished(process.returncode, cost)

    def _ask(self, project: str, *arguments: str) -> str:
        command = ["pulumi", "-C", project, *arguments]
        try:
            done = subprocess.run(
                command, cwd=self.root, env=self._environment(), capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise EngineError("pulumi is not on PATH. Run the command through make.") from None
        if done.returncode != 0:
            raise EngineError(f"pulumi {' '.join(arguments[:4])} failed: {' '.join(done.stderr.split())}")
        return done.stdout

    def _environment(self) -> Mapping[str, str]:
        """Give the environment without what would answer Pulumi's questions for us."""
        kept = {name: value for name, value in os.environ.items() if name != "PULUMI_SKIP_CONFIRMATIONS"}
        first, last = str(Path(sys.executable).parent), str(self.root / ".tools" / "bin")
        path = os.pathsep.join([first, kept.get("PATH", os.defpath), last])
        return {**kept, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true"}
