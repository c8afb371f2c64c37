"""Reconciles a state with its account where a run died in the middle of an operation.

The state does not know whether the operation took place. Whatever was being made is looked for in the account: what is
there is taken into the state by its id, what is not there is forgotten, and a refresh reads the rest. Nothing is made
twice and nothing is lost (docs/adr/0023).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from fleet.recover import account_finders, catalog_finders
from fleet.recover.search import UNKNOWN, Absent, Finder, Found, Inputs, NotOurs, Search, Settler, Unclear
from shared.aws.session import AccountSession, code_of, error_text
from shared.stack.import_file import LAUNCH

FINDERS: Final[Mapping[str, Finder]] = {**catalog_finders.FINDERS, **account_finders.FINDERS}
SETTLERS: Final[Mapping[str, Settler]] = {**catalog_finders.SETTLERS, **account_finders.SETTLERS}

_CREATING: Final = "creating"
_ENGINE: Final = "pulumi:"
"""Types of the engine's own, such as providers: nothing in the account."""

_NOTED: Final = "__defaults"

Resource = dict[str, Any]
Operation = Mapping[str, Any]


@dataclass(slots=True)
class Reconciled:
    """What became of the operations.

    Attributes:
        told: In words.
        foreign: What is there and is not the stack's, in words.
        left: Those that somebody has to settle, and why.
        unseen: What a preview would create and the role may not look for, and why.
        taken: How many resources were taken into the state.
    """

    told: list[str] = field(default_factory=list[str])
    foreign: list[str] = field(default_factory=list[str])
    left: list[tuple[Operation, str]] = field(default_factory=list[tuple[Operation, str]])
    unseen: list[tuple[Operation, str]] = field(default_factory=list[tuple[Operation, str]])
    taken: int = 0


def reconcile(
    deployment: dict[str, Any], account: AccountSession, tags: Mapping[str, str], planned: Sequence[Resource] = ()
) -> Reconciled:
    """Bring a state in line with its account: its pending operations, and what a preview would create.

    Args:
        deployment: The state, which is changed.
        account: Of the stack.
        tags: Those that the stack puts on what it makes.
        planned: What a preview would create. Nothing says that any of it was begun.
    """
    resources: list[Resource] = deployment.setdefault("resources", [])
    pending: list[Operation] = deployment.pop("pending_operations", None) or []
    search = Search(account=account, tags=tags)
    done = Reconciled()
    for operation in pending:
        _settle(operation, resources, replace(search, known=_known(resources)), done)
    components = {each["urn"]: each for each in planned if not each.get("custom")}
    for resource in planned:
        operation = {"type": _CREATING, "resource": resource}
        if not is_of_account(operation) or UNKNOWN in json.dumps(resource.get("inputs")):
            continue  # what is made of something that is not in the state yet is looked for in the next round
        before = done.taken
        _take_over(operation, resources, replace(search, known=_known(resources), planned=True), done)
        if done.taken > before:
            _put_above(resource, resources, components)
    if left := [operation for operation, _ in done.left if operation in pending]:
        deployment["pending_operations"] = left
    return done


def name_of(operation: Operation) -> str:
    """Give the logical name of what an operation is about."""
    return str(operation["resource"]["urn"]).rpartition("::")[2]


def is_of_account(operation: Operation) -> bool:
    """Say whether an operation is about something in an account, and not only in the state."""
    resource = operation["resource"]
    return bool(resource.get("custom")) and not str(resource["type"]).startswith(_ENGINE)


def _settle(operation: Operation, resources: list[Resource], search: Search, done: Reconciled) -> None:
    resource: Resource = operation["resource"]
    if not is_of_account(operation):
        if not resource.get("custom") and resource["urn"] not in {each["urn"] for each in resources}:
            resources.append(resource)  # a component, which is nothing in the account
        return
    if operation["type"] == _CREATING:
        _take_over(operation, resources, search, done)
        return
    settler, identity = SETTLERS.get(resource["type"]), str(resource.get("id", ""))
    try:
        if settler and identity and (operation["type"] == "deleting" or resource["type"] in _CHANGING):
            settler(search, identity, Inputs(resource.get("inputs") or {}))
    except (BotoCoreError, ClientError) as problem:
        done.left.append((operation, f"AWS does not say what became of it: {error_text(problem)}"))
        return
    done.told.append(f"{operation['type']} {name_of(operation)} was under way: compared with the account")


_CHANGING: Final = (LAUNCH, account_finders.STACK, account_finders.STACK_SET, account_finders.INSTANCES)
"""What AWS goes on changing when nobody waits for it any more."""


_DENIED: Final = ("AccessDenied", "AccessDeniedException")


