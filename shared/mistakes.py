"""Words what is wrong with a document, in terms of the document: pydantic's own are a programmer's."""

import datetime as dt
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from shared.errors import CatalogError, Mistake

_KEY: Final = "[key]"
"""Where pydantic finds a mistake in a map's key, instead of in the value under it."""


def first_mistake(
    model: type[BaseModel], problem: ValidationError, where: str, error: type[CatalogError]
) -> CatalogError:
    """Word the first mistake that was found in a document: what was found, what is wanted, an example."""
    first = problem.errors(include_url=False)[0]
    location = first["loc"]
    context: Mapping[str, object] = first.get("ctx", {})
    mistake = context.get("error")
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location if part != _KEY)
    if isinstance(mistake, Mistake):
        path += mistake.place if mistake.place.startswith("[") else f".{mistake.place}" if mistake.place else ""
    place = f"{where}: {path.lstrip('.')}" if path else where
    if isinstance(mistake, Mistake):
        return error(str(mistake), code=mistake.code, place=place)
    advice = _advice(model, location)
    match first["type"]:
        case "missing":
            return error(f"is missing. {advice}".rstrip(), code="missing-key", place=place)
        case "extra_forbidden" | "invalid_key":
            return error("is not a known key. Remove it, or correct its spelling.", code="unknown-key", place=place)
        case _:
            found, wanted = _shown(first["input"]), advice or _wanted(first["type"], context)
            return error(f"invalid value {found}. {wanted}".rstrip(), code="invalid-value", place=place)


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case str():
            return repr(value)[:200]
        case bool() | int() | float():
            return f"{str(value).lower()} (a number or truth value without quotes)"
        case dt.date():
            return f"{value} (a date without quotes)"
        case list():
            return "a list"
        case _:
            return "a map"


_WANTED: Final[Mapping[str, str]] = {
    "bool": "true or false",
    "dict": "a map",
    "float": "a number",
    "greater": "a number greater than {gt}",
    "int": "a whole number",
    "list": "a list",
    "literal": "{expected}",
    "model": "a map",
    "string": "text",
    "too": "a list that is not empty",
}
"""What is wanted where the model does not describe it, by how the kind of mistake begins in pydantic."""


def _wanted(kind: str, context: Mapping[str, object]) -> str:
    return f"Expected {_WANTED.get(kind.partition('_')[0], 'another value').format_map(context)}."


def _advice(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Say what is wanted at `location`, from the description and example that its annotation carries."""
    annotation: object = model
    field: FieldInfo | None = None
    for part, following in zip(location, (*location, "")[1:], strict=True):
        if part != _KEY:
            annotation, field = _step(annotation, part, key=following == _KEY)
    for info in (field, *_metadata(annotation)):
        if info is not None and info.description:
            example = f", for example {info.examples[0]}" if info.examples else ""
            return f"Expected {info.description}{example}."
    return ""


def _step(annotation: object, part: int | str, *, key: bool) -> tuple[object, FieldInfo | None]:
    for option in options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, field in option.model_fields.items():
                if part in (name, field.alias):
                    return field.annotation, field
        elif arguments := get_args(option):
            return arguments[0 if key else -1], None
    return None, None


def options(annotation: object) -> list[object]:
    """List what a value may be, with `Annotated` and unions taken apart."""
    if get_origin(annotation) is Annotated:
        return options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [option for member in get_args(annotation) for option in options(member)]
    return [annotation]


def _metadata(annotation: object) -> list[FieldInfo]:
    if get_origin(annotation) is Annotated:
        return [info for info in get_args(annotation)[1:] if isinstance(info, FieldInfo)]
    if get_origin(annotation) in (Union, UnionType):
        return [info for member in get_args(annotation) for info in _metadata(member)]
    return []
