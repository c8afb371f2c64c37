"""What the resources of a launch are called: as patterns, since Service Catalog and CloudFormation choose the rest.

Sources: Service Catalog Administrator Guide, "Launch constraints" (stacks are called SC-<account>-<id of the launch>);
CloudFormation Template Reference, "Name type" (names are made of the stack's name, the logical ID and a random ID).
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from hub.definitions.derived.registry import ResourceType, arns_of, resource_type
from hub.definitions.template_values import function_of, map_in, parts_of

STACK: Final = "SC-*"
UNKNOWN: Final = "*"
_MOST: Final = 12
"""Values that are told one by one; of more it is told what they have in common, which may be nothing."""
_RANDOM: Final = 14
"""Characters of a made-up name that are neither the stack's nor the logical ID: two hyphens and the random ID."""
_AFTER_LOGICAL_ID: Final = ("sagemaker", "states")
"""Services whose handlers leave the stack's name out of the names that they make up."""
_PSEUDO: Final = {
    "AWS::StackName": STACK,
    "AWS::StackId": f"arn:${{Partition}}:cloudformation:*:${{AccountId}}:stack/{STACK}",
    "AWS::AccountId": "${AccountId}",
    "AWS::Partition": "${Partition}",
}
_DYNAMIC: Final = re.compile(r"\{\{resolve:.*?\}\}(?!\})")
_FIXED: Final = re.compile(r"\^\(?(?!\?)([A-Za-z0-9_:/-]*)")
"""The beginning of a parameter's pattern that is the same in all of its values."""


