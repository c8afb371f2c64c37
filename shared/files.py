"""The one writer of every file that the project writes: a file is as it was or as it shall be, and never in between.

What is written goes into a new file in the same folder, onto the disk, and then into the place of the old one. It needs
nothing but the standard library.
"""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Content = str | bytes

_SPACE: Final = "Free some space there, and run it again."
_RIGHTS: Final = "Have whoever runs this write there, and run it again."
_REMEDIES: Final[Mapping[int, str]] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _SPACE),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _RIGHTS),
}


_ASIDE, _BEFORE = ".aside", ".before"


class NotWritten(OSError):  # noqa: N818 - it says what is so, and is told by what it is, an error of the system's
    """A file could not be written; nothing was changed."""

    def __str__(self) -> str:
        """Say which, why, and what to do."""
        return f"{self.filename}: {self.strerror}"


def is_aside(path: str) -> bool:
    """Say whether a file is one that lies beside its place, while it is written or since its writer was killed."""
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith((_ASIDE, _BEFORE))


def write_file(path: Path, content: Content) -> None:
    """Write a file as a whole. Mode and owner of one that is there stay, and a symbolic link is followed.

    What is no file, such as /dev/stdout, is written to.

    Raises:
        NotWritten: the disk does not take it, or it may not be written; nothing was changed.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        with _telling(path), path.open("wb") as stream:
            stream.write(_encoded(content))
        return
    write_files({path: content})


def write_files(contents: Mapping[Path, Content]) -> None:
    """Write several files, all of them or none. Folders that are missing are made.

    The last one is put in its place last: what refers to the others comes at the end.

    Raises:
        NotWritten: one of them cannot be written; nothing was changed.
    """
    with contextlib.ExitStack() as undoing:
        prepared: list[_Prepared] = []
        for number, (path, content) in enumerate(contents.items(), start=1):
            with _telling(path):
                prepared.append(_prepare(path, content, undoing, last=number == len(contents)))
        for each in prepared:
            with _telling(each.path):
                _put(each, undoing)
        undoing.pop_all()
    for each in prepared:
        each.forget()
    for folder in {each.target.parent for each in prepared}:
        with contextlib.suppress(OSError):  # it is written; some file systems cannot make sure of a folder
            _synchronize(folder)


def write_new(path: Path, content: Content) -> bool:
    """Write a file where there is none, and say whether it was so. Of several writers one succeeds.

    Raises:
        NotWritten: the disk does not take it; nothing was changed.
    """
    with _telling(path), contextlib.ExitStack() as undoing:
        each = _prepare(path, content, undoing, last=True)
        try:
            os.link(each.aside, path, follow_symlinks=False)
        except FileExistsError:
            return False
        each.aside.unlink()
        undoing.pop_all()
    return True


@dataclass(frozen=True)
class _Prepared:
    """A file that lies beside its place.

    Attributes:
        path: As the caller named it.
        target: Where that leads.
        before: A copy of what is there; None where nothing is, or where it is put in its place last.
    """

    path: Path
    target: Path
    aside: Path
    before: Path | None

    def forget(self) -> None:
        """Let the old content go."""
        if self.before:
            with contextlib.suppress(OSError):
                self.before.unlink()


def _prepare(path: Path, content: Content, undoing: contextlib.ExitStack, *, last: bool) -> _Prepared:
    target = path.resolve()
    _make_folders(target.parent, undoing)
    there = target.stat() if target.exists() else None
    if there and not stat.S_ISREG(there.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if there and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    aside = target.with_name(f".{secrets.token_hex(8)}{_ASIDE}")
    undoing.callback(_remove, aside)
    _write(aside, _encoded(content), there)
    before: Path | None = None
    if there and not last:
        before = aside.with_suffix(_BEFORE)
        undoing.callback(_remove, before)
        _write(before, target.read_bytes(), there)
    return _Prepared(path, target, aside, before)


def _write(aside: Path, content: bytes, there: os.stat_result | None) -> None:
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if there:
            if (there.st_uid, there.st_gid) != (os.geteuid(), os.getegid()):
                with contextlib.suppress(PermissionError):  # only root gives files away
                    os.fchown(descriptor, there.st_uid, there.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(there.st_mode))
        file.flush()
        os.fsync(descriptor)


def _put(each: _Prepared, undoing: contextlib.ExitStack) -> None:
    """Put a file in its place, and what was there back where a later one fails."""
    if each.before:
        undoing.callback(_put_back, each.before, each.target)
    elif not each.target.exists():
        undoing.callback(_remove, each.target)
    each.aside.replace(each.target)


def _put_back(before: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        before.replace(target)


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # why it was never there is told already
        path.unlink()


def _make_folders(folder: Path, undoing: contextlib.ExitStack) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        undoing.callback(_remove_folder, each)


def _remove_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # somebody else has put something into it meanwhile
        folder.rmdir()


def _encoded(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content


@contextlib.contextmanager
def _telling(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as problem:
        reason = f"cannot be written ({problem.strerror or problem}). Nothing was changed."
        remedy = _REMEDIES.get(problem.errno or 0, "Mend that, and run it again.")
        raise NotWritten(problem.errno or 0, f"{reason} {remedy}", str(path)) from None


def _synchronize(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
