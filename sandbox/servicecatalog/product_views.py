"""Products, as those who may launch them see them."""

import json
from collections import Counter

from sandbox.servicecatalog.artifacts import find_artifact
from sandbox.servicecatalog.call import Call, operation, page
from sandbox.servicecatalog.constraints import parameters_of
from sandbox.servicecatalog.errors import InvalidParametersException, not_found
from sandbox.servicecatalog.launch_paths import (
    choose_path,
    launch_paths,
    launchable_product,
    show_constraint_summaries,
)
from sandbox.servicecatalog.model import Json, Product
from sandbox.servicecatalog.parameters import show_parameters
from sandbox.servicecatalog.products import search, show_summary


def _find(call: Call, *, product_id: str | None = None, name: str | None = None) -> Product:
    for product in call.state.products.values():
        if (product.id == product_id or product.name == name) and launch_paths(call, product):
            return product
    raise not_found("Product", product_id or name)


def _show_artifacts(product: Product) -> list[Json]:
    return [
        {
            "Id": artifact.id,
            "Name": artifact.name,
            "Description": artifact.description,
            "CreatedTime": artifact.created,
            "Guidance": artifact.guidance,
        }
        for artifact in product.artifacts.values()
        if artifact.active
    ]


@operation
def describe_product(call: Call, request: Json) -> Json:
    if "Id" not in request and "Name" not in request:
        raise InvalidParametersException("Either Id or Name is required")
    product = _find(call, product_id=request.get("Id"), name=request.get("Name"))
    return {
        "ProductViewSummary": show_summary(product),
        "ProvisioningArtifacts": _show_artifacts(product),
        "Budgets": [{"BudgetName": budget} for budget in product.budgets if product.account == call.account],
        "LaunchPaths": [{"Id": p.id, "Name": p.portfolio.name} for p in launch_paths(call, product)],
    }


@operation
def describe_product_view(call: Call, request: Json) -> Json:
    wanted = request["Id"]
    product = _find(call, product_id=wanted.replace("prodview-", "prod-"))
    if wanted != product.view_id:
        raise not_found("ProductView", wanted)
    return {"ProductViewSummary": show_summary(product), "ProvisioningArtifacts": _show_artifacts(product)}


@operation
def search_products(call: Call, request: Json) -> Json:
    launchable = [product for product in call.state.products.values() if launch_paths(call, product)]
    found = search(launchable, request)
    listing = page(request, "ProductViewSummaries", found, show_summary)
    listing["ProductViewAggregations"] = {
        key: [{"Value": value, "ApproximateCount": count} for value, count in Counter(values).items()]
        for key, values in {"Owner": [p.owner for p in found], "ProductType": [p.type for p in found]}.items()
    }
    return listing


@operation
def describe_provisioning_parameters(call: Call, request: Json) -> Json:
    product = launchable_product(call, request)
    path = choose_path(call, product, request)
    artifact = find_artifact(product, request)
    template = artifact.template
    rules = [json.dumps(parameters_of(c)) for c in path.constraints if c.type == "TEMPLATE"]
    outputs = [
        {"Key": key, "Description": output.get("Description")}
        for key, output in (template.get("Outputs") or {}).items()
    ]
    return {
        "ProvisioningArtifactParameters": show_parameters(template),
        "ConstraintSummaries": show_constraint_summaries(path),
        "UsageInstructions": [
            *({"Type": "rules", "Value": text} for text in rules),
            *([{"Type": "launchAsRole", "Value": "true"}] if path.constraint("LAUNCH") else []),
        ],
        "TagOptions": [{"Key": key, "Values": values} for key, values in path.tag_values(call).items()],
        "ProvisioningArtifactOutputKeys": outputs,
    }
