"""Portfolios, and the products in them."""

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog import quotas, visibility
from sandbox.aws.servicecatalog.call import Call, amend, operation, page, tags_in
from sandbox.aws.servicecatalog.errors import ResourceInUseException, ResourceNotFoundException, invalid
from sandbox.aws.servicecatalog.model import Association, Portfolio
from sandbox.aws.servicecatalog.tag_options import offered_tag_options, retag
from sandbox.aws.servicecatalog.visibility import imports_of, own_portfolio, own_portfolios, visible_portfolio


@operation
def create_portfolio(call: Call, request: Json) -> Json:
    quotas.room_for("portfolios", len(own_portfolios(call)), quotas.PORTFOLIOS)
    quotas.room_for("tags per portfolio", 0, quotas.TAGS, len(tags_in(request)))
    portfolio = call.made(Portfolio, request, id=call.new_id("port-"))
    call.state.portfolios[portfolio.id] = portfolio
    return {"PortfolioDetail": portfolio, "Tags": portfolio.tags}


@operation
def describe_portfolio(call: Call, request: Json) -> Json:
    portfolio = visible_portfolio(call, request["Id"])
    owned = portfolio.account == call.account
    return {
        "PortfolioDetail": portfolio,
        "Tags": portfolio.tags,
        "TagOptions": offered_tag_options(call, portfolio, portfolio.tag_options),
        "Budgets": [{"BudgetName": name} for name in portfolio.budgets if owned],
    }


@operation
def update_portfolio(call: Call, request: Json) -> Json:
    portfolio = own_portfolio(call, request["Id"])
    retag(portfolio, request)
    amend(portfolio, request, "DisplayName", "ProviderName", "Description")
    return {"PortfolioDetail": portfolio, "Tags": portfolio.tags}


@operation
def delete_portfolio(call: Call, request: Json) -> None:
    """ApiError while products, constraints, principals, shares or the like hang on it (API:DeletePortfolio)."""
    portfolio = own_portfolio(call, request["Id"])
    hanging = {
        "Products": portfolio.products,
        "Constraints": [c for c in call.state.constraints.values() if c.portfolio_id == portfolio.id],
        "Principals": portfolio.principals.get(call.account),
        "Shares": portfolio.shares,
        "Budgets": portfolio.budgets,
        "TagOptions": portfolio.tag_options,
    }
    if in_use := [kind for kind, things in hanging.items() if things]:
        raise ResourceInUseException(f"Portfolio {portfolio.id} still has associated {', '.join(in_use)}")
    del call.state.portfolios[portfolio.id]


@operation
def list_portfolios(call: Call, request: Json) -> Json:
    return page(request, "PortfolioDetails", own_portfolios(call))


@operation
def list_accepted_portfolio_shares(call: Call, request: Json) -> Json:
    """Imported portfolios: IMPORTED are accepted account shares, AWS_ORGANIZATIONS those of the organization."""
    kind = request.get("PortfolioShareType", "IMPORTED")
    imported = [
        portfolio
        for portfolio in call.state.portfolios.values()
        if kind != "AWS_SERVICECATALOG"  # the portfolios that AWS itself once shared with everybody
        and any((share.type == "ACCOUNT") == (kind == "IMPORTED") for share in imports_of(call, portfolio))
    ]
    return page(request, "PortfolioDetails", imported)


CONSISTENCY_SECONDS = 3.0
"""Virtual time until launch paths know of a new association.

AWS documents none; users report launches that fail with "No launch paths found" right after an
association and work a moment later (aws-service-catalog-products issue 51).
"""


@operation
def associate_product_with_portfolio(call: Call, request: Json) -> None:
    portfolio = visibility.own_portfolio(call, request["PortfolioId"])
    product = visibility.visible_product(call, request["ProductId"])
    source = request.get("SourcePortfolioId")
    if source and not visibility.contains(call, visibility.visible_portfolio(call, source), product.product_id):
        raise ResourceNotFoundException(f"Product {product.product_id} is not in portfolio {source}")
    if product.account != call.account and portfolio.shares:
        raise invalid("A portfolio that is shared cannot contain an imported product")
    if product.product_id in portfolio.products:
        return
    if product.account != call.account and source is None:
        source = next(
            p.id
            for p in visibility.visible_portfolios(call)
            if p is not portfolio and visibility.contains(call, p, product.product_id)
        )
    quotas.room_for("products per portfolio", len(portfolio.products), quotas.PRODUCTS_PER_PORTFOLIO)
    effective = call.backend.clock.later(CONSISTENCY_SECONDS)
    portfolio.products[product.product_id] = Association(source, effective)


@operation
def disassociate_product_from_portfolio(call: Call, request: Json) -> None:
    portfolio = visibility.own_portfolio(call, request["PortfolioId"])
    product_id = request["ProductId"]
    if product_id not in portfolio.products:
        raise ResourceNotFoundException(f"Product {product_id} is not associated with portfolio {portfolio.id}")
    on_it = (c for c in call.state.constraints.values() if c.portfolio_id == portfolio.id)
    if any(constraint.product_id == product_id for constraint in on_it):
        raise ResourceInUseException(f"Product {product_id} still has constraints in portfolio {portfolio.id}")
    del portfolio.products[product_id]
    # What another account took over from here into portfolios of its own goes with it
    # (Administrator Guide: removing a product propagates to imported and local portfolios).
    for other in call.state.portfolios.values():
        association = other.products.get(product_id)
        if association and association.source_portfolio == portfolio.id:
            del other.products[product_id]


@operation
def list_portfolios_for_product(call: Call, request: Json) -> Json:
    product = visibility.visible_product(call, request["ProductId"])
    found = [
        portfolio
        for portfolio in visibility.visible_portfolios(call)
        if visibility.contains(call, portfolio, product.product_id)
    ]
    return page(request, "PortfolioDetails", found)
