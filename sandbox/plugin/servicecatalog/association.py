"""What is associated with portfolios, products and resources: every change of an association replaces it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from sandbox.plugin.failure import Failure, Gone, doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, Resource, each, one_of, optional, outputs, required
from sandbox.plugin.waits import retry, until_gone, wait
from sandbox.plugin.wire import State

from .calls import LANGUAGES, NOT_FOUND, READ_LIMIT, call, create, listed, parts_of, send

_LIMIT = 3 * 60
_LANGUAGE = {"acceptLanguage": optional(default="en", replaces=True, check=LANGUAGES)}


class _Association(Resource):
    """Something that hangs on something else. Its id names both."""

    ends: ClassVar[tuple[str, str]]
    """As in error texts."""
    names: ClassVar[tuple[str, ...]]
    """The properties in the id."""
    form: ClassVar[str]
    """Of the id."""
    calls: ClassVar[tuple[str, str]]
    steady: ClassVar[bool] = False

    def create(self, op: Operation) -> None:
        with doing(f"associating Service Catalog {self.ends[0]} with {self.ends[1]}"):
            create(op, self.calls[0], _LIMIT)
        op.id = ":".join(op.new[key] for key in self.names)

    def read(self, op: Operation) -> State:
        with doing(f"could not parse ID ({op.id})"):
            op.new |= dict(zip(self.names, parts_of(op.id, self.form), strict=True))

        def look() -> tuple[str, State]:
            found = self.find(op)
            if found is None:
                raise Gone(f"describing {self.ends[0].lower()} {self.ends[1].lower()} association: empty result")
            return "AVAILABLE", found

        with doing(f"describing Service Catalog {' '.join(self.ends)} Association ({op.id})", gone=[NOT_FOUND]):
            return wait(op.clock, READ_LIMIT, look, pending=(), target=("AVAILABLE",), steady=self.steady) or {}

    def delete(self, op: Operation) -> None:
        what = f"disassociating Service Catalog {self.ends[0]} from {self.ends[1]} ({op.id})"
        with doing(what), tolerating(NOT_FOUND):
            send(op, self.calls[1])

        def look() -> object:
            with tolerating(NOT_FOUND):
                return self.find(op)

        with doing(f"waiting for Service Catalog {' '.join(self.ends)} Disassociation ({op.id})"):
            until_gone(op.clock, op.limit(_LIMIT), look)

    def find(self, op: Operation) -> State | None:
        """What more there is to know of the association, if it is there."""
        raise NotImplementedError


class ProductPortfolioAssociation(_Association, of="servicecatalog"):
    """A product in a portfolio."""

    properties = {
        **each(required(replaces=True), "portfolioId", "productId"),
        "sourcePortfolioId": optional(replaces=True),
        **_LANGUAGE,
        **REGION,
    }
    ends = ("Product", "Portfolio")
    names = ("acceptLanguage", "portfolioId", "productId")
    form = "acceptLanguage:portfolioID:productID"
    calls = ("associate_product_with_portfolio", "disassociate_product_from_portfolio")
    steady = True

    def find(self, op: Operation) -> State | None:
        portfolios = listed(op, "list_portfolios_for_product", "PortfolioDetails")
        return {} if any(one["Id"] == op.new["portfolioId"] for one in portfolios) else None


class TagOptionResourceAssociation(_Association, of="servicecatalog"):
    """A tag option of a portfolio or a product."""

    properties = {
        **each(required(replaces=True), "resourceId", "tagOptionId"),
        **REGION,
        **outputs("resourceArn", "resourceCreatedTime", "resourceDescription", "resourceName"),
    }
    ends = ("Tag Option", "Resource")
    names = ("tagOptionId", "resourceId")
    form = "tagOptionID:resourceID"
    calls = ("associate_tag_option_with_resource", "disassociate_tag_option_from_resource")

    def find(self, op: Operation) -> State | None:
        found = next((one for one in _resources(op) if one["Id"] == op.new["resourceId"]), None)
        if found is None:
            return None
        names = {"resourceArn": "ARN", "resourceDescription": "Description", "resourceName": "Name"}
        return {**pick(found, **names), "resourceCreatedTime": found["CreatedTime"].isoformat()}


def _resources(op: Operation) -> Iterator[dict[str, Any]]:
    """This listing alone calls both of its tokens PageToken."""
    asked = {"TagOptionId": op.new["tagOptionId"]}
    while True:
        page = call(op, "list_resources_for_tag_option", **asked)
        yield from page["ResourceDetails"]
        if not page.get("PageToken"):
            return
        asked["PageToken"] = page["PageToken"]


class BudgetResourceAssociation(_Association, of="servicecatalog"):
    """A budget that watches a portfolio or a product."""

    properties = {**each(required(replaces=True), "budgetName", "resourceId"), **REGION}
    ends = ("Budget", "Resource")
    names = ("budgetName", "resourceId")
    form = "budgetName:resourceID"
    calls = ("associate_budget_with_resource", "disassociate_budget_from_resource")

    def find(self, op: Operation) -> State | None:
        budgets = listed(op, "list_budgets_for_resource", "Budgets")
        return {} if any(one["BudgetName"] == op.new["budgetName"] for one in budgets) else None


class PrincipalPortfolioAssociation(Resource, of="servicecatalog"):
    """Someone who may use a portfolio."""

    properties = {
        **each(required(replaces=True), "portfolioId", "principalArn"),
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
