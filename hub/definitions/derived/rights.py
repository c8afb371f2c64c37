"""A right that launches of a template take: an action with the resources that it is about, and why these."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from hub.definitions.derived.needed_actions import STEPS


class Reason(StrEnum):
    """Why a right is about the resources that it is about; the word stands in the statement's Sid."""

    NAMED = ""
    NO_RESOURCE = "KnowsNoResource"
    ID_OF_THE_SERVICE = "IdsAreTheServices"
    NAME_OF_THE_LAUNCH = "NamesAreTheLaunchs"
    NOT_OF_THE_TEMPLATE = "NotOfTheTemplate"


WHY: Final[Mapping[Reason, str]] = {
    Reason.NAMED: "by the names that the template gives, or that Service Catalog and CloudFormation make up",
    Reason.NO_RESOURCE: "IAM lets nobody limit it to a resource",
    Reason.ID_OF_THE_SERVICE: "the service makes the id up, so that nobody knows it before",
    Reason.NAME_OF_THE_LAUNCH: "the name is a parameter's, without a fixed beginning",
    Reason.NOT_OF_THE_TEMPLATE: "the resource is not the template's",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """An action on resources.

    Attributes:
        resources: Whole ARNs, or `*`: IAM takes no ARN of less than six parts, and no wildcard for a partition.
        condition: By operator and key, as in a statement.
        of: The resources of the template that take it, with their types.
        steps: The handlers that name it.
        certain: Whether no launch can do without it.
    """

    action: str
    resources: tuple[str, ...]
    reason: Reason
    of: str
    steps: frozenset[str] = frozenset(STEPS)
    condition: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict[str, Any])
    certain: bool = False

    def __post_init__(self) -> None:
        """Complete what a template tells only the beginning of, such as `arn:aws*`."""
        service = self.action.partition(":")[0]
        object.__setattr__(self, "resources", tuple(_whole(each, service) for each in self.resources))


def _whole(arn: str, service: str) -> str:
    scheme, *parts = arn.split(":", 5)
    if scheme != "arn":
        return arn
    partition, service, *rest = parts if len(parts) > 1 else [*parts, service]
    partition = "${Partition}" if "*" in partition else partition
    return ":".join([scheme, partition, service, *rest, *["*"] * (3 - len(rest))])


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedRights:
    """What a template's launches take, and what was not derived.

    Attributes:
        services: Those to which the product's execution role is passed.
        left_out: Actions that handlers name for something that the template does not have.
        remarks: What a person has to know: of resources whose rights nobody knows, and of roles.
    """

    rights: tuple[Right, ...]
    services: frozenset[str]
    left_out: frozenset[str]
    remarks: tuple[str, ...]


def merged(found: Iterable[Right]) -> list[Right]:
    """Put rights together that differ in nothing but the resources that take them."""
    by_content = dict[tuple[object, ...], Right]()
    for right in found:
        key = (right.action, right.resources, repr(right.condition))
        other = by_content.get(key)
        by_content[key] = right if other is None else _both(other, right)
    return list(by_content.values())


def _both(one: Right, other: Right) -> Right:
    of = one.of if other.of in one.of.split(", ") else f"{one.of}, {other.of}"
    return replace(one, of=of, steps=one.steps | other.steps, certain=one.certain or other.certain)
