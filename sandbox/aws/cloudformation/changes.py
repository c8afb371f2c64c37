"""What building a request would change, as CloudFormation's change sets say it (API:ResourceChange).

A change that is certain is STATIC. One that hangs on what becomes of another resource is DYNAMIC: a Ref to one
that may be replaced, or an attribute of one that is modified (API:ResourceChangeDetail).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from moto.cloudformation.models import Stack, cloudformation_backends

from sandbox.aws.cloudformation.intrinsics import Scope
from sandbox.aws.cloudformation.parameters import settled
from sandbox.aws.cloudformation.properties import checked
from sandbox.aws.cloudformation.request import StackError, StackRequest
from sandbox.aws.cloudformation.resources import StackResource
from sandbox.aws.cloudformation.schemas import schema_of
from sandbox.aws.cloudformation.stack_resources import recreation, settle
from sandbox.aws.cloudformation.templates import entities, parse_template
from sandbox.aws.cloudformation.transforms import require_buildable
from sandbox.aws.documents import Json, Value, is_list, is_object, part

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
"""CloudFormation's reason, and through it that of a plan (aws-service-catalog-puppet, provision_product_with_plan)."""

_ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy")
_LATER: Final = "{{changeSet:KNOWN_AFTER_APPLY}}"


class _NotYet:
    """A resource that is still to be made, for those that refer to it."""

    physical_resource_id = _LATER

    def attribute(self, _: str) -> str:
        return _LATER


def additions(request: StackRequest) -> list[Json]:
    """The resources that a new stack would have."""
    wanted = _scope(request, parse_template(request.template), {})
    return [_addition(name, declared["Type"]) for name, declared in wanted.wanted().items()]


def modifications(stack: Stack, request: StackRequest) -> list[Json]:
    """What an update of a stack would do to its resources.

    Raises:
        StackError: nothing would be different.
    """
    template = parse_template(request.template)
    values = settled(template, request.parameters)
    same = (stack.resource_map.resolved_parameters, stack.tags) == (values, request.tags)
    if same and stack.template_dict == template:
        raise StackError(NO_CHANGES)
    present: dict[str, StackResource] = {
        each.logical_resource_id: each for each in cast("Any", stack.resource_map).values()
    }
    return _Comparison(stack, _scope(request, template, present), present, values, request.tags).changes()


def _scope(request: StackRequest, template: Json, present: Mapping[str, StackResource]) -> Scope:
    """The template as it would be with the request's parameters; nothing is built for it."""
    account, region = request.caller.account, request.caller.region
    scope = Scope(
        template=template,
        account=account,
        region=region,
        stack_name=request.name,
        exports=cloudformation_backends[account][region].exports,
    )
    settle(scope, settled(template, request.parameters))
    require_buildable(scope)
    everything: dict[str, Any] = {name: present.get(name) or _NotYet() for name in scope.template["Resources"]}
    scope.resources = everything
    return scope


def _addition(name: str, kind: str) -> Json:
    return {"Action": "ADD", "LogicalResourceId": name, "ResourceType": kind, "Scope": [], "Details": []}


