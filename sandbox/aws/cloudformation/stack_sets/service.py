"""The calls about stack sets: read, answered from the state, written as AWS's model of the service says."""

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

from moto.cloudformation.utils import get_stack_from_s3_url

from sandbox.aws.backend import Backend
from sandbox.aws.cloudformation.stack_sets import requirements
from sandbox.aws.cloudformation.stack_sets.model import Instance, Operation, StackSet
from sandbox.aws.cloudformation.stack_sets.operations import begin
from sandbox.aws.documents import Json, part
from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.wire import Request, Response, query_response, read_query

if TYPE_CHECKING:
    from collections.abc import Callable


class StackSets:
    """All service-managed stack sets: they belong to the management account, whoever makes them (API:ListStackSets)."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._access = requirements.TrustedAccess(backend.organization)
        self._sets: defaultdict[str, dict[str, StackSet]] = defaultdict(dict)
        self._places = requirements.places(backend.organization)
        self._changes: dict[str, Callable[[StackSet, Json], Json]] = {
            "UpdateStackSet": self._update,
            "CreateStackInstances": self._create_instances,
            "UpdateStackInstances": self._update_instances,
            "DeleteStackInstances": self._delete_instances,
        }
        self._reads: dict[str, Callable[[StackSet, Json], Json]] = {
            "DescribeStackSet": lambda found, _: {"StackSet": found},
            "DescribeStackInstance": _show_instance,
            "ListStackInstances": _show_instances,
            "DescribeStackSetOperation": lambda found, request: {"StackSetOperation": _wanted(found, request)},
            "ListStackSetOperations": lambda found, _: {"Summaries": list(found.operations.values())[::-1]},
            "ListStackSetOperationResults": lambda found, request: {"Summaries": _wanted(found, request).results},
        }

    def knows(self, operation: str) -> bool:
        return "StackSet" in operation or "StackInstance" in operation or operation.endswith("OrganizationsAccess")

    def respond(self, request: Request, caller: Caller) -> Response:
        """Answer a call.

        Raises:
            ApiError: AWS would refuse it, or the sandbox does not emulate it.
        """
        return query_response(request, self._answer(request.operation, read_query(request), caller))

    def _answer(self, name: str, request: Json, caller: Caller) -> Json:
        if name in ("ActivateOrganizationsAccess", "DeactivateOrganizationsAccess"):
            self._access.switch(caller, on=name.startswith("Activate"))
            return {}
        wanted = request.get("StackSetName", "")
        requirements.require_operator(
            self._backend.organization, caller, wanted, creates=name == "CreateStackSet", request=request
        )
        sets = self._sets[caller.region]
        match name:
            case "DescribeOrganizationsAccess":
                answer = {"Status": "ENABLED" if self._access.enabled else "DISABLED"}
            case "ListStackSets":
                answer = {"Summaries": list(sets.values())}
            case "CreateStackSet":
                self._access.require()
                answer = self._create(sets, request, caller)
            case "DeleteStackSet":
                answer = self._delete(sets, _find(sets, wanted))
            case _ if name in self._reads:
                answer = self._reads[name](_find(sets, wanted), request)
            case _ if name in self._changes:
                self._access.require()
                answer = self._changes[name](_find(sets, wanted), request)
            case _:
                raise ApiError("NotImplemented", f"{name} is not emulated by the sandbox", 501)
        return answer

    def _create(self, sets: dict[str, StackSet], request: Json, caller: Caller) -> Json:
        if request.get("PermissionModel") != "SERVICE_MANAGED":
            raise requirements.invalid("The sandbox emulates stack sets with PermissionModel SERVICE_MANAGED only")
        if "AutoDeployment" not in request:
            raise requirements.invalid("AutoDeployment is required, as the permission model is SERVICE_MANAGED")
        name = request["StackSetName"]
        if name in sets:
            raise ApiError("NameAlreadyExistsException", f"A StackSet with the name {name} already exists", 409)
        stack_set_id = f"{name}:{self._uuid(caller.region)}"
        owner = self._backend.organization.management
        arn = f"arn:aws:cloudformation:{caller.region}:{owner}:stackset/{stack_set_id}"
        made = StackSet(name, stack_set_id, arn)
        self._amend(made, request)
        sets[name] = made
        return {"StackSetId": made.stack_set_id}

    def _amend(self, stack_set: StackSet, request: Json) -> None:
        """Take over what a request says of the set itself."""
        text = request.get("TemplateBody") or stack_set.template_body
        if url := request.get("TemplateURL"):
            text = get_stack_from_s3_url(url, account_id=self._backend.organization.management, partition="aws")
        template = requirements.read(text)
        requirements.require_capabilities(template, request.get("Capabilities") or [])
        automatic = request.get("AutoDeployment") or stack_set.auto_deployment
        if not automatic["Enabled"] and "RetainStacksOnAccountRemoval" in automatic:
            raise requirements.invalid("RetainStacksOnAccountRemoval is for automatic deployments that are enabled")
        stack_set.parameters = requirements.settle_parameters(
            template, request.get("Parameters") or [], stack_set.parameters
        )
        stack_set.template_body, stack_set.auto_deployment = text, automatic
        stack_set.capabilities = request.get("Capabilities") or []
        stack_set.description = request.get("Description", stack_set.description)
        stack_set.tags = request.get("Tags", stack_set.tags)
        stack_set.managed_execution = request.get("ManagedExecution") or stack_set.managed_execution

    def _delete(self, sets: dict[str, StackSet], stack_set: StackSet) -> Json:
        self._refuse_parallel(stack_set)
        if stack_set.instances:
            raise ApiError("StackSetNotEmptyException", "StackSet is not empty", 409)
        del sets[stack_set.stack_set_name]
        return {}

    def _update(self, stack_set: StackSet, request: Json) -> Json:
        self._refuse_parallel(stack_set)
        self._amend(stack_set, request)
        return self._begin(
            stack_set, "UPDATE", requirements.selected(self._backend.organization, stack_set, request), request
        )

    def _create_instances(self, stack_set: StackSet, request: Json) -> Json:
        self._refuse_parallel(stack_set)
        accounts, regions = requirements.targeted(self._backend.organization, request), request["Regions"]
        overrides = request.get("ParameterOverrides")
        instances: list[Instance] = []
        for region in regions:
            for account, unit in accounts.items():
                fresh = Instance(stack_set.stack_set_id, account, region, unit)
                instance = stack_set.instances.setdefault((account, region), fresh)
                instance.parameter_overrides = overrides or instance.parameter_overrides
                instances.append(instance)
        for unit in request["DeploymentTargets"]["OrganizationalUnitIds"]:
            stack_set.units[unit] = list(dict.fromkeys((*stack_set.units.get(unit, ()), *regions)))
        return self._begin(stack_set, "CREATE", instances, request)

    def _update_instances(self, stack_set: StackSet, request: Json) -> Json:
        self._refuse_parallel(stack_set)
        instances = requirements.selected(self._backend.organization, stack_set, request)
        if not instances:
            raise ApiError("StackInstanceNotFoundException", "No stack instances match the targets", 404)
        for instance in instances:
            instance.parameter_overrides = request.get("ParameterOverrides") or []
        return self._begin(stack_set, "UPDATE", instances, request)

    def _delete_instances(self, stack_set: StackSet, request: Json) -> Json:
        self._refuse_parallel(stack_set)
        if not part(request, "DeploymentTargets").get("OrganizationalUnitIds"):
            raise requirements.invalid(
                "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target"
            )
        instances = requirements.selected(self._backend.organization, stack_set, request)
        requirements.remove_units(stack_set, request)
        return self._begin(stack_set, "DELETE", instances, request, retain=bool(request.get("RetainStacks")))

    def _refuse_parallel(self, stack_set: StackSet) -> None:
        running = stack_set.first("RUNNING")
        if running and not stack_set.managed_execution.get("Active"):
            message = f"Another Operation on StackSet {stack_set.stack_set_arn} is in progress: {running.operation_id}"
            raise ApiError("OperationInProgressException", message, 409)

    def _begin(
        self, stack_set: StackSet, action: str, instances: list[Instance], request: Json, *, retain: bool = False
    ) -> Json:
        operation_id = request.get("OperationId") or self._uuid(stack_set.stack_set_id)
        if operation_id in stack_set.operations:
            raise ApiError("OperationIdAlreadyExistsException", f"Operation {operation_id} already exists", 409)
        made = (stack_set.stack_set_id, operation_id, action, self._backend.clock.now(), instances, request, retain)
        begin(self._backend, stack_set, Operation(*made))
        return {"OperationId": operation_id}

    def follow_accounts(self) -> None:
        """Automatic deployments: accounts may have joined units, or left them."""
        before, self._places = self._places, requirements.places(self._backend.organization)
        if before == self._places:
            return
        for stack_set in [each for sets in self._sets.values() for each in sets.values()]:
            automatic = stack_set.auto_deployment
            if not (automatic["Enabled"] and self._access.enabled):
                continue
            joined, left = requirements.moves(stack_set, before, self._places, self._backend.organization.management)
            if left:
                retain = bool(automatic.get("RetainStacksOnAccountRemoval"))
                self._begin(stack_set, "DELETE", left, {}, retain=retain)
            if joined:
                stack_set.instances |= {(each.account, each.region): each for each in joined}
                self._begin(stack_set, "CREATE", joined, {})

    def _uuid(self, scope: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, self._backend.identifiers.new("stack-set-", scope)))


def _find(sets: dict[str, StackSet], wanted: str) -> StackSet:
    found = next((s for s in sets.values() if wanted in (s.stack_set_name, s.stack_set_id, s.stack_set_arn)), None)
    if found is None:
        raise ApiError(requirements.NOT_FOUND, f"StackSet {wanted} not found", 404)
    return found


def _show_instance(found: StackSet, request: Json) -> Json:
    place = request["StackInstanceAccount"], request["StackInstanceRegion"]
    if place not in found.instances:
        message = f"Stack instance not found for account {place[0]} in region {place[1]}"
        raise ApiError("StackInstanceNotFoundException", message, 404)
    return {"StackInstance": found.instances[place]}


def _show_instances(found: StackSet, request: Json) -> Json:
    account, region = request.get("StackInstanceAccount"), request.get("StackInstanceRegion")
    wanted = [
        each
        for each in found.instances.values()
        if account in (None, each.account) and region in (None, each.region) and _passes(each, request)
    ]
    return {"Summaries": wanted}


def _passes(instance: Instance, request: Json) -> bool:
    known = {"DETAILED_STATUS": instance.detailed_status, "LAST_OPERATION_ID": instance.last_operation_id}
    return all(known.get(each["Name"]) == each["Values"] for each in request.get("Filters") or ())


def _wanted(found: StackSet, request: Json) -> Operation:
    wanted = request["OperationId"]
    if wanted not in found.operations:
        raise ApiError("OperationNotFoundException", f"Operation {wanted} not found", 404)
    return found.operations[wanted]
