"""Records: what was requested of a provisioned product, and how far it is."""

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog.access_levels import in_access_level
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.errors import invalid
from sandbox.aws.servicecatalog.model import ProvisionedProduct, Record

_TAKEN = ("product_id", "provisioning_artifact_id", "path_id", "launch_role_arn")
"""What a record has of the provisioned product."""
_SEARCHES = {"product": "product_id", "provisionedproduct": "provisioned_product_id"}


def make_record(call: Call, provisioned: ProvisionedProduct, kind: str, tags: dict[str, str], **over: str) -> Record:
    """Write down a request; the provisioned product is under change from now on."""
    taken = {name: getattr(provisioned, name) for name in _TAKEN}
    record = call.made(
        Record,
        {},
        record_id=call.new_id("rec-"),
        record_type=kind,
        provisioned_product_id=provisioned.id,
        provisioned_product_name=provisioned.name,
        updated_time=call.now,
        record_tags=tags,
        **{**taken, **over},
    )
    call.state.records[record.record_id] = record
    provisioned.last_record_id = record.record_id
    provisioned.status = "UNDER_CHANGE"
    return record


@operation
def describe_record(call: Call, request: Json) -> Json:
    record = call.own(call.state.records, "Record", request["Id"])
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
