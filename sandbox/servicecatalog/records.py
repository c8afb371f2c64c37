"""Records: what was requested of a provisioned product, and how far it is."""

from sandbox.servicecatalog.access_levels import in_access_level
from sandbox.servicecatalog.call import Call, operation, page, tags_out
from sandbox.servicecatalog.errors import InvalidParametersException, not_found
from sandbox.servicecatalog.model import Json, ProvisionedProduct, Record

STACK = "CFN_STACK"


def make_record(call: Call, provisioned: ProvisionedProduct, kind: str, tags: dict[str, str], **over: str) -> Record:
    """Write down a request; the provisioned product is under change from now on."""
    record = Record(
        id=call.new_id("rec-"),
        type=kind,
        provisioned_id=provisioned.id,
        provisioned_name=provisioned.name,
        account=provisioned.account,
        product=over.get("product", provisioned.product),
        artifact=over.get("artifact", provisioned.artifact),
        path=over.get("path", provisioned.path),
        created=call.now,
        updated=call.now,
        principal=call.caller.principal,
        session=call.caller.arn,
        tags=tags,
        role=over.get("role", provisioned.role or "") or None,
    )
    call.state.records[record.id] = record
    provisioned.last_record = record.id
    provisioned.status = "UNDER_CHANGE"
    return record


def show_record(record: Record) -> Json:
    return {
        "RecordId": record.id,
        "ProvisionedProductName": record.provisioned_name,
        "Status": record.status,
        "CreatedTime": record.created,
        "UpdatedTime": record.updated,
        "ProvisionedProductType": STACK,
        "RecordType": record.type,
        "ProvisionedProductId": record.provisioned_id,
        "ProductId": record.product,
        "ProvisioningArtifactId": record.artifact,
        "PathId": record.path,
        "RecordErrors": record.errors,
        "RecordTags": tags_out(record.tags),
        "LaunchRoleArn": record.role,
    }


@operation
def describe_record(call: Call, request: Json) -> Json:
    record = call.state.records.get(request["Id"])
    if record is None or record.account != call.account:
        raise not_found("Record", request["Id"])
    return {
        "RecordDetail": show_record(record),
        **page(request, "RecordOutputs", record.outputs, lambda output: output),
    }


@operation
def list_record_history(call: Call, request: Json) -> Json:
    search = request.get("SearchFilter") or {}
    fields = {"product": "product", "provisionedproduct": "provisioned_id"}
    if search and search.get("Key") not in fields:
        raise InvalidParametersException("SearchFilter Key must be product or provisionedproduct")
    found = [
        record
        for record in call.state.records.values()
        if in_access_level(call, request, record)
        and (not search or getattr(record, fields[search["Key"]]) == search.get("Value"))
    ]
    return page(request, "RecordDetails", found[::-1], show_record)
