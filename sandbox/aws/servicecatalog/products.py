"""Products, as the administrator of the catalog sees them, and copies of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.artifacts import CREATION_SECONDS, make_artifact
from sandbox.aws.servicecatalog.call import Call, amend, operation, page, tags_in
from sandbox.aws.servicecatalog.errors import ResourceInUseException, invalid, not_found
from sandbox.aws.servicecatalog.model import Product, TagOption
from sandbox.aws.servicecatalog.tag_options import offered_tag_options, retag
from sandbox.aws.servicecatalog.visibility import contains, own_product, visible_portfolio, visible_product


@operation
def create_product(call: Call, request: Json) -> Json:
    quotas.room_for("tags per product", 0, quotas.TAGS, len(tags_in(request)))
    if request["ProductType"] != "CLOUD_FORMATION_TEMPLATE" or "SourceConnection" in request:
        raise invalid("The sandbox emulates products of type CLOUD_FORMATION_TEMPLATE alone")
    named = {"type": request["ProductType"], "short_description": request.get("Description")}
    product = call.made(Product, request, product_id=call.new_id("prod-"), **named)
    artifact = make_artifact(call, product, request.get("ProvisioningArtifactParameters") or {})
    _ = add_product(call, product)
    return {"ProductViewDetail": product, "ProvisioningArtifactDetail": artifact, "Tags": product.tags}


def add_product(call: Call, product: Product) -> Product:
    quotas.room_for("products", len(call.all_own(call.state.products)), quotas.PRODUCTS)
    call.state.products[product.product_id] = product
    return product


@operation
def describe_product_as_admin(call: Call, request: Json) -> Json:
    if not request.get("Id") and not request.get("Name"):
        raise invalid("Either Id or Name is required")
    if product_id := request.get("Id"):
        product = visible_product(call, product_id)
    else:
        own = call.all_own(call.state.products)
        product = next((product for product in own if product.name == request["Name"]), None)
    if product is None:
        raise not_found("Product", request["Name"])
    owned = product.account == call.account
    return {
        "ProductViewDetail": product,
        "ProvisioningArtifactSummaries": list(product.artifacts.values()),
        "Tags": product.tags,
        "TagOptions": _tag_options(call, product, request.get("SourcePortfolioId")),
        "Budgets": [{"BudgetName": budget} for budget in product.budgets if owned],
    }


def _tag_options(call: Call, product: Product, portfolio_id: str | None) -> list[TagOption]:
    """All of one's own product's; of a shared one those that the portfolio named as its source shares too."""
    if product.account == call.account:
        return [call.state.tag_options[option] for option in product.tag_options]
    if portfolio_id is None:
        return []
    portfolio = visible_portfolio(call, portfolio_id)
    if portfolio.account == call.account or not contains(call, portfolio, product.product_id):
        raise invalid(f"Product {product.product_id} is not shared through {portfolio_id}")
    return offered_tag_options(call, portfolio, product.tag_options)


@operation
def update_product(call: Call, request: Json) -> Json:
    product = own_product(call, request["Id"])
    retag(product, request)
    amend(product, request, "Name", "Owner", "Distributor", "SupportDescription", "SupportEmail", "SupportUrl")
    product.short_description = request.get("Description", product.short_description)
    return {"ProductViewDetail": product, "Tags": product.tags}


@operation
def delete_product(call: Call, request: Json) -> None:
    """ApiError while it is in a portfolio or has a budget or tag option (API:DeleteProduct)."""
    product = own_product(call, request["Id"])
    in_use = any(product.product_id in portfolio.products for portfolio in call.state.portfolios.values())
    if in_use or product.budgets or product.tag_options:
        raise ResourceInUseException(
            f"Product {product.product_id} is still associated with a portfolio, a budget or a tag option"
        )
    del call.state.products[product.product_id]


@operation
def search_products_as_admin(call: Call, request: Json) -> Json:
    if portfolio_id := request.get("PortfolioId"):
        portfolio = visible_portfolio(call, portfolio_id)
        found = [p for p in call.state.products.values() if contains(call, portfolio, p.product_id)]
    else:
        found = call.all_own(call.state.products)
    return page(request, "ProductViewDetails", search(found, request))


_FILTERS: dict[str, Callable[[Product], str]] = {
    "FullTextSearch": lambda p: f"{p.name} {p.owner} {p.short_description} {p.distributor}",
    "Owner": lambda p: p.owner,
    "ProductType": lambda p: p.type,
    "SourceProductId": lambda p: p.product_id,
}
_ORDERS: dict[str, Callable[[Product], Any]] = {
    "Title": lambda p: p.name,
    "VersionCount": lambda p: len(p.artifacts),
    "CreationDate": lambda p: p.created_time,
}


def search(products: list[Product], request: Json) -> list[Product]:
    """Products that match the request's filters (text that is contained), in the order it asks for."""
    filters: dict[str, list[str]] = request.get("Filters", {})
    if unknown := set(filters) - set(_FILTERS):
        raise invalid(f"Unknown filter: {', '.join(sorted(unknown))}")
    found = [
        product
        for product in products
        if all(text.lower() in _FILTERS[key](product).lower() for key, texts in filters.items() for text in texts)
    ]
    if order := request.get("SortBy"):
        found.sort(key=_ORDERS[order], reverse=request.get("SortOrder") == "DESCENDING")
    return found


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
