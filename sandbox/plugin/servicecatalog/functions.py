"""Functions of the Service Catalog module."""

from collections.abc import Mapping
from typing import Any

from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.functions import Function
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, Property, optional, required
from sandbox.plugin.tags import as_map
from sandbox.plugin.waits import wait
from sandbox.plugin.wire import State

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, call, listed
from .entries import describe_constraint, describe_portfolio
from .product import describe_product

_LIMIT = 3 * 60


def _portfolio(op: Operation) -> State:
    with doing(f"getting Service Catalog Portfolio ({op.new['id']})"):
        return _with_tags(op, describe_portfolio(op, op.new["id"], op.new["acceptLanguage"]))


def _product(op: Operation) -> State:
    with doing("describing Service Catalog Product"):
        return _with_tags(op, describe_product(op, op.new["id"]))


def _with_tags(op: Operation, found: State) -> State:
    return {**found, "tags": op.provider.tags.visible(found.pop("tagsAll"))}


def _constraint(op: Operation) -> State:
    with doing("describing Service Catalog Constraint"):
        return describe_constraint(op, op.new["id"])


def _provisioning_artifacts(op: Operation) -> State:
    product = op.new["productId"]
    with doing("listing Service Catalog Provisioning Artifacts"):
        answer = call(op, "list_provisioning_artifacts", ProductId=product, AcceptLanguage=op.new["acceptLanguage"])
    details = [
        {
            **pick(one, "active", "description", "guidance", "id", "name", "type"),
            "createdTime": one["CreatedTime"].strftime("%Y-%m-%d %H:%M:%S +0000 UTC"),
        }
        for one in answer["ProvisioningArtifactDetails"]
    ]
    return {"id": product, "provisioningArtifactDetails": details}


def _found(op: Operation, method: str, result: str, *, steady: bool = False) -> list[dict[str, Any]]:
    """A listing that must not be empty."""

    def look() -> tuple[str, list[dict[str, Any]]] | None:
        with tolerating(NOT_FOUND):
            found = list(listed(op, method, result))
            return ("AVAILABLE", found) if found else None
        return None

    return wait(op.clock, _LIMIT, look, pending=(), target=("AVAILABLE",), steady=steady) or []


def _launch_paths(op: Operation) -> State:
    with doing("describing Service Catalog Launch Paths"):
        paths = _found(op, "list_launch_paths", "LaunchPathSummaries", steady=True)
    summaries = [
        {
            **pick(path, "name", pathId="Id"),
            "tags": op.provider.tags.visible(as_map(path.get("Tags", []))),
            "constraintSummaries": [pick(one, "type", "description") for one in path.get("ConstraintSummaries", [])],
        }
        for path in paths
    ]
    return {"id": op.new["productId"], "summaries": summaries}


def _portfolio_constraints(op: Operation) -> State:
    with doing("getting Service Catalog Portfolio Constraints"):
        constraints = _found(op, "list_constraints_for_portfolio", "ConstraintDetails")
    known = ("constraintId", "description", "owner", "portfolioId", "productId", "type")
    details = [pick(one, *known) for one in constraints]
    parts = (op.new["acceptLanguage"], op.new["portfolioId"], op.new.get("productId", ""))
    return {"id": ":".join(parts), "details": details}


def _arguments(**more: Property) -> Mapping[str, Property]:
    return {**more, **ACCEPT_LANGUAGE, **REGION}


_ID_AND_TAGS = _arguments(id=required(), tags=optional(kind=dict))

FUNCTIONS: Mapping[str, Function] = {
    f"aws:servicecatalog/{name}:{name}": function
    for name, function in {
        "getPortfolio": Function(_ID_AND_TAGS, _portfolio),
        "getProduct": Function(_ID_AND_TAGS, _product),
        "getConstraint": Function(_arguments(id=required(), description=optional()), _constraint),
        "getProvisioningArtifacts": Function(_arguments(productId=required()), _provisioning_artifacts),
        "getLaunchPaths": Function(_arguments(productId=required()), _launch_paths),
        "getPortfolioConstraints": Function(
            _arguments(portfolioId=required(), productId=optional()), _portfolio_constraints
        ),
    }.items()
}
