"""Starts Pulumi: the only module that does, for spokes by the hundred and for a person at a terminal.

Whatever runs unattended is one process for each command, in a session of its own, so that an interrupt reaches it when
we say so and a kill of the fleet does not: what it has begun, it ends.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, cast

from fleet.engine_answers import (
    Guarding,
    document_of,
    environment_of,
    place_of,
    reason_of,
    refuse_silence,
    states_after,
    tell_guard,
)
from fleet.errors import EngineError, PreviewError
from shared.stack import engines
from shared.stack.stack_file import StackFile

_GUARD: Final = Path(__file__).with_name("guard.py")

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


Started = Callable[[int], None]
"""Is told the number of a command's process."""

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
        lease: What changes a stack runs only as long as it lasts, under a guard; without one, under none.
        told: Variables of the environment by which the programs are told what they cannot know.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lease: Guarding | None = None
        self.told: Mapping[str, str] = {}

    def attended(self, project: str, stack: str, *command: str) -> int:
        """Run a command such as `up` or `preview` in front of a person, and give its exit code.

        It has this process's terminal, in which Ctrl-C reaches Pulumi by itself, and asks what it has to ask.

        Raises:
            EngineError: there is no Pulumi.
        """
        process, early = cast("subprocess.Popen[Any] | None", None), False

        def pass_on(*_: object) -> None:
            nonlocal early
            early = process is None
            if process:
                process.send_signal(signal.SIGINT)

        before = signal.signal(signal.SIGTERM, pass_on)  # which, unlike an interrupt, is told to nobody but us
        try:
            process = self._started(project, "-s", stack, *command)
            if early:  # it came while Pulumi was being started
                process.send_signal(signal.SIGINT)
            with suppress(KeyboardInterrupt):
                engines.remember(self.root, stack, process.pid)
            while process.returncode is None:
                with suppress(KeyboardInterrupt):  # Pulumi ends what it has begun, and so do we
                    process.wait()
            if process.returncode >= 0:  # what was killed has left its lock
                engines.forget(self.root, stack, process.pid)
            return process.returncode
        finally:
            signal.signal(signal.SIGTERM, before)

    def select(self, project: str, stack: str) -> None:
        """Make a stack the current one of its project, and make it where it is not there. Raises EngineError."""
        _ = self._ask(project, "stack", "select", stack, "--create", *self._secrets(stack), *_UNATTENDED)

    def create(self, project: str, stack: str) -> None:
        """Make a stack, and leave the current one as it is. Raises EngineError."""
        _ = self._ask(project, "stack", "init", stack, "--no-select", *self._secrets(stack), *_UNATTENDED)

    def _secrets(self, stack: str) -> list[str]:
        """Name the provider that the settings ask for: Pulumi itself makes a new stack with the backend's own."""
        provider = StackFile(self.root / f"Pulumi.{stack}.yaml").secrets_provider
        return ["--secrets-provider", provider] if "://" in provider else []

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
        return document_of(self._ask(*place_of(self.root, project, stack), "stack", "output", "--json"))

    def exported(self, project: str, stack: str, *, decrypted: bool = False) -> dict[str, Any]:
        """Give a stack's state, with secrets as they are stored, or decrypted: then for no file. Raises EngineError."""
        options = ["--show-secrets"] if decrypted else []
        return document_of(self._ask(project, "-s", stack, "stack", "export", *options))

    def settings(self, project: str, stack: str) -> dict[str, str]:
        """Give a stack's settings as the engine hands them to a program: decrypted. Raises EngineError."""
        found: dict[str, dict[str, Any]] = json.loads(
            self._ask(project, "-s", stack, "config", "--json", "--show-secrets")
        )
        return {key: str(each.get("value", "")) for key, each in found.items()}

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
        self, stack: str, log: IO[bytes] | None, started: Started, *options: str, project: str = "spoke"
    ) -> Finished:
        """Deploy a stack, with options of Pulumi's."""
        return self._run(stack, ("up", "--yes", "--skip-preview", *options), log, started, project)

    def preview(
        self, stack: str, log: IO[bytes] | None, started: Started, *options: str, project: str = "spoke"
    ) -> Finished:
        """Show what a deployment of a stack would change, and check what stands in its way."""
        return self._run(stack, ("preview", "--diff", "--suppress-outputs", *options), log, started, project)

    def refresh(self, stack: str, log: IO[bytes] | None, started: Started, *, project: str = "spoke") -> Finished:
        """Bring a stack's state in line with its account."""
        return self._run(stack, ("refresh", "--yes", "--skip-preview"), log, started, project)

    def creations(self, project: str, stack: str, *, others: bool = False) -> list[dict[str, Any]]:
        """Give what a deployment would create, as the state would have it, with what only the run will know left open.

        With `others` all that would be there then, told also where something protected would have to be replaced.

        Raises:
            PreviewError: the program refuses, or the engine does.
        """
        try:
            answer = self._ask(project, "-s", stack, "preview", "--json", *_UNATTENDED, refused=others)
        except EngineError as problem:
            raise PreviewError(str(problem), code="preview-failed") from None
        return states_after(answer, others=others)

    def _run(
        self, stack: str, command: tuple[str, ...], log: IO[bytes] | None, started: Started, project: str = "spoke"
    ) -> Finished:
        begun = time.monotonic()
        # Straight into the file: a full disk costs us the log and Pulumi nothing, and it outlives us.
        options: dict[str, Any] = {"stdout": log or subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        words = (project, "-s", stack, *command, *_UNATTENDED)
        process, engine = self._guarded(words, options) if self.lease else self._alone(words, options)
        with _LOCK:
            _RUNNING.add(engine)
        try:
            engines.remember(self.root, stack, engine)
            started(engine)
            if self.lease and process.stdin:
                self.lease.set_engine(engine)
                self.lease.listen(partial(tell_guard, process.stdin.fileno()))
        except BaseException:
            if process.stdin:
                process.stdin.close()  # so that it does not begin
            raise
        finally:
            _, status, used = os.wait4(process.pid, 0)
            with _LOCK:
                _RUNNING.discard(engine)
            process.returncode = os.waitstatus_to_exitcode(status)
            if self.lease and process.stdin:
                self.lease.listen(None)
                process.stdin.close()
            if process.returncode >= 0:
                engines.forget(self.root, stack, engine)
        cost = Cost(
            seconds=round(time.monotonic() - begun, 2),
            cpu_seconds=round(used.ru_utime + used.ru_stime, 2),
            peak_mib=round(used.ru_maxrss / 1024, 1),
        )
        return Finished(process.returncode, cost)

    def _alone(self, words: tuple[str, ...], options: dict[str, Any]) -> "tuple[subprocess.Popen[Any], int]":
        process = self._started(*words, unattended=True, start_new_session=True, **options)
        return process, process.pid

    def _guarded(self, words: tuple[str, ...], options: dict[str, Any]) -> "tuple[subprocess.Popen[Any], int]":
        """Start a guard, which starts the engine in a session of its own as soon as it is told until when."""
        reading, writing = os.pipe()
        try:
            guard = [sys.executable, "-I", "-S", str(_GUARD), str(writing)]
            process = self._started(
                *words,
                unattended=True,
                guard=guard,
                stdin=subprocess.PIPE,
                pass_fds=[writing],
                start_new_session=True,
                **options,
            )
            os.close(writing)
            writing = -1
            return process, int(os.read(reading, 20))
        finally:
            for each in {reading, writing} - {-1}:
                os.close(each)

    def _ask(self, project: str, *arguments: str, refused: bool = False) -> str:
        if self.lease:
            self.lease.check()
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with self._started(project, *arguments, unattended=True, **pipes) as process:
            answer, problem = process.communicate()
        if process.returncode != 0 and not (refused and '"newState"' in answer):
            command, text = " ".join(arguments[:4]), " ".join(reason_of(problem, answer).split())
            raise EngineError(f"pulumi {command} failed: {text}", code="pulumi-failed")
        return answer

    def _started(
        self,
        project: str,
        *arguments: str,
        unattended: bool = False,
        guard: Sequence[str] = (),
        **options: Any,  # noqa: ANN401 - those of Popen
    ) -> "subprocess.Popen[Any]":
        refuse_silence(arguments)
        environment = {**environment_of(self.root, project, arguments), **self.told}
        if unattended:
            environment.pop("PULUMI_SKIP_CONFIRMATIONS", None)  # it would answer Pulumi's questions for us
            options.setdefault("stdin", subprocess.DEVNULL)
        command = [*guard, "pulumi", "-C", project, *arguments]
        if shutil.which("pulumi", path=environment["PATH"]) is None:
            raise EngineError("pulumi is not on PATH. Run the command through make.", code="pulumi-not-on-path")
        return subprocess.Popen(command, cwd=self.root, env=environment, **options)
