"""A stack's resources and outputs: a whole template built, changed and taken down."""

import contextlib
from collections.abc import Callable, Collection, Generator, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any

from moto.cloudformation.models import Stack, cloudformation_backends
from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from sandbox.aws.cloudformation.account_values import AccountValues
from sandbox.aws.cloudformation.attributes import Place
from sandbox.aws.cloudformation.intrinsics import Scope
from sandbox.aws.cloudformation.parameters import settled
from sandbox.aws.cloudformation.permissions import unchecked
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.resources import StackResource, prepare
from sandbox.aws.cloudformation.schemas import Schema
from sandbox.aws.cloudformation.templates import depends_on, references
from sandbox.aws.cloudformation.transforms import require_buildable, transformed
from sandbox.aws.documents import Json, at, part

_EMPTY: Json = {"Resources": {}}


def needs_of(declared: Json) -> set[str]:
    """What a resource refers to or depends on."""
    return {*references(declared.get("Properties")), *depends_on(declared)}


def build_order(wanted: Mapping[str, Json]) -> list[str]:
    """The resources, each behind those that it needs.

    Raises:
        StackError: some need each other in a circle.
    """
    needs = {name: needs_of(declared) & wanted.keys() for name, declared in wanted.items()}
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        names = ", ".join(dict.fromkeys(error.args[1]))
        raise StackError(f"Circular dependency between resources: [{names}]") from error


def recreation(schema: Schema, before: Json, after: Json, name: str) -> str:
    """Whether a property's change makes the resource anew: NEVER, CONDITIONALLY or ALWAYS."""
    for needed, pointers in (("ALWAYS", schema.create_only), ("CONDITIONALLY", schema.conditional)):
        about = [pointer for pointer in pointers if pointer.partition(".")[0] == name]
        if any(at(before, pointer) != at(after, pointer) for pointer in about):
            return needed
    return "NEVER"


def reason_of(error: Exception) -> str:
    """What an error says, without moto's wrapping."""
    if isinstance(error, ServiceException):
        return error.message
    if isinstance(error, HTTPException):
        return str(getattr(error, "message", None) or error.description)
    return str(error) if isinstance(error, StackError) else f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def _naming(name: str) -> Generator[None]:
    """Say in the reason of a failure which resource it was."""
    try:
        yield
    except Exception as error:
        reason = reason_of(error)
        raise StackError(reason if name in reason else f"{name}: {reason}") from error