class Naming:
    """Names of one template.

    Attributes:
        body: The template, its macros replaced, with intrinsic functions in their long form.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self._within: list[str] = []

    def of(self, node: object) -> list[str]:
        """List the patterns of the texts that a node can be; none for what is not there at all."""
        return _unlike(_DYNAMIC.sub(UNKNOWN, text) for text in self.written(node))

    def written(self, node: object) -> list[str]:
        """List them likewise, with the dynamic references that are in them."""
        match node:
            case str():
                return [node]
            case list():
                return _unlike(text for item in cast("list[object]", node) for text in self.written(item))
            case dict():
                return _unlike(self._function(*function_of(cast("dict[str, object]", node))))
            case _:
                return [str(node)]

    def names_of(self, logical_id: str) -> list[str]:
        """List the patterns of a resource's name."""
        resource: Mapping[str, Any] = self.body["Resources"][logical_id]
        kind = resource_type(str(resource.get("Type")))
        if kind is None or not kind.is_named or logical_id in self._within:
            return [UNKNOWN]
        properties, key = map_in(resource, "Properties"), kind.name_property or ""
        self._within.append(logical_id)  # a name that is made of its own
        try:
            given = self.of(properties[key]) if key in properties else []
            path = self.of(properties["Path"])[0].strip("/") if kind.service == "iam" and "Path" in properties else ""
        finally:
            self._within.pop()
        optional = key not in properties or "AWS::NoValue" in str(properties[key])
        found = [*given, *(self._made_up(kind, logical_id) if optional else ())]
        small = [name.replace(STACK, "sc-*").lower() for name in found] if kind.service == "sagemaker" else []
        return [f"{path}/{name}" if path else name for name in _unlike([*found, *map(_placeholders, small)])]

    def arns_of(self, logical_id: str, kinds: Iterable[str] = ()) -> list[str]:
        """List the patterns of a resource's ARN, as one of the kinds that it is to IAM."""
        kind = resource_type(str(self.body["Resources"][logical_id].get("Type")))
        if kind is None:
            return [UNKNOWN]
        names = self.names_of(logical_id)
        wanted = [each for each in kind.own_kinds if each in kinds] if kinds else list(kind.own_kinds)
        found = [arn for each in wanted for name in names for arn in arns_of(kind.service, each, name)]
        if kind.service == "logs":  # whose ARNs have `:*` at their end for some actions
            found += [f"{arn}:*" for arn in found if not arn.endswith("*")]
        return _unlike(found) or [UNKNOWN]

    def of_kind(self, service: str, kind: str) -> list[str]:
        """List the ARNs of the template's resources that are of a kind."""
        found = list[str]()
        for name, resource in self.body["Resources"].items():
            each = resource_type(str(resource.get("Type")))
            if each and each.service == service and kind.lower() in each.own_kinds:
                found += self.arns_of(name, [kind])
        return _unlike(found)

    def _made_up(self, kind: ResourceType, logical_id: str) -> list[str]:
        room = max((min(kind.longest_name, 64) - _RANDOM) // 2, 3)  # of a long name either part is cut
        logical = f"{logical_id[:room]}*" if len(logical_id) > room else f"{logical_id}-*"
        name = f"{STACK}-{logical}"
        if kind.names_are_small:
            return [name.lower()]
        return [name, logical] if kind.service in _AFTER_LOGICAL_ID else [name]

    def _function(self, name: str, argument: object) -> list[str]:  # noqa: PLR0911 - one for each function
        parts = parts_of(argument)
        match name, len(parts):
            case "Ref", 1:
                return self._reference(str(argument))
            case "Fn::GetAtt", _:
                logical_id, _, attribute = ".".join(map(str, parts)).partition(".")
                return self._attribute(logical_id, attribute)
            case "Fn::Sub", (1 | 2):
                given = cast("Mapping[str, object]", parts[1] if len(parts) > 1 else {})
                return self._substituted(str(parts[0]), given)
            case "Fn::Join", 2:
                return _products([self.written(item) for item in parts_of(parts[1])], str(parts[0]))
            case "Fn::If", 3:
                return [*self.written(parts[1]), *self.written(parts[2])]
            case "Fn::FindInMap", _ if len(parts) > 2:  # noqa: PLR2004 - a map, and two keys
                return self._mapped(str(parts[0]), parts[2])
            case "Fn::Select", 2:
                return self.written(cast("list[object]", parts[1])) if isinstance(parts[1], list) else [UNKNOWN]
            case _:
                return [UNKNOWN]

    def _reference(self, name: str) -> list[str]:
        if name == "AWS::NoValue":
            return []
        parameters = map_in(self.body, "Parameters")
        if name in parameters:
            return _values_of(parameters[name])
        if name in self.body["Resources"]:
            kind = resource_type(str(self.body["Resources"][name].get("Type")))
            is_arn = kind is not None and kind.identifier[-1:] and kind.identifier[-1].lower().endswith("arn")
            return self.arns_of(name) if is_arn and kind and kind.service != "events" else self.names_of(name)
        return [_PSEUDO.get(name, UNKNOWN)]

    def _attribute(self, logical_id: str, attribute: str) -> list[str]:
        resource = map_in(self.body["Resources"], logical_id)
        kind = resource_type(str(resource.get("Type")))
        if kind is None:
            return [UNKNOWN]
        if attribute in ("Arn", f"{kind.noun}Arn", *(each for each in kind.identifier if each.endswith("Arn"))):
            return self.arns_of(logical_id)
        return self.names_of(logical_id) if attribute in (kind.name_property, "Name") else [UNKNOWN]

    def _substituted(self, text: str, given: Mapping[str, object]) -> list[str]:
        parts = re.split(r"\$\{(?!!)([^}]*)\}", text)
        found = list[list[str]]()
        for index, part in enumerate(parts):
            if index % 2 == 0:
                found.append([part.replace("${!", "${")])
            elif part in given:
                found.append(self.written(given[part]))
            else:
                found.append(self.written({"Fn::GetAtt": part} if "." in part else {"Ref": part.strip()}))
        return _products(found, "")

    def _mapped(self, name: str, last: object) -> list[str]:
        found, keys = map_in(map_in(self.body, "Mappings"), name), set(self.written(last))
        values = [
            value for first in found for key, value in map_in(found, first).items() if key in keys or UNKNOWN in keys
        ]
        return _common([text for value in values for text in self.written(value)])


def _values_of(parameter: Mapping[str, Any]) -> list[str]:
    allowed = [str(value) for value in parameter.get("AllowedValues") or ()]
    if allowed:
        return _common(allowed)
    beginning = beginning_of(str(parameter.get("AllowedPattern") or ""))
    return [f"{beginning}*"]


def beginning_of(pattern: str) -> str:
    """Give the beginning that all texts have which a pattern fits, as far as it says one."""
    fixed = _FIXED.match(pattern)
    if not fixed or "|" in pattern:
        return ""
    rest = pattern[fixed.end() :]
    return fixed[1][:-1] if rest[:1] in ("*", "?", "{", "+") else fixed[1]


def _products(sets: list[list[str]], separator: str) -> list[str]:
    found = [""]
    for index, each in enumerate(sets):
        texts = (each or [""]) if len(found) * len(each) <= _MOST else _common(each, most=1)
        found = [f"{one}{separator if index else ''}{other}" for one, other in itertools.product(found, texts)]
    return found


def _common(texts: list[str], most: int = _MOST) -> list[str]:
    found = _unlike(texts)
    return found if 0 < len(found) <= most else [UNKNOWN]


def _unlike(texts: Iterable[str]) -> list[str]:
    """Leave out what is there twice, and join wildcards."""
    return list(dict.fromkeys(re.sub(r"\*{2,}", "*", text) for text in texts))


def _placeholders(text: str) -> str:
    return text.replace("${accountid}", "${AccountId}").replace("${partition}", "${Partition}")
