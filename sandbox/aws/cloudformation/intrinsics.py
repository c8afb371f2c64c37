"""Intrinsic functions, conditions and rules: what the parts of a template come to.

From the Template Reference, "Intrinsic functions", "Rule functions" and "Pseudo parameters"; Fn::Length,
Fn::ToJsonString and the default of Fn::FindInMap are those of the transform AWS::LanguageExtensions.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from moto.utilities.utils import get_partition

from sandbox.aws.cloudformation.parameters import text_of
from sandbox.aws.cloudformation.request import StackError, UnresolvedError, require_short
from sandbox.aws.cloudformation.rule_values import ABOUT_PARAMETERS, Inventory, RuleValues
from sandbox.aws.documents import Json, Value, is_list, is_object, part

_VARIABLE = re.compile(r"\$\{(!?)([^{}]+)}")
_DYNAMIC = re.compile(r"\{\{resolve:([\w-]+):([^{}]+)}}")
EXTENSIONS: Final = "AWS::LanguageExtensions"
_EXTENDED: Final = ("Fn::Length", "Fn::ToJsonString")
_MOST_BLOCKS: Final = 256
_NOTHING: Final = object()
"""What AWS::NoValue comes to: the property is not there."""


class Referable(Protocol):
    """A resource, for those that refer to it."""

    @property
    def physical_resource_id(self) -> str: ...
    def attribute(self, name: str) -> Value: ...


@dataclass
class Scope:
    """A template's sections, and where and with which values it is built."""

    template: Json
    account: str
    region: str
    stack_name: str
    stack_id: str = ""
    parameters: Json = field(default_factory=Json)
    resources: Mapping[str, Referable] = field(default_factory=dict[str, Referable])
    exports: Mapping[str, Any] = field(default_factory=dict[str, Any])
    notification_arns: Sequence[str] = ()
    imported: set[str] = field(default_factory=set[str])
    """The exports of other stacks that have been looked at."""
    secrets: Callable[[str, str], str] | None = None
    """Gives the value of a dynamic reference, by its service and the rest of it."""
    inventory: Inventory | None = None
    """Knows what rules ask for; None outside of them."""
    _conditions: dict[str, bool | None] = field(default_factory=dict[str, bool | None])

    def value(self, node: Value) -> Value:
        """A part of the template with all its functions worked out.

        Raises:
            StackError: a function is not one of CloudFormation's, or cannot be worked out.
        """
        found = self._value(node)
        return None if found is _NOTHING else found

    def condition(self, name: Value) -> bool:
        """Whether a condition of the template holds."""
        if name not in self._conditions:
            conditions = part(self.template, "Conditions")
            if name not in conditions:
                raise StackError(f"Template format error: Unresolved condition dependency {name}")
            self._conditions[name] = None
            self._conditions[name] = self.holds(conditions[name])
        found = self._conditions[name]
        if found is None:
            raise StackError(f"Template error: condition {name} refers to itself")
        return found

    def condition_of(self, declared: Json) -> bool:
        """Whether the condition of a resource or output holds, if it has one."""
        return "Condition" not in declared or self.condition(declared["Condition"])

    def wanted(self) -> dict[str, Json]:
        """The resources that no condition leaves out."""
        resources: dict[str, Json] = self.template["Resources"]
        return {name: declared for name, declared in resources.items() if self.condition_of(declared)}

    def broken_rules(self, rules: Json, inventory: Inventory) -> Iterator[str]:
        """What the assertions say that do not hold (Template Reference, "Rules"), by what is in the account."""
        within = replace(self, inventory=inventory)
        for name, rule in rules.items():
            if "RuleCondition" not in rule or within.holds(rule["RuleCondition"]):
                for assertion in rule["Assertions"]:
                    if not within.holds(assertion["Assert"]):
                        yield f"rule {name}: {assertion.get('AssertDescription', 'assertion failed')}"

    def _value(self, node: Value) -> Value:
        if is_list(node):
            return [found for item in node if (found := self._value(item)) is not _NOTHING]
        if not is_object(node):
            return self._dynamic(node) if isinstance(node, str) and "{{resolve:" in node else node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._function(name, argument)
        return {key: found for key, value in node.items() if (found := self._value(value)) is not _NOTHING}

    def _dynamic(self, text: str) -> str:
        """Dynamic references, by the service that knows (User Guide, "Dynamic references")."""
        get = self.secrets
        return _DYNAMIC.sub(lambda match: get(match[1], match[2]), text) if get else text

    def _ref(self, name: Value) -> Value:
        name = self._value(name)
        partition = get_partition(self.region)
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::NoValue": _NOTHING,
            "AWS::NotificationARNs": list(self.notification_arns),
            "AWS::Partition": partition,
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id,
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self._resource(name).physical_resource_id

    def _resource(self, name: str) -> Referable:
        if name not in self.resources:
            raise UnresolvedError(name)
        return self.resources[name]

    def _function(self, name: str, argument: Value) -> Value:
        lazy = dict(zip(_LAZY, (self._if, self._attribute, self._sub, self._find), strict=True))
        if name in lazy:
            return lazy[name](argument)
        if name in _CONDITIONS:
            return self.holds({name: argument})
        if name == "Fn::GetAZs":
            return [f"{self._value(argument) or self.region}{zone}" for zone in "abc"]
        if name == "Fn::ImportValue":
            wanted = self._value(argument)
            if wanted not in self.exports:
                raise StackError(f"No export named {wanted} found.")
            self.imported.add(wanted)
            return self.exports[wanted].value
        if name in ABOUT_PARAMETERS:
            return ABOUT_PARAMETERS[name](RuleValues(self.template, self.parameters, self.inventory), argument)
        if name not in _FUNCTIONS:
            raise StackError(f"Template error: {name} is no function that the sandbox emulates")
        if name in _EXTENDED:
            self._require_extensions(name)
        found = self._value(argument)
        try:
            text = _FUNCTIONS[name](found)
            require_short(len(text) if isinstance(text, str) else 0)
            return self._dynamic(text) if isinstance(text, str) else text
        except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise StackError(f"Template error: {name} cannot be worked out: {error}") from error

    def _if(self, argument: list[Value]) -> Value:
        condition, then, otherwise = argument
        return self._value(then if self.condition(condition) else otherwise)

    def _attribute(self, argument: Value) -> Value:
        names = str(argument).split(".", 1) if isinstance(argument, str) else [str(self._value(n)) for n in argument]
        return self._resource(names[0]).attribute(".".join(names[1:]))

    def _sub(self, argument: Value) -> str:
        text: str = argument[0] if is_list(argument) else argument
        own: Json = argument[1] if is_list(argument) else {}

        known: dict[str, str] = {}
        size = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal size
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            if name not in known:
                refer = self._attribute if "." in name else self._ref
                known[name] = text_of(self._value(own[name]) if name in own else refer(name))
            size += len(known[name])
            require_short(size)
            return known[name]

        return self._dynamic(_VARIABLE.sub(replaced, text))

    def _require_extensions(self, what: str) -> None:
        if EXTENSIONS not in transforms_of(self.template):
            raise StackError(f"Template error: {what} needs the transform {EXTENSIONS}")

    def _find(self, argument: list[Value]) -> Value:
        keys = [str(self._value(key)) for key in argument[:3]]
        found: Value = part(self.template, "Mappings")
        for key in keys:
            if not is_object(found) or key not in found:
                more: Json = argument[3] if len(argument) > len(keys) else {}
                if "DefaultValue" in more:
                    self._require_extensions("the default of Fn::FindInMap")
                    return self._value(more["DefaultValue"])
                raise StackError(f"Template error: Unable to get mapping for {'::'.join(keys)}")
            found = found[key]
        return found

    def holds(self, node: Value) -> bool:
        """Whether a condition, or an assertion of a rule, is true."""
        if not is_object(node) or len(node) != 1:
            return text_of(node) == "true"
        ((name, argument),) = node.items()
        if name == "Condition":
            return self.condition(argument)
        if name in _JUNCTIONS:
            return _JUNCTIONS[name]([self.holds(each) for each in argument])
        if name not in _COMPARISONS:
            raise StackError(f"Template error: {name} cannot be used in a condition")
        left, right = (self._value(side) for side in argument)
        return _COMPARISONS[name](left, right)