class StackResources:
    """What moto's Stack has in place of its own map of resources."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.input_parameters: dict[str, str] = dict(stack.parameters or {})
        self.resources: dict[str, StackResource] = {}
        self.template: Json = stack.template_dict or _EMPTY
        self.entered = False
        """Whether its parameters have been looked up, and its macros have run."""
        # A stack that a change set is to fill has no template yet.
        given = self.input_parameters if stack.template_dict else {}
        self.resolved_parameters = settled(self.template, given)
        self.scope = scope_of(stack, self.template, self.resolved_parameters, self.resources)

    def values(self) -> list[StackResource]:
        return list(self.resources.values())

    def create(self) -> None:
        """Build everything; what was built when something fails stays in `resources`."""
        self._enter(self.template, self.resolved_parameters)
        for name in build_order(self.scope.wanted()):
            with _naming(name):
                self._build(name, self._prepare(name))
        list(self._stack.outputs or ())  # one that cannot be worked out fails the stack

    def build_change_set_actions(self, template: Json) -> dict[str, dict[str, dict[str, str]]]:
        """What another template adds, modifies and removes, for moto's change sets."""
        old, new = (self._stack.template_dict or _EMPTY)["Resources"], template["Resources"]
        found = {
            "Add": [name for name in new if name not in old],
            "Modify": [name for name in new if name in old and new[name] != old[name]],
            "Remove": [name for name in old if name not in new],
        }
        return {
            action: {n: {"LogicalResourceId": n, "ResourceType": (new.get(n) or old[n])["Type"]} for n in names}
            for action, names in found.items()
        }

    def update(self, template: Json, parameters: dict[str, str] | None = None) -> None:
        """Make the resources what the template now comes to.

        Raises:
            StackError: something failed, and all is as it was. What the clean-up after a success cannot delete is left
                behind (source: CloudFormation User Guide, "Understand stack update states").
        """
        before = (self.template, self.resolved_parameters, self.input_parameters, self.scope)
        resources, exports = dict(self.resources), {each.name: each.value for each in self._stack.exports}
        undo: list[Callable[[], None]] = []
        gone: list[StackResource] = []
        try:
            given = self.input_parameters if parameters is None else parameters
            self._enter(template, settled(template, given))
            self.input_parameters = given
            wanted = build_order(self.scope.wanted())
            for name in wanted:
                with _naming(name):
                    self._bring_up_to_date(name, undo, gone)
            list(self._stack.outputs or ())
            after = {each.name: each.value for each in self._stack.exports}
            require_unused(self._stack, [name for name, value in exports.items() if after.get(name) != value])
        except Exception:
            # AWS deletes what was replaced only after an update has succeeded, so its way back needs no permissions.
            with unchecked():
                for step in reversed(undo):
                    with contextlib.suppress(Exception):
                        step()
            self.resources.clear()
            self.resources.update(resources)
            self.template, self.resolved_parameters, self.input_parameters, self.scope = before
            raise
        gone += [self.resources.pop(name) for name in list(self.resources) if name not in wanted]
        for resource in reversed(gone):
            name = resource.logical_resource_id
            policy = "UpdateReplacePolicy" if name in wanted else "DeletionPolicy"
            if not _retains(before[3], name, policy):
                with contextlib.suppress(Exception):  # it stays, and the stack is UPDATE_COMPLETE all the same
                    resource.delete()

    def delete(self, *, unbuilt: bool = False) -> None:
        """Take everything down, the last built first, but for what is to be retained.

        Args:
            unbuilt: it was never built to its end, so that RetainExceptOnCreate retains nothing.

        Raises:
            StackError: some could not be deleted; they stay in `resources`.
        """
        failed: Exception | None = None
        for name, resource in reversed(list(self.resources.items())):
            try:
                with _naming(name):
                    if not _retains(self.scope, name, "DeletionPolicy", unbuilt=unbuilt):
                        resource.delete()
                del self.resources[name]
            except Exception as error:  # noqa: BLE001 - the others are deleted all the same
                failed = error
        if failed:
            raise failed
        self.close()

    def close(self) -> None:
        """Forget the template: nothing of it is there any more."""
        self.resources.clear()
        self.template = self.scope.template = _EMPTY

    def _enter(self, template: Json, values: dict[str, str]) -> None:
        self.entered = True
        self.template, self.resolved_parameters = template, values
        self.scope = scope_of(self._stack, template, values, self.resources)
        settle(self.scope, values)
        require_buildable(self.scope)
        known = AccountValues(self.scope.account, self.scope.region)
        if broken := list(self.scope.broken_rules(part(template, "Rules"), known)):
            raise StackError(f"Template validation error: {'; '.join(broken)}")
        self.template = self.scope.template

    def _prepare(self, name: str, generation: int = 0) -> StackResource:
        declared = self.template["Resources"][name]
        stack = self._stack
        place = Place(stack.account_id, stack.region_name, stack.name, stack.stack_id, name)
        properties = self.scope.value(part(declared, "Properties"))
        return prepare(place, declared["Type"], properties, stack.tags, generation)

    def _build(self, name: str, resource: StackResource) -> None:
        needed = [self.resources.get(each) for each in needs_of(self.template["Resources"][name])]
        resource.create(on_gaps=any(each and each.note for each in needed))
        self.resources[name] = resource

    def _bring_up_to_date(self, name: str, undo: list[Callable[[], None]], gone: list[StackResource]) -> None:
        present = self.resources.get(name)
        fresh = self._prepare(name, present.generation + 1 if present else 0)
        if present and present.schema.type != fresh.schema.type:
            raise StackError(f"Update of resource type is not permitted. The new template modifies it: [{name}]")
        if present is None:
            self._build(name, fresh)
            undo.append(fresh.delete)
            return
        old, new = present.properties, fresh.properties
        if old == new and present.visible_tags == fresh.visible_tags:
            return
        if any(recreation(fresh.schema, old, new, key) == "ALWAYS" for key in {**old, **new}):
            if fresh.name == present.name:
                raise StackError(
                    "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                    f"Rename {present.name} and update the stack again."
                )
            self._build(name, fresh)
            undo.append(fresh.delete)
            gone.append(present)
        else:
            undo.append(partial(present.update, old, present.tags))
            present.update(new, fresh.tags)


def settle(scope: Scope, values: dict[str, str]) -> None:
    """Give a scope what its parameters stand for in the account, and its template after all macros."""
    known = AccountValues(scope.account, scope.region)
    scope.parameters, scope.secrets = known.resolved(scope.template, values), known.dynamic
    scope.template = transformed(scope, known.included)


def _retains(scope: Scope, name: str, policy: str, *, unbuilt: bool = False) -> bool:
    declared = part(scope.template["Resources"], name)
    wanted = scope.value(declared.get(policy))
    return wanted == "Retain" or (wanted == "RetainExceptOnCreate" and not unbuilt)


def require_done(stack: Stack) -> None:
    """Say why a stack is not what it was to be: built, changed, or gone.

    Raises:
        StackError: it was rolled back, or could not be deleted.
    """
    if "ROLLBACK" in stack.status or stack.status == "DELETE_FAILED":
        raise StackError(str(getattr(stack, "stack_status_reason", stack.status)))


def require_unused(stack: Stack, names: Collection[str]) -> None:
    """Exports that other stacks import stay as they are (User Guide, "Get exported outputs").

    Raises:
        StackError: one of these is imported.
    """
    others: list[Any] = list(cloudformation_backends[stack.account_id][stack.region_name].stacks.values())
    for name in names:
        if users := [each.name for each in others if each is not stack and name in each.resource_map.scope.imported]:
            raise StackError(f"Export {name} cannot be deleted as it is in use by {', '.join(users)}")


def scope_of(stack: Stack, template: Json, values: Json, resources: Mapping[str, Any]) -> Scope:
    """A template in a stack's place, with the texts of its parameters."""
    return Scope(
        template=template,
        account=stack.account_id,
        region=stack.region_name,
        stack_name=stack.name,
        stack_id=stack.stack_id,
        parameters=values,
        resources=resources,
        exports=stack.cross_stack_resources,
        notification_arns=stack.notification_arns,
    )
