"""Reads one of the catalog's YAML files as a checked document."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from shared.errors import ContentError
from shared.validation import validate

M = TypeVar("M", bound=BaseModel)


def read_document(model: type[M], path: Path) -> M:
    """Read a file as a model.

    Raises:
        ContentError: it cannot be read, is not YAML, or does not fit; the first mistake is named.
    """
    try:
        content: object = yaml.load(path.read_text(), Loader=StrictLoader)  # noqa: S506 - a safe loader
    except OSError as problem:
        raise unreadable(path, problem) from None
    except yaml.YAMLError as problem:
        raise not_yaml(path, problem) from None
    return validate(model, content, where=str(path), error=ContentError)


def unreadable(path: Path, problem: OSError) -> ContentError:
    """Word that a file of the catalog cannot be read."""
    return ContentError(
        f"cannot be read ({problem.strerror}). Add the file, or correct its name.",
        code="file-unreadable",
        place=str(path),
    )


def not_yaml(path: Path, problem: yaml.YAMLError) -> ContentError:
    """Word that a file of the catalog is not YAML."""
    return ContentError(f"is not YAML: {' '.join(str(problem).split())}.", code="file-not-yaml", place=str(path))


class StrictLoader(yaml.CSafeLoader):
    """A safe loader that refuses a key given twice, which YAML forbids and PyYAML overlooks."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        keys = [key.value for key, _ in node.value]
        twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
        if twice is not None:
            raise yaml.MarkedYAMLError(problem=f"the key {twice} is given twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)
