"""Products, as those who may launch them see them."""

import json
from collections import Counter

from sandbox.aws.documents import Json, part
from sandbox.aws.servicecatalog import launch_paths as paths
from sandbox.aws.servicecatalog.artifacts import find_artifact, show_parameters
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.constraints import parameters_of
from sandbox.aws.servicecatalog.errors import invalid, not_found
from sandbox.aws.servicecatalog.launch_roles import role_arn
from sandbox.aws.servicecatalog.model import Artifact, Product
from sandbox.aws.servicecatalog.products import search


def _find(call: Call, product_id: str | None, name: str | None = None) -> Product:
    if product_id is None and name is None:
        raise invalid("Either Id or Name is required")
    for product in call.state.products.values():
        if (product.product_id == product_id or product.name == name) and paths.launch_paths(call, product):
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
        "LaunchPaths": paths.launch_paths(call, product),
    }


@operation
def describe_product_view(call: Call, request: Json) -> Json:
    product = _find(call, request["Id"].replace("prodview-", "prod-"))
    return {"ProductViewSummary": product, "ProvisioningArtifacts": _active(product)}


@operation
def search_products(call: Call, request: Json) -> Json:
    ids = paths.launchable_ids(call)
    found = search([p for p in call.state.products.values() if p.product_id in ids], request)
    values = {"Owner": [p.owner for p in found], "ProductType": [p.type for p in found]}
    counted = {
        key: [{"Value": value, "ApproximateCount": count} for value, count in Counter(each).items()]
        for key, each in values.items()
    }
    return {**page(request, "ProductViewSummaries", found), "ProductViewAggregations": counted}


@operation
def describe_provisioning_parameters(call: Call, request: Json) -> Json:
    product = paths.launchable_product(call, request)
    path = paths.choose_path(call, product, request)
    artifact = find_artifact(product, request)
    template = artifact.template
    return {
        "ProvisioningArtifactParameters": show_parameters(template),
        "ConstraintSummaries": path.constraints,
        "UsageInstructions": [
            {"Type": kind, "Value": value} for kind, value in _instructions(call, path, template).items() if value
        ],
        "TagOptions": [{"Key": key, "Values": values} for key, values in path.tag_values(call).items()],
        "ProvisioningArtifactPreferences": {},
        "ProvisioningArtifactOutputs": [{"Key": artifact.id, "Description": ""}],
        "ProvisioningArtifactOutputKeys": [
            {"Key": key, "Description": output.get("Description")} for key, output in part(template, "Outputs").items()
        ],
    }


def _instructions(call: Call, path: paths.LaunchPath, template: Json) -> dict[str, str]:
    """The four that AWS gives (AWS CLI's example of describe-provisioning-parameters)."""
    rules: Json = {}
    for constraint in path.constraints:
        rules |= parameters_of(constraint)["Rules"] if constraint.type == "TEMPLATE" else {}
    launch, update = path.constraint("LAUNCH"), path.constraint("RESOURCE_UPDATE")
    return {
        "rules": json.dumps(rules),
        "version": str(template.get("AWSTemplateFormatVersion", "2010-09-09")),
        "launchAsRole": role_arn(call, parameters_of(launch)) if launch else "",
        "tagUpdateOnProvisionedProduct": (
            parameters_of(update)["Properties"]["TagUpdateOnProvisionedProduct"] if update else "NOT_ALLOWED"
        ),
    }
