"""Says on which line of a YAML file something stands, for whoever wants to change it."""

import re
from collections.abc import Sequence
from typing import Final

import yaml
from pydantic.alias_generators import to_camel

Path = Sequence[str | int]
"""The keys and positions that lead to a part of a document."""

_FIRST: Final = 1
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def line_of(node: yaml.Node | None, path: Path) -> int:
    """Give the line of a part, counted from 1; of what it is in, where the part itself does not stand there."""
    line = _FIRST if node is None else node.start_mark.line + 1
    for part in path:
        found = _below(node, part)
        if found is None:
            return line
        line, node = found
    return line


def parsed_key(key: str) -> list[str | int]:
    """Take a key such as launches[0].parameters.Label apart."""
    return [int(index) if index else name for name, index in _STEP.findall(key)]


def _below(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and part in (key.value, to_camel(key.value)):
                return key.start_mark.line + 1, value
    return None
