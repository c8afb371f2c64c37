"""Carries out what was requested, in virtual time: records move on, and CloudFormation builds."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from sandbox.aws.cloudformation.request import StackError, StackRequest, cloudformation_refusal
from sandbox.aws.cloudformation.templates import as_json
from sandbox.aws.documents import Json
from sandbox.aws.iam.callers import Caller
from sandbox.aws.servicecatalog.call import Call
from sandbox.aws.servicecatalog.errors import InvalidParametersException
from sandbox.aws.servicecatalog.launch_paths import LaunchPath
from sandbox.aws.servicecatalog.model import Artifact, Product, ProvisionedProduct, Record
from sandbox.aws.servicecatalog.principals import assume_launch_role
from sandbox.aws.servicecatalog.provisioned_products import make_record

START_SECONDS = 1.0
SECONDS = 30.0
"""Virtual time from the request to its end."""
_UNBEGUN = ("Template ", "Unresolved ")
"""How CloudFormation's refusals of a whole template begin; a stack that fails has reasons of its resources'."""


@dataclass(frozen=True)
class ResolvedRequest:
    """What is to be built, and by whom."""

    product: Product
    artifact: Artifact
    path: LaunchPath
    builder: Caller
    """The launch role, or without a launch constraint the caller (Administrator Guide, "Launch constraints")."""
    parameters: dict[str, str]
    tags: dict[str, str]
    failure: str | None = None
    """Why it will end in ERROR, although it is taken."""
    planned: bool = False


def start_provisioning(call: Call, provisioned: ProvisionedProduct, request: ResolvedRequest) -> Record:
    """Build a new provisioned product. Failure leaves it in status ERROR."""
    wanted = _stack_request(call, provisioned, request)
    record = make_record(call, provisioned, "PROVISION_PRODUCT", request.path.tags | request.tags)
    provisioned.last_provisioning_record_id = record.record_id

    def build() -> list[Json]:
        stacks = _stacks(call)
        try:
            return stacks.create(wanted)
        finally:
            provisioned.physical_id = stacks.stack_id(wanted.caller, wanted.name)

    progress(call, provisioned, record, build, failed="ERROR", failure=request.failure)
    return record


def start_update(call: Call, provisioned: ProvisionedProduct, request: ResolvedRequest) -> Record:
    """Build a change. A failed one leaves the old state standing, in status TAINTED."""
    changed = {
        "product_id": request.product.product_id,
        "provisioning_artifact_id": request.artifact.id,
        "path_id": request.path.id,
    }
    wanted = _stack_request(call, provisioned, request)
    never_built = provisioned.status == "ERROR"
    record = make_record(call, provisioned, "UPDATE_PROVISIONED_PRODUCT", request.path.tags | request.tags, **changed)
    provisioned.last_provisioning_record_id = record.record_id

    def build() -> list[Json]:
        if never_built:
            raise StackError("The stack is in a state in which it cannot be updated; terminate it")
        outputs = _stacks(call).update(wanted)
        for name, value in changed.items():
            setattr(provisioned, name, value)
        provisioned.product_name, provisioned.provisioning_artifact_name = request.product.name, request.artifact.name
        provisioned.parameters, provisioned.tags = request.parameters, request.tags
        return outputs

    failed = "ERROR" if never_built else "TAINTED"
    progress(call, provisioned, record, build, failed=failed, failure=request.failure)
    return record


def preview(call: Call, provisioned: ProvisionedProduct, request: ResolvedRequest) -> list[Json]:
    """What a request would change, resource by resource.

    Raises:
        StackError: CloudFormation cannot say, or nothing would change.
    """
    return _stacks(call).preview(_stack_request(call, provisioned, request))


def start_termination(call: Call, provisioned: ProvisionedProduct, *, ignore_errors: bool, retain: bool) -> Record:
    """Take it down. Terminated, it is gone; failed, it is TAINTED, unless errors are to be ignored."""
    record = make_record(call, provisioned, "TERMINATE_PROVISIONED_PRODUCT", provisioned.tags)

    def destroy() -> list[Json]:
        try:
            if not retain:
                _stacks(call).delete(_stack_name(provisioned), _stored_builder(call, provisioned))
        except (StackError, InvalidParametersException):
            if not ignore_errors:
                raise
        call.state.archive(provisioned.id)
        return []

    progress(call, provisioned, record, destroy, failed="TAINTED")
    return record


def _stored_builder(call: Call, provisioned: ProvisionedProduct) -> Caller:
    """The launch role that is kept with the provisioned product, as it stands now, or else the caller."""
    role = provisioned.launch_role_arn
    if role is None:
        return call.caller
    return assume_launch_role(call, role)


def progress(
    call: Call,
    provisioned: ProvisionedProduct,
    record: Record,
    work: Callable[[], list[Json]],
    *,
    failed: str,
    succeeded: str = "AVAILABLE",
    failure: str | None = None,
) -> None:
    """Move a record on and do the work at its end, unless a failure is certain already."""

    def move(status: str) -> None:
        record.status, record.updated_time = status, call.now

    failure = call.backend.clock.injected_failure or failure

    def finish() -> None:
        try:
            record.record_outputs = _fail(failure) if failure else work()
        except (StackError, InvalidParametersException) as error:
            reason = cloudformation_refusal(str(error)) if str(error).startswith(_UNBEGUN) else str(error)
            record.record_errors = [{"Code": "AmazonCloudFormationException", "Description": reason}]
            provisioned.status, provisioned.status_message = failed, reason
            move("FAILED")
            return
        provisioned.status, provisioned.status_message = succeeded, None
        if record.record_id == provisioned.last_provisioning_record_id:
            provisioned.last_successful_provisioning_record_id = record.record_id
        move("SUCCEEDED")

    call.backend.clock.after(START_SECONDS, lambda: move("IN_PROGRESS"), held=False)
    call.backend.clock.after(SECONDS, finish)


def _fail(reason: str) -> list[Json]:
    raise StackError(reason)


def _stack_request(call: Call, provisioned: ProvisionedProduct, request: ResolvedRequest) -> StackRequest:
    """The stack, with the launch's tags, those of portfolio and product, and AutoTags (Administrator Guide)."""
    auto_tags = {
        "aws:servicecatalog:productArn": request.product.product_arn,
        "aws:servicecatalog:portfolioArn": request.path.portfolio.arn,
        "aws:servicecatalog:provisioningPrincipalArn": call.caller.arn,
        "aws:servicecatalog:provisioningArtifactIdentifier": request.artifact.id,
        "aws:servicecatalog:provisionedProductArn": provisioned.arn,
    }
    provisioned.auto_tags = auto_tags
    return StackRequest(
        name=_stack_name(provisioned),
        caller=request.builder,
        template=as_json(request.artifact.template),
        parameters=request.parameters,
        tags={**request.path.tags, **request.tags, **auto_tags},
        notification_arns=tuple(provisioned.notification_arns),
        planned=request.planned,
    )


def _stack_name(provisioned: ProvisionedProduct) -> str:
    return f"SC-{provisioned.account}-{provisioned.id}"


def _stacks(call: Call) -> ModuleType:
    # Not before it is needed: moto's CloudFormation takes over a second to load.
    from sandbox.aws.cloudformation import stacks  # noqa: PLC0415
    from sandbox.aws.servicecatalog import stack_types  # noqa: PLC0415

    stack_types.install(call.backend)
    return stacks
