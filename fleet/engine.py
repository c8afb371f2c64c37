"""Starts Pulumi: the only module that does, for spokes by the hundred and for a person at a terminal.

Whatever runs unattended is one process for each command, in a session of its own, so that an interrupt reaches it when
we say so and a kill of the fleet does not: what it has begun, it ends.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from fleet.errors import EngineError, PreviewError
from shared.stack.own_state import LOOKED

_UNATTENDED: Final = ("--non-interactive", "--color", "never")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command cost: its process with everything that it waited for."""

    seconds: float = 0
    cpu_seconds: float = 0
    peak_mib: float = 0


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
    """Pulumi's commands on the projects of one checkout: `organization`, `hub` and `spoke`.

    Attributes:
        root: The folder that holds the projects' folders and the settings of all stacks.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def attended(self, project: str, stack: str, *command: str) -> int:
        """Run a command such as `up` or `preview` in front of a person, and give its exit code.

        It has this process's terminal, in which Ctrl-C reaches Pulumi by itself, and asks what it has to ask.

        Raises:
            EngineError: there is no Pulumi.
        """
        process = self._started(project, "-s", stack, *command)

        def pass_on(*_: object) -> None:
            process.send_signal(signal.SIGINT)

        before = signal.signal(signal.SIGTERM, pass_on)  # which, unlike an interrupt, is told to nobody but us
        try:
            while process.returncode is None:
                with suppress(KeyboardInterrupt):  # Pulumi ends what it has begun, and so do we
                    process.wait()
            return process.returncode
        finally:
            signal.signal(signal.SIGTERM, before)

    def select(self, project: str, stack: str) -> None:
        """Make a stack the current one of its project, and make it where it is not there. Raises EngineError."""
        _ = self._ask(project, "stack", "select", stack, "--create", *_UNATTENDED)

    def create(self, project: str, stack: str) -> None:
        """Make a stack, and leave the current one as it is. Raises EngineError."""
        _ = self._ask(project, "stack", "init", stack, "--no-select", *_UNATTENDED)

    def listed(self, project: str) -> dict[str, str]:
        """Give the stacks of a project by their short names, with the times of their last updates.

        Raises:
            EngineError: the backend is out of reach.
        """
        found: list[dict[str, Any]] = json.loads(self._ask(project, "stack", "ls", "--json"))
        return {str(stack["name"]).rpartition("/")[2]: str(stack.get("lastUpdate", "")) for stack in found}

    def runs(self, project: str, stack: str) -> list[dict[str, Any]]:
        """Give the last runs of a stack, the newest first. Raises EngineError."""
        return json.loads(self._ask(project, "-s", stack, "stack", "history", "--json", "--page-size", "20"))

    def outputs(self, project: str, stack: str) -> dict[str, Any]:
        """Give a stack's outputs. Raises EngineError."""
        return json.loads(self._ask(project, "-s", stack, "stack", "output", "--json"))

    def exported(self, project: str, stack: str) -> dict[str, Any]:
        """Give a stack's state. Raises EngineError."""
        return json.loads(self._ask(project, "-s", stack, "stack", "export"))

    def replace_state(self, project: str, stack: str, file: Path) -> None:
        """Put another state in the place of a stack's. Raises EngineError."""
        _ = self._ask(project, "-s", stack, "stack", "import", "--file", str(file))

    def cancel(self, project: str, stack: str) -> None:
        """Remove the lock of a run that has died. Raises EngineError."""
        _ = self._ask(project, "cancel", stack, "--yes", *_UNATTENDED)

    def drift(self, stack: str) -> dict[str, Any]:
        """Compare a spoke's state with its account and change neither; gives the steps of the preview.

        Raises:
            EngineError: the comparison failed.
        """
        return json.loads(self._ask("spoke", "-s", stack, "refresh", "--preview-only", "--json", *_UNATTENDED))

    def up(
        self,
        stack: str,
        log: IO[bytes] | None,
        started: Callable[[int], None],
        *options: str,
        project: str = "spoke",
    ) -> Finished:
        """Deploy a stack, with options of Pulumi's."""
        return self._run(stack, ("up", "--yes", "--skip-preview", *options), log, started, project)

    def preview(self, stack: str, log: IO[bytes] | None, started: Callable[[int], None], *options: str) -> Finished:
        """Show what a deployment of a spoke would change, and check what stands in its way."""
        return self._run(stack, ("preview", "--diff", "--suppress-outputs", *options), log, started)

    def refresh(
        self, stack: str, log: IO[bytes] | None, started: Callable[[int], None], *, project: str = "spoke"
    ) -> Finished:
        """Bring a stack's state in line with its account."""
        return self._run(stack, ("refresh", "--yes", "--skip-preview"), log, started, project)

    def creations(self, project: str, stack: str) -> list[dict[str, Any]]:
        """Give what a deployment would create, as the state would have it, with what only the run will know left open.

        Raises:
            PreviewError: the program refuses, or the engine does.
        """
        try:
            answer = self._ask(project, "-s", stack, "preview", "--json", *_UNATTENDED)
        except EngineError as problem:
            raise PreviewError(str(problem), code="preview-failed") from None
        steps: list[dict[str, Any]] = json.loads(answer[answer.index("{") :]).get("steps") or []
        return [step["newState"] for step in steps if step["op"] == "create"]

    def _run(
        self,
        stack: str,
        command: tuple[str, ...],
        log: IO[bytes] | None,
        started: Callable[[int], None],
        project: str = "spoke",
    ) -> Finished:
        begun = time.monotonic()
        process = self._started(
            *(project, "-s", stack, *command, *_UNATTENDED),
            unattended=True,
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
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with self._started(project, *arguments, unattended=True, **pipes) as process:
            answer, problem = process.communicate()
        if process.returncode != 0:
            command, text = " ".join(arguments[:4]), " ".join(_reason(problem, answer).split())
            raise EngineError(f"pulumi {command} failed: {text}", code="pulumi-failed")
        return answer

    def _started(
        self,
        project: str,
        *arguments: str,
        unattended: bool = False,
        **options: Any,  # noqa: ANN401 - those of Popen
    ) -> "subprocess.Popen[Any]":
        first, last = str(Path(sys.executable).parent), str(self.root / ".tools" / "bin")
        path = os.pathsep.join([first, os.environ.get("PATH", os.defpath), last])
        environment = {**os.environ, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true", LOOKED: "true"}
        if unattended:
            environment.pop("PULUMI_SKIP_CONFIRMATIONS", None)  # it would answer Pulumi's questions for us
            options["stdin"] = subprocess.DEVNULL
        command = ["pulumi", "-C", project, *arguments]
        try:
            return subprocess.Popen(command, cwd=self.root, env=environment, **options)
        except FileNotFoundError:
            raise EngineError(
                "pulumi is not on PATH. Run the command through make.", code="pulumi-not-on-path"
            ) from None


def _reason(problem: str, answer: str) -> str:
    """Give what a command said that failed: beside its answer, or in it where the answer is a document."""
    try:
        told: list[dict[str, Any]] = json.loads(answer[answer.index("{") :]).get("diagnostics") or []
    except ValueError:
        return problem
    errors = [str(each["message"]) for each in told if each.get("severity") == "error"]
    return " ".join(errors) or problem
