"""Carries out what was ordered, in virtual time: records move on, and CloudFormation builds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cloudformation import StackError, StackOrder
from sandbox.servicecatalog.errors import InvalidParametersException
from sandbox.servicecatalog.launch_roles import Builder, assume_launch_role
from sandbox.servicecatalog.model import Json, ProvisionedProduct, Record
from sandbox.servicecatalog.records import make_record
from sandbox.servicecatalog.templates import as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.servicecatalog.call import Call
    from sandbox.servicecatalog.provisioning import Order

START_SECONDS = 1.0
SECONDS = 30.0
"""Virtual time from the request to its end."""


class _Failed(Exception):  # noqa: N818 - it becomes a status
    """The record fails with this message."""


def start_provisioning(call: Call, provisioned: ProvisionedProduct, order: Order) -> Record:
    """Build a new provisioned product. Failure leaves it in status ERROR."""
    tags = _all_tags(call, provisioned, order)
    record = make_record(call, provisioned, "PROVISION_PRODUCT", tags)
    provisioned.last_provisioning = record.id

    def build() -> list[Json]:
        stacks = _stacks(call)
        wanted = _order(provisioned, order, tags)
        try:
            return stacks.create(wanted)
        finally:
            provisioned.stack_id = stacks.stack_id(wanted.builder.account, wanted.region, wanted.name)

    _progress(call, provisioned, record, build, failed="ERROR")
    return record


def start_update(call: Call, provisioned: ProvisionedProduct, order: Order) -> Record:
    """Build a change. A failed one leaves the old state standing, in status TAINTED."""
    over = {"product": order.product.id, "artifact": order.artifact.id, "path": order.path.id}
    tags = _all_tags(call, provisioned, order)
    never_built = provisioned.status == "ERROR"
    record = make_record(call, provisioned, "UPDATE_PROVISIONED_PRODUCT", tags, **over)
    provisioned.last_provisioning = record.id

    def build() -> list[Json]:
        if never_built:
            raise _Failed("The stack is in a state in which it cannot be updated; terminate it")
        outputs = _stacks(call).update(_order(provisioned, order, tags))
        provisioned.product, provisioned.artifact, provisioned.path = over.values()
        provisioned.parameters, provisioned.tags = order.parameters, order.tags
        return outputs

    _progress(call, provisioned, record, build, failed="ERROR" if never_built else "TAINTED")
    return record


def start_termination(call: Call, provisioned: ProvisionedProduct, *, ignore_errors: bool, retain: bool) -> Record:
    """Take it down. Terminated, it is gone; failed, it is TAINTED, unless errors are to be ignored."""
    record = make_record(call, provisioned, "TERMINATE_PROVISIONED_PRODUCT", provisioned.tags)
    caller = Builder(call.account, call.caller.principal, call.caller.arn)

    def destroy() -> list[Json]:
        try:
            if not retain:
                builder = _stored_builder(call, provisioned) or caller
                _stacks(call).delete(_stack_name(provisioned), builder, provisioned.region)
        except Exception:
            if not ignore_errors:
                raise
        del call.state.provisioned[provisioned.id]
        return []

    _progress(call, provisioned, record, destroy, failed="TAINTED")
    return record


def _stored_builder(call: Call, provisioned: ProvisionedProduct) -> Builder | None:
    """The launch role that is kept with the provisioned product, as it stands now."""
    if provisioned.role is None:
        return None
    account, name = provisioned.role.split(":")[4], provisioned.role.rpartition("/")[2]
    return assume_launch_role(call.region, account, name, provisioned.role, call.account)


def _progress(
    call: Call,
    provisioned: ProvisionedProduct,
    record: Record,
    work: Callable[[], list[Json]],
    *,
    failed: str,
) -> None:
    def move(status: str) -> None:
        record.status = status
        record.updated = call.now

    def finish() -> None:
        try:
            record.outputs = work()
        except (StackError, InvalidParametersException, _Failed) as error:
            record.errors = [{"Code": "AmazonCloudFormationException", "Description": str(error)}]
            provisioned.status, provisioned.message = failed, str(error)
            move("FAILED")
            return
        provisioned.status, provisioned.message = "AVAILABLE", ""
        if record.type != "TERMINATE_PROVISIONED_PRODUCT":
            provisioned.last_success = record.id
        move("SUCCEEDED")

    call.world.clock.after(START_SECONDS, lambda: move("IN_PROGRESS"))
    call.world.clock.after(SECONDS, finish)


def _order(provisioned: ProvisionedProduct, order: Order, tags: dict[str, str]) -> StackOrder:
    return StackOrder(
        name=_stack_name(provisioned),
        region=provisioned.region,
        builder=order.builder,
        template=as_json(order.artifact.template),
        parameters=order.parameters,
        tags=tags,
        notification_arns=tuple(provisioned.notification_arns),
    )


def _stack_name(provisioned: ProvisionedProduct) -> str:
    return f"SC-{provisioned.account}-{provisioned.id}"


def _stacks(call: Call) -> Any:
    """The bridge to CloudFormation. Imported when first needed: moto's takes over a second to load."""
    from sandbox.cloudformation import stacks  # noqa: PLC0415

    stacks.install(call.world)
    return stacks


def _all_tags(call: Call, provisioned: ProvisionedProduct, order: Order) -> dict[str, str]:
    """The launch's tags, those of portfolio and product, and AutoTags (Administrator Guide, "AutoTags")."""
    return {
        **order.path.tags,
        **order.tags,
        "aws:servicecatalog:productArn": order.product.arn,
        "aws:servicecatalog:portfolioArn": order.path.portfolio.arn,
        "aws:servicecatalog:provisioningPrincipalArn": call.caller.arn,
        "aws:servicecatalog:provisioningArtifactIdentifier": order.artifact.id,
        "aws:servicecatalog:provisionedProductArn": provisioned.arn,
    }
