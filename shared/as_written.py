"""Refuses a value that YAML reads as another one than what stands in the file.

An unquoted `1.10` is the number 1.1, `0123` is 83, and `2026-10-06` a moment. Where text is wanted, what arrives has to
be what was written. Where a number or a truth value is wanted, YAML's reading is what was meant.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, Final, Literal, cast, get_args, get_origin

import yaml
from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo

from shared.collecting import Mistakes
from shared.errors import CatalogError
from shared.mistakes import options
from shared.validation import current_key

_NO_TEXT: Final = (bool, int, float, Decimal, dt.date)

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
        CatalogError: of the given kind; names each place, both readings, and the quotes to add.
    """
    mistakes = Mistakes()
    for place, written, arrives in _changed(model, node, reading, ""):
        other = "leave the key out" if arrives is None else f"write {arrives} if that is meant"
        mistakes.add(
            error(
                f"invalid value {written}, which YAML reads as {'nothing' if arrives is None else arrives}. Expected "
                f'text: put it in quotes, "{written}", or {other}.',
                code="value-read-as-another",
                place=f"{where}: {place}",
            )
        )
    mistakes.refuse()


def _changed(
    annotation: object, node: yaml.Node | None, reading: Reading, place: str
) -> Iterator[tuple[str, str, str | None]]:
    possible = cast("tuple[Any, ...]", options(annotation))
    match node:
        case yaml.ScalarNode(style=None | ""):
            if arrives := _change(possible, node, reading):
                yield place, node.value, arrives[0]
        case yaml.SequenceNode():
            inner = next((get_args(each)[0] for each in possible if get_origin(each) is list), annotation)
            for index, item in enumerate(node.value):
                yield from _changed(inner, item, reading, f"{place}[{index}]")
        case yaml.MappingNode():
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    wanted, of_key, name = _of_key(possible, key.value)
                    within = f"{place}.{name}" if place else name
                    yield from _changed(of_key, key, reading, within)
                    yield from _changed(wanted, value, reading, within)
        case _:
            pass


def _change(possible: tuple[Any, ...], node: yaml.ScalarNode, reading: Reading) -> tuple[str | None] | None:
    """Say what a scalar arrives as where that is not what was written; None where all is well."""
    if not _wants_text(possible):
        return None
    arrives = reading(node)
    if arrives is None and (NoneType in possible or not node.value):
        return None
    return None if arrives == node.value else (arrives,)


@cache
def _wants_text(possible: tuple[Any, ...]) -> bool:
    texts = [text for each in possible if get_origin(each) is list for text in options(get_args(each)[0])]
    wanted = any(each is str or each is Any or get_origin(each) is Literal for each in (*texts, *possible))
    return wanted and not any(each in possible for each in _NO_TEXT)


def _of_key(possible: tuple[Any, ...], key: str) -> tuple[object, object, str]:
    """Give what is wanted under a key and what of the key itself, and the key's name of today."""
    for option in possible:
        if isinstance(option, type) and issubclass(option, BaseModel):
            name = current_key(option, key)
            if field := _fields(option).get(name):
                return field.annotation, None, name
        elif get_origin(option) is dict:
            return get_args(option)[1], get_args(option)[0], key
        elif option is Any:
            return Any, Any, key
    return None, None, key


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Give a model's fields by each of the keys that they may have."""
    return {
        str(choice): field
        for name, field in model.model_fields.items()
        for choice in (
            field.validation_alias.choices
            if isinstance(field.validation_alias, AliasChoices)
            else (field.alias or name,)
        )
    }
