"""Who sees which portfolio and product: an account its own, and what is shared with it."""

from sandbox.aws.servicecatalog.call import Call, CatalogBackend
from sandbox.aws.servicecatalog.errors import not_found
from sandbox.aws.servicecatalog.model import Constraint, Portfolio, Product, Share


def reaches(backend: CatalogBackend, share: Share, account: str) -> bool:
    """Whether a share has put the portfolio into an account's list of imported ones.

    Shares to organization nodes follow the accounts as they join, move and leave, but not once trusted
    access is off (API Reference, DisableAWSOrganizationsAccess).
    """
    if share.type == "ACCOUNT":
        return share.principal_id == account and share.accepted
    if not share.complete or account in share.failed:
        return False
    if share.frozen is not None:
        return account in share.frozen
    return backend.organization.covers(share.principal_id, account)


def imports_of(call: Call, portfolio: Portfolio) -> list[Share]:
    """The shares through which the caller's account has a portfolio of another account."""
    if portfolio.account == call.account:
        return []
    return [share for share in portfolio.shares if reaches(call.backend, share, call.account)]


def is_visible(call: Call, portfolio: Portfolio) -> bool:
    return portfolio.account == call.account or bool(imports_of(call, portfolio))


def own_portfolios(call: Call) -> list[Portfolio]:
    return call.all_own(call.state.portfolios)


def visible_portfolios(call: Call) -> list[Portfolio]:
    """The account's own portfolios and those it has imported."""
    return [portfolio for portfolio in call.state.portfolios.values() if is_visible(call, portfolio)]


def own_portfolio(call: Call, portfolio_id: str) -> Portfolio:
    """A portfolio that the caller may change."""
    return call.own(call.state.portfolios, "Portfolio", portfolio_id)


def visible_portfolio(call: Call, portfolio_id: str) -> Portfolio:
    """A portfolio that the caller may read and grant to its own principals."""
    portfolio = call.state.portfolios.get(portfolio_id)
    if portfolio is None or not is_visible(call, portfolio):
        raise not_found("Portfolio", portfolio_id)
    return portfolio


def contains(call: Call, portfolio: Portfolio, product_id: str) -> bool:
    """Whether a portfolio offers a product; one taken from an imported portfolio goes when that goes."""
    association = portfolio.products.get(product_id)
    if association is None:
        return False
    source = call.state.portfolios.get(association.source_portfolio or "")
    return association.source_portfolio is None or (
        source is not None and is_visible(call, source) and product_id in source.products
    )


def own_product(call: Call, product_id: str | None) -> Product:
    """A product that the caller may change."""
    return call.own(call.state.products, "Product", product_id)


def visible_product(call: Call, product_id: str | None) -> Product:
    """A product of the account, or one in a portfolio that it has imported."""
    product = call.state.products.get(product_id or "")
    if product is None or (
        product.account != call.account
        and not any(contains(call, portfolio, product.product_id) for portfolio in visible_portfolios(call))
    ):
        raise not_found("Product", product_id)
    return product


def constraints_on(call: Call, portfolio: Portfolio, product_id: str) -> list[Constraint]:
    """The constraints in force for a product in a portfolio.

    A product that was added from an imported portfolio keeps that portfolio's launch and template
    constraints; a launch constraint of the local portfolio stands over the inherited one
    (Administrator Guide, "Sharing a portfolio": constraints).
    """
    of_product = [c for c in call.state.constraints.values() if c.product_id == product_id]
    found = [constraint for constraint in of_product if constraint.portfolio_id == portfolio.id]
    association = portfolio.products.get(product_id)
    if association is None or association.source_portfolio is None:
        return found
    kept = {"TEMPLATE"} if any(constraint.type == "LAUNCH" for constraint in found) else {"TEMPLATE", "LAUNCH"}
    source = association.source_portfolio
    return found + [c for c in of_product if c.portfolio_id == source and c.type in kept]
