"""Carries out what was ordered, in virtual time: records move on, and CloudFormation builds."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

from sandbox.aws.cloudformation import StackError, StackOrder
from sandbox.aws.servicecatalog.errors import InvalidParametersException
from sandbox.aws.servicecatalog.launch_roles import Builder, assume_launch_role
from sandbox.aws.servicecatalog.records import make_record
from sandbox.aws.servicecatalog.templates import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.servicecatalog.call import Call, World
    from sandbox.aws.servicecatalog.model import Json, ProvisionedProduct, Record
    from sandbox.aws.servicecatalog.provisioning import Order

START_SECONDS = 1.0
SECONDS = 30.0
"""Virtual time from the request to its end."""


class Stacks(Protocol):
    """The module `sandbox.aws.cloudformation.stacks`."""

    def install(self, world: World) -> None: ...
    def create(self, order: StackOrder) -> list[Json]: ...
    def update(self, order: StackOrder) -> list[Json]: ...
    def preview(self, order: StackOrder) -> list[Json]: ...
    def delete(self, name: str, builder: Builder, region: str) -> None: ...
    def stack_id(self, account: str, region: str, name: str) -> str | None: ...


def start_provisioning(call: Call, provisioned: ProvisionedProduct, order: Order) -> Record:
    """Build a new provisioned product. Failure leaves it in status ERROR."""
    wanted = _stack_order(call, provisioned, order)
    record = make_record(call, provisioned, "PROVISION_PRODUCT", order.path.tags | order.tags)
    provisioned.last_provisioning_record_id = record.record_id

    def build() -> list[Json]:
        stacks = _stacks(call)
        try:
            return stacks.create(wanted)
        finally:
            provisioned.physical_id = stacks.stack_id(wanted.builder.account, wanted.region, wanted.name)

    _progress(call, provisioned, record, build, failed="ERROR")
    return record


def start_update(call: Call, provisioned: ProvisionedProduct, order: Order) -> Record:
    """Build a change. A failed one leaves the old state standing, in status TAINTED."""
    changed = {
        "product_id": order.product.product_id,
        "provisioning_artifact_id": order.artifact.id,
        "path_id": order.path.id,
    }
    wanted = _stack_order(call, provisioned, order)
    never_built = provisioned.status == "ERROR"
    record = make_record(call, provisioned, "UPDATE_PROVISIONED_PRODUCT", order.path.tags | order.tags, **changed)
    provisioned.last_provisioning_record_id = record.record_id

    def build() -> list[Json]:
        if never_built:
            raise StackError("The stack is in a state in which it cannot be updated; terminate it")
        outputs = _stacks(call).update(wanted)
        for name, value in changed.items():
            setattr(provisioned, name, value)
        provisioned.product_name, provisioned.provisioning_artifact_name = order.product.name, order.artifact.name
        provisioned.parameters, provisioned.tags = order.parameters, order.tags
        return outputs

    _progress(call, provisioned, record, build, failed="ERROR" if never_built else "TAINTED")
    return record


def preview(call: Call, provisioned: ProvisionedProduct, order: Order) -> list[Json]:
    """What an order would change, resource by resource.

    Raises:
        StackError: CloudFormation cannot say, or nothing would change.
    """
    return _stacks(call).preview(_stack_order(call, provisioned, order))


def start_termination(call: Call, provisioned: ProvisionedProduct, *, ignore_errors: bool, retain: bool) -> Record:
    """Take it down. Terminated, it is gone; failed, it is TAINTED, unless errors are to be ignored."""
    record = make_record(call, provisioned, "TERMINATE_PROVISIONED_PRODUCT", provisioned.tags)

    def destroy() -> list[Json]:
        try:
            if not retain:
                _stacks(call).delete(_stack_name(provisioned), _stored_builder(call, provisioned), provisioned.region)
        except (StackError, InvalidParametersException):
            if not ignore_errors:
                raise
        call.state.bury(provisioned.id)
        return []

    _progress(call, provisioned, record, destroy, failed="TAINTED")
    return record


def _stored_builder(call: Call, provisioned: ProvisionedProduct) -> Builder:
    """The launch role that is kept with the provisioned product, as it stands now, or else the caller."""
    role = provisioned.launch_role_arn
    if role is None:
        return Builder(call.account, call.caller.principal, call.caller.arn)
    return assume_launch_role(call.region, role.split(":")[4], role.rpartition("/")[2], role, call.account)


def _progress(
    call: Call, provisioned: ProvisionedProduct, record: Record, work: Callable[[], list[Json]], *, failed: str
) -> None:
    def move(status: str) -> None:
        record.status, record.updated_time = status, call.now

    doom = call.world.clock.doom

    def finish() -> None:
        try:
            record.record_outputs = _fail(doom) if doom else work()
        except (StackError, InvalidParametersException) as error:
            record.record_errors = [{"Code": "AmazonCloudFormationException", "Description": str(error)}]
            provisioned.status, provisioned.status_message = failed, str(error)
            move("FAILED")
            return
        provisioned.status, provisioned.status_message = "AVAILABLE", None
        if record.record_type != "TERMINATE_PROVISIONED_PRODUCT":
            provisioned.last_successful_provisioning_record_id = record.record_id
        move("SUCCEEDED")

    call.world.clock.after(START_SECONDS, lambda: move("IN_PROGRESS"), held=False)
    call.world.clock.after(SECONDS, finish)


def _fail(reason: str) -> list[Json]:
    raise StackError(reason)


def _stack_order(call: Call, provisioned: ProvisionedProduct, order: Order) -> StackOrder:
    """The stack, with the launch's tags, those of portfolio and product, and AutoTags (Administrator Guide)."""
    tags = {
        **order.path.tags,
        **order.tags,
        "aws:servicecatalog:productArn": order.product.product_arn,
        "aws:servicecatalog:portfolioArn": order.path.portfolio.arn,
        "aws:servicecatalog:provisioningPrincipalArn": call.caller.arn,
        "aws:servicecatalog:provisioningArtifactIdentifier": order.artifact.id,
        "aws:servicecatalog:provisionedProductArn": provisioned.arn,
    }
    return StackOrder(
        name=_stack_name(provisioned),
        region=provisioned.region,
        builder=order.builder,
        template=as_json(order.artifact.template),
        parameters=order.parameters,
        tags=tags,
        notification_arns=tuple(provisioned.notification_arns),
        planned=order.planned,
    )


def _stack_name(provisioned: ProvisionedProduct) -> str:
    return f"SC-{provisioned.account}-{provisioned.id}"


def _stacks(call: Call) -> Stacks:
    """The bridge to CloudFormation. Imported when first needed: moto's takes over a second to load."""
    stacks = cast("Stacks", importlib.import_module("sandbox.aws.cloudformation.stacks"))
    stacks.install(call.world)
    return stacks
