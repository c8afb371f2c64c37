"""What the engine does to each resource of a spoke, and when: read from the events that it writes beside its log."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final, Self

from fleet.engine_answers import EVENT_LOG

_LOOK_SECONDS: Final = 0.05
"""The engine writes whole seconds into its events (source: pulumi, sdk/go/common/apitype/events.go): they are timed as
they come."""

_BEGUN, _ENDED, _FAILED, _SAID = "resourcePreEvent", "resOutputsEvent", "resOpFailedEvent", "diagnosticEvent"


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of the engine on one resource.

    Attributes:
        operation: The engine's word, such as `create`, `same` or `delete-replaced`.
        begun: In nanoseconds since 1970.
        ended: Likewise; 0 where the engine ended before the operation did.
        problem: What was wrong, without secrets, which the engine hides; empty where nothing was.
    """

    urn: str
    type: str
    operation: str
    begun: int
    ended: int = 0
    problem: str = ""


class EngineEvents:
    """Follows one command of the engine while it runs: `with EngineEvents(…) as events`, its `options` on the command.

    Attributes:
        options: What the command needs for it; empty where nobody wants to know.
        steps: In the order in which they began; complete after the block.
    """

    def __init__(self, log: Path, *, wanted: bool) -> None:
        """Take the log that the events are to lie beside until they are read."""
        self._path = log.with_suffix(".events").absolute()
        self._wanted = wanted
        self._steps: dict[tuple[str, str], Step] = {}
        self._problems: dict[str, str] = {}
        self._ended = threading.Event()
        self._reader = threading.Thread(target=self._follow, name="engine events", daemon=True)
        self.options: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps.values())

    def __enter__(self) -> Self:
        with suppress(OSError):  # a full disk costs us the events, and the run nothing
            if self._wanted:
                os.close(os.open(self._path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
                self.options = (EVENT_LOG, str(self._path))
                self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.options:
            self._ended.set()
            self._reader.join()
            self._path.unlink(missing_ok=True)

    def _follow(self) -> None:
        with suppress(OSError), self._path.open(encoding="utf-8", errors="replace") as file:
            for line in self._lines(file):
                with suppress(ValueError, KeyError, TypeError, AttributeError):  # a line that a kill has cut
                    self._take(json.loads(line), time.time_ns())

    def _lines(self, file: IO[str]) -> Iterator[str]:
        """Give whole lines as they come, until the command has ended and all is read."""
        part, last = "", False
        while True:
            for piece in iter(file.readline, ""):
                part += piece
                if part.endswith("\n"):
                    yield part
                    part = ""
            if last:
                return
            last = self._ended.wait(_LOOK_SECONDS)

    def _take(self, event: dict[str, Any], now: int) -> None:
        if said := event.get(_SAID):
            if said["severity"] == "error":
                self._problems[said.get("urn", "")] = str(said["message"]).strip()
            return
        kind = next((kind for kind in (_BEGUN, _ENDED, _FAILED) if kind in event), None)
        if kind is None:
            return
        what = event[kind]["metadata"]
        key = what["urn"], what["op"]
        if kind == _BEGUN:
            self._steps[key] = Step(what["urn"], what["type"], what["op"], now)
        elif step := self._steps.get(key):
            problem = self._problems.get(step.urn, "it failed") if kind == _FAILED else ""
            self._steps[key] = replace(step, ended=now, problem=problem)