def transforms_of(template: Json) -> list[Value]:
    """The macros that a whole template goes through, in their order."""
    named: Value = template.get("Transform") or []
    return named if is_list(named) else [named]


def _equals(left: Value, right: Value) -> bool:
    return left == right if is_list(left) or is_object(left) else text_of(left) == text_of(right)


def _members(value: Value) -> list[str]:
    """A list parameter's value may be one text with commas."""
    return [text_of(item) for item in value] if is_list(value) else [item.strip() for item in str(value).split(",")]


_JUNCTIONS: Final[Mapping[str, Callable[[list[bool]], bool]]] = {
    "Fn::And": all,
    "Fn::Not": lambda operands: not operands[0],
    "Fn::Or": any,
}
_COMPARISONS: Final[Mapping[str, Callable[[Value, Value], bool]]] = {
    "Fn::Contains": lambda left, right: text_of(right) in _members(left),
    "Fn::EachMemberEquals": lambda left, right: all(item == text_of(right) for item in _members(left)),
    "Fn::EachMemberIn": lambda left, right: set(_members(left)) <= set(_members(right)),
    "Fn::Equals": _equals,
}
_CONDITIONS = {*_JUNCTIONS, *_COMPARISONS}
RULES: Final = (*_JUNCTIONS, *_COMPARISONS, *ABOUT_PARAMETERS)
"""The functions that rules have."""


def _select(argument: list[Value]) -> Value:
    index, items = int(argument[0]), argument[1]
    if not 0 <= index < len(items):
        raise IndexError(f"it cannot select nonexistent value at index {index}")
    return items[index]


def _cidr(argument: list[Value]) -> list[str]:
    block, count, *bits = argument
    if not 1 <= int(count) <= _MOST_BLOCKS:  # Template Reference, "Fn::Cidr"
        raise ValueError(f"its count is {str(count)[:20]}, and it gives 1 to {_MOST_BLOCKS} blocks")
    network = ipaddress.ip_network(block)
    prefix = network.max_prefixlen - int(bits[0] if bits else 8)
    return [str(each) for each, _ in zip(network.subnets(new_prefix=prefix), range(int(count)), strict=False)]


def _join(argument: list[Value]) -> str:
    delimiter, items = str(argument[0]), [text_of(item) for item in argument[1]]
    require_short(sum(map(len, items)) + len(delimiter) * len(items))
    return delimiter.join(items)


_FUNCTIONS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "Fn::Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Fn::Cidr": _cidr,
    "Fn::Join": _join,
    "Fn::Length": len,
    "Fn::Select": _select,
    "Fn::Split": lambda argument: argument[1].split(argument[0]),
    "Fn::ToJsonString": lambda value: json.dumps(value, separators=(",", ":")),
}
_LAZY: Final = ("Fn::If", "Fn::GetAtt", "Fn::Sub", "Fn::FindInMap")
FUNCTIONS: Final = frozenset((*_LAZY, *RULES, *_FUNCTIONS, "Fn::GetAZs", "Fn::ImportValue"))
"""All of a template's."""
