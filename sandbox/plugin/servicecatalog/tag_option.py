"""TagOption, and what it and budgets are associated with: every change of an association replaces it."""

from collections.abc import Iterator
from typing import Any

from sandbox.plugin.failure import Failure, Gone, doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, Resource, optional, outputs, required
from sandbox.plugin.waits import until_gone, wait
from sandbox.plugin.wire import State

from .calls import NOT_FOUND, READ_LIMIT, attempt, call, create, listed, present, send

_LIMIT = 3 * 60


class TagOption(Resource):
    """A key and a value that a tag may have."""

    pulumi_type = "aws:servicecatalog/tagOption:TagOption"
    properties = {
        "key": required(replaces=True),
        "value": required(),
        "active": optional(kind=bool, default=True),
        **REGION,
        **outputs("owner"),
    }

    def create(self, op: Operation) -> None:
        with doing("creating Service Catalog Tag Option"):
            answer = create(op, "create_tag_option", _LIMIT)
        op.id = answer["TagOptionDetail"]["Id"]
        if not op.new["active"]:
            with doing(f"creating Service Catalog Tag Option, updating active ({op.id})"):
                call(op, "update_tag_option", Id=op.id, Active=False)

    def read(self, op: Operation) -> State:
        with doing(f"describing Service Catalog Tag Option ({op.id})", gone=[NOT_FOUND]):
            found = call(op, "describe_tag_option", Id=op.id)["TagOptionDetail"]
        return pick(found, "active", "key", "owner", "value")

    def update(self, op: Operation) -> None:
        with doing(f"updating Service Catalog Tag Option ({op.id})"):
            attempt(op, "update_tag_option", _LIMIT, Id=op.id, **op.amended(Active="active", Value="value"))

    def delete(self, op: Operation) -> None:
        with doing(f"deleting Service Catalog Tag Option ({op.id})"), tolerating(NOT_FOUND):
            call(op, "delete_tag_option", Id=op.id)
        with doing(f"waiting for Service Catalog Tag Option ({op.id}) to be deleted"):
            until_gone(op.clock, op.limit(_LIMIT), lambda: present(op, "describe_tag_option", Id=op.id))


class _Hanging(Resource):
    """An association of something with a portfolio or a product."""

    what: str
    """As in error texts."""
    of: str
    """The property that names what is associated."""
    calls: tuple[str, str]

    def create(self, op: Operation) -> None:
        with doing(f"associating Service Catalog {self.what} with Resource"):
            create(op, self.calls[0], _LIMIT)
        op.id = f"{op.new[self.of]}:{op.new['resourceId']}"

    def read(self, op: Operation) -> State:
        first, _, resource = op.id.partition(":")
        if not first or not resource:
            raise Failure(f"could not parse ID ({op.id}): unexpected format of ID ({op.id})")
        op.new |= {self.of: first, "resourceId": resource}

        def look() -> tuple[str, State]:
            found = self._find(op)
            if found is None:
                raise Gone("describing tag option resource association: empty result")
            return "AVAILABLE", found

        with doing(f"describing Service Catalog {self.what} Resource Association ({op.id})", gone=[NOT_FOUND]):
            return wait(op.clock, READ_LIMIT, look, pending=(), target=("AVAILABLE",)) or {}

    def delete(self, op: Operation) -> None:
        with doing(f"disassociating Service Catalog {self.what} from Resource ({op.id})"), tolerating(NOT_FOUND):
            send(op, self.calls[1])

        def look() -> object:
            with tolerating(NOT_FOUND):
                return self._find(op)

        with doing(f"waiting for Service Catalog {self.what} Resource Disassociation ({op.id})"):
            until_gone(op.clock, op.limit(_LIMIT), look)

    def _find(self, op: Operation) -> State | None:
        raise NotImplementedError


class TagOptionResourceAssociation(_Hanging):
    """A tag option of a portfolio or a product."""

    pulumi_type = "aws:servicecatalog/tagOptionResourceAssociation:TagOptionResourceAssociation"
    properties = {
        "resourceId": required(replaces=True),
        "tagOptionId": required(replaces=True),
        **REGION,
        **outputs("resourceArn", "resourceCreatedTime", "resourceDescription", "resourceName"),
    }
    what = "Tag Option"
    of = "tagOptionId"
    calls = ("associate_tag_option_with_resource", "disassociate_tag_option_from_resource")

    def _find(self, op: Operation) -> State | None:
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


class BudgetResourceAssociation(_Hanging):
    """A budget that watches a portfolio or a product."""

    pulumi_type = "aws:servicecatalog/budgetResourceAssociation:BudgetResourceAssociation"
    properties = {"budgetName": required(replaces=True), "resourceId": required(replaces=True), **REGION}
    what = "Budget"
    of = "budgetName"
    calls = ("associate_budget_with_resource", "disassociate_budget_from_resource")

    def _find(self, op: Operation) -> State | None:
        budgets = listed(op, "list_budgets_for_resource", "Budgets")
        return {} if any(one["BudgetName"] == op.new["budgetName"] for one in budgets) else None
