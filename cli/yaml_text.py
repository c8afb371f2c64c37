"""Changes a YAML file as a person would: comments, order and style of the rest stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from hub.definitions.yaml_file import CatalogLoader
from shared.documents import parse_yaml, reason_of
from shared.errors import ConfigError, Mistake


def append(text: str, keys: Sequence[str], item: Mapping[str, object], *, where: str) -> str:
    """Add an item to a list, which is made where it is not there yet.

    Args:
        text: The file.
        keys: The way to the list, key by key.
        item: What to add, in the order in which it is to be written.
        where: The file's name, for messages.

    Raises:
        ConfigError: the file is written in a way that this cannot add to; the message has what to add.
    """
    try:
        wanted = _with(parse_yaml(text, CatalogLoader), keys, item)
    except yaml.YAMLError as problem:
        raise ConfigError(f"is not YAML: {reason_of(problem)}.", code="file-not-yaml", place=where) from None
    except Mistake as mistake:
        raise ConfigError(str(mistake), code=mistake.code, place=where) from None
    after = _added(text, keys, item) or ""
    if not _is(after, wanted):
        raise ConfigError(
            f"the list cannot be added to as it is written. Add by hand:\n{block([item], 0)}",
            code="list-not-editable",
            place=f"{where}: {'.'.join(keys)}",
        )
    return after


def text_at(text: str, path: Sequence[str | int]) -> str | None:
    """Give the text that stands at a place of a YAML file; None where none does."""
    node = _at(yaml.compose(text, Loader=yaml.SafeLoader), path)
    return node.value if isinstance(node, yaml.ScalarNode) else None


def replace(text: str, path: Sequence[str | int], new: str, *, where: str) -> str:
    """Put another text in the place of one, between the quotes that it has.

    Args:
        text: The file.
        path: The way to it: keys, and positions in lists.
        new: Letters, digits, dots, hyphens, ~ and ^.
        where: The file's name, for messages.

    Raises:
        ConfigError: the file is written in a way that this cannot change; the message has what to write.
    """
    node = _at(yaml.compose(text, Loader=yaml.SafeLoader), path)
    after = ""
    if isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
        quote, start, end = node.style or "", node.start_mark.index, node.end_mark.index
        after = f"{text[:start]}{quote}{new}{quote}{text[end:]}"
    if not after or not _is(after, _with_text(parse_yaml(text, CatalogLoader), path, new)):
        raise ConfigError(
            f"cannot be changed as it is written. Write there by hand: {new}",
            code="text-not-editable",
            place=f"{where}: {'.'.join(map(str, path))}",
        )
    return after


class _Plain(yaml.SafeDumper):
    """Writes a value that is there twice in full, as a person would, and no anchor for it."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's own signature
        return True


def dump(document: object) -> str:
    """Write a document as a person would."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=1000)


def block(document: object, column: int) -> str:
    """Write a document as lines that begin at a column."""
    lines = dump(document).splitlines()
    return "".join(f"{' ' * column}{line}\n" for line in lines)


def _with(document: Any, keys: Sequence[str], item: Mapping[str, object]) -> Any:  # noqa: ANN401 - any YAML
    if not keys:
        return [*(document or []), dict(item)]
    return {**document, keys[0]: _with(document.get(keys[0]), keys[1:], item)}


def _with_text(document: Any, path: Sequence[str | int], new: str) -> Any:  # noqa: ANN401 - any YAML
    if not path:
        return new
    if isinstance(document, list):
        return [_with_text(each, path[1:], new) if at == path[0] else each for at, each in enumerate(document)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any YAML
    if isinstance(document, dict):
        return {key: _with_text(each, path[1:], new) if key == path[0] else each for key, each in document.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any YAML
    return document  # pyright: ignore[reportUnknownVariableType] - any YAML


def _at(node: yaml.Node | None, path: Sequence[str | int]) -> yaml.Node | None:
    for part in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            node = _value(node, str(part))
    return node


def _is(text: str, wanted: object) -> bool:
    try:
        return parse_yaml(text, CatalogLoader) == wanted
    except (yaml.YAMLError, Mistake):
        return False


def _added(text: str, keys: Sequence[str], item: Mapping[str, object]) -> str | None:
    above: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in keys[:-1]:
        above = _value(above, key)
    if not isinstance(above, yaml.MappingNode) or above.flow_style:
        return None
    column: int = above.value[0][0].start_mark.column
    items = _value(above, keys[-1])
    match items:
        case None:
            return _after(text, _last(above), f"{' ' * column}{keys[-1]}:\n{block([item], column + 2)}")
        case yaml.SequenceNode() if not items.flow_style:
            return _after(text, _last(items), block([item], items.start_mark.column))
        case yaml.SequenceNode(value=[]) | yaml.ScalarNode(value=""):
            start, end = items.start_mark.index, items.end_mark.index
            return _after(text[:start].rstrip(" ") + text[end:], start - 1, block([item], column + 2))
        case _:
            return None


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _last(node: Any) -> int:  # noqa: ANN401 - a node of any kind, whose parts have no types
    """Find the last character of a node; the parser takes the white space and the comments after it for its own."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return node.end_mark.index - 1
    last = node.value[-1]
    return _last(last[1] if isinstance(node, yaml.MappingNode) else last)


def _after(text: str, place: int, lines: str) -> str:
    """Put lines below the one that a place is in."""
    end = text.find("\n", place)
    head, tail = (text, "") if end < 0 else (text[:end], text[end + 1 :])
    return f"{head}\n{lines}{tail}"
