"""What Pulumi prints while it runs a spoke: kept in a file, and read for what matters."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

_LOCKED: Final = re.compile(r"currently locked by|another update is currently in progress")
_CUT_OFF: Final = re.compile(r"code = Unavailable|error reading from server: |transport is closing")
"""What gRPC says of a call whose other end is gone (source: grpc-go, internal/transport)."""

_COUNT: Final = re.compile(r"^[-+~\s]*(?:\d+ changes\. )?(\d+ (?:to )?(?:create|update|delete|replace|unchange)d?)\s*$")
_ENGINE: Final = ("update failed", "preview failed", "an unhandled error occurred: program exited")
"""What the engine adds to every failure, and what tells nothing."""

_MOST_ERRORS: Final = 3
_TAIL_BYTES: Final = 2048


class Log:
    """The log of one spoke. A run goes on without one, where the disk does not take it.

    Attributes:
        path: Where it is.
        file: None where it could not be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: IO[bytes] | None = None
        self._problem = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = path.open("ab")
        except OSError as problem:
            self._problem = str(problem.strerror)

    def close(self) -> str:
        """Close it, and say why it is not complete, where it is not: Pulumi itself does not mind a full disk."""
        if self.file and not self.file.closed:
            try:
                with self.file as file:
                    _ = file.write(b"\n")
            except OSError as problem:
                self._problem = str(problem.strerror)
        return f"the log could not be kept in full: {self._problem}" if self._problem else ""

    @property
    def size(self) -> int:
        """How long it is by now; what comes later was said by a later try."""
        return self.path.stat().st_size if self.file else 0

    def text(self, since: int = 0) -> str:
        """Give what was printed from a size on."""
        try:
            return self.path.read_bytes()[since:].decode(errors="replace")
        except OSError:
            return ""


def is_cut_off(text: str) -> bool:
    """Say whether a plug-in died under the engine, which then does not know what came of what it had begun."""
    return bool(_CUT_OFF.search(text))


def is_locked(text: str) -> bool:
    """Say whether another run had the stack."""
    return bool(_LOCKED.search(text))


def reason_in(text: str) -> str:
    """Give the errors that Pulumi summed up at the end, or else the last line."""
    said = dict.fromkeys(_errors(text.rpartition("Diagnostics:")[2] or text))
    lines = [line for line in text.splitlines() if line.strip()]
    shown = list(said)[:_MOST_ERRORS] or lines[-1:]
    more = [f"and {len(said) - _MOST_ERRORS} more errors"] if len(said) > _MOST_ERRORS else []
    return "\n".join([*shown, *more]) or "Pulumi said nothing"


def changes_in(text: str) -> str:
    """Give the engine's own counts, such as `2 updated, 24 unchanged`."""
    lines = text.rpartition("Resources:")[2].splitlines()
    return ", ".join(found[1] for line in lines if (found := _COUNT.match(line)))


def last_line(path: Path) -> str:
    """Give what Pulumi printed last, for whoever watches."""
    try:
        with path.open("rb") as file:
            _ = file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return next((" ".join(line.split()) for line in reversed(lines) if line.strip(" .") and line[0] != "@"), "")


def _errors(text: str) -> Iterator[str]:
    """Give each error with the lines that belong to it."""
    current: list[str] = []
    for line in [*text.splitlines(), ""]:
        stripped = line.strip()
        if current and (not stripped or stripped.startswith(("error:", "warning:"))):
            yield " ".join(current)
            current = []
        if stripped.startswith("error:"):
            said = stripped.removeprefix("error:").strip()
            current = [] if said.lower().startswith(_ENGINE) else [said]
        elif current:
            current.append(stripped)
