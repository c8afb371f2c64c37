"""Rules on the values of a launch's parameters, evaluated before AWS does.

They come from template constraints and from templates, and have one language (source: CloudFormation User Guide,
"Rules section", rule-specific intrinsic functions; Service Catalog Administrator Guide, "Template constraint rules").
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, cast

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from shared.errors import Mistake
from shared.spelling import meant

ONLY_AWS: Final = frozenset({"Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"})
"""They ask for properties of what is in the account, such as a subnet's network."""


class UndecidedError(Exception):
    """Only AWS can evaluate a function."""


def _text(node: object) -> object:
    """Write scalars as CloudFormation compares them."""
    match node:
        case bool():
            return str(node).lower()
        case int() | float():
            return str(node)
        case list():
            return [_text(item) for item in cast("list[object]", node)]
        case dict():
            return {str(key): _text(value) for key, value in cast("dict[object, object]", node).items()}
        case _:
            return node


def _well_formed(node: object) -> object:
    if isinstance(node, list):
        for item in cast("list[object]", node):
            _ = _well_formed(item)
    elif isinstance(node, dict):
        functions = cast("dict[str, object]", node)
        if len(functions) != 1:
            found = ", ".join(functions) or "no function"
            raise Mistake(f"invalid map of {found}. Write one key, the function's name.", code="function-not-alone")
        name, argument = next(iter(functions.items()))
        _check_operands(name, argument)
        _ = _well_formed(argument)
    elif not isinstance(node, str):
        raise Mistake("invalid value nothing. Expected a value or a function.", code="operand-missing")
    return cast("object", node)


def _check_operands(name: str, argument: object) -> None:
    if name == "Ref" and not isinstance(argument, str):
        raise Mistake("invalid Ref. Expected the name of a parameter.", code="ref-to-no-parameter")
    if name == "Ref" or name in ONLY_AWS:
        return
    if name not in _FUNCTIONS:
        known = ", ".join(_FUNCTIONS)
        raise Mistake(
            f"invalid function {name}.{meant(name, _FUNCTIONS)} The functions of rules are: Ref, {known}.",
            code="function-unknown",
        )
    least, most, _run = _FUNCTIONS[name]
    count = len(cast("list[object]", argument)) if isinstance(argument, list) else 0
    if not least <= count <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise Mistake(f"invalid {name} of {count} operands. Write a list of {wanted}.", code="operand-count")


Expression = Annotated[Any, BeforeValidator(_text), AfterValidator(_well_formed)]


class Assertion(BaseModel):
    """What a rule demands.

    Attributes:
        demand: What has to hold: `Fn::And`, `Fn::Contains`, `Fn::EachMemberEquals`, `Fn::EachMemberIn`, `Fn::Equals`,
            `Fn::Not`, `Fn::Or`, with `Ref` to a parameter.
        description: What a person reads who breaks it.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    demand: Expression = Field(validation_alias=AliasChoices("Assert", "demand"))
    description: str = Field(default="", validation_alias=AliasChoices("AssertDescription", "description"))


class Rule(BaseModel):
    """Assertions, and the condition under which they count.

    Attributes:
        condition: As in an assertion; without it, the assertions count always.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    condition: Expression | None = Field(default=None, validation_alias=AliasChoices("RuleCondition", "condition"))
    assertions: list[Assertion] = Field(
        min_length=1, description="a list of assertions", validation_alias=AliasChoices("Assertions", "assertions")
    )

    def document(self) -> dict[str, Any]:
        """Write the rule as AWS takes it."""
        assertions = [{"Assert": each.demand, "AssertDescription": each.description} for each in self.assertions]
        return {**({"RuleCondition": self.condition} if self.condition else {}), "Assertions": assertions}

    def parameters(self) -> set[str]:
        """List the parameters that the rule looks at."""
        return set(_references([self.condition, *(each.demand for each in self.assertions)]))

    def broken_by(self, values: Mapping[str, str]) -> list[str]:
        """Describe the assertions that do not hold for the values of all parameters.

        Raises:
            UndecidedError: the rule asks for what only AWS knows.
        """
        if self.condition and not _value(self.condition, values):
            return []
        return [each.description or str(each.demand) for each in self.assertions if not _value(each.demand, values)]


def _references(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _references(item)
    elif isinstance(node, dict):
        for name, argument in cast("dict[str, object]", node).items():
            if name == "Ref":
                yield str(argument)
            else:
                yield from _references(argument)


def _value(node: object, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - text, a list or a truth value
    if isinstance(node, list):
        return [_value(item, values) for item in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    name, argument = next(iter(cast("dict[str, object]", node).items()))
    if name in ONLY_AWS:
        raise UndecidedError(name)
    if name == "Ref":
        return values[str(argument)]
    _least, _most, run = _FUNCTIONS[name]
    return run(_value(argument, values))


def _members(value: object) -> list[str]:
    """Take a list apart; a parameter's arrives as one text with commas."""
    return [item.strip() for item in value.split(",")] if isinstance(value, str) else cast("list[str]", value)


_FUNCTIONS: Final[Mapping[str, tuple[int, int, Callable[[list[Any]], bool]]]] = {
    "Fn::And": (2, 10, all),
    "Fn::Or": (2, 10, any),
    "Fn::Not": (1, 1, lambda of: not of[0]),
    "Fn::Equals": (2, 2, lambda of: of[0] == of[1]),
    "Fn::Contains": (2, 2, lambda of: of[1] in _members(of[0])),
    "Fn::EachMemberEquals": (2, 2, lambda of: set(_members(of[0])) <= {of[1]}),
    "Fn::EachMemberIn": (2, 2, lambda of: set(_members(of[0])) <= set(_members(of[1]))),
}
"""By name: the fewest and the most operands, and what it says of their values."""
