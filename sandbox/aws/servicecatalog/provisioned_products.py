"""Provisioned products: what has been launched; and records: what was requested of them, and how far it is."""

from dataclasses import replace
from typing import Any

from botocore import xform_name

from sandbox.aws.documents import Json, part
from sandbox.aws.servicecatalog.access_levels import in_access_level
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.errors import InvalidStateException, invalid, not_found
from sandbox.aws.servicecatalog.model import ProvisionedProduct, Record
from sandbox.aws.servicecatalog.principals import require_launch_role

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


_SORTS = ("arn", "id", "name", "lastRecordId", "createdTime", "status", "productId", "productName")


def find_provisioned(call: Call, provisioned_id: str | None, name: str | None) -> ProvisionedProduct:
    """A provisioned product of the caller's account, by id or else by name."""
    if not provisioned_id and not name:
        raise invalid("An id or a name of a provisioned product is required")
    for provisioned in call.state.provisioned.values():
        named = provisioned.id == provisioned_id if provisioned_id else name in (provisioned.name, provisioned.arn)
        if named and provisioned.account == call.account:
            return provisioned
    raise not_found("Provisioned product", provisioned_id or name)


@operation
def describe_provisioned_product(call: Call, request: Json) -> Json:
    provisioned = find_provisioned(call, request.get("Id"), request.get("Name"))
    return {"ProvisionedProductDetail": provisioned, "CloudWatchDashboards": []}


@operation
def update_provisioned_product_properties(call: Call, request: Json) -> Json:
    """OWNER, a user or role; LAUNCH_ROLE, a role by ARN or local name (API:UpdateProvisionedProductProperties)."""
    provisioned = find_provisioned(call, request["ProvisionedProductId"], None)
    if provisioned.status in ("UNDER_CHANGE", "PLAN_IN_PROGRESS"):
        raise InvalidStateException(f"Provisioned product {provisioned.id} is {provisioned.status}")
    properties: dict[str, str] = request["ProvisionedProductProperties"]
    if "LAUNCH_ROLE" in properties:
        if provisioned.launch_role_arn is None:
            raise invalid("LAUNCH_ROLE needs a product with a launch constraint")
        role = properties["LAUNCH_ROLE"]
        builder = require_launch_role(call, {"RoleArn" if role.startswith("arn:") else "LocalRoleName": role})
        provisioned.launch_role_arn = builder.principal
    if "OWNER" in properties:
        provisioned.user_arn = provisioned.user_arn_session = properties["OWNER"]
    record = make_record(call, provisioned, "UPDATE_PROVISIONED_PRODUCT_PROPERTIES", provisioned.tags)
    record.status, provisioned.status = "SUCCEEDED", "AVAILABLE"
    return {
        "ProvisionedProductId": provisioned.id,
        "ProvisionedProductProperties": properties,
        "RecordId": record.record_id,
        "Status": record.status,
    }


@operation
def get_provisioned_product_outputs(call: Call, request: Json) -> Json:
    provisioned = find_provisioned(call, request.get("ProvisionedProductId"), request.get("ProvisionedProductName"))
    record = call.state.records.get(provisioned.last_successful_provisioning_record_id or "")
    outputs = {output["OutputKey"]: output for output in record.record_outputs} if record else {}
    wanted: list[str] = request.get("OutputKeys") or list(outputs)
    if missing := [key for key in wanted if key not in outputs]:
        raise invalid(f"Invalid output keys: {', '.join(missing)}")
    return page(request, "Outputs", [outputs[key] for key in wanted])


@operation
def scan_provisioned_products(call: Call, request: Json) -> Json:
    found = [pp for pp in call.state.provisioned.values() if in_access_level(call, request, pp)]
    return page(request, "ProvisionedProducts", found)


@operation
def search_provisioned_products(call: Call, request: Json) -> Json:
    """Filter by SearchQuery terms such as `name:x` or plain `x`; sort by an attribute."""
    queries: list[str] = part(request, "Filters").get("SearchQuery", [])
    found = [
        pp
        for pp in call.state.provisioned.values()
        if in_access_level(call, request, pp, default="Account") and all(_matches(pp, query) for query in queries)
    ]
    if sort := request.get("SortBy"):
        if sort not in _SORTS:
            raise invalid(f"SortBy must be one of {', '.join(_SORTS)}")
        found.sort(key=lambda pp: _attribute(pp, sort), reverse=request.get("SortOrder") == "DESCENDING")
    shown = [replace(pp, tags=pp.tags | pp.auto_tags) for pp in found]
    return {**page(request, "ProvisionedProducts", shown), "TotalResultsCount": len(found)}


def _attribute(provisioned: ProvisionedProduct, name: str) -> Any:  # noqa: ANN401 - a text or a time
    return getattr(provisioned, xform_name(name), None) or ""


def _matches(provisioned: ProvisionedProduct, query: str) -> bool:
    key, colon, text = query.partition(":")
    if colon and key in (*_SORTS, "physicalId", "provisioningArtifactId", "type", "userArn"):
        return str(_attribute(provisioned, key)) == text.strip("\"'")
    return any(query in str(_attribute(provisioned, each)) for each in _SORTS)
