"""Provisioned products: what has been launched."""

from sandbox.servicecatalog.access_levels import in_access_level
from sandbox.servicecatalog.call import Call, operation, page, tags_out
from sandbox.servicecatalog.errors import InvalidParametersException, not_found
from sandbox.servicecatalog.model import Json, ProvisionedProduct
from sandbox.servicecatalog.records import STACK

_SORTS = {"name": "name", "createdTime": "created", "id": "id", "status": "status", "lastRecordId": "last_record"}


def find_provisioned(call: Call, provisioned_id: str | None, name: str | None) -> ProvisionedProduct:
    """A provisioned product of the caller's account, by id or by name."""
    if not provisioned_id and not name:
        raise InvalidParametersException("An id or a name of a provisioned product is required")
    for provisioned in call.state.provisioned.values():
        named = provisioned.id == provisioned_id or (not provisioned_id and name in (provisioned.name, provisioned.arn))
        if named and provisioned.account == call.account:
            return provisioned
    raise not_found("Provisioned product", provisioned_id or name)


def show_provisioned(provisioned: ProvisionedProduct) -> Json:
    return {
        "Name": provisioned.name,
        "Arn": provisioned.arn,
        "Type": STACK,
        "Id": provisioned.id,
        "Status": provisioned.status,
        "StatusMessage": provisioned.message or None,
        "CreatedTime": provisioned.created,
        "IdempotencyToken": provisioned.token or None,
        "LastRecordId": provisioned.last_record,
        "LastProvisioningRecordId": provisioned.last_provisioning,
        "LastSuccessfulProvisioningRecordId": provisioned.last_success,
        "ProductId": provisioned.product,
        "ProvisioningArtifactId": provisioned.artifact,
        "LaunchRoleArn": provisioned.role,
    }


@operation
def describe_provisioned_product(call: Call, request: Json) -> Json:
    provisioned = find_provisioned(call, request.get("Id"), request.get("Name"))
    return {"ProvisionedProductDetail": show_provisioned(provisioned), "CloudWatchDashboards": []}


@operation
def get_provisioned_product_outputs(call: Call, request: Json) -> Json:
    provisioned = find_provisioned(call, request.get("ProvisionedProductId"), request.get("ProvisionedProductName"))
    record = call.state.records.get(provisioned.last_success or "")
    outputs = record.outputs if record else []
    if keys := request.get("OutputKeys"):
        present = {output["OutputKey"] for output in outputs}
        if missing := [key for key in keys if key not in present]:
            raise InvalidParametersException(f"Invalid output keys: {', '.join(missing)}")
        outputs = [output for output in outputs if output["OutputKey"] in keys]
    return page(request, "Outputs", outputs, lambda output: output)


@operation
def scan_provisioned_products(call: Call, request: Json) -> Json:
    found = [pp for pp in call.state.provisioned.values() if in_access_level(call, request, pp)]
    return page(request, "ProvisionedProducts", found, show_provisioned)


@operation
def search_provisioned_products(call: Call, request: Json) -> Json:
    """Filter by SearchQuery terms such as `name:x` or `x`; sort by name, createdTime, id or status."""
    queries = (request.get("Filters") or {}).get("SearchQuery") or []
    found = [
        pp
        for pp in call.state.provisioned.values()
        if in_access_level(call, request, pp) and all(_matches(pp, query) for query in queries)
    ]
    if sort := request.get("SortBy"):
        if sort not in _SORTS:
            raise InvalidParametersException(f"SortBy must be one of {', '.join(_SORTS)}")
        found.sort(key=lambda pp: getattr(pp, _SORTS[sort]), reverse=request.get("SortOrder") == "DESCENDING")
    listing = page(request, "ProvisionedProducts", found, lambda pp: _show_attributes(call, pp))
    return {**listing, "TotalResultsCount": len(found)}


def _matches(provisioned: ProvisionedProduct, query: str) -> bool:
    shown = show_provisioned(provisioned)
    fields = {key[:1].lower() + key[1:]: str(value) for key, value in shown.items() if value is not None}
    key, colon, text = query.partition(":")
    if colon and key in fields:
        return fields[key] == text.strip("\"'")
    return any(query in value for value in fields.values())


def _show_attributes(call: Call, provisioned: ProvisionedProduct) -> Json:
    product = call.state.products.get(provisioned.product)
    artifact = product.artifacts.get(provisioned.artifact) if product else None
    shown = show_provisioned(provisioned)
    del shown["LaunchRoleArn"]
    return {
        **shown,
        "Tags": tags_out(provisioned.tags),
        "PhysicalId": provisioned.stack_id,
        "ProductName": product.name if product else None,
        "ProvisioningArtifactName": artifact.name if artifact else None,
        "UserArn": provisioned.principal,
        "UserArnSession": provisioned.session,
    }
