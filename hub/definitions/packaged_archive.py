"""What is uploaded of a file or folder: its bytes, or an archive with the same bytes wherever it is made."""

import io
import zipfile
from pathlib import Path
from typing import Final

from hub.definitions.yaml_file import unreadable
from shared import limits
from shared.errors import ContentError

_LEFT_OUT: Final = ("__pycache__", ".DS_Store")
_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The first one that an archive can name."""


def archive(path: Path) -> bytes:
    """Put a folder, or one file, into an archive."""
    base = path.parent if path.is_file() else path
    written, total = io.BytesIO(), 0
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as packed:
        for each in files_in(path):
            found = content(each)
            total += len(found)
            if total > limits.PACKAGE_BYTES:
                raise _too_large(path)
            info = zipfile.ZipInfo(each.relative_to(base).as_posix(), _DAY)
            info.create_system = 3  # as on Unix, wherever it is made
            info.external_attr = (0o100755 if each.stat().st_mode & 0o100 else 0o100644) << 16
            packed.writestr(info, found)
    return written.getvalue()


def files_in(path: Path) -> list[Path]:
    """List the files of a folder that are packed, in order; of a file itself."""
    return [path] if path.is_file() else sorted(each for each in path.rglob("*") if _is_packed(each, path))


def _is_packed(path: Path, folder: Path) -> bool:
    if any(part in _LEFT_OUT for part in path.relative_to(folder).parts):
        return False
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise ContentError(
            f"leads out of {folder}. Put what it leads to into the folder.", code="file-outside", place=str(path)
        )
    return path.is_file()


def content(path: Path) -> bytes:
    try:
        if path.stat().st_size > limits.PACKAGE_BYTES:
            raise _too_large(path)
        return path.read_bytes()
    except OSError as problem:
        raise unreadable(path, problem) from None


def _too_large(path: Path) -> ContentError:
    return ContentError(
        f"is larger than {limits.PACKAGE_BYTES // limits.MEBIBYTE} MiB. Put it into a bucket, and name it there.",
        code="file-too-large",
        place=str(path),
    )
