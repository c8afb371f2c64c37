"""The text of the lock file: how it is read, and what a file that is not as it was written is refused with."""

from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import Field

from hub.definitions.yaml_file import unreadable
from shared.catalog.versions import SemVer
from shared.documents import parse_yaml, read_file
from shared.errors import ContentError, Mistake
from shared.files import write_file
from shared.validation import Document, Key, validate
from shared.yaml_document import YamlLoader

LOCK_FILE: Final = "templates.lock"
_HEADER: Final = "# The SHA-256 of every published template. Written by: make lock. Lines are added, never changed.\n"


_MARKS: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
"""What git leaves in a file whose two sides it could not merge."""

Sha256 = Annotated[
    str,
    Field(pattern="^[0-9a-f]{64}$", description="a SHA-256, 64 hexadecimal digits", examples=["9e07521e…"]),
]


class Lock(Document):
    """The lock file."""

    templates: dict[Key, dict[SemVer, Sha256]] = {}
    files: dict[Key, dict[SemVer, dict[str, Sha256]]] = {}
    """Those that go with a template, by their paths; the template's own hash counts them too."""
    removed: dict[Key, list[SemVer]] = {}
    """Numbers that never come back, because somebody may remember what they meant."""


def read_lock(lock: Path) -> Lock:
    """Read the file; empty where there is none. Raises ContentError."""
    try:
        return parse_lock(read_file(lock), lock)
    except FileNotFoundError:
        return Lock()
    except OSError as problem:
        raise unreadable(lock, problem) from None
    except Mistake as mistake:
        raise ContentError(str(mistake), code=mistake.code, place=str(lock)) from None


def parse_lock(content: bytes, lock: Path) -> Lock:
    """Read the file as it has to be: every other one was cut, torn or merged by halves."""
    back = f"Put the file back as git has it (git checkout HEAD -- {lock})."
    try:
        text = content.decode()
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise ContentError(f"is not UTF-8. {back}", code="lock-not-text", place=f"{lock}:{line}") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(_MARKS):
            raise ContentError(
                "a merge conflict is left. Keep the lines of both sides, without the marks. Of two lines for one "
                "version keep the one that was published, and give the other's template another number. Then: "
                "model-catalog models lock",
                code="lock-conflict",
                place=f"{lock}:{number}",
            )
    try:
        document = parse_yaml(text, YamlLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{lock}:{mark.line + 1}" if mark else str(lock)
        reason = getattr(problem, "problem", None) or "it cannot be read"
        raise ContentError(f"is not as it was written: {reason}. {back}", code="lock-torn", place=place) from None
    if document is None:
        raise ContentError(
            f"is empty, so it was cut. {back} In a catalog that has published nothing yet, delete it.",
            code="lock-empty",
            place=str(lock),
        )
    return validate(Lock, document, where=str(lock), error=ContentError)


def write_lock(catalog: Path, lock: Lock) -> None:
    """Write the file into a catalog's folder."""
    content = yaml.safe_dump(lock.model_dump(exclude_defaults=True), sort_keys=False)
    write_file(catalog / LOCK_FILE, _HEADER + content)
