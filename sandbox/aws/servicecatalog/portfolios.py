"""Portfolios."""

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.call import Call, amend, operation, page, tags_in
from sandbox.aws.servicecatalog.errors import ResourceInUseException
from sandbox.aws.servicecatalog.model import Portfolio
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
