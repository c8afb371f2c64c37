"""Which values a property of a template can have, as far as the template itself decides them."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

_MOST: Final = 1000
"""Values of one property; a property that can have more is for the launch to decide."""


class Undecided(Exception):  # noqa: N818 - it ends a reckoning, and is no mistake
    """A launch, or AWS, decides the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Reckons values in one region.

    Attributes:
        body: The template, with intrinsic functions in their long form.
        region: Where it is launched.
        brought: The parameters whose values the catalog brings, with these values.
    """

    body: Mapping[str, Any]
    region: str
    brought: Mapping[str, Sequence[str]]

    def of(self, node: object) -> set[str]:
        """List the texts that a node can be.

        Raises:
            Undecided: not all of them are known.
        """
        if isinstance(node, str):
            return {node}
        name, argument = function_of(node)
        parts = parts_of(argument)
        match name, len(parts):
            case "Ref", 1:
                found = self._ref(str(argument))
            case "Fn::Sub", (1 | 2):
                found = self._sub(str(parts[0]), parts[1] if len(parts) > 1 else cast("dict[str, object]", {}))
            case "Fn::Join", 2:
                found = {str(parts[0]).join(each) for each in self._all(parts_of(parts[1]))}
            case "Fn::If", 3:
                found = self.of(parts[1]) | self.of(parts[2])
            case "Fn::FindInMap", 3:
                found = {self._mapped(*keys) for keys in self._all(parts)}
            case _:
                raise Undecided
        return found

    def _all(self, nodes: Sequence[object]) -> Iterator[tuple[str, ...]]:
        sets = [sorted(self.of(node)) for node in nodes]
        count = 1
        for each in sets:
            count *= len(each)
        if count > _MOST:
            raise Undecided
        return itertools.product(*sets)

    def _ref(self, name: str) -> set[str]:
        if name in self.brought:
            return set(self.brought[name])
        domain = "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
        pseudo = {"AWS::Region": self.region, "AWS::URLSuffix": domain}
        if name in pseudo:
            return {pseudo[name]}
        parameters: Mapping[str, Any] = self.body.get("Parameters") or {}
        allowed: list[str] | None = parameters.get(name, {}).get("AllowedValues")
        if not allowed:
            raise Undecided
        return set(map(str, allowed))

    def _sub(self, text: str, names: Mapping[str, object]) -> set[str]:
        parts = re.split(r"\$\{(?!!)([^}]*)\}", text)
        nodes: list[object] = [
            part.replace("${!", "${") if index % 2 == 0 else names.get(part, {"Ref": part})
            for index, part in enumerate(parts)
        ]
        return {"".join(each) for each in self._all(nodes)}

    def _mapped(self, name: str, first: str, second: str) -> str:
        try:
            found: object = self.body["Mappings"][name][first][second]
        except (KeyError, TypeError):
            raise Undecided from None
        if not isinstance(found, str):
            raise Undecided
        return found


def function_of(node: object) -> tuple[str, object]:
    """Take a node apart that is an intrinsic function; empty where it is none."""
    function = cast("dict[str, object]", node) if isinstance(node, dict) else {}
    return next(iter(function.items())) if len(function) == 1 else ("", None)


def parts_of(argument: object) -> list[Any]:
    """List the arguments of a function, of which a lone one stands for itself."""
    return cast("list[Any]", argument) if isinstance(argument, list) else [argument]


def map_in(node: object, key: str) -> dict[str, Any]:
    """Give the map under a key; an empty one where there is none."""
    found = cast("Mapping[str, object]", node).get(key) if isinstance(node, Mapping) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def as_text(node: object) -> str:
    """Write a node on one line, as an exception names it: a text as it is, a function as JSON."""
    return node if isinstance(node, str) else json.dumps(node, separators=(",", ":"))
