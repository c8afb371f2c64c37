"""Products, as the administrator of the catalog sees them."""

from sandbox.servicecatalog import quotas
from sandbox.servicecatalog.artifacts import CREATION_SECONDS, make_artifact, show_artifact
from sandbox.servicecatalog.call import Call, operation, page, retag, tags_in, tags_out
from sandbox.servicecatalog.errors import InvalidParametersException, ResourceInUseException, not_found
from sandbox.servicecatalog.model import Json, Product
from sandbox.servicecatalog.tag_options import show_tag_options
from sandbox.servicecatalog.visibility import contains, own_product, visible_portfolio, visible_product

_DETAILS = ("Description", "Distributor", "SupportDescription", "SupportEmail", "SupportUrl")


def show_summary(product: Product) -> Json:
    details = {key: product.details.get(key) for key in _DETAILS}
    return {
        "Id": product.view_id,
        "ProductId": product.id,
        "Name": product.name,
        "Owner": product.owner,
        "ShortDescription": details.pop("Description"),
        "Type": product.type,
        "HasDefaultPath": False,
        **details,
    }


def _show_detail(product: Product) -> Json:
    return {
        "ProductViewSummary": show_summary(product),
        "Status": product.status,
        "ProductARN": product.arn,
        "CreatedTime": product.created,
    }


@operation
def create_product(call: Call, request: Json) -> Json:
    own = sum(product.account == call.account for product in call.state.products.values())
    quotas.room_for("products", own, quotas.PRODUCTS)
    if request["ProductType"] != "CLOUD_FORMATION_TEMPLATE" or "SourceConnection" in request:
        raise InvalidParametersException("The sandbox emulates products of type CLOUD_FORMATION_TEMPLATE alone")
    product = Product(
        id=call.new_id("prod-"),
        account=call.account,
        region=call.region,
        name=request["Name"],
        owner=request["Owner"],
        type=request["ProductType"],
        created=call.now,
        tags=tags_in(request),
        details={key: request[key] for key in _DETAILS if key in request},
    )
    quotas.room_for("tags per product", 0, quotas.TAGS, len(product.tags))
    artifact = make_artifact(call, product, request.get("ProvisioningArtifactParameters") or {})
    call.state.products[product.id] = product
    call.world.clock.after(CREATION_SECONDS, lambda: setattr(product, "status", "AVAILABLE"))
    return {
        "ProductViewDetail": _show_detail(product),
        "ProvisioningArtifactDetail": show_artifact(artifact),
        "Tags": tags_out(product.tags),
    }


@operation
def describe_product_as_admin(call: Call, request: Json) -> Json:
    if name := request.get("Name"):
        named = [p for p in call.state.products.values() if p.name == name and p.account == call.account]
        if len(named) != 1:
            raise not_found("Product", name)
        product = named[0]
    elif "Id" in request:
        product = visible_product(call, request["Id"])
    else:
        raise InvalidParametersException("Either Id or Name is required")
    return {
        "ProductViewDetail": _show_detail(product),
        "ProvisioningArtifactSummaries": [
            {"Id": a.id, "Name": a.name, "Description": a.description, "CreatedTime": a.created}
            for a in product.artifacts.values()
        ],
        "Tags": tags_out(product.tags),
        "TagOptions": show_tag_options(call, product.tag_options),
        "Budgets": [{"BudgetName": budget} for budget in product.budgets],
    }


@operation
def update_product(call: Call, request: Json) -> Json:
    product = own_product(call, request["Id"])
    tags = dict(product.tags)
    retag(tags, request)
    quotas.room_for("tags per product", 0, quotas.TAGS, len(tags))
    product.tags = tags
    product.name = request.get("Name", product.name)
    product.owner = request.get("Owner", product.owner)
    product.details |= {key: request[key] for key in _DETAILS if key in request}
    return {"ProductViewDetail": _show_detail(product), "Tags": tags_out(product.tags)}


@operation
def delete_product(call: Call, request: Json) -> Json:
    """Refused while it is in a portfolio or has a budget or tag option (API:DeleteProduct)."""
    product = own_product(call, request["Id"])
    if any(product.id in portfolio.products for portfolio in call.state.portfolios.values()):
        raise ResourceInUseException(f"Product {product.id} is still associated with a portfolio")
    if product.budgets or product.tag_options:
        raise ResourceInUseException(f"Product {product.id} still has associated budgets or tag options")
    del call.state.products[product.id]
    return {}


@operation
def search_products_as_admin(call: Call, request: Json) -> Json:
    if portfolio_id := request.get("PortfolioId"):
        portfolio = visible_portfolio(call, portfolio_id)
        found = [p for p in call.state.products.values() if contains(call, portfolio, p.id)]
    else:
        found = [p for p in call.state.products.values() if p.account == call.account]
    return page(request, "ProductViewDetails", search(found, request), _show_detail)


def search(products: list[Product], request: Json) -> list[Product]:
    """Products that match the request's filters, in the order it asks for.

    Raises:
        InvalidParametersException: a filter that the API Reference does not list.
    """
    filters = {key: value[0].lower() if value else "" for key, value in request.get("Filters", {}).items()}
    fields = {
        "FullTextSearch": lambda p: " ".join([p.name, p.owner, *p.details.values()]),
        "Owner": lambda p: p.owner,
        "ProductType": lambda p: p.type,
        "SourceProductId": lambda p: p.id,
    }
    if unknown := set(filters) - set(fields):
        raise InvalidParametersException(f"Unknown filter: {', '.join(sorted(unknown))}")
    found = [p for p in products if all(text in fields[key](p).lower() for key, text in filters.items())]
    orders = {
        "Title": lambda p: p.name,
        "VersionCount": lambda p: len(p.artifacts),
        "CreationDate": lambda p: p.created,
    }
    if "SortBy" in request:
        found.sort(key=orders[request["SortBy"]], reverse=request.get("SortOrder") == "DESCENDING")
    return found
