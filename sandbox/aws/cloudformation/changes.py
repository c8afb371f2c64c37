"""What building a request would change, as CloudFormation's change sets say it (API:ResourceChange).

A change that is certain is STATIC. One that hangs on what becomes of another resource is DYNAMIC: a Ref to one
that may be replaced, or an attribute of one that is modified (API:ResourceChangeDetail).
"""

from collections.abc import Iterator
from typing import Any, cast

from moto.cloudformation.models import Stack, cloudformation_backends
from moto.cloudformation.parsing import ResourceMap, clean_json

from sandbox.aws.cloudformation.replacement import bears_tags, recreation
from sandbox.aws.cloudformation.request import StackError, StackRequest
from sandbox.aws.cloudformation.templates import entities, parse_template
from sandbox.aws.documents import Json, Value, part

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
"""CloudFormation's reason, and through it that of a plan (aws-service-catalog-puppet, provision_product_with_plan)."""

_ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy")
_LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"


class _NotYet:
    """A resource that is still to be made, for those that refer to it."""

    physical_resource_id = _LATER

    def get_cfn_attribute(self, _: str) -> str:
        return _LATER


def additions(request: StackRequest) -> list[Json]:
    """The resources that a new stack would have."""
    wanted = _resolve(request, parse_template(request.template), {})
    return [_addition(name, declared) for name, declared in _declared(wanted).items()]


def modifications(stack: Stack, request: StackRequest) -> list[Json]:
    """What an update of a stack would do to its resources.

    Raises:
        StackError: nothing would be different.
    """
    template = parse_template(request.template)
    before: Any = stack.resource_map
    wanted = _resolve(request, template, _present(stack))
    same = (before.resolved_parameters, stack.tags) == (wanted.resolved_parameters, request.tags)
    if same and stack.template_dict == template:
        raise StackError(NO_CHANGES)
    return _Comparison(stack, wanted, tags_differ=stack.tags != request.tags).changes()


def _present(stack: Stack) -> dict[str, Any]:
    parsed: dict[str, Any] = cast("Any", stack.resource_map)._parsed_resources  # noqa: SLF001
    return {name: parsed[name] for name in stack.template_dict["Resources"] if parsed.get(name)}


def _resolve(request: StackRequest, template: Json, present: dict[str, Any]) -> Any:  # noqa: ANN401 - moto's types hide what is needed
    """The template as it would be with the request's parameters; nothing is built for it."""
    wanted: Any = ResourceMap(
        stack_id="",
        stack_name=request.name,
        parameters=request.parameters,
        tags=request.tags,
        region_name=request.caller.region,
        account_id=request.caller.account,
        template=template,
        cross_stack_resources=cloudformation_backends[request.caller.account][request.caller.region].exports,
    )
    wanted.load()
    for name in _declared(wanted):
        wanted._parsed_resources[name] = present.get(name) or _NotYet()  # noqa: SLF001
    return wanted


def _declared(wanted: Any) -> dict[str, Json]:  # noqa: ANN401 - as above
    conditions = wanted.lazy_condition_map
    items: dict[str, Json] = wanted._resource_json_map  # noqa: SLF001
    return {name: item for name, item in items.items() if "Condition" not in item or conditions[item["Condition"]]}


def _addition(name: str, declared: Json) -> Json:
    return {"Action": "ADD", "LogicalResourceId": name, "ResourceType": declared["Type"], "Scope": [], "Details": []}


class _Comparison:
    """A stack's resources, and what they would be."""

    def __init__(self, stack: Stack, wanted: Any, *, tags_differ: bool) -> None:  # noqa: ANN401 - as above
        before: dict[str, Any] = stack.resource_map.resolved_parameters
        after: dict[str, Any] = wanted.resolved_parameters
        self._old: dict[str, Json] = stack.template_dict["Resources"]
        self._present = _present(stack)
        self._wanted = wanted
        self._declared = _declared(wanted)
        self._tags_differ = tags_differ
        self._parameters = {name for name in after if name in before and after[name] != before[name]}
        self._known: dict[str, Json | None] = {}

    def changes(self) -> list[Json]:
        changes = [change for name in self._declared if (change := self._change(name))]
        for name in (name for name in self._present if name not in self._declared):
            kind = self._old[name]["Type"]
            gone = self._present[name].physical_resource_id
            removal = {**_addition(name, {"Type": kind}), "Action": "REMOVE", "PhysicalResourceId": gone}
            changes.append(removal)
        return changes

    def _change(self, name: str) -> Json | None:
        """What would become of one resource, and before that of those that it refers to."""
        if name not in self._known:
            self._known[name] = None
            declared, present = self._declared[name], self._present.get(name)
            self._known[name] = self._modification(name, declared, present) if present else _addition(name, declared)
        return self._known[name]

    def _modification(self, name: str, declared: Json, present: Any) -> Json | None:  # noqa: ANN401 - a resource of moto's
        details = list(self._details(self._old[name], declared, present))
        if not details:
            return None
        return {
            **_addition(name, declared),
            "Action": "MODIFY",
            "PhysicalResourceId": present.physical_resource_id,
            "Replacement": _replacement(details),
            "Scope": list(dict.fromkeys(detail["Target"]["Attribute"] for detail in details)),
            "Details": details,
        }

    def _details(self, old: Json, declared: Json, present: Any) -> Iterator[Json]:  # noqa: ANN401 - as above
        kind, given = declared["Type"], part(declared, "Properties")
        before: Json = getattr(present, "sandbox_properties", {})
        after: Json = clean_json(given, self._wanted)
        for name in dict.fromkeys((*before, *given)):
            target = {"Attribute": "PROPERTIES", "Name": name, "RequiresRecreation": recreation(kind, name)}
            if name == "Tags":
                target = {"Attribute": "TAGS", "RequiresRecreation": "NEVER"}
            differs = before.get(name) != after.get(name)
            yield from self._causes(target, self._chosen(given.get(name)), differs=differs)
        if self._tags_differ and bears_tags(kind):
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
        if isinstance(node, list):
            return [self._chosen(item) for item in cast("list[Value]", node)]
        if not isinstance(node, dict):
            return node
        whole = cast("Json", node)
        if "Fn::If" in whole:
            condition, then, otherwise = whole["Fn::If"]
            return {"Fn::If": [self._chosen(then if self._wanted.lazy_condition_map[condition] else otherwise)]}
        return {key: self._chosen(value) for key, value in whole.items()}


def _has_function(node: Value) -> bool:
    if isinstance(node, list):
        return any(map(_has_function, cast("list[Value]", node)))
    if not isinstance(node, dict):
        return False
    whole = cast("Json", node)
    return any(key == "Ref" or key.startswith("Fn::") or _has_function(value) for key, value in whole.items())


def _detail(target: Json, cause: str | None = None, *, certain: bool) -> Json:
    return {"Target": target, "Evaluation": "STATIC" if certain else "DYNAMIC", "CausingEntity": cause}


def _replacement(details: list[Json]) -> str:
    """What has the most impact: what is certain to, then what may, then NEVER (API:ResourceChange, Replacement)."""
    found = {(detail["Target"]["RequiresRecreation"], detail["Evaluation"]) for detail in details}
    if ("ALWAYS", "STATIC") in found:
        return "TRUE"
    return "CONDITIONAL" if any(needed != "NEVER" for needed, _ in found) else "FALSE"
