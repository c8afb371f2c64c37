"""The types that tie two things together and have nothing to update."""

from collections.abc import Collection
from typing import Any, ClassVar

from sandbox.plugin.failure import Failure, Gone, doing, tolerating
from sandbox.plugin.schema import REGION, Operation, Resource, one_of, optional, outputs, required
from sandbox.plugin.waits import retry, until_gone, wait
from sandbox.plugin.wire import State

from .calls import NOT_FOUND, READ_LIMIT, attempt, call, found_or_gone, listing, parts_of, timestamp

_LIMIT = 3 * 60


class _Association(Resource):
    """Two things that one call ties, a listing shows and another call separates."""

    title: ClassVar[str]
    tying: ClassVar[str]
    separating: ClassVar[str]
    gone: ClassVar[str]
    """What a wait for the end is called."""
    unlisted: ClassVar[str]
    id_format: ClassVar[str]
    id_keys: ClassVar[tuple[str, ...]]
    associate: ClassVar[str]
    disassociate: ClassVar[str]
    parameters: ClassVar[dict[str, str]]
    steady: ClassVar[bool] = False

    def find(self, op: Operation) -> dict[str, Any] | None:
        """Look for it in the listing."""
        raise NotImplementedError

    def properties_of(self, found: dict[str, Any]) -> State:
        """What the listing tells."""
        del found
        return {}

    def create(self, op: Operation) -> None:
        with doing(self.tying):
            attempt(op, self.associate, _LIMIT, **op.given(**self.parameters))
        op.id = ":".join(op.new[key] for key in self.id_keys)

    def read(self, op: Operation) -> State:
        with doing(f"could not parse ID ({op.id})"):
            op.new |= dict(zip(self.id_keys, parts_of(op.id, self.id_format), strict=True))

        def look() -> tuple[str, dict[str, Any]]:
            return "AVAILABLE", found_or_gone(self.find(op), self.unlisted)

        with doing(f"describing {self.title} ({op.id})", gone=[NOT_FOUND]):
            found = wait(op.clock, READ_LIMIT, look, pending=(), target=("AVAILABLE",), steady=self.steady)
        return self.properties_of(found or {})

    def delete(self, op: Operation) -> None:
        parameters = op.given(**self.parameters)
        parameters.pop("SourcePortfolioId", None)
        with doing(f"{self.separating} ({op.id})"), tolerating(NOT_FOUND):
            call(op, self.disassociate, **parameters)

        def look() -> dict[str, Any] | None:
            found = None
            with tolerating(NOT_FOUND):
                found = self.find(op)
            return found

        with doing(f"waiting for {self.gone} ({op.id})"):
            until_gone(op.clock, op.limit(_LIMIT), look)


class ProductPortfolioAssociation(_Association):
    """A product in a portfolio."""

    pulumi_type = "aws:servicecatalog/productPortfolioAssociation:ProductPortfolioAssociation"
    properties = {
        "portfolioId": required(replaces=True),
        "productId": required(replaces=True),
        "sourcePortfolioId": optional(replaces=True),
        "acceptLanguage": optional(default="en", replaces=True, check=one_of("en", "jp", "zh")),
        **REGION,
    }
    title = "Service Catalog Product Portfolio Association"
    tying = "associating Service Catalog Product with Portfolio"
    separating = "disassociating Service Catalog Product from Portfolio"
    gone = "Service Catalog Product Portfolio Disassociation"
    unlisted = "product portfolio association"
    id_format, id_keys = "acceptLanguage:portfolioID:productID", ("acceptLanguage", "portfolioId", "productId")
    associate, disassociate = "associate_product_with_portfolio", "disassociate_product_from_portfolio"
    parameters = {
        "PortfolioId": "portfolioId",
        "ProductId": "productId",
        "SourcePortfolioId": "sourcePortfolioId",
        "AcceptLanguage": "acceptLanguage",
    }
    steady = True

    def find(self, op: Operation) -> dict[str, Any] | None:
        names = op.given(ProductId="productId", AcceptLanguage="acceptLanguage")
        portfolios = listing(op, "list_portfolios_for_product", "PortfolioDetails", **names)
        return next((one for one in portfolios if one["Id"] == op.new["portfolioId"]), None)


