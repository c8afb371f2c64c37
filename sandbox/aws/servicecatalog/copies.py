"""Copies of products."""

from dataclasses import replace

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.artifacts import CREATION_SECONDS
from sandbox.aws.servicecatalog.call import Call, operation
from sandbox.aws.servicecatalog.errors import invalid, not_found
from sandbox.aws.servicecatalog.model import Product
from sandbox.aws.servicecatalog.products import add_product
from sandbox.aws.servicecatalog.visibility import own_product, visible_product


@operation
def copy_product(call: Call, request: Json) -> Json:
    """Copy a product of the region, or some of its versions, into a new product or one that is there."""
    source = visible_product(call, request["SourceProductArn"].rpartition("/")[2])
    wanted: list[str] = [each["Id"] for each in request.get("SourceProvisioningArtifactIdentifiers") or ()]
    if unknown := set(wanted) - source.artifacts.keys():
        raise invalid(f"Product {source.product_id} has no version {', '.join(sorted(unknown))}")
    if target_id := request.get("TargetProductId"):
        target = own_product(call, target_id)
    else:
        target = _like(call, source, request.get("TargetProductName") or source.name)
        target.tags = dict(source.tags) if "CopyTags" in request.get("CopyOptions", ()) else {}
    for artifact in [source.artifacts[each] for each in wanted] or list(source.artifacts.values()):
        quotas.room_for("versions per product", len(target.artifacts), quotas.VERSIONS_PER_PRODUCT)
        made = replace(artifact, id=call.new_id("pa-"), created_time=call.now, service_actions=[])
        target.artifacts[made.id] = made
    token = call.new_id("copyproduct-")
    call.state.copies[token] = (target.product_id, call.backend.clock.later(CREATION_SECONDS))
    return {"CopyProductToken": token}


def _like(call: Call, source: Product, name: str) -> Product:
    return add_product(
        call,
        replace(
            source,
            product_id=call.new_id("prod-"),
            account=call.account,
            name=name,
            created_time=call.now,
            artifacts={},
            tag_options=[],
            budgets=[],
        ),
    )


@operation
def describe_copy_product_status(call: Call, request: Json) -> Json:
    token = request["CopyProductToken"]
    target, due = call.state.copies.get(token, ("", 0.0))
    product = call.state.products.get(target)
    if not target or (product and product.account != call.account):
        raise not_found("CopyProductToken", token)
    done = due <= call.backend.clock.timestamp()
    return {"CopyProductStatus": "SUCCEEDED" if done else "IN_PROGRESS", "TargetProductId": target}
