"""Checks documents that people write, and words the first mistake for them."""

from types import UnionType
from typing import Annotated, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from shared.errors import CatalogError

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


class Document(BaseModel):
    """A part of a document that a person writes: unknown keys are mistakes, and nothing is guessed."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


D = TypeVar("D", bound=BaseModel)


def validate(model: type[D], data: object, *, where: str, error: type[CatalogError]) -> D:
    """Read `data` as `model`.

    Args:
        model: The shape that is wanted.
        data: Plain values, as YAML or JSON gave them.
        where: The file or setting that the data came from; it opens the message.
        error: The kind of error to raise.

    Raises:
        CatalogError: of the given kind, for the first mistake: place, what was found, what is wanted, an example.
    """
    try:
        return model.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as problem:
        raise error(_first_mistake(model, problem, where)) from None


def _first_mistake(model: type[BaseModel], problem: ValidationError, where: str) -> str:
    first = problem.errors(include_url=False)[0]
    location = first["loc"]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    place = f"{where}: {path}" if path else where
    advice = _advice(model, location)
    match first["type"]:
        case "missing":
            return f"{place} is missing. {advice}".rstrip()
        case "extra_forbidden":
            return f"{place} is not a known key. Remove it, or correct its spelling."
        case "value_error":
            return f"{place}: {first.get('ctx', {}).get('error', first['msg'])}"
        case _:
            return f"{place}: found {_shown(first['input'])}. {advice or first['msg'] + '.'}"


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
