"""Plans: what a launch or an update would do to each resource, to be seen before it is done."""

from dataclasses import replace

from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog.access_levels import in_access_level
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.errors import InvalidStateException, invalid
from sandbox.aws.servicecatalog.execution import ResolvedRequest, preview, start_provisioning, start_update
from sandbox.aws.servicecatalog.model import ProvisionedProduct, ProvisionedProductPlan
from sandbox.aws.servicecatalog.provisioned_products import find_provisioned
from sandbox.aws.servicecatalog.provisioning import add_provisioned, resolve_request

SECONDS = 9.0
"""Virtual time until a plan is made: that of the AWS CLI's example of describe-provisioned-product-plan."""


@operation
def create_provisioned_product_plan(call: Call, request: Json) -> Json:
    """Plan a launch, or the update of whatever bears the name (API:CreateProvisionedProductPlan)."""
    name = request["ProvisionedProductName"]
    provisioned = next(
        (pp for pp in call.state.provisioned.values() if pp.name == name and pp.account == call.account), None
    )
    if provisioned:
        _require_ready(call, provisioned)
    resolved = resolve_request(call, request, provisioned)
    if provisioned is None:
        provisioned = add_provisioned(call, request, resolved, request["IdempotencyToken"])
        provisioned.status = "PLAN_IN_PROGRESS"
    plan = _add_plan(call, request, resolved, provisioned)
    failure = call.backend.clock.injected_failure or resolved.failure
    call.backend.clock.after(SECONDS, lambda: _finish(call, plan, provisioned, resolved, failure))
    return {
        "PlanName": plan.plan_name,
        "PlanId": plan.plan_id,
        "ProvisionProductId": provisioned.id,
        "ProvisionedProductName": provisioned.name,
        "ProvisioningArtifactId": plan.provisioning_artifact_id,
    }


def _finish(
    call: Call,
    plan: ProvisionedProductPlan,
    provisioned: ProvisionedProduct,
    resolved: ResolvedRequest,
    failure: str | None,
) -> None:
    try:
        plan.resource_changes = [] if failure else preview(call, provisioned, resolved)
    except StackError as error:
        failure = str(error)
    plan.failure, plan.settled_time = failure, call.now
    if failure and provisioned.status == "PLAN_IN_PROGRESS":
        provisioned.status, provisioned.status_message = "ERROR", failure


def _require_ready(call: Call, provisioned: ProvisionedProduct) -> None:
    """One plan for each provisioned product, and only while nothing happens to it."""
    for plan in call.state.plans.values():
        if plan.provision_product_id == provisioned.id:
            raise InvalidStateException(f"Plan {plan.plan_id} exists already for {provisioned.id}; delete it first")
    if provisioned.status not in ("AVAILABLE", "TAINTED"):
        raise InvalidStateException(
            f"A plan needs a provisioned product in AVAILABLE or TAINTED, not {provisioned.status}"
        )


def _add_plan(
    call: Call, request: Json, resolved: ResolvedRequest, provisioned: ProvisionedProduct
) -> ProvisionedProductPlan:
    plan = call.made(
        ProvisionedProductPlan,
        request,
        plan_id=call.new_id("plan-"),
        provision_product_id=provisioned.id,
        provision_product_name=provisioned.name,
        product_id=resolved.product.product_id,
        provisioning_artifact_id=resolved.artifact.id,
        path_id=resolved.path.id,
        settled_time=call.now,
        request=request,
        basis=provisioned.last_provisioning_record_id,
    )
    call.state.plans[plan.plan_id] = plan
    return plan


def _find(call: Call, request: Json) -> ProvisionedProductPlan:
    return call.own(call.state.plans, "Plan", request["PlanId"])


@operation
def describe_provisioned_product_plan(call: Call, request: Json) -> Json:
    plan = _find(call, request)
    return {"ProvisionedProductPlanDetails": plan, **page(request, "ResourceChanges", plan.resource_changes or [])}


@operation
def list_provisioned_product_plans(call: Call, request: Json) -> Json:
    wanted = request.get("ProvisionProductId")
    if wanted:
        find_provisioned(call, wanted, None)
    found = [
        plan
        for plan in call.state.plans.values()
        if in_access_level(call, request, plan) and wanted in (None, plan.provision_product_id)
    ]
    return page(request, "ProvisionedProductPlans", found)


@operation
def execute_provisioned_product_plan(call: Call, request: Json) -> Json:
    """Do what was planned; what has become wrong since then is refused as a launch or update would be.

    A change set is good for the stack that it was made for: any other change makes it obsolete
    (CloudFormation User Guide, "Update CloudFormation stacks using change sets").
    """
    plan = _find(call, request)
    if plan.status != "CREATE_SUCCESS":
        raise InvalidStateException(f"Plan {plan.plan_id} is {plan.status}, so it cannot be executed")
    provisioned = find_provisioned(call, plan.provision_product_id, None)
    if provisioned.last_provisioning_record_id != plan.basis or provisioned.status == "UNDER_CHANGE":
        raise InvalidStateException(f"Plan {plan.plan_id} is obsolete: {provisioned.id} has changed since it was made")
    is_new = provisioned.status == "PLAN_IN_PROGRESS"
    resolved = replace(resolve_request(call, plan.request, None if is_new else provisioned), planned=True)
    plan.record = (start_provisioning if is_new else start_update)(call, provisioned, resolved)
    return {"RecordDetail": plan.record}


@operation
def delete_provisioned_product_plan(call: Call, request: Json) -> None:
    """Forget a plan. With one that was to launch something, and was not executed, that something goes too."""
    plan = _find(call, request)
    if plan.status == "EXECUTE_IN_PROGRESS":
        raise invalid(f"Plan {plan.plan_id} is {plan.status}, so it cannot be deleted")
    del call.state.plans[plan.plan_id]
    provisioned = call.state.provisioned.get(plan.provision_product_id)
    if provisioned and provisioned.last_record_id is None:
        del call.state.provisioned[provisioned.id]
