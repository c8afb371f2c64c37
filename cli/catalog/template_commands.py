"""Runs the commands that write templates: in `models lock` and `models check`, and nowhere else.

A command is code of whoever wrote the catalog. Neither a preview nor a deployment ever runs one: they read the file
that its output was put into, as reviewed. It is given no credentials and no passphrase, and ends after a while.
"""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from cli.catalog.files import FOLDER
from fleet.checkout import harmless_environment
from hub.definitions.lock_file import numbers_taken
from hub.definitions.product_folder import FILE
from hub.definitions.schema import ProductFile, VersionEntry
from hub.definitions.template_command import TemplateCommand
from hub.definitions.yaml_file import content_of, read_document
from shared import limits
from shared.catalog.lifecycle import as_of
from shared.collecting import Mistakes
from shared.errors import CatalogError, ContentError
from shared.files import write_files

SECONDS: Final = 120
"""For one command. A synthesis of a large CDK application takes some twenty."""
_AT_ONCE: Final = 2
_TOLD: Final = 400
"""Characters of what a command says before it fails; the last ones say why."""


class _Made(NamedTuple):
    """A version whose template a command writes."""

    path: Path
    product: str
    entry: VersionEntry
    command: TemplateCommand
    place: str

    @property
    def file(self) -> Path:
        """The file that the output is kept in."""
        return self.path.parent / self.entry.template_file


def write_new() -> list[Path]:
    """Write the templates of versions that are not locked yet, and tell which files are new or have changed.

    Raises:
        ContentError: a command fails. Nothing is written then.
    """
    made = [each for each in _made() if each.entry.version not in numbers_taken(FOLDER, each.product)]
    mistakes, written = Mistakes(), dict[Path, bytes]()
    for each, found in _run(made):
        if isinstance(found, CatalogError):
            mistakes.add(found)
        elif not each.file.exists() or each.file.read_bytes() != found:
            written[each.file] = found
    mistakes.refuse()
    write_files(written)
    return list(written)


def refuse_other_output() -> None:
    """Refuse templates that are not what their commands write now; of a retired version nobody wants to know.

    Raises:
        ContentError: names each, and what to do; so does a command that fails.
    """
    mistakes = Mistakes()
    for each, found in _run([each for each in _made() if each.entry.life.state_on(as_of()) != "retired"]):
        if isinstance(found, CatalogError):
            mistakes.add(found)
            continue
        with mistakes:
            if not each.file.exists() or content_of(each.file) != found:
                locked = each.entry.version in numbers_taken(FOLDER, each.product)
                remedy = (
                    f"It is locked: let the command write what was locked, or, where it has moved on, name the file "
                    f"alone (template: {each.entry.template_file})."
                    if locked
                    else "Write it: model-catalog models lock."
                )
                raise ContentError(
                    f"is not what the command of {each.entry.version} writes now "
                    f"({' '.join(each.command.command)}). {remedy}",
                    code="template-not-of-command",
                    place=str(each.file),
                )
    mistakes.refuse()


def _made() -> Iterator[_Made]:
    for path in sorted(FOLDER.glob(f"products/*/{FILE}")):
        try:
            if b"command" not in content_of(path):
                continue  # most have none, and a catalog may have hundreds
            file = read_document(ProductFile, path)
        except CatalogError:
            continue  # who reads the catalog says so
        for index, entry in enumerate(file.versions):
            if isinstance(entry.template, TemplateCommand):
                place = f"{path}: versions[{index}].template.command"
                yield _Made(path, file.original_key, entry, entry.template, place)


def _run(made: list[_Made]) -> Iterator[tuple[_Made, bytes | CatalogError]]:
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        yield from zip(made, threads.map(_output, made), strict=True)


def _output(made: _Made) -> bytes | CatalogError:
    """Run a command; give what it wrote, or what is wrong."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(
                made.command.command,
                cwd=made.path.parent,
                env=harmless_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        except OSError as problem:
            return ContentError(
                f"{made.command.command[0]} cannot be started ({problem.strerror}). Correct the command, or install "
                f"it.",
                code="template-command-missing",
                place=made.place,
            )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return ContentError(
                f"has not ended after {SECONDS} seconds. Let it write the template to its standard output, and end.",
                code="template-command-too-slow",
                place=made.place,
            )
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # and what it has started
            _ = process.wait()
        _, _ = out.seek(0), err.seek(0)
        written = out.read(limits.FILE_BYTES + 1)
        said = " ".join(err.read(limits.MEBIBYTE).decode(errors="replace").split())[-_TOLD:]
    if code:
        return ContentError(
            f"ends with {code}. It says: {said or 'nothing'}", code="template-command-failed", place=made.place
        )
    if not written.strip() or len(written) > limits.FILE_BYTES:
        return ContentError(
            f"writes {'more than 1 MiB' if written.strip() else 'nothing'} to its standard output, where the template "
            f"is to be. CloudFormation takes no larger one.",
            code="template-command-output",
            place=made.place,
        )
    return written
