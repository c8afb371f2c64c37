"""Reads one of the catalog's files: YAML as a checked document, JSON as plain values."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from shared.documents import Bounded, parse_json, read_file
from shared.errors import ContentError, Mistake
from shared.spelling import meant
from shared.yaml_document import YamlLoader, plain_values
from shared.yaml_document import read_document as read

M = TypeVar("M", bound=BaseModel)

CatalogLoader = YamlLoader


def read_document(model: type[M], path: Path) -> M:
    """Read a file as a model.

    Raises:
        ContentError: it cannot be read, is not YAML, or does not fit; all mistakes are named.
    """
    return read(model, content_of(path), where=str(path), error=ContentError)


def read_yaml(path: Path, loader: type[Bounded] = YamlLoader) -> object:
    """Read a file of the catalog as plain values.

    Raises:
        ContentError: it cannot be read, is not YAML, or is beyond a limit.
    """
    return parsed(path, content_of(path), loader)


def parsed(path: Path, content: bytes, loader: type[Bounded] = YamlLoader) -> object:
    """Read what stands in a file of the catalog as plain values. Raises ContentError."""
    return plain_values(content, loader, where=str(path), error=ContentError)


def read_json(path: Path) -> object:
    """Read a JSON file of the catalog. Raises ContentError."""
    try:
        return parse_json(content_of(path))
    except Mistake as mistake:
        raise ContentError(str(mistake), code=mistake.code, place=str(path)) from None
    except ValueError as problem:
        raise ContentError(
            f"is not JSON: {problem}. Correct it there; such files are UTF-8 text.",
            code="file-not-json",
            place=str(path),
        ) from None


def content_of(path: Path) -> bytes:
    """Read a file of the catalog. Raises ContentError."""
    try:
        return read_file(path)
    except OSError as problem:
        raise unreadable(path, problem) from None
    except Mistake as mistake:
        raise ContentError(str(mistake), code=mistake.code, place=str(path)) from None


def unreadable(path: Path, problem: OSError) -> ContentError:
    """Word that a file of the catalog cannot be read."""
    if isinstance(problem, IsADirectoryError):
        return ContentError(
            "is a folder, and a file is wanted. Move it away, and put the file in its place.",
            code="file-unreadable",
            place=str(path),
        )
    beside = [each.name for each in path.parent.iterdir() if each != path] if path.parent.is_dir() else []
    return ContentError(
        f"cannot be read ({problem.strerror}).{meant(path.name, beside)} Add the file, or correct its name.",
        code="file-unreadable",
        place=str(path),
    )
