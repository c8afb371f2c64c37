"""The rights that launches of a template take: each action with the resources that it is about, and why these."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

from hub.definitions.derived.account_values import objects_at, values_read
from hub.definitions.derived.expansion import expanded, macros_of
from hub.definitions.derived.naming import UNKNOWN, Naming
from hub.definitions.derived.needed_actions import STEPS, is_certain, needed_actions, words_given
from hub.definitions.derived.passed_roles import PassedRoles
from hub.definitions.derived.registry import READS, ResourceType, arns_of, kinds_of, resource_type
from hub.definitions.templates import Template, read_template
from shared.errors import ContentError

STACK: Final = "AWS::CloudFormation::Stack"
_MOST_KINDS: Final = 12
"""Kinds of resources that an action is about at once; one that is about more is about any one of them, as tagging is."""
_SERVICE_ROLE: Final = "arn:${{Partition}}:iam::${{AccountId}}:role/aws-service-role/{service}/*"


class Reason(StrEnum):
    """Why a right is about the resources that it is about; the word stands in the statement's Sid."""

    NAMED = ""
    NO_RESOURCE = "KnowsNoResource"
    ID_OF_THE_SERVICE = "IdsAreTheServices"
    NAME_OF_THE_LAUNCH = "NamesAreTheLaunchs"
    NOT_OF_THE_TEMPLATE = "NotOfTheTemplate"


