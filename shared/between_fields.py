"""What has to fit between the fields of a document, told beside what is wrong with one field alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import FunctionType
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails

from shared.collecting import refuse_all
from shared.errors import Mistake

M = TypeVar("M", bound=BaseModel)
Check = Callable[[M], Iterator[Mistake]]

_CHECKS: Final = set[object]()


def between_fields(check: Check[M]) -> Check[M]:
    """Mark a method of a document that tells what does not fit between its fields."""
    _CHECKS.add(check)
    return check


def mistakes_between(document: BaseModel) -> Iterator[Mistake]:
    """Give what does not fit, as far as the document has the fields that a check asks for."""
    for check in _checks_of(type(document)):
        try:
            yield from list(check(document))
        except AttributeError:
            if all(name in document.__dict__ for name in type(document).model_fields):
                raise  # a bug of the check; otherwise a field that is wrong itself has no value here


def as_far_as_valid(model: type[M], data: object, problem: ValidationError) -> M:
    """Give a document with those of its fields that are right by themselves, and no others."""
    given: Mapping[object, object] = cast("Mapping[object, object]", data) if isinstance(data, Mapping) else {}
    wrong = {each["loc"][0] for each in problem.errors(include_url=False) if each["loc"]}
    values = dict[str, Any]()
    for name, field in model.model_fields.items():
        keys = (field.alias or name, name)
        if not wrong.isdisjoint(keys):
            continue
        key = next((key for key in keys if key in given), None)
        try:
            if key is not None:
                values[name] = _field(model, name).validate_python(given[key])
            elif not field.is_required():
                values[name] = field.get_default(call_default_factory=True, validated_data=values)
        except (ValidationError, KeyError):  # wrong itself, or made from what is
            continue
    document = model.__new__(model)
    attributes = {"dict": values, "pydantic_fields_set": set(values), "pydantic_extra": None, "pydantic_private": None}
    for name, value in attributes.items():
        object.__setattr__(document, f"__{name}__", value)
    return document


def with_mistakes(problem: ValidationError, found: Sequence[Mistake], data: object) -> ValidationError:
    """Add mistakes to what pydantic has found."""
    try:
        refuse_all(found)
    except Mistake as whole:
        more = InitErrorDetails(type="value_error", loc=(), input=data, ctx={"error": whole})
        known = [
            InitErrorDetails(type=each["type"], loc=each["loc"], input=each["input"], ctx=each.get("ctx", {}))
            for each in problem.errors(include_url=False)
        ]
        return ValidationError.from_exception_data(problem.title, [*known, more])
    return problem


@cache
def _checks_of(model: type[BaseModel]) -> Sequence[Callable[[Any], Iterator[Mistake]]]:
    """List a document's checks, those of what it inherits from first."""
    found = [each for kind in reversed(model.__mro__) for each in vars(kind).values()]
    return [check for check in found if isinstance(check, FunctionType) and check in _CHECKS]


@cache
def _field(model: type[BaseModel], name: str) -> TypeAdapter[object]:
    field = model.model_fields[name]
    annotation: Any = field.annotation
    for each in field.metadata:
        annotation = Annotated[annotation, each]
    return TypeAdapter(annotation)
