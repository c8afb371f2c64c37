"""Writes the files that others wait for or start: as they were or as they shall be, and never in between."""

import os
from pathlib import Path


def link_whole(link: Path, target: Path) -> None:
    """Let a link lead to a file, or leave it where it does already.

    Raises:
        OSError: it cannot be made.
    """
    target = target.resolve()
    if link.is_symlink() and link.resolve() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    aside = link.with_name(f".{link.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(link)


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a file aside, onto the disk, and move it into its place; a folder that is missing is made.

    Raises:
        OSError: the disk does not take it; nothing was changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(mode)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
