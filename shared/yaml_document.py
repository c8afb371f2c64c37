"""Reads a YAML file that somebody wrote as a checked document; stacks' settings have a reader of their own."""

from typing import TypeVar

import yaml
from pydantic import BaseModel

from shared.as_written import check_as_written
from shared.collecting import Mistakes, together
from shared.documents import Bounded, Strict, parse_tree, reason_of
from shared.errors import CatalogError, Mistake
from shared.validation import validate

M = TypeVar("M", bound=BaseModel)


class YamlLoader(Strict, yaml.CSafeLoader):
    """Reads YAML as PyYAML does, within limits and without keys that are given twice."""


def read_document(model: type[M], content: bytes, *, where: str, error: type[CatalogError], empty: object = None) -> M:
    """Read a document as a model.

    Args:
        model: The shape that is wanted.
        content: What stands in the file.
        where: The file, for messages.
        error: The kind of error to raise.
        empty: What a file stands for that says nothing, but for comments.

    Raises:
        CatalogError: of the given kind: it is cut, is not YAML, or does not fit; all mistakes are named.
    """
    if empty is not None:
        refuse_cut(content, where=where, error=error)
    node, found = _read(content, YamlLoader, where=where, error=error)
    mistakes = Mistakes()
    with mistakes:
        check_as_written(model, node, _text_of, where=where, error=error)
    with mistakes:
        valid = validate(model, empty if found is None else found, where=where, error=error)
        if not mistakes.found:
            return valid
    raise together(mistakes.found)


def refuse_cut(content: bytes, *, where: str, error: type[CatalogError]) -> None:
    """Refuse a file that may say nothing, but not by having been cut. Raises CatalogError of the given kind."""
    if not content.strip():
        raise error(
            f"is empty, so it was cut. Put it back as git has it (git checkout HEAD -- {where}). To go without it, "
            f"delete it.",
            code="file-empty",
            place=where,
        )


def plain_values(
    content: bytes, loader: type[Bounded] = YamlLoader, *, where: str, error: type[CatalogError]
) -> object:
    """Read a document as plain values. Raises CatalogError of the given kind."""
    return _read(content, loader, where=where, error=error)[1]


def _read(
    content: bytes, loader: type[Bounded], *, where: str, error: type[CatalogError]
) -> tuple[yaml.Node | None, object]:
    try:
        return parse_tree(content, loader)
    except yaml.YAMLError as problem:
        raise error(
            f"is not YAML: {reason_of(problem)}. Correct it there; such files are UTF-8 text.",
            code="file-not-yaml",
            place=where,
        ) from None
    except Mistake as mistake:
        raise error(str(mistake), code=mistake.code, place=where) from None
    except (TypeError, RecursionError):
        raise error(
            "has a key or a value that no file here can have. Keys are text, and values are text, numbers, dates, "
            "truth values, and lists and maps of these: correct it.",
            code="value-impossible",
            place=where,
        ) from None


def _text_of(node: yaml.ScalarNode) -> str | None:
    if node.tag in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"):
        return node.value
    value: object = YamlLoader("").construct_object(node)
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
