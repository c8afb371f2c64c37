"""What every process of Pulumi has around it: who it works for, whether anybody will answer, and what it said."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from fleet.errors import EngineError
from fleet.reach import refuse_silent_backend
from shared.aws.caller import CALLER, caller_at_hand, may_be_a_role
from shared.aws.reach import refuse_silent_endpoints
from shared.errors import CatalogError
from shared.stack.own_state import LOOKED
from shared.stack.stack_file import StackFile
from spoke.launches.holds import HELD

EVENT_LOG: Final = "--event-log"
"""The option of Pulumi's commands by which its automation API learns what they do to each resource."""
_ASKING: Final = ("select", "up", "preview", "refresh", "destroy", "import")
"""Words of commands that ask AWS, or come before one that does."""
_OF_THE_HUB: Final = ("MODEL_CATALOG_SIGNING_KEY", "MODEL_CATALOG_SIGNING_KEY_FILE")
"""What signs the contract, and what no other program gets."""


_ASKED_SECONDS: Final = 30
"""So long before its lease ends an engine is asked to end."""


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


def environment_of(root: Path, project: str, command: tuple[str, ...]) -> dict[str, str]:
    """Give a command of Pulumi's its environment: our tools, and what this process knows that it would have to ask."""
    first, last = str(Path(sys.executable).parent), str(root / ".tools" / "bin")
    path = os.pathsep.join([first, os.environ.get("PATH", os.defpath), last])
    environment = {**os.environ, "PATH": path, "PULUMI_SKIP_UPDATE_CHECK": "true", LOOKED: "true"}
    environment.pop(HELD, None)  # whoever has this one from elsewhere is told of another stack
    if project != "hub":
        for name in _OF_THE_HUB:
            environment.pop(name, None)
    if "--preview-only" in command:
        environment.pop("PULUMI_SKIP_CONFIRMATIONS", None)  # Pulumi refuses the two together, and nothing is to confirm
    if EVENT_LOG in command:
        environment["PULUMI_DEBUG_COMMANDS"] = "true"  # it knows the option only then
    if any(word in _ASKING for word in command):
        region = _region(root, command) if may_be_a_role() else ""
        environment[CALLER] = caller_at_hand(region)
    return environment


def _region(root: Path, command: tuple[str, ...]) -> str:
    stack = command[1] if command[0] == "-s" else ""
    try:
        return StackFile(root / f"Pulumi.{stack}.yaml").given.get("aws:region", "")
    except CatalogError:
        return ""  # the program says what is wrong with its settings


def place_of(root: Path, project: str, stack: str) -> tuple[str, str, str]:
    """Say from which folder a stack is looked at, and how it is named there.

    A team's repository has the project of spokes alone. From there a hub's stack has to be named in full.
    """
    if (root / project).is_dir() or not (root / "spoke").is_dir():
        return project, "-s", stack
    return "spoke", "-s", stack if "/" in stack else f"organization/model-catalog-{project}/{stack}"


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


def tell_guard(guard: int, until: float) -> None:
    """Tell a guard until when its engine may run."""
    with suppress(OSError):  # it has ended this very moment
        os.write(guard, f"{until - _ASKED_SECONDS} {until}\n".encode())
