"""What rules ask of parameters and of what these name in the account: Fn::RefAll, Fn::ValueOf and Fn::ValueOfAll.

From the Template Reference, "Rule functions".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sandbox.aws.cloudformation.parameters import is_list_type, items_of, parameters_of, plain_type, text_of
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json, Value, is_list


class Inventory(Protocol):
    """What is in the account, by the AWS-specific types of parameters."""

    def names(self, kind: str) -> list[str]: ...
    def attribute(self, kind: str, value: str, attribute: str) -> str | None: ...


@dataclass(frozen=True)
class RuleValues:
    """The parameters of one template, and what they name."""

    template: Json
    parameters: Json
    inventory: Inventory | None
    """None where functions of rules have no place."""

    def ref_all(self, kind: str) -> Value:
        """The values of all parameters of a type, or, where the template has none, of all in the account and region.

        The reference says both: "all values for a specified parameter type", and of its example "all VPC IDs".
        """
        given = [value for _, value in self._of_type(kind)]
        return given or self._known.names(plain_type(kind))

    def value_of(self, argument: list[str]) -> Value:
        """An attribute of what a parameter names: a list where it names several.

        Raises:
            StackError: there is no such parameter or attribute, or the account has no such thing.
        """
        name, attribute = argument
        declared = parameters_of(self.template).get(name)
        if declared is None:
            raise StackError(f"Template error: Fn::ValueOf names {name}, which is no parameter")
        found = self._attributes(self._of_parameter(name), attribute)
        return found if is_list_type(str(declared["Type"])) else next(iter(found), "")

    def value_of_all(self, argument: list[str]) -> Value:
        """An attribute of all that parameters of a type name. Raises StackError."""
        kind, attribute = argument
        return self._attributes(self._of_type(kind), attribute)

    @property
    def _known(self) -> Inventory:
        if self.inventory is None:
            raise StackError("Template error: a function of rules is used where there are no rules")
        return self.inventory

    def _attributes(self, given: Iterator[tuple[str, str]], attribute: str) -> list[str]:
        found = (self._known.attribute(kind, value, attribute) for kind, value in given)
        return [each for each in found if each is not None]

    def _of_type(self, kind: str) -> Iterator[tuple[str, str]]:
        for name, declared in parameters_of(self.template).items():
            if plain_type(str(declared["Type"])) == plain_type(kind):
                yield from self._of_parameter(name)

    def _of_parameter(self, name: str) -> Iterator[tuple[str, str]]:
        kind, value = str(parameters_of(self.template)[name]["Type"]), self.parameters[name]
        for item in value if is_list(value) else items_of(kind, text_of(value)):
            yield plain_type(kind), text_of(item)


ABOUT_PARAMETERS: Final[Mapping[str, Callable[[RuleValues, Any], Value]]] = {
    "Fn::RefAll": RuleValues.ref_all,
    "Fn::ValueOf": RuleValues.value_of,
    "Fn::ValueOfAll": RuleValues.value_of_all,
}
