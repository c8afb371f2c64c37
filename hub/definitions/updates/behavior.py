"""What AWS says that becomes of a resource when a property of it changes, and of those who use it.

Whether it is made anew the registry's schemas say (`createOnlyProperties`). Whether a change in place interrupts it
stands in the CloudFormation User Guide alone (behaviors.txt). Of a resource that is made anew, the new one is there
before the old one goes (source: CloudFormation User Guide, "Update behaviors of stack resources"), so what matters is
whether somebody outside of the stack calls it by its name.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, cast

from hub.definitions.derived.registry import Json, ResourceType, resource_type

_TABLE: Final = Path(__file__).with_name("behaviors.txt")

_CALLED: Final = frozenset(
    {
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
        "AWS::ECS::Service",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::Lambda::Alias",
        "AWS::Lambda::Function",
        "AWS::Lambda::Url",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::InferenceComponent",
        "AWS::SageMaker::Pipeline",
        "AWS::StepFunctions::StateMachine",
    }
)
"""Types that somebody outside of the stack calls, by a name that a new resource does not have."""

_BEHIND: Final = frozenset({"AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"})
_BEHIND_SERVICES: Final = ("ApplicationAutoScaling", "CloudWatch", "IAM", "Logs")
"""What nobody calls: other resources of the stack refer to it, and are led to the new one before the old one goes."""


class Downtime(StrEnum):
    """Whether those who use a launch notice a change."""

    NONE = "none"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"
    NEW_ADDRESS = "new address"

    @property
    def rank(self) -> int:
        """How much it matters: the most of several counts."""
        return list(Downtime).index(self)


Told = tuple[Downtime, str]
"""What somebody notices, and by what rule that is said; no rule where nothing is noticed."""


def when_changed(kind: str, properties: Iterator[str] | list[str]) -> Told:
    """Say what a change in place does.

    Args:
        kind: The resource's type.
        properties: Those that change.
    """
    if _is_behind(kind):
        return Downtime.NONE, ""
    known, unknown = _behaviors().get(kind, {}), list[str]()
    for name in properties:
        if name == "Tags":
            continue
        if name not in known:
            unknown.append(name)
        elif known[name]:
            return Downtime.INTERRUPTED, f"AWS documents some interruption where {name} changes"
    if unknown:
        return Downtime.UNKNOWN, f"AWS does not say what a change of {', '.join(unknown)} interrupts"
    return Downtime.NONE, ""


def when_replaced(kind: str, *, certain: bool) -> Told:
    """Say what it does that a resource is made anew, under another name."""
    if _is_behind(kind):
        return Downtime.NONE, ""
    if kind in _CALLED and certain:
        return Downtime.NEW_ADDRESS, "it is made anew under another name, which callers have to learn"
    if kind in _CALLED:
        return Downtime.UNKNOWN, "it may be made anew, under another name"
    return Downtime.UNKNOWN, "it is made anew, and nobody can say here who uses it"


def when_removed(kind: str) -> Told:
    """Say what it does that a resource goes."""
    if _is_behind(kind):
        return Downtime.NONE, ""
    if kind in _CALLED:
        return Downtime.INTERRUPTED, "it goes, and who calls it finds nothing"
    return Downtime.UNKNOWN, "it goes, and nobody can say here who uses it"


def recreating(known: ResourceType, name: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Give the parts of a property whose change makes the resource anew, each with whether it is certain to."""
    for pointers, certain in ((known.create_only, True), (known.conditional, False)):
        for pointer in pointers:
            first, *path = pointer.split(".")
            if first == name:
                yield tuple(path), certain


def names_of(known: ResourceType) -> tuple[str, ...]:
    """Give the properties that together name a resource: two of the same cannot stand beside each other."""
    own = tuple(name for name in known.identifier if name not in known.read_only and "." not in name)
    name = known.name_property or ""
    if name.endswith("Name"):
        return tuple(dict.fromkeys((name, *own)))
    return own if len(own) == len(known.identifier) else ()


def stays(kind: str, attribute: str) -> bool:
    """Whether an attribute stays the same while the resource does: it is a name of it, or what only a new one has."""
    known = resource_type(kind)
    if not attribute or known is None:
        return not attribute
    own = (*known.identifier, *known.create_only, known.name_property)
    return attribute in own or attribute.endswith(("Arn", "ARN", "Id", "ID", "Name", "Url"))


def at(node: object, path: tuple[str, ...]) -> object:
    """Give what stands at a place within a property; of lists, what stands there in each item."""
    if not path:
        return node
    if isinstance(node, list):
        rest = path[1:] if path[0] == "*" else path
        return [at(item, rest) for item in cast("list[object]", node)]
    return at(cast("Json", node).get(path[0]), path[1:]) if isinstance(node, dict) else None


def _is_behind(kind: str) -> bool:
    return kind in _BEHIND or kind.split("::")[1:2] in [[service] for service in _BEHIND_SERVICES]


@cache
def _behaviors() -> Mapping[str, Mapping[str, bool]]:
    """Give by type and property whether a change in place interrupts."""
    lines = (line.split() for line in _TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {kind: {name.lstrip("!"): name.startswith("!") for name in names} for kind, *names in lines}
