"""Products, as those who may launch them see them."""

import json
from collections import Counter

from sandbox.aws.documents import Json, part
from sandbox.aws.servicecatalog.artifacts import find_artifact, show_parameters
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.constraints import parameters_of
from sandbox.aws.servicecatalog.errors import InvalidParametersException, not_found
from sandbox.aws.servicecatalog.launch_paths import choose_path, launch_paths, launchable_ids, launchable_product
from sandbox.aws.servicecatalog.model import Artifact, Product
from sandbox.aws.servicecatalog.products import search


def _find(call: Call, product_id: str | None, name: str | None = None) -> Product:
    if product_id is None and name is None:
        raise InvalidParametersException("Either Id or Name is required")
    for product in call.state.products.values():
        if (product.product_id == product_id or product.name == name) and launch_paths(call, product):
            return product
    raise not_found("Product", product_id or name)


def _active(product: Product) -> list[Artifact]:
    return [artifact for artifact in product.artifacts.values() if artifact.active]


@operation
def describe_product(call: Call, request: Json) -> Json:
    product = _find(call, request.get("Id"), request.get("Name"))
    owned = product.account == call.account
    return {
        "ProductViewSummary": product,
        "ProvisioningArtifacts": _active(product),
        "Budgets": [{"BudgetName": budget} for budget in product.budgets if owned],
        "LaunchPaths": launch_paths(call, product),
    }


@operation
def describe_product_view(call: Call, request: Json) -> Json:
    product = _find(call, request["Id"].replace("prodview-", "prod-"))
    return {"ProductViewSummary": product, "ProvisioningArtifacts": _active(product)}


@operation
def search_products(call: Call, request: Json) -> Json:
    ids = launchable_ids(call)
    found = search([p for p in call.state.products.values() if p.product_id in ids], request)
    values = {"Owner": [p.owner for p in found], "ProductType": [p.type for p in found]}
    counted = {
        key: [{"Value": value, "ApproximateCount": count} for value, count in Counter(each).items()]
        for key, each in values.items()
    }
    return {**page(request, "ProductViewSummaries", found), "ProductViewAggregations": counted}


@operation
def describe_provisioning_parameters(call: Call, request: Json) -> Json:
    product = launchable_product(call, request)
    path = choose_path(call, product, request)
    template = find_artifact(product, request).template
    rules = [json.dumps(parameters_of(c)) for c in path.constraints if c.type == "TEMPLATE"]
    as_role = ["true"] if path.constraint("LAUNCH") else []
    return {
        "ProvisioningArtifactParameters": show_parameters(template),
        "ConstraintSummaries": path.constraints,
        "UsageInstructions": [
            {"Type": kind, "Value": value}
            for kind, each in {"rules": rules, "launchAsRole": as_role}.items()
            for value in each
        ],
        "TagOptions": [{"Key": key, "Values": values} for key, values in path.tag_values(call).items()],
        "ProvisioningArtifactOutputKeys": [
            {"Key": key, "Description": output.get("Description")} for key, output in part(template, "Outputs").items()
        ],
    }
