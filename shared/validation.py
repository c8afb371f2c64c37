"""Checks documents that people write, and words the first mistake for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, ClassVar, TypeVar, Union, cast, get_args, get_origin

import pulumi
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic.fields import FieldInfo

from shared.errors import CatalogError, Mistake

Region = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2}(-gov)?-[a-z]+-[0-9]$",
        description="the name of an AWS region",
        examples=["eu-central-1"],
    ),
]
Key = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=40,
        description="lower-case words joined by hyphens, at most 40 characters",
        examples=["fraud-detector-realtime"],
    ),
]


def _own(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise ValueError(f"found {key!r}. Tags that begin with aws: are reserved: use another key.")
    return key


TagKey = Annotated[str, AfterValidator(_own), Field(min_length=1, max_length=128)]


@dataclass(frozen=True, slots=True)
class FormerName:
    """Marks a field of a document that had another name once, which is accepted still."""

    name: str


class Document(BaseModel):
    """A part of a document that a person writes: unknown keys are mistakes, and nothing is guessed.

    The keys of the catalog's files are in snake_case, as AWS's tools write their files.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class SettingsDocument(Document):
    """A part of a file of settings, whose keys are in camelCase, as Pulumi's own are."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel, validate_by_name=True)


D = TypeVar("D", bound=BaseModel)


def validate(model: type[D], data: object, *, where: str, error: type[CatalogError]) -> D:
    """Read `data` as `model`.

    A former name of a key is accepted, and so is the key in the other spelling of two (snake_case, camelCase); each is
    warned of once in a run.

    Args:
        model: The shape that is wanted.
        data: Plain values, as YAML or JSON gave them.
        where: The file or setting that the data came from; it opens the message.
        error: The kind of error to raise.

    Raises:
        CatalogError: of the given kind, for the first mistake: place, what was found, what is wanted, an example.
    """
    current = _with_current_keys(model, data, "", _Keys(where, error))
    try:
        return model.model_validate(current, by_alias=True, by_name=False)
    except ValidationError as problem:
        raise _first_mistake(model, problem, where, error) from None


_named: set[tuple[type[BaseModel], str]] = set()
"""The former keys that this run has warned of."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Renames the keys of one file."""

    where: str
    error: type[CatalogError]

    def current(self, model: type[Document], found: Mapping[object, object], place: str) -> dict[object, object]:
        """Give a part of the file with the keys that its model has today.

        Raises:
            CatalogError: a key is there by both its names.
        """
        former = _former_keys(model)
        renamed: dict[object, object] = {}
        for key, value in found.items():
            name = former.get(key, key) if isinstance(key, str) else key
            if name != key:
                if name in found:
                    raise self.error(
                        f"{self.where}: {place}{key}: is a former name of {name}, which is there too. Remove it."
                    )
                self._warn(model, str(key), f"{self.where}: {place}{key} is now called {name}")
            renamed[name] = value
        return renamed

    def _warn(self, model: type[Document], key: str, text: str) -> None:
        if (model, key) not in _named:
            _named.add((model, key))
            pulumi.warn(text)


@cache
def _former_keys(model: type[Document]) -> Mapping[str, str]:
    """List the keys that a model's fields had once, or have in the other spelling, with those of today."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    former: dict[str, str] = {}
    for key, field in fields.items():
        names = [key, *(mark.name for mark in field.metadata if isinstance(mark, FormerName))]
        former |= {spelling: key for name in names for spelling in (name, to_snake(name), to_camel(to_snake(name)))}
    return {name: key for name, key in former.items() if name not in fields}


def _with_current_keys(annotation: object, found: object, place: str, keys: _Keys) -> object:
    """Rename the keys of all documents in what was found, as far as it has the shape that is wanted."""
    for option in _options(annotation):
        arguments = get_args(option)
        if isinstance(found, list) and arguments:
            items = enumerate(cast("list[object]", found))
            found = [_with_current_keys(arguments[0], item, f"{place}[{index}]", keys) for index, item in items]
        elif isinstance(found, dict) and isinstance(option, type) and issubclass(option, Document):
            found = dict(_fields(option, cast("dict[object, object]", found), f"{place}." if place else "", keys))
        elif isinstance(found, dict) and arguments:
            parts = cast("dict[object, object]", found).items()
            found = {key: _with_current_keys(arguments[-1], part, f"{place}.{key}", keys) for key, part in parts}
    return cast("object", found)


def _fields(
    model: type[Document], found: Mapping[object, object], place: str, keys: _Keys
) -> Iterator[tuple[object, object]]:
    annotations = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, value in keys.current(model, found, place).items():
        annotation = annotations.get(key) if isinstance(key, str) else None
        yield key, _with_current_keys(annotation, value, f"{place}{key}", keys)


def _first_mistake(
    model: type[BaseModel], problem: ValidationError, where: str, error: type[CatalogError]
) -> CatalogError:
    first = problem.errors(include_url=False)[0]
    location = first["loc"]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    place = f"{where}: {path}" if path else where
    advice = _advice(model, location)
    match first["type"]:
        case "missing":
            return error(f"is missing. {advice}".rstrip(), code="missing-key", place=place)
        case "extra_forbidden":
            return error("is not a known key. Remove it, or correct its spelling.", code="unknown-key", place=place)
        case "value_error":
            found = first.get("ctx", {}).get("error", first["msg"])
            return error(str(found), code=found.code if isinstance(found, Mistake) else "invalid-value", place=place)
        case _:
            found = _shown(first["input"])
            return error(
                f"invalid value {found}. {advice or first['msg'] + '.'}".rstrip(), code="invalid-value", place=place
            )


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value)[:200]
    if isinstance(value, bool | int | float):
        return f"{value} (a number or truth value without quotes)"
    return "nothing" if value is None else f"a {type(value).__name__}"


def _advice(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Say what is wanted at `location`, from the description and example that its annotation carries."""
    annotation: object = model
    field: FieldInfo | None = None
    for part in location:
        annotation, field = _step(annotation, part)
    for info in (field, *_metadata(annotation)):
        if info is not None and info.description:
            example = f", for example {info.examples[0]}" if info.examples else ""
            return f"Expected {info.description}{example}."
    return ""


def _step(annotation: object, part: int | str) -> tuple[object, FieldInfo | None]:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, field in option.model_fields.items():
                if part in (name, field.alias):
                    return field.annotation, field
        elif arguments := get_args(option):
            return arguments[-1], None
    return None, None


def _options(annotation: object) -> list[object]:
    """List what a value may be, with `Annotated` and unions taken apart."""
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [option for member in get_args(annotation) for option in _options(member)]
    return [annotation]


def _metadata(annotation: object) -> list[FieldInfo]:
    if get_origin(annotation) is Annotated:
        return [info for info in get_args(annotation)[1:] if isinstance(info, FieldInfo)]
    if get_origin(annotation) in (Union, UnionType):
        return [info for member in get_args(annotation) for info in _metadata(member)]
    return []