WHY: Final[Mapping[Reason, str]] = {
    Reason.NAMED: "by the names that the template gives, or that Service Catalog and CloudFormation make up",
    Reason.NO_RESOURCE: "IAM lets nobody limit these actions to a resource",
    Reason.ID_OF_THE_SERVICE: "the service makes the id up, so that nobody knows it before",
    Reason.NAME_OF_THE_LAUNCH: "the template takes the name from a parameter without a fixed beginning",
    Reason.NOT_OF_THE_TEMPLATE: "the resource is not the template's",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """An action on resources.

    Attributes:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedRights:
    """What a template's launches take, and what was not derived.

    Attributes:
        left_out: Actions that handlers name for something that the template does not have.
        services: Those to which the product's execution role is passed.
        remarks: What a person has to know: of resources whose rights nobody knows, and of roles.
    """

    rights: tuple[Right, ...]
    services: frozenset[str]
    left_out: frozenset[str]
    remarks: tuple[str, ...]


def derived_rights(template: Template, role: str, *, steps: Collection[str] = STEPS) -> DerivedRights:
    """Derive the rights of a template's launches, of all branches of its conditions.

    Args:
        template: The template; nested ones are looked for beside it.
        role: The name of the product's execution role, which every launch role may pass.
        steps: The handlers that count.

    Raises:
        ContentError: there are no schemas to derive them from, or a macro cannot work with the template.
    """
    return _of_body(expanded(template.body, str(template.path)), template.path, role, steps, ())


def _of_body(
    body: Mapping[str, Any], path: Path, role: str, steps: Collection[str], above: tuple[Path, ...]
) -> DerivedRights:
    naming = Naming(body)
    passed = PassedRoles(naming, role)
    rights, left_out, remarks, services = list[Right](), set[str](), list[str](), set[str]()
    around = dict[str, frozenset[str]]()
    for action, resource, place in values_read(naming):
        rights.append(_reading(action, resource, place))
    typed = [(name, each) for name, each in body["Resources"].items() if isinstance(each, Mapping)]
    for _, each in typed:
        segment = _segment(each)
        around[segment] = around.get(segment, frozenset()) | words_given(each.get("Properties") or {})
    for logical_id, each in typed:
        kind, properties = resource_type(str(each["Type"])), cast("Mapping[str, object]", each.get("Properties") or {})
        of = f"{logical_id} ({each['Type']})"
        if _is_custom(str(each["Type"])):
            rights += _answering(naming, properties, of)
            continue
        if kind is None:
            remarks.append(f"{of}: no schema tells which rights this type takes. Add them as statements of your own.")
            continue
        needed = needed_actions(kind, properties, around[_segment(each)], steps)
        left_out |= needed.left_out
        if not needed.needed and kind.service != "cloudformation":
            remarks.append(f"{of}: its schema names no permissions. Add them as statements of your own.")
        resource = _Resource(naming, logical_id, kind, properties)
        for action, found in needed.needed.items():
            if action == "iam:PassRole":
                continue
            if action == "iam:CreateServiceLinkedRole":
                rights.append(_linking(kind, properties, of))
            elif not (kind.kind == STACK and action.startswith("cloudformation:")):  # every launch role's own
                rights += [
                    Right(
                        action=action,
                        resources=tuple(arns),
                        reason=reason,
                        of=of,
                        steps=found,
                        condition=condition,
                        certain=is_certain(kind, action),
                    )
                    for arns, reason, condition in resource.targets(action)
                ]
        for arn, to in passed.of_resource(kind, properties):
            rights.append(
                Right(
                    action="iam:PassRole",
                    resources=(arn,),
                    reason=Reason.NAMED,
                    of=of,
                    condition={"StringEquals": {"iam:PassedToService": to}},
                    certain=True,
                )
            )
        if kind.kind == STACK:
            for action, arn, place in objects_at(naming, properties.get("TemplateURL", UNKNOWN), of):
                rights.append(_reading(action, arn, place))
            inner = _nested(properties, path, role, steps, (*above, path))
            if inner is None:
                remarks.append(f"{of}: its template is not beside this one. Add what it takes as statements of your own.")
            else:
                rights += inner.rights
                left_out |= inner.left_out
                services |= inner.services
                remarks += inner.remarks
    remarks += passed.remarks
    remarks += [
        f"the macro {name} makes resources that nobody knows before a launch. Add what they take as statements of your own."
        for name in macros_of(body)
        if not name.startswith("AWS::")
    ]
    taken = {right.action for right in rights}
    return DerivedRights(
        rights=tuple(rights),
        services=frozenset(services | passed.services),
        left_out=frozenset(left_out - taken),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _reading(action: str, resource: str, place: str) -> Right:
    reason = Reason.NO_RESOURCE if resource == "*" else Reason.NAMED
    reason = Reason.NAME_OF_THE_LAUNCH if resource.endswith(("parameter/*", "secret:*", ":::*/*")) else reason
    return Right(action=action, resources=(resource,), reason=reason, of=place, steps=frozenset({"create", "update"}))


def _segment(resource: Mapping[str, Any]) -> str:
    return "::".join(str(resource.get("Type")).split("::")[:2])


def _is_custom(kind: str) -> bool:
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def _answering(naming: Naming, properties: Mapping[str, object], of: str) -> Iterator[Right]:
    """CloudFormation calls the function of a custom resource, or writes to its topic, with the launch role's rights."""
    for token in naming.of(properties.get("ServiceToken", UNKNOWN)):
        service = token.split(":")[2] if token.count(":") > 2 else "lambda"  # noqa: PLR2004 - an ARN's third part
        action = "sns:Publish" if service == "sns" else "lambda:InvokeFunction"
        arn = token if token.startswith("arn:") else arns_of("lambda", "function", UNKNOWN)[0]
        reason = Reason.NAMED if token.startswith("arn:") else Reason.NAME_OF_THE_LAUNCH
        yield Right(action=action, resources=(arn,), reason=reason, of=of)


def _linking(kind: ResourceType, properties: Mapping[str, object], of: str) -> Right:
    """The role of a service that a first resource of it makes in an account (IAM User Guide, service-linked roles)."""
    namespace = properties.get("ServiceNamespace")
    service = f"{kind.service}.amazonaws.com"
    if isinstance(namespace, str):
        service = f"{namespace}.{service}"
    return Right(
        action="iam:CreateServiceLinkedRole",
        resources=(_SERVICE_ROLE.format(service=service),),
        reason=Reason.NAMED,
        of=of,
        condition={"StringEquals": {"iam:AWSServiceName": (service,)}},
    )


def _nested(
    properties: Mapping[str, object], path: Path, role: str, steps: Collection[str], above: tuple[Path, ...]
) -> DerivedRights | None:
    """Derive what a nested template takes that lies beside the one that names it."""
    found = properties.get("TemplateURL")
    beside = path.parent / str(found).partition("?")[0].rpartition("/")[2] if isinstance(found, str) else None
    relative = path.parent / str(found) if isinstance(found, str) and "://" not in found else None
    for each in (relative, beside):
        if each is not None and each.is_file() and each not in above:
            return _of_body(expanded(read_template(each).body, str(each)), each, role, steps, above)
    return None


_Target = tuple[list[str], Reason, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Resource:
    """A resource of a template, whose actions are about it and about what it refers to."""

    naming: Naming
    logical_id: str
    kind: ResourceType
    properties: Mapping[str, object]

    def targets(self, action: str) -> Iterator[_Target]:
        """Say what an action is about."""
        service, _, name = action.partition(":")
        kinds = kinds_of(action) or []
        if not kinds:
            yield ["*"], Reason.NO_RESOURCE, self._through(service)
            return
        own = [each for each in self.kind.own_kinds if each in kinds] if service == self.kind.service else []
        if own:
            yield self._named(self.naming.arns_of(self.logical_id, own))
        several = len(kinds) <= _MOST_KINDS and action not in self.kind.tagging and not name.startswith(READS)
        for kind in kinds if several or not own else ():
            if kind not in own:
                arns, reason = self._other(service, kind)
                if arns:
                    yield arns, reason, self._through(service)

    def _named(self, arns: list[str]) -> _Target:
        if not self.kind.is_named:
            return arns, Reason.ID_OF_THE_SERVICE, {}
        is_open = any(arn.endswith(("/*", ":*")) and arn.count("*") == arn.count(":*:") + 1 for arn in arns)
        return arns, Reason.NAME_OF_THE_LAUNCH if is_open else Reason.NAMED, {}

    def _other(self, service: str, kind: str) -> tuple[list[str], Reason]:
        """Find what else an action is about: what the resource refers to, or another one of the template."""
        if (service, kind) == ("s3", "object"):
            return self._objects()
        found = list[str]()
        for text in self._referred(service, kind):
            found += [text] if text.startswith("arn:") else arns_of(service, kind, text)
        if found:
            return found, Reason.NAMED
        mine = self.naming.of_kind(service, kind) if service == self.kind.service else []
        if mine:
            return mine, Reason.NAMED
        return arns_of(service, kind, UNKNOWN), Reason.NOT_OF_THE_TEMPLATE

    def _objects(self) -> tuple[list[str], Reason]:
        """Find objects by a bucket and a key that stand beside each other, or those of a bucket."""
        found = list[str]()
        for node in _inner(self.properties):
            given = {name.lower().removeprefix("s3"): value for name, value in node.items()}
            if "bucket" in given:
                keys = self.naming.of(given["key"]) if "key" in given else [UNKNOWN]
                found += [f"{bucket}/{key}" for bucket in self.naming.of(given["bucket"]) for key in keys]
        if self.kind.own_kinds == ("bucket",):
            found += [f"{name}/*" for name in self.naming.names_of(self.logical_id)]
        if not found:
            return ["arn:${Partition}:s3:::*/*"], Reason.NOT_OF_THE_TEMPLATE
        is_open = any(text.startswith(UNKNOWN) for text in found)
        return [f"arn:${{Partition}}:s3:::{text}" for text in found], (
            Reason.NAME_OF_THE_LAUNCH if is_open else Reason.NAMED
        )

    def _referred(self, service: str, kind: str) -> Iterator[str]:
        wanted = "".join(letter for letter in kind.lower() if letter.isalnum())
        for node in _inner(self.properties):
            for name, value in node.items():
                if name.lower().removesuffix("s") in (wanted, f"{wanted}name", f"{wanted}arn", f"{service}{wanted}"):
                    yield from (text for text in self.naming.of(value) if text != UNKNOWN and "/" not in text[:1])

    def _through(self, service: str) -> dict[str, Any]:
        """Keys of other services are used through the resource's own service alone."""
        if service != "kms" or self.kind.service == "kms":
            return {}
        return {"StringLike": {"kms:ViaService": (f"{self.kind.service}.*.amazonaws.com",)}}


def _inner(node: object) -> Iterator[Mapping[str, object]]:
    """List the maps within a node, itself too."""
    if isinstance(node, Mapping):
        yield cast("Mapping[str, object]", node)
        for value in cast("Mapping[str, object]", node).values():
            yield from _inner(value)
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _inner(item)


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
    return Right(
        action=one.action,
        resources=one.resources,
        reason=one.reason,
        of=of,
        steps=one.steps | other.steps,
        condition=one.condition,
        certain=one.certain or other.certain,
    )
