"""Whether a template refers to what is there, and not in a circle: CloudFormation would say so at the first launch."""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, NamedTuple, cast

from hub.definitions.templates import Template
from shared.collecting import Mistakes
from shared.errors import ContentError
from shared.spelling import meant

_SUBSTITUTED: Final = re.compile(r"\$\{([^!{}][^{}]*)\}")


class Reference(NamedTuple):
    """What is referred to, of which kind it is, and where.

    Attributes:
        kind: `Ref`, `GetAtt`, `Condition`, `Mapping` or `DependsOn`.
    """

    kind: str
    name: str
    place: str


def check_references(template: Template) -> None:
    """Refuse references to what is not there, and resources that wait for each other.

    A template with a macro is left alone, since nobody knows what that makes of it.

    Raises:
        ContentError: names each.
    """
    body = template.body
    if body.get("Transform"):
        return
    names = {
        "Ref": {*template.parameters, *template.resources},
        "GetAtt": set(template.resources),
        "DependsOn": set(template.resources),
        "Condition": set(_part(body, "Conditions")),
        "Mapping": set(_part(body, "Mappings")),
    }
    mistakes, needed = Mistakes(), dict[str, set[str]]()
    for section in ("Conditions", "Resources", "Outputs"):
        for owner, part in _part(body, section).items():
            needed[owner] = needed.get(owner, set())
            for found in references_in(part, f"{section}.{owner}", is_condition=section == "Conditions"):
                if found.name not in names[found.kind] and not found.name.startswith("AWS::"):
                    mistakes.add(_missing(template, found, sorted(names[found.kind])))
                elif section == "Resources" and found.name in template.resources:
                    needed[owner].add(found.name)
    mistakes.refuse()
    try:
        TopologicalSorter({name: needed.get(name, set()) for name in template.resources}).prepare()
    except CycleError as problem:
        circle = " -> ".join(reversed(cast("list[str]", problem.args[1])))
        raise ContentError(
            f"the resources wait for each other: {circle}. Remove one of these references or DependsOn.",
            code="resources-in-a-circle",
            place=f"{template.path}: Resources",
        ) from None


def _missing(template: Template, found: Reference, known: list[str]) -> ContentError:
    kinds = {"Ref": "parameter or resource", "Condition": "condition", "Mapping": "mapping"}
    what = kinds.get(found.kind, "resource")
    return ContentError(
        f"invalid value {found.name!r}, which is no {what} of the template.{meant(found.name, known)} There are: "
        f"{', '.join(known) or 'none'}.",
        code="reference-to-nothing",
        place=f"{template.path}: {found.place}",
    )


def _part(body: Mapping[str, Any], section: str) -> Mapping[str, object]:
    found: object = body.get(section)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def references_in(part: object, place: str, *, is_condition: bool = False) -> list[Reference]:
    """Find the references of a resource, an output or a condition."""
    found: list[Reference] = []
    if isinstance(part, dict) and not is_condition:
        entry = cast("dict[str, object]", part)
        if isinstance(condition := entry.get("Condition"), str):
            found.append(Reference("Condition", condition, f"{place}.Condition"))
        depends = entry.get("DependsOn")
        names = cast("list[object]", depends) if isinstance(depends, list) else [depends]
        found += [Reference("DependsOn", name, f"{place}.DependsOn") for name in names if isinstance(name, str)]
        for key, inner in entry.items():
            if key not in ("Condition", "DependsOn", "Type"):
                _references(inner, f"{place}.{key}", found, is_condition=False)
    else:
        _references(cast("object", part), place, found, is_condition=is_condition)
    return found


def _references(node: object, place: str, found: list[Reference], *, is_condition: bool) -> None:
    """Add those below a node. A generator of generators would take three times as long."""
    if isinstance(node, list):
        for index, item in enumerate(cast("list[object]", node)):
            if isinstance(item, (list, dict)):
                _references(cast("object", item), f"{place}[{index}]", found, is_condition=is_condition)
    elif isinstance(node, dict):
        for key, argument in cast("dict[str, object]", node).items():
            _of_function(key, argument, place, found, is_condition=is_condition)


def _of_function(key: str, argument: object, place: str, found: list[Reference], *, is_condition: bool) -> None:
    items = cast("list[object]", argument) if isinstance(argument, list) else [argument]
    first = items[0] if items else None
    match key:
        case "Ref" if isinstance(argument, str):
            found.append(Reference("Ref", argument, place))
        case "Fn::GetAtt" if isinstance(first, str):
            owner = first if isinstance(argument, list) else first.partition(".")[0]
            found.append(Reference("GetAtt", owner, place))
        case "Fn::Sub" if isinstance(first, str):
            own = cast("dict[str, object]", items[1]) if len(items) > 1 and isinstance(items[1], dict) else {}
            for name in _SUBSTITUTED.findall(first):
                owner, _, attribute = name.strip().partition(".")
                if name.strip() not in own:
                    found.append(Reference("GetAtt" if attribute else "Ref", owner, place))
            _references(own, place, found, is_condition=is_condition)
        case "Fn::If" if isinstance(first, str):
            found.append(Reference("Condition", first, place))
            _references(items[1:], place, found, is_condition=is_condition)
        case "Fn::FindInMap" if isinstance(first, str):
            found.append(Reference("Mapping", first, place))
            _references(items[1:], place, found, is_condition=is_condition)
        case "Condition" if is_condition and isinstance(argument, str):
            found.append(Reference("Condition", argument, place))
        case _ if isinstance(argument, (list, dict)):
            _references(cast("object", argument), f"{place}.{key}", found, is_condition=is_condition)
        case _:
            pass
