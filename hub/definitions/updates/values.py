"""A template with the values of a launch in it, as far as they are known before anything is built.

What only AWS knows, such as the name of a resource that is still to be made, stays as the function that asks for it.
Two such functions are the same where they ask for the same, so that two versions of a template can be held against
each other. Sources: CloudFormation Template Reference, "Intrinsic functions", "Pseudo parameters".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from hub.definitions.template_values import function_of, map_in, parts_of
from hub.definitions.updates.parts import STORED, UNDECIDED, UNTOLD, Json, is_open, joined

_VARIABLE: Final = re.compile(r"\$\{(?!!)([^{}]+)\}")
_STORED: Final = "AWS::SSM::Parameter::Value<"
_LISTS: Final = ("CommaDelimitedList", "List<")
_MOST_DEEP: Final = 60

NOTHING: Final = object()
"""What AWS::NoValue comes to: the property is not there."""


class Untold(str):
    """A value that nobody tells here, such as a secret; its text is a name for it, and the same name the same value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a launch is built."""

    account: str
    region: str
    partition: str = "aws"


@dataclass(slots=True, kw_only=True)
class Reckoning:
    """Works out the parts of a template for one launch.

    Attributes:
        body: The template, its macros expanded, with functions in their long form and every value as text.
        given: The values of parameters that the launch gives; of others the template's defaults count.
    """

    body: Mapping[str, Any]
    given: Mapping[str, str]
    place: Place
    _conditions: dict[str, bool | None] = field(default_factory=dict[str, bool | None], init=False)
    _functions: Mapping[str, Callable[[object], object]] = field(init=False)
    _depth: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Know the functions that can be worked out here."""
        self._functions = {
            "Ref": self._ref,
            "Fn::If": self._if,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::FindInMap": self._find,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
        }

    def resources(self) -> dict[str, Json]:
        """Give the resources that no condition leaves out, with their properties as far as they are known."""
        return {
            name: {"Type": str(declared.get("Type")), "Properties": self._map(declared.get("Properties"))}
            for name, declared in cast("Mapping[str, Json]", self.body.get("Resources") or {}).items()
            if self.condition(declared.get("Condition")) is not False
        }

    def condition(self, name: object) -> bool | None:
        """Say whether a condition of the template holds; None where only AWS knows."""
        if not name:
            return True
        key = str(name)
        if key not in self._conditions:
            self._conditions[key] = None  # one that refers to itself is undecided
            self._conditions[key] = self._holds(map_in(self.body, "Conditions").get(key))
        return self._conditions[key]

    def value(self, node: object) -> object:
        """Work a part of the template out; `NOTHING` where it comes to no value."""
        if self._depth > _MOST_DEEP:
            return node
        self._depth += 1
        try:
            return self._value(node)
        finally:
            self._depth -= 1

    def _map(self, node: object) -> Json:
        found = self.value(node)
        return cast("Json", found) if isinstance(found, dict) else {}

    def _value(self, node: object) -> object:
        if isinstance(node, list):
            return [each for item in cast("list[object]", node) if (each := self.value(item)) is not NOTHING]
        if not isinstance(node, dict):
            return node
        name, argument = function_of(cast("object", node))
        if known := self._functions.get(name):
            return known(argument)
        if name.startswith("Fn::"):
            return {name: self.value(argument)}
        return {key: each for key, part in cast("Json", node).items() if (each := self.value(part)) is not NOTHING}

    def _ref(self, argument: object) -> object:
        name = str(argument)
        pseudo = {
            "AWS::AccountId": self.place.account,
            "AWS::NoValue": NOTHING,
            "AWS::Partition": self.place.partition,
            "AWS::Region": self.place.region,
            "AWS::URLSuffix": "amazonaws.com.cn" if self.place.partition == "aws-cn" else "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        parameter = map_in(map_in(self.body, "Parameters"), name)
        return self._parameter(name, parameter) if parameter else {"Ref": name}

    def _parameter(self, name: str, parameter: Json) -> object:
        kind, value = str(parameter.get("Type")), self.given.get(name, parameter.get("Default"))
        if value is None:
            return {UNTOLD: name}
        if isinstance(value, Untold):
            return {UNTOLD: str(value)}
        if kind.startswith(_STORED):
            return {STORED: str(value)}
        if kind.startswith(_LISTS):
            return [item.strip() for item in str(value).split(",")]
        return str(value)

    def _if(self, argument: object) -> object:
        parts = parts_of(argument)
        if len(parts) != 3:  # noqa: PLR2004 - a condition and two values
            return {"Fn::If": argument}
        decided = self.condition(parts[0])
        if decided is None:
            both = [None if (each := self.value(part)) is NOTHING else each for part in parts[1:]]
            return both[0] if both[0] == both[1] else {UNDECIDED: [str(parts[0]), *both]}
        return self.value(parts[1] if decided else parts[2])

    def _attribute(self, argument: object) -> object:
        parts = [self.value(part) for part in parts_of(argument)]
        return {"Fn::GetAtt": ".".join(map(str, parts))}

    def _sub(self, argument: object) -> object:
        parts = parts_of(argument)
        own = cast("Json", parts[1]) if len(parts) > 1 else {}
        pieces: list[object] = []
        for index, piece in enumerate(_VARIABLE.split(str(parts[0]))):
            name = piece.strip()
            if index % 2 == 0:
                pieces.append(piece.replace("${!", "${"))
            elif name in own:
                pieces.append(self.value(own[name]))
            else:
                pieces.append(self._attribute(name) if "." in name else self._ref(name))
        return joined("", pieces)

    def _join(self, argument: object) -> object:
        parts = parts_of(argument)
        items = self.value(parts[1]) if len(parts) > 1 else None
        if not isinstance(items, list):
            return {"Fn::Join": [parts[0], items]}
        return joined(str(parts[0]), cast("list[object]", items))

    def _find(self, argument: object) -> object:
        keys = [self.value(part) for part in parts_of(argument)[:3]]
        found: object = self.body.get("Mappings")
        for key in keys:
            if not isinstance(key, str):
                return {"Fn::FindInMap": keys}
            found = cast("Json", found).get(key) if isinstance(found, dict) else None
        more = parts_of(argument)[3:]
        if found is None and more and isinstance(more[0], dict):
            return self.value(cast("Json", more[0]).get("DefaultValue"))
        return {"Fn::FindInMap": keys} if found is None else self.value(found)

    def _select(self, argument: object) -> object:
        parts = [self.value(part) for part in parts_of(argument)]
        match parts:
            case [str(index), list()] if index.isdecimal():
                items = cast("list[object]", parts[1])
                return items[int(index)] if int(index) < len(items) else {"Fn::Select": parts}
            case _:
                return {"Fn::Select": parts}

    def _split(self, argument: object) -> object:
        parts = [self.value(part) for part in parts_of(argument)]
        match parts:
            case [str(by), str(text)] if by:
                return text.split(by)
            case _:
                return {"Fn::Split": parts}

    def _holds(self, node: object) -> bool | None:
        name, argument = function_of(node)
        match name:
            case "Condition":
                return self.condition(argument)
            case "Fn::Not":
                found = self._holds(parts_of(argument)[0])
                return None if found is None else not found
            case "Fn::And":
                return _all([self._holds(each) for each in parts_of(argument)])
            case "Fn::Or":
                found = _all([None if (each := self._holds(part)) is None else not each for part in parts_of(argument)])
                return None if found is None else not found
            case "Fn::Equals":
                left, right = (self.value(part) for part in parts_of(argument))
                return left == right if left == right or not (is_open(left) or is_open(right)) else None
            case _:
                return None


def _all(found: Sequence[bool | None]) -> bool | None:
    if False in found:
        return False
    return None if None in found else True