def _take_over(operation: Operation, resources: list[Resource], search: Search, done: Reconciled) -> None:
    resource: Resource = operation["resource"]
    name, said = name_of(operation), "" if search.planned else f"{name_of(operation)} had not been created"
    finder = FINDERS.get(resource["type"])
    try:
        found = (finder or _unknown)(search, Inputs(resource.get("inputs") or {}))
        if _insert(resource, found, resources):
            done.taken += 1
            done.told.append(f"{name} had been created, and was taken into the state: {found.id}")
        else:
            done.told += [said] if said else []
    except Absent:
        done.told += [said] if said else []
    except NotOurs as problem:
        done.foreign.append(f"{name} had not been created by this stack, so nothing was touched: {problem}")
    except Unclear as problem:
        if finder or not search.planned:
            done.left.append((operation, str(problem)))
    except (BotoCoreError, ClientError) as problem:
        denied = isinstance(problem, ClientError) and code_of(problem) in _DENIED
        unsettled = done.unseen if search.planned and denied else done.left
        unsettled.append((operation, f"AWS does not say whether it is there: {error_text(problem)}"))


def _unknown(search: Search, given: Inputs) -> Found:
    del search, given
    raise Unclear("nobody knows how to look for it")


def _insert(resource: Resource, found: Found, resources: list[Resource]) -> bool:
    """Put what was made into the state, and say whether it was not there yet.

    One of the same name that it replaces goes next, as the engine would have it: marked where it was to be deleted
    afterwards, and forgotten where that had been done before.
    """
    inputs: dict[str, Any] = {**(resource.get("inputs") or {}), **found.inputs}
    made: Resource = {**resource, "id": found.id, "inputs": inputs, "outputs": plain(inputs)}
    urns = {each["urn"] for each in resources}
    depends: list[str] = resource.get("dependencies") or []
    through: dict[str, list[str] | None] = resource.get("propertyDependencies") or {}
    made["dependencies"] = [urn for urn in depends if urn in urns]
    made["propertyDependencies"] = {key: [urn for urn in each or () if urn in urns] for key, each in through.items()}
    place = next(
        (at for at, each in enumerate(resources) if each["urn"] == resource["urn"] and not each.get("delete")), None
    )
    if place is None:
        resources.append(made)
        return True
    old = resources[place]
    if old.get("pendingReplacement"):
        resources[place] = made
        return True
    if old.get("id") == found.id:
        return False
    if old.get("inputs") == inputs:  # made twice: what nobody knew of goes with the next run
        resources.insert(place + 1, {**made, "delete": True, "protect": False})
        return True
    resources[place : place + 1] = [made, {**old, "delete": True}]
    return True


def plain(value: Any) -> Any:  # noqa: ANN401 - of any depth
    """Leave out what the provider's bridge notes among inputs, and does not expect among outputs."""
    if isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        return {key: plain(each) for key, each in given.items() if key != _NOTED}
    return [plain(each) for each in cast("list[Any]", value)] if isinstance(value, list) else value


def _put_above(resource: Resource, resources: list[Resource], components: Mapping[str, Resource]) -> None:
    """Put the components that a resource is part of before it, where the state does not have them yet."""
    urns = {each["urn"] for each in resources}
    above: list[Resource] = []
    parent = str(resource.get("parent"))
    while parent in components and parent not in urns:
        above.insert(0, {**components[parent], "outputs": {}})
        parent = str(components[parent].get("parent"))
    place = next(at for at, each in enumerate(resources) if each["urn"] == resource["urn"])
    resources[place:place] = above


def _known(resources: Sequence[Resource]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for each in resources:
        if each.get("id") and not each.get("pendingReplacement"):
            found.setdefault(each["type"], set()).add(str(each["id"]))
    return {kind: frozenset(ids) for kind, ids in found.items()}


def unseen_reason(done: Reconciled) -> str:
    """Say why something was not looked for, and who could."""
    operation, reason = done.unseen[0]
    return f"{name_of(operation)} first: {reason}. Let the role do what docs/iam/recovery.json allows."


def remedy(stack: str, left: Sequence[tuple[Operation, str]]) -> Iterator[str]:
    """Tell what a person has to look for, and what to run then."""
    yield f"{stack}: AWS does not tell how this ended. Look into the account, and remove what is there and nobody uses:"
    for operation, reason in left:
        resource: Resource = operation["resource"]
        given: Mapping[str, Any] = resource.get("inputs") or {}
        named = ", ".join(f"{key} {given[key]}" for key in _TELLING if isinstance(given.get(key), str))
        yield f"  {name_of(operation)} ({resource['type']}){f': {named}' if named else ''}: {reason}"
    yield f"then run it again: model-catalog stack recover {stack}"


_TELLING: Final = ("name", "bucket", "key", "portfolioId", "productId", "principalId", "principalArn", "type")
"""Inputs by which a person finds a thing in AWS."""
