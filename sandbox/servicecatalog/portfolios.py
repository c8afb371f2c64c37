"""Portfolios."""

from sandbox.servicecatalog import quotas
from sandbox.servicecatalog.call import Call, operation, page, retag, tags_in, tags_out
from sandbox.servicecatalog.errors import InvalidParametersException, ResourceInUseException
from sandbox.servicecatalog.model import Json, Portfolio
from sandbox.servicecatalog.tag_options import show_tag_options
from sandbox.servicecatalog.visibility import import_of, own_portfolio, own_portfolios, visible_portfolio


def show_portfolio(portfolio: Portfolio) -> Json:
    return {
        "Id": portfolio.id,
        "ARN": portfolio.arn,
        "DisplayName": portfolio.name,
        "Description": portfolio.description,
        "CreatedTime": portfolio.created,
        "ProviderName": portfolio.provider,
    }


@operation
def create_portfolio(call: Call, request: Json) -> Json:
    quotas.room_for("portfolios", len(own_portfolios(call)), quotas.PORTFOLIOS)
    portfolio = Portfolio(
        id=call.new_id("port-"),
        account=call.account,
        region=call.region,
        name=request["DisplayName"],
        provider=request["ProviderName"],
        description=request.get("Description", ""),
        created=call.now,
        tags=tags_in(request),
    )
    quotas.room_for("tags per portfolio", 0, quotas.TAGS, len(portfolio.tags))
    call.state.portfolios[portfolio.id] = portfolio
    return {"PortfolioDetail": show_portfolio(portfolio), "Tags": tags_out(portfolio.tags)}


@operation
def describe_portfolio(call: Call, request: Json) -> Json:
    portfolio = visible_portfolio(call, request["Id"])
    share = import_of(call, portfolio)
    return {
        "PortfolioDetail": show_portfolio(portfolio),
        "Tags": tags_out(portfolio.tags),
        "TagOptions": show_tag_options(call, portfolio.tag_options) if not share or share.tag_options else [],
        "Budgets": [{"BudgetName": name} for name in portfolio.budgets] if not share else [],
    }


@operation
def update_portfolio(call: Call, request: Json) -> Json:
    portfolio = own_portfolio(call, request["Id"])
    tags = dict(portfolio.tags)
    retag(tags, request)
    quotas.room_for("tags per portfolio", 0, quotas.TAGS, len(tags))
    portfolio.tags = tags
    portfolio.name = request.get("DisplayName", portfolio.name)
    portfolio.provider = request.get("ProviderName", portfolio.provider)
    portfolio.description = request.get("Description", portfolio.description)
    return {"PortfolioDetail": show_portfolio(portfolio), "Tags": tags_out(portfolio.tags)}


@operation
def delete_portfolio(call: Call, request: Json) -> Json:
    """Refused while products, constraints, principals, shares or budgets hang on it (API:DeletePortfolio)."""
    portfolio = own_portfolio(call, request["Id"])
    hanging = {
        "Products": portfolio.products,
        "Constraints": [c for c in call.state.constraints.values() if c.portfolio == portfolio.id],
        "Principals": portfolio.principals.get(call.account),
        "Shares": portfolio.shares,
        "Budgets": portfolio.budgets,
        "TagOptions": portfolio.tag_options,
    }
    if in_use := [kind for kind, things in hanging.items() if things]:
        raise ResourceInUseException(f"Portfolio {portfolio.id} still has associated {', '.join(in_use)}")
    del call.state.portfolios[portfolio.id]
    return {}


@operation
def list_portfolios(call: Call, request: Json) -> Json:
    return page(request, "PortfolioDetails", own_portfolios(call), show_portfolio)


@operation
def list_accepted_portfolio_shares(call: Call, request: Json) -> Json:
    """Imported portfolios: IMPORTED are accepted account shares, AWS_ORGANIZATIONS those of the organization."""
    kind = request.get("PortfolioShareType", "IMPORTED")
    if kind == "AWS_SERVICECATALOG":
        raise InvalidParametersException("PortfolioShareType AWS_SERVICECATALOG is not supported")
    imported = [
        portfolio
        for portfolio in call.state.portfolios.values()
        if (share := import_of(call, portfolio)) and (share.type == "ACCOUNT") == (kind == "IMPORTED")
    ]
    return page(request, "PortfolioDetails", imported, show_portfolio)
