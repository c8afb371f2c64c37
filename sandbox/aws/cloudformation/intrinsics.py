"""Intrinsic functions and conditions: what the parts of a template come to.

From the Template Reference, "Intrinsic functions" and "Pseudo parameters"; Fn::Length and Fn::ToJsonString are those
of the transform AWS::LanguageExtensions.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sandbox.aws.cloudformation.parameters import text_of
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json, Value, is_list, is_object, part

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)}")
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
    _conditions: dict[str, bool] = field(default_factory=dict[str, bool])

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
            self._conditions[name] = self._holds(conditions[name])
        return self._conditions[name]

    def condition_of(self, declared: Json) -> bool:
        """Whether the condition of a resource or output holds, if it has one."""
        return "Condition" not in declared or self.condition(declared["Condition"])

    def wanted(self) -> dict[str, Json]:
        """The resources that no condition leaves out."""
        resources: dict[str, Json] = self.template["Resources"]
        return {name: declared for name, declared in resources.items() if self.condition_of(declared)}

    def _value(self, node: Value) -> Value:
        if is_list(node):
            return [found for item in node if (found := self._value(item)) is not _NOTHING]
        if not is_object(node):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._function(name, argument)
        return {key: found for key, value in node.items() if (found := self._value(value)) is not _NOTHING}

    def _ref(self, name: str) -> Value:
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
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
            raise StackError(f"Template format error: Unresolved resource dependencies [{name}] in the template")
        return self.resources[name]

    def _function(self, name: str, argument: Value) -> Value:
        lazy = {"Fn::If": self._if, "Fn::GetAtt": self._attribute, "Fn::Sub": self._sub, "Fn::FindInMap": self._find}
        if name in lazy:
            return lazy[name](argument)
        if name in _CONDITIONS:
            return self._holds({name: argument})
        if name == "Fn::GetAZs":
            return [f"{self._value(argument) or self.region}{zone}" for zone in "abc"]
        if name == "Fn::ImportValue":
            wanted = self._value(argument)
            if wanted not in self.exports:
                raise StackError(f"No export named {wanted} found.")
            return self.exports[wanted].value
        if name not in _FUNCTIONS:
            raise StackError(f"Template error: {name} is no function that the sandbox emulates")
        try:
            return _FUNCTIONS[name](self._value(argument))
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

        def replaced(match: re.Match[str]) -> str:
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            found = self._value(own[name]) if name in own else self._dotted(name)
            return ",".join(map(text_of, found)) if is_list(found) else text_of(found)

        return _VARIABLE.sub(replaced, text)

    def _dotted(self, name: str) -> Value:
        return self._attribute(name) if "." in name else self._ref(name)

    def _find(self, argument: list[Value]) -> Value:
        keys = [str(self._value(key)) for key in argument[:3]]
        found: Value = part(self.template, "Mappings")
        for key in keys:
            if not is_object(found) or key not in found:
                more: Json = argument[3] if len(argument) > len(keys) else {}
                if "DefaultValue" in more:
                    return self._value(more["DefaultValue"])
                raise StackError(f"Template error: Unable to get mapping for {'::'.join(keys)}")
            found = found[key]
        return found

    def _holds(self, node: Value) -> bool:
        if not is_object(node) or len(node) != 1:
            return text_of(node) == "true"
        ((name, argument),) = node.items()
        if name == "Condition":
            return self.condition(argument)
        if name == "Fn::Equals":
            left, right = (self._value(side) for side in argument)
            return left == right if is_list(left) or is_object(left) else text_of(left) == text_of(right)
        if name not in _CONDITIONS:
            raise StackError(f"Template error: {name} cannot be used in a condition")
        return _CONDITIONS[name]([self._holds(each) for each in argument])


_CONDITIONS: Final[Mapping[str, Callable[[list[bool]], bool]]] = {
    "Fn::And": all,
    "Fn::Equals": all,
    "Fn::Not": lambda operands: not operands[0],
    "Fn::Or": any,
}


def _select(argument: list[Value]) -> Value:
    index, items = int(argument[0]), argument[1]
    if not 0 <= index < len(items):
        raise IndexError(f"it cannot select nonexistent value at index {index}")
    return items[index]


def _cidr(argument: list[Value]) -> list[str]:
    block, count, *bits = argument
    network = ipaddress.ip_network(block)
    prefix = network.max_prefixlen - int(bits[0] if bits else 8)
    return [str(each) for each, _ in zip(network.subnets(new_prefix=prefix), range(int(count)), strict=False)]


def _join(argument: list[Value]) -> str:
    return str(argument[0]).join(text_of(item) for item in argument[1])


def _split(argument: list[Value]) -> list[str]:
    return argument[1].split(argument[0])


_FUNCTIONS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "Fn::Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Fn::Cidr": _cidr,
    "Fn::Join": _join,
    "Fn::Length": len,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::ToJsonString": lambda value: json.dumps(value, separators=(",", ":")),
}
