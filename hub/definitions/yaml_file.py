"""Reads one of the catalog's YAML files as a checked document."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel

from shared.as_written import check_as_written
from shared.collecting import Mistakes, together
from shared.documents import Bounded, Strict, parse_yaml, read_file, reason_of
from shared.errors import ContentError, Mistake
from shared.validation import validate

M = TypeVar("M", bound=BaseModel)


class CatalogLoader(Strict, yaml.CSafeLoader):
    """Reads the catalog's files."""


def read_document(model: type[M], path: Path) -> M:
    """Read a file as a model.

    Raises:
        ContentError: it cannot be read, is not YAML, or does not fit; all mistakes are named.
    """
    content = content_of(path)
    found = parsed(path, content)
    mistakes = Mistakes()
    with mistakes:
        node = yaml.compose(content, Loader=CatalogLoader)
        check_as_written(model, node, _text_of, where=str(path), error=ContentError)
    with mistakes:
        valid = validate(model, found, where=str(path), error=ContentError)
        if not mistakes.found:
            return valid
    raise together(mistakes.found)


def _text_of(node: yaml.ScalarNode) -> str | None:
    if node.tag == "tag:yaml.org,2002:str":
        return node.value
    value: object = CatalogLoader("").construct_object(node)
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def read_yaml(path: Path, loader: type[Bounded] = CatalogLoader) -> object:
    """Read a file of the catalog as plain values.

    Raises:
        ContentError: it cannot be read, is not YAML, or is beyond a limit.
    """
    return parsed(path, content_of(path), loader)


def parsed(path: Path, content: bytes, loader: type[Bounded] = CatalogLoader) -> object:
    """Read what stands in a file of the catalog as plain values. Raises ContentError."""
    try:
        return parse_yaml(content, loader)
    except yaml.YAMLError as problem:
        raise ContentError(f"is not YAML: {reason_of(problem)}.", code="file-not-yaml", place=str(path)) from None
    except Mistake as mistake:
        raise ContentError(str(mistake), code=mistake.code, place=str(path)) from None


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
    return ContentError(
        f"cannot be read ({problem.strerror}). Add the file, or correct its name.",
        code="file-unreadable",
        place=str(path),
    )
