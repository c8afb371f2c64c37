"""Records: what was requested of a provisioned product, and how far it is."""

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog.access_levels import in_access_level
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.errors import invalid, not_found
from sandbox.aws.servicecatalog.model import ProvisionedProduct, Record

_SEARCHES = {"product": "product_id", "provisionedproduct": "provisioned_product_id"}


def make_record(call: Call, provisioned: ProvisionedProduct, kind: str, tags: dict[str, str], **over: str) -> Record:
    """Write down a request; the provisioned product is under change from now on."""
    record = Record(
        record_id=call.new_id("rec-"),
        record_type=kind,
        provisioned_product_id=provisioned.id,
        provisioned_product_name=provisioned.name,
        product_id=over.get("product_id", provisioned.product_id),
        provisioning_artifact_id=over.get("provisioning_artifact_id", provisioned.provisioning_artifact_id),
        path_id=over.get("path_id", provisioned.path_id),
        launch_role_arn=provisioned.launch_role_arn,
        created_time=call.now,
        updated_time=call.now,
        account=provisioned.account,
        user_arn=call.caller.principal,
        user_arn_session=call.caller.arn,
        record_tags=tags,
    )
    call.state.records[record.record_id] = record
    provisioned.last_record_id = record.record_id
    provisioned.status = "UNDER_CHANGE"
    return record


@operation
def describe_record(call: Call, request: Json) -> Json:
    record = call.state.records.get(request["Id"])
    if record is None or record.account != call.account:
        raise not_found("Record", request["Id"])
    return {"RecordDetail": record, **page(request, "RecordOutputs", record.record_outputs)}


@operation
def list_record_history(call: Call, request: Json) -> Json:
    search: dict[str, str] = request.get("SearchFilter") or {}
    attribute = _SEARCHES.get(search.get("Key", "product"))
    if attribute is None:
        raise invalid(f"SearchFilter Key must be one of {', '.join(_SEARCHES)}")
    found = [
        record
        for record in call.state.records.values()
        if in_access_level(call, request, record) and search.get("Value") in (None, getattr(record, attribute))
    ]
    return page(request, "RecordDetails", found[::-1])