class TagOptionResourceAssociation(_Association):
    """A tag option on a portfolio or product."""

    pulumi_type = "aws:servicecatalog/tagOptionResourceAssociation:TagOptionResourceAssociation"
    properties = {
        "resourceId": required(replaces=True),
        "tagOptionId": required(replaces=True),
        **REGION,
        **outputs("resourceArn", "resourceCreatedTime", "resourceDescription", "resourceName"),
    }
    title = "Service Catalog Tag Option Resource Association"
    tying = "associating Service Catalog Tag Option with Resource"
    separating = "disassociating Service Catalog Tag Option from Resource"
    gone = "Service Catalog Tag Option Resource Disassociation"
    unlisted = "tag option resource association"
    id_format, id_keys = "tagOptionID:resourceID", ("tagOptionId", "resourceId")
    associate, disassociate = "associate_tag_option_with_resource", "disassociate_tag_option_from_resource"
    parameters = {"ResourceId": "resourceId", "TagOptionId": "tagOptionId"}

    def find(self, op: Operation) -> dict[str, Any] | None:
        names = op.given(TagOptionId="tagOptionId")
        resources = listing(op, "list_resources_for_tag_option", "ResourceDetails", **names)
        return next((one for one in resources if one["Id"] == op.new["resourceId"]), None)

    def properties_of(self, found: dict[str, Any]) -> State:
        return {
            "resourceArn": found.get("ARN", ""),
            "resourceCreatedTime": timestamp(found["CreatedTime"]) if "CreatedTime" in found else "",
            "resourceDescription": found.get("Description", ""),
            "resourceName": found.get("Name", ""),
        }


class BudgetResourceAssociation(_Association):
    """A budget on a portfolio or product."""

    pulumi_type = "aws:servicecatalog/budgetResourceAssociation:BudgetResourceAssociation"
    properties = {"budgetName": required(replaces=True), "resourceId": required(replaces=True), **REGION}
    title = "Service Catalog Budget Resource Association"
    tying = "associating Service Catalog Budget with Resource"
    separating = "disassociating Service Catalog Budget from Resource"
    gone = "Service Catalog Budget Resource Disassociation"
    unlisted = "tag option resource association"  # the real plug-in's own slip
    id_format, id_keys = "budgetName:resourceID", ("budgetName", "resourceId")
    associate, disassociate = "associate_budget_with_resource", "disassociate_budget_from_resource"
    parameters = {"BudgetName": "budgetName", "ResourceId": "resourceId"}

    def find(self, op: Operation) -> dict[str, Any] | None:
        budgets = listing(op, "list_budgets_for_resource", "Budgets", ResourceId=op.new["resourceId"])
        return next((one for one in budgets if one["BudgetName"] == op.new["budgetName"]), None)


class PrincipalPortfolioAssociation(Resource):
    """Someone who may use a portfolio."""

    pulumi_type = "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation"
    properties = {
        "portfolioId": required(replaces=True),
        "principalArn": required(replaces=True),
        "principalType": optional(default="IAM", replaces=True, check=one_of("IAM", "IAM_PATTERN")),
        "acceptLanguage": optional(default="en", replaces=True, check=one_of("en", "jp", "zh")),
        **REGION,
    }
    title = "Service Catalog Principal Portfolio Association"
    keys: ClassVar[Collection[str]] = ("acceptLanguage", "principalArn", "portfolioId", "principalType")

    def create(self, op: Operation) -> None:
        object_id = ",".join(op.new[key] for key in self.keys)
        with doing(f"creating {self.title} ({object_id})"):
            attempt(op, "associate_principal_with_portfolio", _LIMIT, **self._names(op))
        op.id = object_id
        with doing(f"waiting for {self.title} ({op.id}) create"):
            retry(op.clock, READ_LIMIT, lambda: self._find(op), on=lambda error: isinstance(error, Gone))

    def read(self, op: Operation) -> State:
        op.new |= dict(
            zip(self.keys, parts_of(op.id, "acceptLanguage,principalARN,portfolioID,principalType", ","), strict=True)
        )
        with doing(f"reading {self.title} ({op.id})", gone=[NOT_FOUND]):
            self._find(op)
        return {}

    def delete(self, op: Operation) -> None:
        with doing(f"deleting {self.title} ({op.id})"), tolerating(NOT_FOUND):
            call(op, "disassociate_principal_from_portfolio", **self._names(op))

        def look() -> None:
            try:
                with tolerating(NOT_FOUND):
                    self._find(op)
                    raise Failure("found resource")
            except Gone:
                return

        with doing(f"waiting for {self.title} ({op.id}) delete"):
            retry(op.clock, op.limit(_LIMIT), look, on=lambda error: str(error) == "found resource")

    def _names(self, op: Operation) -> dict[str, str]:
        return op.given(
            PortfolioId="portfolioId",
            PrincipalARN="principalArn",
            PrincipalType="principalType",
            AcceptLanguage="acceptLanguage",
        )

    def _find(self, op: Operation) -> None:
        """Raise Gone unless the listing shows the principal once."""
        names = op.given(PortfolioId="portfolioId", AcceptLanguage="acceptLanguage")
        wished = (op.new["principalArn"], op.new["principalType"])
        principals = listing(op, "list_principals_for_portfolio", "Principals", **names)
        if [(one["PrincipalARN"], one["PrincipalType"]) for one in principals].count(wished) != 1:
            raise Gone("empty result")
