"""What every process of Pulumi has around it: who it works for, whether anybody will answer, and what it said."""

import json
import os
from collections.abc import Callable
from typing import Any, Final, Protocol

from fleet.errors import EngineError
from fleet.reach import refuse_silent_backend
from shared.aws.reach import refuse_silent_endpoints

_ASKING: Final = ("select", "up", "preview", "refresh", "destroy", "import")
"""Words of commands that ask AWS, or come before one that does."""


class Guarding(Protocol):
    """A lease, as far as an engine has to do with it."""

    def listen(self, listener: Callable[[float], None] | None) -> None:
        """Tell somebody until when the engine may run, now and after every renewal; 0 for no more."""
        ...

    def set_engine(self, engine: int) -> None:
        """Write down the engine's process, before it begins; raises where the lease is lost."""
        ...

    def check(self) -> None:
        """Raise where the lease is lost."""
        ...


def refuse_silence(command: tuple[str, ...]) -> None:
    """Look whether backend and endpoints answer, before a process that would wait for them for minutes is started."""
    if named := os.environ.get("PULUMI_BACKEND_URL"):
        refuse_silent_backend(named)
    if asking := next((word for word in command if word in _ASKING), ""):
        refuse_silent_endpoints(f"what pulumi {asking} needs")


def document_of(answer: str) -> dict[str, Any]:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise EngineError(
            "Pulumi's answer is no document that anything here has: it is damaged, or nested too deeply.",
            code="answer-unreadable",
        ) from None


def reason_of(problem: str, answer: str) -> str:
    """Give what a command said that failed: beside its answer, or in it where the answer is a document."""
    try:
        told: list[dict[str, Any]] = json.loads(answer[answer.index("{") :]).get("diagnostics") or []
    except ValueError:
        return problem
    errors = [str(each["message"]) for each in told if each.get("severity") == "error"]
    return " ".join(errors) or problem


def states_after(preview: str, *, others: bool = False) -> list[dict[str, Any]]:
    """Give what a preview in JSON would create, and what would be there beside it where `others` are asked for."""
    steps: list[dict[str, Any]] = json.loads(preview[preview.index("{") :]).get("steps") or []
    return [step["newState"] for step in steps if step["op"] == "create" or (others and step.get("newState"))]
