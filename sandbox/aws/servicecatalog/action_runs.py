"""Service actions, as they are run on a launch."""

from sandbox.aws.authorization import require
from sandbox.aws.documents import Json
from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.servicecatalog import errors
from sandbox.aws.servicecatalog.call import Call, operation
from sandbox.aws.servicecatalog.execution import progress
from sandbox.aws.servicecatalog.launch_roles import assume_launch_role
from sandbox.aws.servicecatalog.model import ProvisionedProduct, ServiceAction
from sandbox.aws.servicecatalog.provisioned_products import find_provisioned
from sandbox.aws.servicecatalog.records import make_record
from sandbox.aws.servicecatalog.service_actions import LAUNCH_ROLE, asked_of


def _offered(call: Call, request: Json) -> tuple[ProvisionedProduct, ServiceAction]:
    """A launch of the caller's account, and an action that is associated with its version."""
    provisioned = find_provisioned(call, request["ProvisionedProductId"], None)
    product = call.state.products.get(provisioned.product_id)
    artifact = product.artifacts.get(provisioned.provisioning_artifact_id) if product else None
    if artifact is None or request["ServiceActionId"] not in artifact.service_actions:
        raise errors.not_found("ServiceAction", request["ServiceActionId"])
    return provisioned, call.state.service_actions[request["ServiceActionId"]]


@operation
def describe_service_action_execution_parameters(call: Call, request: Json) -> Json:
    _, action = _offered(call, request)
    return {"ServiceActionParameters": [{**each, "DefaultValues": []} for each in asked_of(action.definition)]}


@operation
def execute_provisioned_product_service_action(call: Call, request: Json) -> Json:
    """Run the document with the permissions of its role. Nothing in it is carried out here."""
    provisioned, action = _offered(call, request)
    if provisioned.status in ("UNDER_CHANGE", "PLAN_IN_PROGRESS"):
        raise errors.InvalidStateException(f"Provisioned product {provisioned.id} is {provisioned.status}")
    given: Json = request.get("Parameters") or {}
    known = {each["Name"] for each in asked_of(action.definition)}
    if given.keys() != known:
        raise errors.invalid(f"The parameters to give are [{', '.join(sorted(known))}]")
    before = provisioned.status
    record = make_record(call, provisioned, "EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION", provisioned.tags)

    def run() -> list[Json]:
        try:
            require(_runner(call, provisioned, action), "ssm:StartAutomationExecution", None)
        except ApiError as error:
            raise errors.invalid(error.message) from error
        return []

    progress(call, provisioned, record, run, failed=before, succeeded=before)
    return {"RecordDetail": record}


def _runner(call: Call, provisioned: ProvisionedProduct, action: ServiceAction) -> Caller:
    """The role of the action; LAUNCH_ROLE is the launch's own, and without a role it is the caller."""
    role = action.definition.get("AssumeRole")
    if role == LAUNCH_ROLE:
        role = provisioned.launch_role_arn
    return assume_launch_role(call, role) if role else call.caller
