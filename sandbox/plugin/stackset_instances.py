"""CloudFormation: StackInstances."""

from collections.abc import Collection

from .failure import Failure, Gone, doing, tolerating
from .properties import pick, same_set
from .schema import REGION, Operation, Resource, computed, one_of, optional, required, settled
from .stackset import CALL_AS, PREFERENCES, repeated, settle
from .waits import passing, retry
from .wire import State

_BUSY_LIMIT = 30 * 60
_UNITS = "organizationalUnitIds"


class StackInstances(Resource, of="cloudformation"):
    """All instances of a stack set. Its id is the set's name and CallAs, and a mark if units are targeted."""

    properties = {
        "stackSetName": required(replaces=True),
        "accounts": settled(kind=list, same=same_set),
        "callAs": CALL_AS,
        "deploymentTargets": optional(
            kind=dict,
            fields={
                "accountFilterType": optional(
                    replaces=True, check=one_of("INTERSECTION", "DIFFERENCE", "UNION", "NONE")
                ),
                "accounts": optional(kind=list, same=same_set),
                "accountsUrl": optional(),
                _UNITS: optional(kind=list, same=same_set),
            },
        ),
        "operationPreferences": PREFERENCES,
        "parameterOverrides": optional(kind=dict),
        "regions": settled(kind=list, same=same_set),
        "retainStacks": optional(kind=bool, default=False),
        **REGION,
        "stackInstanceSummaries": computed(kind=list),
        "stackSetId": computed(),
    }

    def foresee(self, op: Operation) -> Collection[str]:
        return ("accounts", "stackInstanceSummaries") if op.changed - {"retainStacks"} else ()

    def locate(self, op: Operation) -> None:
        parts = op.id.split(",")
        if len(parts) != 3:  # noqa: PLR2004 - the message names them
            raise Failure(f"unexpected format for ID ({op.id}), expected STACK_SET_NAME,CALL_AS,OU")
        op.new |= {"stackSetName": parts[0], "callAs": parts[1]}
        if parts[2]:
            op.new["deploymentTargets"] = {_UNITS: []}

    def create(self, op: Operation) -> None:
        targets = _targets(op.new)
        name, call_as = op.new["stackSetName"], op.new["callAs"]

        def begin_and_settle() -> None:
            begun = self._send(op, "create_stack_instances", op.new)
            op.id = f"{name},{call_as},{'OU' if targets.get(_UNITS) else ''}"
            settle(op, name, begun["OperationId"])

        with doing(f"creating CloudFormation Stack Instances ({name})"):
            repeated(op, begin_and_settle)

    def read(self, op: Operation) -> State:
        name, call_as = op.new["stackSetName"], op.new["callAs"]
        with doing(f"reading CloudFormation Stack Instances ({op.id})", gone=("StackSetNotFoundException",)):
            listed = op.call("cloudformation", "list_stack_instances", StackSetName=name, CallAs=call_as)
            found: list[State] = listed["Summaries"]
            if not found:
                raise Gone("empty result")
        targets = op.new.get("deploymentTargets")
        units = sorted({each["OrganizationalUnitId"] for each in found if each.get("OrganizationalUnitId")})
        return {
            "accounts": sorted({each["Account"] for each in found}),
            "regions": sorted({each["Region"] for each in found}),
            "deploymentTargets": {**targets, _UNITS: units} if targets and units else targets,
            "stackSetId": found[0]["StackSetId"],
            "stackInstanceSummaries": [_summary(each) for each in found],
        }

    def update(self, op: Operation) -> None:
        """Delete from what left, deploy to all that there is now."""
        targets, before = _targets(op.new), _targets(op.old)
        with doing(f"updating CloudFormation Stack Instances ({op.id})"):
            for key, new, old in (
                ("regions", op.new, op.old),
                ("accounts", targets, before),
                (_UNITS, targets, before),
            ):
                gone: list[str] = old.get(key) or []
                left = [each for each in gone if each not in (new.get(key) or [])]
                if left:
                    self._delete(op, _only(op.old, key, left))
            if op.changed & {"regions", "deploymentTargets"}:
                self._work(op, "create_stack_instances", op.new)
            if op.changed & {"callAs", "operationPreferences", "parameterOverrides"}:
                self._work(op, "update_stack_instances", op.new)

    def delete(self, op: Operation) -> None:
        with (
            doing(f"deleting CloudFormation Stack Instances ({op.id})"),
            tolerating("StackInstanceNotFoundException", "StackSetNotFoundException"),
        ):
            self._delete(op, op.new)

    def _delete(self, op: Operation, state: State) -> None:
        retry(
            op.clock,
            _BUSY_LIMIT,
            lambda: self._work(op, "delete_stack_instances", state),
            on=passing("OperationInProgressException"),
        )

    def _work(self, op: Operation, method: str, state: State) -> None:
        begun = self._send(op, method, state)
        settle(op, op.new["stackSetName"], begun["OperationId"])

    def _send(self, op: Operation, method: str, state: State) -> State:
        named: State = {key: value for key, value in _targets(state).items() if value}
        whole = {
            "accounts": None if named else state.get("accounts") or [op.provider.account_id],
            "deploymentTargets": named or None,
            "regions": state.get("regions") or [op.region],
            "retainStacks": bool(op.new.get("retainStacks")),
        }
        return op.call("cloudformation", method, **op.arguments("cloudformation", method, **whole))


def _targets(state: State) -> State:
    return state.get("deploymentTargets") or {}


def _only(state: State, key: str, left: list[str]) -> State:
    """The old state, with only those of one kind that left."""
    if key == "regions":
        return {**state, "regions": left}
    targets: State = {**_targets(state), key: left}
    if key == "accounts":
        targets["accountFilterType"] = "INTERSECTION"
    return {**state, "deploymentTargets": targets}


def _summary(found: State) -> State:
    return {
        **pick(found, "region", "stackId", "stackSetId", "status", "statusReason", accountId="Account"),
        **pick(found.get("StackInstanceStatus", {}), "detailedStatus"),
        **pick(found, "driftStatus", "organizationalUnitId"),
    }
