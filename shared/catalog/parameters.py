"""A template's parameter, and which values it takes."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from shared.catalog.part import Part
from shared.catalog.patterns import SlowPatternError, all_fit, valid_pattern
from shared.spelling import meant

MASK: Final = "****"
"""Stands for a value that is not told, as in CloudFormation's own answers."""

_LISTS: Final = ("CommaDelimitedList", "List<")
_NUMBER: Final = r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?"


Pattern = Annotated[str, AfterValidator(valid_pattern)]
Count = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]
Number = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]


class Parameter(Part):
    """A template parameter, as far as a spoke can check a value against it.

    Field names follow CloudFormation's; bounds are numbers written as text.
    """

    type: str
    description: str = ""
    default: str | None = None
    allowed_values: list[str] | None = None
    allowed_pattern: Pattern | None = None
    constraint_description: str | None = None
    min_length: Count | None = None
    max_length: Count | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    no_echo: Literal["true"] | None = None

    @property
    def is_masked(self) -> bool:
        """Whether the default is one that only AWS knows."""
        return self.no_echo is not None and self.default == MASK

    def published(self) -> "Parameter":
        """Give it as the contract tells it: that a hidden parameter has a default, and not which."""
        return self.model_copy(update={"default": MASK}) if self.no_echo and self.default else self


def value_problem(parameter: Parameter, value: str) -> str | None:
    """Say what CloudFormation would refuse about a value; None where it is fit.

    For a list the allowed values and the pattern count for each item (source: CloudFormation User Guide,
    "Parameters", AllowedPattern and AllowedValues).
    """
    items = [part.strip() for part in value.split(",")] if parameter.type.startswith(_LISTS) else [value]
    allowed, pattern = parameter.allowed_values, parameter.allowed_pattern
    if allowed is not None and not all(item in allowed for item in items):
        hint = meant(next(item for item in items if item not in allowed), allowed).strip()
        return f"{hint} The allowed values are: {', '.join(allowed)}.".lstrip()
    if parameter.type == "Number" and (problem := _number_problem(parameter, value)):
        return problem
    shortest, longest = int(parameter.min_length or 0), int(parameter.max_length or 4096)
    if parameter.type != "Number" and not shortest <= len(value) <= longest:
        return f"It must have {shortest} to {longest} characters."
    return _pattern_problem(pattern, items) if pattern is not None else None


def _pattern_problem(pattern: str, items: list[str]) -> str | None:
    try:
        return None if all_fit(pattern, items) else f"It must match {pattern}."
    except SlowPatternError:
        return (
            f"It cannot be held against {pattern} in time: a repetition within another has too many ways to match. "
            f"Use another value, or have the template's AllowedPattern written without."
        )


def _number_problem(parameter: Parameter, value: str) -> str | None:
    if not re.fullmatch(_NUMBER, value):
        return "It must be a number."
    number = float(value)
    if parameter.min_value is not None and number < float(parameter.min_value):
        return f"It must be at least {parameter.min_value}."
    if parameter.max_value is not None and number > float(parameter.max_value):
        return f"It must be at most {parameter.max_value}."
    return None
