"""Writes what a preview found as a comment on a pull request: what is replaced, what it costs, and why it was refused.

It is Markdown, and begins with a line that nobody sees and that is the same for every preview of the stack: by it the
comment of an earlier push is found.
"""

import json
import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from cli.exit_codes import ExitCode
from fleet.show.markdown import cell, fenced, marked, table
from shared.errors import CatalogError
from shared.files import write_file

_DEBUGGING: Final = "PULUMI_DEBUG_COMMANDS"
"""Lets Pulumi take `--event-log`, by which its own Automation API follows a run (source: pulumi,
sdk/go/auto/stack.go)."""
_MOST_CHARACTERS: Final = 50_000
"""Of what was printed: a comment on GitHub has room for 65,536 in all."""
_COUNTED: Final = {
    "create": "to create",
    "import": "to import",
    "update": "to update",
    "replace": "to replace",
    "delete": "to delete",
    "same": "unchanged",
}
_LOSING: Final = {"replace": "replaced", "delete": "deleted"}
"""What is gone afterwards, and what takes its place is another."""


@dataclass(kw_only=True)
class Found:
    """What a preview found.

    Attributes:
        counts: How many resources there are by what becomes of them.
        lost: What is replaced or deleted: its fate, its type, its name and why.
        problems: Why it was refused.
        warnings: What people should know.
        costs: By launch or version: what a month costs now, and then.
        inside: What changes inside launches, in lines.
        printed: All that was printed.
    """

    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    lost: Sequence[tuple[str, str, str, str]] = ()
    problems: list[str] = field(default_factory=list[str])
    warnings: Sequence[str] = ()
    costs: Sequence[tuple[str, str, str]] = ()
    inside: Sequence[str] = ()
    printed: str = ""


def commented(stack: str, file: Path, preview: Callable[[Sequence[str]], int], more: Callable[[Found], None]) -> int:
    """Run a preview, write the comment, and give the preview's exit code.

    Args:
        stack: Any stack.
        file: Gets the comment, also where the preview is refused: then it says why.
        preview: Runs it, with more options for Pulumi.
        more: Adds what Pulumi knows nothing of, where the preview was not refused.

    Raises:
        CatalogError: as the preview does.
    """
    with tempfile.TemporaryDirectory() as folder, _heard() as printed:
        events, before = Path(folder) / "events", os.environ.get(_DEBUGGING)
        os.environ[_DEBUGGING] = "true"
        problem: CatalogError | None = None
        code: int = ExitCode.MISTAKE
        found = Found()
        try:
            code = preview(["--event-log", str(events)])
            found = read_events(events.read_text() if events.exists() else "")
            if code == ExitCode.DONE:
                more(found)
        except CatalogError as refusal:
            problem = refusal
            found.problems.append(str(refusal))
        finally:
            _restore(before)
    found.printed = "".join(printed)
    write_file(file, in_markdown(stack, found, refused=code != ExitCode.DONE))
    if problem:
        raise problem
    return code


def read_events(text: str) -> Found:
    """Read what Pulumi wrote down of a preview, an event a line (source: pulumi, sdk/go/common/apitype/events.go)."""
    counts: Mapping[str, int] = {}
    lost: list[tuple[str, str, str, str]] = []
    said: dict[str, list[str]] = {"error": [], "warning": []}
    for event in map(_event, text.splitlines()):
        match event:
            case {"summaryEvent": {"resourceChanges": {**changes}}}:
                counts = {str(key): int(cast("int", count)) for key, count in changes.items()}
            case {"resourcePreEvent": {"metadata": {"op": str(fate), "urn": str(urn), "type": str(kind), **known}}}:
                if fate in _LOSING:
                    why: object = known.get("keys") or known.get("diffs") or ()
                    names = ", ".join(map(str, cast("Iterable[object]", why))) if isinstance(why, list) else ""
                    lost.append((_LOSING[fate], kind, urn.rpartition("::")[2], names))
            case {"diagnosticEvent": {"severity": ("error" | "warning") as severity, "message": str(message)}}:
                said[severity].append(_plain(message))
            case {"policyEvent": {"enforcementLevel": str(level), "message": str(message)}}:
                said["error" if level == "mandatory" else "warning"].append(_plain(message))
            case _:
                pass
    return Found(counts=counts, lost=lost, problems=said["error"], warnings=list(dict.fromkeys(said["warning"])))


def in_markdown(stack: str, found: Found, *, refused: bool) -> str:
    """Write it."""
    return marked(stack, _parts(stack, found, refused=refused))


def _parts(stack: str, found: Found, *, refused: bool) -> Iterator[str]:
    counts = {name: found.counts[key] for key, name in _COUNTED.items() if found.counts.get(key)}
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    yield f"### Preview of {stack}: {'refused' if refused else told or 'nothing changes'}"
    yield "\n".join(f"- {cell(each)}" for each in dict.fromkeys(found.problems))
    if found.lost:
        yield "**Replaced or deleted**"
        yield table(("", "type", "name", "because of"), found.lost)
    elif not refused:
        yield "Nothing is replaced or deleted."
    if found.costs:
        yield "**Cost of a month** (estimate, list prices)"
        yield table(("", "now", "then"), found.costs)
    if found.inside:
        yield "**Inside the launches**"
        yield fenced("\n".join(found.inside))
    if found.warnings:
        yield "**Warnings**"
        yield "\n".join(f"- {cell(each)}" for each in found.warnings)
    if found.printed:
        cut = found.printed[-_MOST_CHARACTERS:]
        begins = "" if cut == found.printed else "…"
        yield f"<details><summary>Everything that was printed</summary>\n\n{fenced(begins + cut)}\n\n</details>"


def _event(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}  # the last one, of a run that was killed
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _plain(message: str) -> str:
    """Take Pulumi's marks for colors out (source: pulumi, sdk/go/common/diag/colors)."""
    while "<{%" in message:
        before, _, rest = message.partition("<{%")
        message = before + rest.partition("%}>")[2]
    return message.strip()


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop(_DEBUGGING, None)
    else:
        os.environ[_DEBUGGING] = before


@contextmanager
def _heard() -> Generator[list[str]]:
    """Write down what this process and those that it starts print, which is printed all the same."""
    heard: list[str] = []
    reading, writing = os.pipe()
    before = os.dup(1), os.dup(2)

    def listen() -> None:
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while part := pipe.read(65536):
                os.write(before[0], part)
                heard.append(part.decode(errors="replace"))

    listener = threading.Thread(target=listen)
    for each in (1, 2):
        os.dup2(writing, each)
    os.close(writing)
    listener.start()
    try:
        yield heard
    finally:
        for each, old in zip((1, 2), before, strict=True):
            os.dup2(old, each)
        listener.join()
        for old in before:
            os.close(old)
