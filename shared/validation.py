"""Checks documents that people write."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar, Self, TypeVar, cast, get_args

import pulumi
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel, to_snake

from shared.between_fields import as_far_as_valid, mistakes_between, with_mistakes
from shared.collecting import Mistakes, refuse_all, together
from shared.errors import CatalogError, Mistake
from shared.mistakes import mistakes_in, options
from shared.service_limits import aws_text

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
        raise Mistake(
            f"invalid value {key!r}. Tags that begin with aws: are reserved: use another key.", code="tag-reserved"
        )
    return key


TagKey = Annotated[
    str, AfterValidator(_own), aws_text("servicecatalog", "TagKey", "letters, digits, spaces and _.:/=+-@", "team")
]
TagValue = Annotated[str, aws_text("servicecatalog", "TagValue", "letters, digits, spaces and _.:/=+-@", "risk")]


@dataclass(frozen=True, slots=True)
class FormerName:
    """Marks a field of a document that had another name once, which is accepted still."""

    name: str


class Document(BaseModel):
    """A part of a document that a person writes: unknown keys are mistakes, and nothing is guessed.

    The keys of the catalog's files are in snake_case, as AWS's tools write their files.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _with_all_mistakes(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Tell what does not fit between fields beside what is wrong with one, and all of it."""
        try:
            valid = handler(data)
        except ValidationError as problem:
            found = list(mistakes_between(as_far_as_valid(cls, data, problem)))
            if not found:
                raise
            raise with_mistakes(problem, found, data) from None
        refuse_all(mistakes_between(valid))
        return valid


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
        CatalogError: of the given kind, for all mistakes: place, what was found, what is wanted, an example.
    """
    mistakes = Mistakes()
    current = _with_current_keys(model, data, "", _Keys(where, error, mistakes))
    try:
        valid = model.model_validate(current, by_alias=True, by_name=False)
    except ValidationError as problem:
        raise together([*mistakes.found, *mistakes_in(model, current, problem, where, error)]) from None
    mistakes.refuse()
    return valid


_named: set[tuple[type[BaseModel], str]] = set()
"""The former keys that this run has warned of."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Renames the keys of one file."""

    where: str
    error: type[CatalogError]
    mistakes: Mistakes

    def current(self, model: type[Document], found: Mapping[object, object], place: str) -> dict[object, object]:
        """Give a part of the file with the keys that its model has today; one by both its names is a mistake."""
        former = _former_keys(model)
        renamed: dict[object, object] = {}
        for key, value in found.items():
            name = former.get(key, key) if isinstance(key, str) else key
            if name != key:
                if name in found:
                    self.mistakes.add(
                        self.error(
                            f"is a former name of {name}, which is there too. Remove it.",
                            code="key-by-two-names",
                            place=f"{self.where}: {place}{key}",
                        )
                    )
                    continue
                self._warn(model, str(key), f"{self.where}: {place}{key} is now called {name}")
            renamed[name] = value
        return renamed

    def _warn(self, model: type[Document], key: str, text: str) -> None:
        if (model, key) not in _named:
            _named.add((model, key))
            pulumi.warn(text)


def current_key(model: type[BaseModel], key: str) -> str:
    """Give the name of today of a key that may have another spelling, or had another name once."""
    return _former_keys(model).get(key, key)


@cache
def _former_keys(model: type[BaseModel]) -> Mapping[str, str]:
    """List the keys that a model's fields had once, or have in the other spelling, with those of today."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    former: dict[str, str] = {}
    for key, field in fields.items():
        names = [key, *(mark.name for mark in field.metadata if isinstance(mark, FormerName))]
        former |= {spelling: key for name in names for spelling in (name, to_snake(name), to_camel(to_snake(name)))}
    return {name: key for name, key in former.items() if name not in fields}


def _with_current_keys(annotation: object, found: object, place: str, keys: _Keys) -> object:
    """Rename the keys of all documents in what was found, as far as it has the shape that is wanted."""
    for option in options(annotation):
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


@cache
def _annotations(model: type[Document]) -> Mapping[str, object]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _fields(
    model: type[Document], found: Mapping[object, object], place: str, keys: _Keys
) -> Iterator[tuple[object, object]]:
    annotations = _annotations(model)
    for key, value in keys.current(model, found, place).items():
        annotation = annotations.get(key) if isinstance(key, str) else None
        yield key, _with_current_keys(annotation, value, f"{place}{key}", keys)
