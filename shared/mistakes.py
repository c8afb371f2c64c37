"""Words what is wrong with a document, in terms of the document: pydantic's own are a programmer's."""

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Final, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from shared.errors import CatalogError, Mistake
from shared.spelling import meant

Location = tuple[int | str, ...]

_KEY: Final = "[key]"
"""Where pydantic finds a mistake in a map's key, instead of in the value under it."""


def mistakes_in(
    model: type[BaseModel], data: object, problem: ValidationError, where: str, error: type[CatalogError]
) -> Iterator[CatalogError]:
    """Word all that was found wrong with a document: where, what was found, what is wanted, an example.

    Of what may be one of several things, pydantic says for each why it is not; the first of these is enough.
    """
    seen = set[str]()
    for found in problem.errors(include_url=False):
        location = _without_names_of_types(data, found["loc"])
        place = place_of(where, location)
        if place not in seen and found["type"] != "default_factory_not_called":  # what it is made from is wrong itself
            yield from _mistakes(model, found, location, place, error)
        seen.add(place)


def _without_names_of_types(data: object, location: Location) -> Location:
    """Leave out what pydantic calls the types that something may be of; they stand where no key does."""
    path: list[int | str] = []
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if part == _KEY:
            path.append(part)
        elif isinstance(data, dict):
            document = cast("dict[object, object]", data)
            keys = {key if isinstance(key, str) else str(key): key for key in document}
            if part in keys:
                path.append(part)
                data = document[keys[str(part)]]
            elif last:
                path.append(part)
        elif isinstance(data, list):
            items = cast("list[object]", data)
            if isinstance(part, int) and part < len(items):
                path.append(part)
                data = items[part]
    return tuple(path)


def place_of(where: str, location: Location) -> str:
    """Write where in a file something is."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location if part != _KEY)
    return f"{where}: {path.lstrip('.')}" if path else where


def within(place: str, key: str) -> str:
    """Write the place of a key below another place, which may be a file's name alone."""
    if not key:
        return place
    if ": " not in place:
        return f"{place}: {key}"
    return f"{place}{key}" if key.startswith("[") else f"{place}.{key}"


def _mistakes(
    model: type[BaseModel], found: ErrorDetails, location: Location, place: str, error: type[CatalogError]
) -> Iterator[CatalogError]:
    whole = found.get("ctx", {}).get("error")
    if isinstance(whole, Mistake):
        for mistake in whole.all:
            yield error(str(mistake), code=mistake.code, place=within(place, mistake.place))
    else:
        yield _mistake(model, found, location, place, error)


def _mistake(
    model: type[BaseModel], found: ErrorDetails, location: Location, place: str, error: type[CatalogError]
) -> CatalogError:
    context: Mapping[str, object] = found.get("ctx", {})
    advice = _advice(model, location)
    match found["type"]:
        case "missing":
            return error(f"is missing. {advice or _added(model, location)}", code="missing-key", place=place)
        case "extra_forbidden" | "invalid_key":
            key = location[-1] if found["type"] == "extra_forbidden" else found["input"]
            hint = meant(key, keys_of(_at(model, location[:-1])))
            return error(
                f"is not a known key.{hint} Remove it, or correct its spelling.", code="unknown-key", place=place
            )
        case "union_tag_invalid":
            tags = str(context.get("expected_tags", "")).replace("'", "").split(", ")
            hint = meant(context.get("tag"), tags)
            return error(
                f"invalid value {context.get('tag')!r}.{hint} Expected {' or '.join(tags)}.",
                code="invalid-value",
                place=within(place, str(context.get("discriminator", "")).strip("'")),
            )
        case _:
            shown, wanted = _shown(found["input"]), advice or _wanted(found["type"], context)
            hint = meant(found["input"], _choices(_at(model, location)))
            return error(f"invalid value {shown}.{hint} {wanted}".rstrip(), code="invalid-value", place=place)


def keys_of(annotation: object) -> Iterator[str]:
    """List the keys of the documents that a value may be."""
    for option in options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            yield from (field.alias or name for name, field in option.model_fields.items())


def _choices(annotation: object) -> Iterator[str]:
    """List the words that a value may be."""
    for option in options(annotation):
        if get_origin(option) is Literal:
            yield from (str(each) for each in get_args(option))


def _at(annotation: object, location: Location) -> object:
    """Give what is wanted at a place of a document."""
    for part in location:
        annotation, _ = _step(annotation, part, key=part == _KEY)
    return annotation


def _added(model: type[BaseModel], location: Location) -> str:
    """Say what is to be added where the model does not describe it."""
    for option in options(_at(model, location)):
        if isinstance(option, type) and issubclass(option, BaseModel):
            needed = [field.alias or name for name, field in option.model_fields.items() if field.is_required()]
            return f"Add it, with {', '.join(needed)} below." if needed else "Add it, with a map below."
        if get_origin(option) is Literal:
            return f"Add it: {' or '.join(map(str, get_args(option)))}."
        kind = str(getattr(cast("object", get_origin(option) or option), "__name__", ""))
        if kind in _WANTED:
            return f"Add it, with {_WANTED[kind]}."
    return "Add it."


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


@cache
def options(annotation: object) -> tuple[object, ...]:
    """List what a value may be, with `Annotated` and unions taken apart."""
    if get_origin(annotation) is Annotated:
        return options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(option for member in get_args(annotation) for option in options(member))
    return (annotation,)


def _metadata(annotation: object) -> list[FieldInfo]:
    if get_origin(annotation) is Annotated:
        return [info for info in get_args(annotation)[1:] if isinstance(info, FieldInfo)]
    if get_origin(annotation) in (Union, UnionType):
        return [info for member in get_args(annotation) for info in _metadata(member)]
    return []
