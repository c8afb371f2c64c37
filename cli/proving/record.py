"""What a proof writes down: what it is about to make, before it makes it, and what it saw, after every step.

One file, `proof.json` in the run's folder. It is all that is needed to remove what a run left that was killed.
"""

import datetime as dt
import json
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

import psutil
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.documents import read_file
from shared.errors import ConfigError
from shared.files import write_file

FOLDER: Final = Path(".proof")
FILE: Final = "proof.json"
MARKED: Final = re.compile(r"\bproof-[0-9a-f]{6}\b")
AWS: Final = "AWS"
SANDBOX: Final = "the sandbox"

Fact = str | int | bool | list[str]


class _Document(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class Observation(_Document):
    """Something that AWS did, in words that are the same in every run unless AWS does something else."""

    name: str
    value: Fact


class Measure(_Document):
    """How long something took, each time that it was tried, in seconds.

    Attributes:
        relied_on: So long the project, or the plug-in, waits for it; None where nobody does.
        by: Who waits.
        sandbox: What the sandbox takes for it.
    """

    name: str
    seconds: list[float]
    sandbox: float | None = None
    relied_on: float | None = None
    by: str = ""

    @property
    def is_beyond(self) -> bool:
        """Whether it took longer than somebody waits for it."""
        return self.relied_on is not None and max(self.seconds, default=0) > self.relied_on


class Making(_Document):
    """Something that is about to be made, or may have been."""

    part: str
    kind: str
    name: str


class StepRecord(_Document):
    """A step that was begun."""

    name: str
    what: str
    undo: str
    began: dt.datetime
    seconds: float | None = None
    state: Literal["begun", "done", "failed"] = "begun"
    problem: str = ""
    facts: list[Observation] = []
    measures: list[Measure] = []
    notes: list[str] = []


class Process(_Document):
    """Whose run it is."""

    pid: int
    began: float

    @classmethod
    def this(cls) -> "Process":
        """Give this one."""
        return cls(pid=os.getpid(), began=psutil.Process().create_time())

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.began) < 1
        except psutil.Error:
            return False


class Record(_Document):
    """A run.

    Attributes:
        run: Its name, which begins with the day.
        mark: In the name of whatever the run makes.
        profiles: By part.
        accounts: Their ids, by part.
        calls: Of Service Catalog, which cost; counted in rehearsals alone.
        before: What there was in the accounts, by part: kinds and names.
        removal: What was removed, and how it went; what was gone already is not told.
        remains: What is left in the accounts that was not there before.
        removed: Whether somebody has looked, and nothing of the run is left.
    """

    run: str
    mark: Annotated[str, Field(pattern=r"^proof-[0-9a-f]{6}$")]
    region: str
    profiles: dict[str, str]
    accounts: dict[str, str]
    plugin: str
    on: str
    commit: str = ""
    process: Process
    estimate: list[tuple[str, float]] = []
    calls: int = 0
    making: list[Making] = []
    before: dict[str, list[str]] = {}
    steps: list[StepRecord] = []
    removal: list[str] = []
    remains: list[str] = []
    removed: bool = False

    @property
    def folder(self) -> Path:
        """Where the run has all that it needs."""
        return FOLDER / self.run

    def intend(self, part: str, kind: str, name: str) -> None:
        """Write down what is about to be made."""
        made = Making(part=part, kind=kind, name=name)
        if made not in self.making:
            self.making.append(made)
            self.save()

    def save(self) -> None:
        """Write the file."""
        write_file(self.folder / FILE, f"{self.model_dump_json(indent=1)}\n")

    @property
    def facts(self) -> dict[str, Fact]:
        """All that was observed, by step and name."""
        return {f"{step.name}: {each.name}": each.value for step in self.steps for each in step.facts}


def new_mark() -> str:
    """Make up a mark."""
    return f"proof-{secrets.token_hex(3)}"


def read_record(path: Path) -> Record:
    """Read a run's file. Raises ConfigError."""
    try:
        return Record.model_validate(json.loads(read_file(path)))
    except (OSError, ValueError, ValidationError) as problem:
        raise ConfigError(
            f"it is no file of a proof's: {' '.join(str(problem).split())[:300]}",
            code="proof-unreadable",
            place=str(path),
        ) from None


def find_run(name: str) -> Record:
    """Find a run by its name. Raises ConfigError with those that there are."""
    known = sorted(path.parent.name for path in FOLDER.glob(f"*/{FILE}"))
    if name not in known:
        raise ConfigError(
            f"invalid value {name!r}. The runs here are: {', '.join(known) or 'none'}.",
            code="proof-unknown",
            place="RUN",
        )
    return read_record(FOLDER / name / FILE)


def left_on_aws() -> list[str]:
    """Name the runs here that have left something on AWS, or may have; what one left on a sandbox is gone with it."""
    found = [read_record(path) for path in sorted(FOLDER.glob(f"*/{FILE}"))]
    return [each.run for each in found if each.on == AWS and each.making and not each.removed]
