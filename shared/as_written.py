"""Refuses a value that YAML reads as another one than what stands in the file.

An unquoted `1.10` is the number 1.1, `0123` is 83, and `2026-10-06` a moment. Where text is wanted, what arrives has to
be what was written. Where a number or a truth value is wanted, YAML's reading is what was meant.
"""

from collections.abc import Callable, Iterator
from types import NoneType
from typing import Final, get_args

import yaml
from pydantic import BaseModel

from shared.errors import CatalogError
from shared.mistakes import options
from shared.validation import Document, current_key

_NO_TEXT: Final = (bool, int, float)

Reading = Callable[[yaml.ScalarNode], str | None]
"""Gives the text that a scalar without quotes arrives as; None where it stands for nothing."""


def check_as_written(
    model: type[BaseModel], node: yaml.Node | None, reading: Reading, *, where: str, error: type[CatalogError]
) -> None:
    """Refuse text that would arrive as another.

    Args:
        model: The shape of the document, which says where text is wanted.
        node: The document as YAML's composer gives it.
        reading: What its loader makes of a scalar.
        where: The document's file, for the message.
        error: The kind of error to raise.

    Raises:
        CatalogError: of the given kind; names place, both readings, and the quotes to add.
    """
    for place, written, arrives in _changed(model, node, reading, ""):
        other = "leave the key out" if arrives is None else f"write {arrives} if that is meant"
        raise error(
            f"invalid value {written}, which YAML reads as {'nothing' if arrives is None else arrives}. Expected text: "
            f'put it in quotes, "{written}", or {other}.',
            code="value-read-as-another",
            place=f"{where}: {place}",
        )


def _changed(
    annotation: object, node: yaml.Node | None, reading: Reading, place: str
) -> Iterator[tuple[str, str, str | None]]:
    possible = options(annotation)
    match node:
        case yaml.ScalarNode(style=None | ""):
            if arrives := _change(possible, node, reading):
                yield place, node.value, arrives[0]
        case yaml.SequenceNode():
            inner = next((get_args(each)[0] for each in possible if get_args(each)), annotation)
            for index, item in enumerate(node.value):
                yield from _changed(inner, item, reading, f"{place}[{index}]")
        case yaml.MappingNode():
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    wanted, name = _of_key(possible, key.value)
                    yield from _changed(wanted, value, reading, f"{place}.{name}" if place else name)
        case _:
            pass


def _change(possible: list[object], node: yaml.ScalarNode, reading: Reading) -> tuple[str | None] | None:
    """Say what a scalar arrives as where that is not what was written; None where all is well."""
    texts = [text for each in possible for text in options(next(iter(get_args(each)), None))] + possible
    if str not in texts or any(each in possible for each in _NO_TEXT):
        return None
    arrives = reading(node)
    if arrives is None and (NoneType in possible or not node.value):
        return None
    return None if arrives == node.value else (arrives,)


def _of_key(possible: list[object], key: str) -> tuple[object, str]:
    """Give what is wanted under a key, and the key's name of today."""
    for option in possible:
        if isinstance(option, type) and issubclass(option, Document):
            name = current_key(option, key)
            fields = {field.alias or name: field for name, field in option.model_fields.items()}
            return (fields[name].annotation if name in fields else None), name
        if get_args(option):
            return get_args(option)[-1], key
    return None, key
