"""ProductPortfolioAssociation and PrincipalPortfolioAssociation: every change replaces them."""

from typing import Any

from sandbox.plugin.failure import Failure, Gone, doing, tolerating
from sandbox.plugin.schema import REGION, Operation, Resource, one_of, optional, required
from sandbox.plugin.waits import retry, until_gone
from sandbox.plugin.wire import State

from .calls import LANGUAGES, NOT_FOUND, READ_LIMIT, create, listed, parts_of, ready, send

_LIMIT = 3 * 60
_LANGUAGE = {"acceptLanguage": optional(default="en", replaces=True, check=LANGUAGES)}


class ProductPortfolioAssociation(Resource):
    """A product in a portfolio."""

    pulumi_type = "aws:servicecatalog/productPortfolioAssociation:ProductPortfolioAssociation"
    properties = {
        "portfolioId": required(replaces=True),
        "productId": required(replaces=True),
        "sourcePortfolioId": optional(replaces=True),
        **_LANGUAGE,
        **REGION,
    }
    names = ("acceptLanguage", "portfolioId", "productId")

    def create(self, op: Operation) -> None:
        with doing("associating Service Catalog Product with Portfolio"):
            create(op, "associate_product_with_portfolio", _LIMIT)
        op.id = ":".join(op.new[key] for key in self.names)

    def read(self, op: Operation) -> State:
        with doing(f"could not parse ID ({op.id})"):
            parts = parts_of(op.id, "acceptLanguage:portfolioID:productID")
        op.new |= dict(zip(self.names, parts, strict=True))

        def look() -> tuple[str, None]:
            if not self._is_listed(op):
                raise Gone("describing product portfolio association: empty result")
            return "AVAILABLE", None

        with doing(f"describing Service Catalog Product Portfolio Association ({op.id})", gone=[NOT_FOUND]):
            ready(op, READ_LIMIT, look)
        return {}

    def delete(self, op: Operation) -> None:
        with (
            doing(f"disassociating Service Catalog Product from Portfolio ({op.id})"),
            tolerating(NOT_FOUND),
        ):
            send(op, "disassociate_product_from_portfolio")

        def look() -> object:
            with tolerating(NOT_FOUND):
                return self._is_listed(op) or None

        with doing(f"waiting for Service Catalog Product Portfolio Disassociation ({op.id})"):
            until_gone(op.clock, op.limit(_LIMIT), look)

    def _is_listed(self, op: Operation) -> bool:
        portfolios = listed(op, "list_portfolios_for_product", "PortfolioDetails")
        return any(one["Id"] == op.new["portfolioId"] for one in portfolios)


class PrincipalPortfolioAssociation(Resource):
    """Someone who may use a portfolio."""

    pulumi_type = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
    properties = {
        "portfolioId": required(replaces=True),
        "principalArn": required(replaces=True),
        "principalType": optional(default="IAM", replaces=True, check=one_of("IAM", "IAM_PATTERN")),
        **_LANGUAGE,
        **REGION,
    }
    title = "Service Catalog Principal Portfolio Association"
    names = ("acceptLanguage", "principalArn", "portfolioId", "principalType")

    def create(self, op: Operation) -> None:
        object_id = ",".join(op.new[key] for key in self.names)
        with doing(f"creating {self.title} ({object_id})"):
            create(op, "associate_principal_with_portfolio", _LIMIT)
        op.id = object_id
        with doing(f"waiting for {self.title} ({op.id}) create"):
            retry(op.clock, READ_LIMIT, lambda: self._find(op), on=lambda error: isinstance(error, Gone))

    def read(self, op: Operation) -> State:
        parts = parts_of(op.id, "acceptLanguage,principalARN,portfolioID,principalType", ",")
        op.new |= dict(zip(self.names, parts, strict=True))
        with doing(f"reading {self.title} ({op.id})", gone=[NOT_FOUND]):
            self._find(op)
        return {}

    def delete(self, op: Operation) -> None:
        with doing(f"deleting {self.title} ({op.id})"), tolerating(NOT_FOUND):
            send(op, "disassociate_principal_from_portfolio")

        def look() -> None:
            with tolerating(NOT_FOUND):
                try:
                    self._find(op)
                except Gone:
                    return
                raise Failure("found resource")

        with doing(f"waiting for {self.title} ({op.id}) delete"):
            retry(op.clock, op.limit(_LIMIT), look, on=lambda error: str(error) == "found resource")

    def _find(self, op: Operation) -> None:
        """Raise Gone unless the listing shows the principal exactly once."""
        wished: tuple[Any, Any] = (op.new["principalArn"], op.new["principalType"])
        principals = listed(op, "list_principals_for_portfolio", "Principals")
        if [(one["PrincipalARN"], one["PrincipalType"]) for one in principals].count(wished) != 1:
            raise Gone("empty result")