class _Comparison:
    """A stack's resources, and what they would be."""

    def __init__(
        self, stack: Stack, scope: Scope, present: Mapping[str, StackResource], values: Json, tags: dict[str, str]
    ) -> None:
        before: dict[str, str] = stack.resource_map.resolved_parameters
        self._old: dict[str, Json] = cast("Any", stack.resource_map).template["Resources"]
        self._present, self._scope = present, scope
        self._declared = scope.wanted()
        self._tags_differ = stack.tags != tags
        self._parameters = {name for name in values if name in before and values[name] != before[name]}
        self._known: dict[str, Json | None] = {}

    def changes(self) -> list[Json]:
        changes = [change for name in self._declared if (change := self._change(name))]
        for name in (name for name in self._present if name not in self._declared):
            gone = self._present[name]
            removal = {"Action": "REMOVE", "PhysicalResourceId": gone.physical_resource_id}
            changes.append({**_addition(name, gone.schema.type), **removal})
        return changes

    def _change(self, name: str) -> Json | None:
        """What would become of one resource, and before that of those that it refers to."""
        if name not in self._known:
            self._known[name] = None
            declared, present = self._declared[name], self._present.get(name)
            known = self._modification(name, declared, present) if present else _addition(name, declared["Type"])
            self._known[name] = known
        return self._known[name]

    def _modification(self, name: str, declared: Json, present: StackResource) -> Json | None:
        details = list(self._details(self._old[name], declared, present))
        if not details:
            return None
        return {
            **_addition(name, declared["Type"]),
            "Action": "MODIFY",
            "PhysicalResourceId": present.physical_resource_id,
            "Replacement": _replacement(details),
            "Scope": list(dict.fromkeys(detail["Target"]["Attribute"] for detail in details)),
            "Details": details,
        }

    def _details(self, old: Json, declared: Json, present: StackResource) -> Iterator[Json]:
        given = part(declared, "Properties")
        schema = schema_of(declared["Type"], self._scope.region)
        before, after = present.properties, checked(schema, present.logical_resource_id, self._scope.value(given))
        for name in dict.fromkeys((*before, *given)):
            target = {"Attribute": "PROPERTIES", "Name": name}
            differs = before.get(name) != after.get(name)
            target["RequiresRecreation"] = recreation(schema, before, after if differs else {name: object()}, name)
            if name == schema.tags:
                target = {"Attribute": "TAGS", "RequiresRecreation": "NEVER"}
            yield from self._causes(target, self._chosen(given.get(name)), differs=differs)
        if self._tags_differ and schema.tags:
            yield _detail({"Attribute": "TAGS", "RequiresRecreation": "NEVER"}, certain=True)
        for name in _ATTRIBUTES:
            if old.get(name) != declared.get(name):
                yield _detail({"Attribute": name.upper(), "RequiresRecreation": "NEVER"}, certain=True)

    def _causes(self, target: Json, given: Value, *, differs: bool) -> Iterator[Json]:
        """Why a property changes: by itself, or because of what it refers to."""
        named = list(dict.fromkeys(entities(given)))
        if differs:
            yield _detail(target, certain=not _has_function(given))
            yield from (_detail(target, name, certain=True) for name in named if name in self._parameters)
        for entity in named:
            resource, _, attribute = entity.partition(".")
            change = self._change(resource) if resource in self._declared else None
            replaced = "TRUE" if change and change["Action"] == "ADD" else (change or {}).get("Replacement")
            if replaced == "TRUE":
                yield _detail(target, entity, certain=True)
            elif replaced == "CONDITIONAL" or (replaced and attribute):
                yield _detail(target, entity, certain=False)

    def _chosen(self, node: Value) -> Value:
        """A property without the branches of Fn::If that its condition leaves out."""
        if is_list(node):
            return [self._chosen(item) for item in node]
        if not is_object(node):
            return node
        if "Fn::If" in node:
            condition, then, otherwise = node["Fn::If"]
            return {"Fn::If": [self._chosen(then if self._scope.condition(condition) else otherwise)]}
        return {key: self._chosen(value) for key, value in node.items()}


def _has_function(node: Value) -> bool:
    if is_list(node):
        return any(map(_has_function, node))
    if not is_object(node):
        return False
    return any(key == "Ref" or key.startswith("Fn::") or _has_function(value) for key, value in node.items())


def _detail(target: Json, cause: str | None = None, *, certain: bool) -> Json:
    return {"Target": target, "Evaluation": "STATIC" if certain else "DYNAMIC", "CausingEntity": cause}


def _replacement(details: list[Json]) -> str:
    """What has the most impact: what is certain to, then what may, then NEVER (API:ResourceChange, Replacement)."""
    found = {(detail["Target"]["RequiresRecreation"], detail["Evaluation"]) for detail in details}
    if ("ALWAYS", "STATIC") in found:
        return "TRUE"
    return "CONDITIONAL" if any(needed != "NEVER" for needed, _ in found) else "FALSE"
