"""Changes settings in a YAML file as a person would: comments, order and style of the rest stay."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import yaml

from cli.yaml_text import dump
from hub.definitions.yaml_file import CatalogLoader
from shared.documents import parse_yaml
from shared.errors import ConfigError, Mistake


def with_list(text: str, keys: Sequence[str], values: Sequence[str], *, where: str) -> str:
    """Give a key a list of words, whatever it had.

    Args:
        text: The file.
        keys: The way to the key; all but the last are there.
        values: The words.
        where: The file's name, for messages.

    Raises:
        ConfigError: the file is written in a way that this cannot change; the message has what to write.
    """
    above, line = _mapping(text, keys[:-1]), f"{keys[-1]}: [{', '.join(values)}]\n"
    after = ""
    if above is not None:
        column, lines = above.value[0][0].start_mark.column, text.splitlines(keepends=True)
        found = _pair(above, keys[-1])
        begin, end = _span(found) if found else (_end(above.value[-1][1]),) * 2
        after = "".join([*lines[:begin], " " * column + line, *lines[end:]])
    return _checked(after, _set(_parsed(text), keys, list(values)), line, where=f"{where}: {keys[-1]}")


def without_items(text: str, keys: Sequence[str], gone: Collection[int], *, where: str) -> str:
    """Take items out of a list, and the key with the last of them.

    Args:
        text: The file.
        keys: The way to the list.
        gone: Which ones, counted from 0.
        where: The file's name, for messages.

    Raises:
        ConfigError: the file is written in a way that this cannot change; the message has what to write.
    """
    document = _parsed(text)
    listed: list[object] = _at(document, keys)
    left = [each for index, each in enumerate(listed) if index not in gone]
    wanted = _set(document, keys, left) if left else _without(document, keys)
    above, after = _mapping(text, keys[:-1]), ""
    found = _pair(above, keys[-1]) if above is not None else None
    if found is not None and isinstance(found[1], yaml.SequenceNode) and not found[1].flow_style:
        lines = text.splitlines(keepends=True)
        spans = [_span(found)] if not left else _items(found[1], gone)
        for begin, end in reversed(spans):
            del lines[begin:end]
        after = "".join(lines)
    return _checked(after, wanted, dump({keys[-1]: left}), where=f"{where}: {keys[-1]}")


def _items(items: yaml.SequenceNode, gone: Collection[int]) -> list[tuple[int, int]]:
    begins = [each.start_mark.line for each in items.value]
    ends = [*begins[1:], _end(items)]
    return [span for index, span in enumerate(zip(begins, ends, strict=True)) if index in gone]


def _span(pair: tuple[yaml.Node, yaml.Node]) -> tuple[int, int]:
    """Give the lines of a key with its value: the first, and the one after the last."""
    return pair[0].start_mark.line, _end(pair[1])


def _end(node: Any) -> int:  # noqa: ANN401 - a node of any kind, whose parts have no types
    """Give the line after a node; the parser takes the white space and the comments after a block for its own."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return node.end_mark.line + (node.end_mark.column > 0)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)


def _pair(node: yaml.MappingNode, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    pairs = cast("list[tuple[yaml.ScalarNode, yaml.Node]]", node.value)
    return next((pair for pair in pairs if pair[0].value == key), None)


def _mapping(text: str, keys: Sequence[str]) -> yaml.MappingNode | None:
    """Find a map that is written on lines of its own."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in keys:
        found = _pair(node, key) if isinstance(node, yaml.MappingNode) else None
        node = found[1] if found else None
    return node if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style else None


def _parsed(text: str) -> Any:  # noqa: ANN401 - any YAML
    return parse_yaml(text, CatalogLoader)


def _at(document: Any, keys: Sequence[str]) -> Any:  # noqa: ANN401 - any YAML
    for key in keys:
        document = document[key]
    return document


def _set(document: Any, keys: Sequence[str], value: object) -> Any:  # noqa: ANN401 - any YAML
    return {**document, keys[0]: _set(document.get(keys[0]), keys[1:], value)} if keys else value


def _without(document: Mapping[str, Any], keys: Sequence[str]) -> Mapping[str, Any]:
    if len(keys) == 1:
        return {key: value for key, value in document.items() if key != keys[0]}
    return {**document, keys[0]: _without(document[keys[0]], keys[1:])}


def _checked(after: str, wanted: object, instead: str, *, where: str) -> str:
    try:
        if after and _parsed(after) == wanted:
            return after
    except (yaml.YAMLError, Mistake):
        pass
    raise ConfigError(
        f"cannot be changed as it is written. Nothing was changed. Write by hand:\n{instead}",
        code="setting-not-editable",
        place=where,
    )
