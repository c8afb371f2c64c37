"""Writes a folder of generated files as a whole: what stands there is what was there before, or all of the new."""

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from shared.files import NotWritten


def replace_folder(folder: Path, contents: Iterable[tuple[Path, bytes]], *, finish: Callable[[Path], None]) -> None:
    """Write a folder beside its place, have it finished there, and put it into the place of what was there.

    Its files are not forced onto the disk one by one, as those that people write are: they can be made again.

    Args:
        folder: Where it shall be.
        contents: Its files with their paths in it; each is written as it comes.
        finish: What is still to be done, once they are written.

    Raises:
        NotWritten: the disk does not take it; what was there is there still.
    """
    target = folder.resolve()
    name = f".{secrets.token_hex(8)}"
    aside, before = target.with_name(f"{name}.aside"), target.with_name(f"{name}.before")
    try:
        made = set[Path]()
        for path, content in contents:
            file = aside / path
            if file.parent not in made:
                file.parent.mkdir(parents=True, exist_ok=True)
                made.add(file.parent)
            file.write_bytes(content)
        finish(aside)
        if target.exists():
            target.rename(before)
        try:
            aside.rename(target)
        except OSError:
            with contextlib.suppress(OSError):
                before.rename(target)
            raise
    except OSError as problem:
        reason = f"cannot be written ({problem.strerror or problem}). What was there is there still."
        raise NotWritten(problem.errno or 0, f"{reason} Mend that, and run it again.", str(folder)) from None
    finally:
        for each in (aside, before):
            shutil.rmtree(each, ignore_errors=True)
