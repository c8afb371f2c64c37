"""Products, as those who may launch them see them; and launch paths: a product, in a portfolio, for a principal."""

import json
from collections import Counter
from dataclasses import dataclass

from sandbox.aws.documents import Json, part
from sandbox.aws.servicecatalog.artifacts import find_artifact, show_parameters
from sandbox.aws.servicecatalog.call import Call, operation, page
from sandbox.aws.servicecatalog.constraints import parameters_of
from sandbox.aws.servicecatalog.errors import ResourceNotFoundException, invalid, not_found
from sandbox.aws.servicecatalog.model import Artifact, Constraint, Portfolio, Product
from sandbox.aws.servicecatalog.principals import may_launch, role_arn
from sandbox.aws.servicecatalog.products import search
from sandbox.aws.servicecatalog.tag_options import offered_tag_options
from sandbox.aws.servicecatalog.visibility import constraints_on, contains, is_visible


@dataclass(frozen=True)
class LaunchPath:
    """One way for the caller to launch a product."""

    id: str
    """With the suffix of the portfolio's (AWS CLI's example of list-launch-paths)."""
    portfolio: Portfolio
    product: Product
    constraints: tuple[Constraint, ...]

    @property
    def name(self) -> str:
        return self.portfolio.display_name

    @property
    def tags(self) -> dict[str, str]:
        """What portfolio and product put on every launch."""
        return self.portfolio.tags | self.product.tags

    @property
    def constraint_summaries(self) -> tuple[Constraint, ...]:
        return self.constraints

    def constraint(self, kind: str) -> Constraint | None:
        return next((constraint for constraint in self.constraints if constraint.type == kind), None)

    def tag_values(self, call: Call) -> dict[str, list[str]]:
        """The values that tag options leave to choose from, by key.

        Options of portfolio and product are combined with AND: of a key that both have, the values of both
        (Administrator Guide, "TagOption Library").
        """
        found: dict[str, list[str]] = {}
        for portfolio, ids in (
            (self.portfolio, self.portfolio.tag_options),
            (self._source(call), self.product.tag_options),
        ):
            active = [option for option in offered_tag_options(call, portfolio, ids) if option.active]
            for key in {option.key: None for option in active}:
                values = [option.value for option in active if option.key == key]
                found[key] = [value for value in found.get(key, values) if value in values]
        return found

    def _source(self, call: Call) -> Portfolio:
        """Where the product came from: a local portfolio may offer one of an imported portfolio."""
        association = self.portfolio.products[self.product.product_id]
        return call.state.portfolios.get(association.source_portfolio or "", self.portfolio)


def launchable_ids(call: Call) -> set[str]:
    """The ids of all products that the caller may launch."""
    now = call.backend.clock.timestamp()
    return {
        product
        for portfolio in open_portfolios(call)
        for product, association in portfolio.products.items()
        if association.effective <= now and contains(call, portfolio, product)
    }


def open_portfolios(call: Call, product_id: str | None = None) -> list[Portfolio]:
    """The portfolios that the caller may launch from, all or those with a product."""
    holding = [p for p in call.state.portfolios.values() if product_id is None or product_id in p.products]
    return [portfolio for portfolio in holding if is_visible(call, portfolio) and may_launch(call, portfolio)]


def launch_paths(call: Call, product: Product) -> list[LaunchPath]:
    """The caller's paths to a product; none is an empty list."""
    now = call.backend.clock.timestamp()
    holding = (
        portfolio
        for portfolio in open_portfolios(call, product.product_id)
        if contains(call, portfolio, product.product_id) and portfolio.products[product.product_id].effective <= now
    )
    return [
        LaunchPath(f"lpv3-{each.id[5:]}", each, product, tuple(constraints_on(call, each, product.product_id)))
        for each in holding
    ]


def launchable_product(call: Call, request: Json) -> Product:
    """The product that an end user's request names by id or name.

    Raises:
        ResourceNotFoundException: there is none that the caller could launch; the text is that of a
            missing path, whatever the reason (aws-cdk issue 8404).
    """
    wanted = request.get("ProductId") or request.get("ProductName")
    if not wanted:
        raise invalid("Either ProductId or ProductName is required")
    by_id = "ProductId" in request
    for product in call.state.products.values():
        if (product.product_id if by_id else product.name) == wanted and launch_paths(call, product):
            return product
    raise ResourceNotFoundException(f"No launch paths found for resource: {wanted}")


def choose_path(call: Call, product: Product, request: Json) -> LaunchPath:
    """The path that a request names, or the only one there is."""
    paths = launch_paths(call, product)
    if path_id := request.get("PathId"):
        chosen = [path for path in paths if path.id == path_id]
        if not chosen:
            raise invalid(f"Invalid PathId: {path_id}")
        return chosen[0]
    if name := request.get("PathName"):
        paths = [path for path in paths if path.name == name]
    if not paths:
        raise ResourceNotFoundException(f"No launch paths found for resource: {product.product_id}")
    if len(paths) > 1:
        ids = ", ".join(path.id for path in paths)
        raise invalid(f"More than one launch path ids exist: [{ids}]; a PathId is required")
    return paths[0]


@operation
def list_launch_paths(call: Call, request: Json) -> Json:
    return page(request, "LaunchPathSummaries", launch_paths(call, launchable_product(call, request)))


def _find(call: Call, product_id: str | None, name: str | None = None) -> Product:
    if product_id is None and name is None:
        raise invalid("Either Id or Name is required")
    for product in call.state.products.values():
        if (product.product_id == product_id or product.name == name) and launch_paths(call, product):
            return product
    raise not_found("Product", product_id or name)


def _active(product: Product) -> list[Artifact]:
    return [artifact for artifact in product.artifacts.values() if artifact.active]


@operation
def describe_product(call: Call, request: Json) -> Json:
    product = _find(call, request.get("Id"), request.get("Name"))
    owned = product.account == call.account
    return {
        "ProductViewSummary": product,
        "ProvisioningArtifacts": _active(product),
        "Budgets": [{"BudgetName": budget} for budget in product.budgets if owned],
        "LaunchPaths": launch_paths(call, product),
    }


@operation
def describe_product_view(call: Call, request: Json) -> Json:
    product = _find(call, request["Id"].replace("prodview-", "prod-"))
    return {"ProductViewSummary": product, "ProvisioningArtifacts": _active(product)}


@operation
def search_products(call: Call, request: Json) -> Json:
    ids = launchable_ids(call)
    found = search([p for p in call.state.products.values() if p.product_id in ids], request)
    values = {"Owner": [p.owner for p in found], "ProductType": [p.type for p in found]}
    counted = {
        key: [{"Value": value, "ApproximateCount": count} for value, count in Counter(each).items()]
        for key, each in values.items()
    }
    return {**page(request, "ProductViewSummaries", found), "ProductViewAggregations": counted}


@operation
def describe_provisioning_parameters(call: Call, request: Json) -> Json:
    product = launchable_product(call, request)
    path = choose_path(call, product, request)
    artifact = find_artifact(product, request)
    template = artifact.template
    return {
        "ProvisioningArtifactParameters": show_parameters(template),
        "ConstraintSummaries": path.constraints,
        "UsageInstructions": [
            {"Type": kind, "Value": value} for kind, value in _instructions(call, path, template).items() if value
        ],
        "TagOptions": [{"Key": key, "Values": values} for key, values in path.tag_values(call).items()],
        "ProvisioningArtifactPreferences": {},
        "ProvisioningArtifactOutputs": [{"Key": artifact.id, "Description": ""}],
        "ProvisioningArtifactOutputKeys": [
            {"Key": key, "Description": output.get("Description")} for key, output in part(template, "Outputs").items()
        ],
    }


def _instructions(call: Call, path: LaunchPath, template: Json) -> dict[str, str]:
    """The four that AWS gives (AWS CLI's example of describe-provisioning-parameters)."""
    rules: Json = {}
    for constraint in path.constraints:
        rules |= parameters_of(constraint)["Rules"] if constraint.type == "TEMPLATE" else {}
    launch, update = path.constraint("LAUNCH"), path.constraint("RESOURCE_UPDATE")
    return {
        "rules": json.dumps(rules),
        "version": str(template.get("AWSTemplateFormatVersion", "2010-09-09")),
        "launchAsRole": role_arn(call, parameters_of(launch)) if launch else "",
        "tagUpdateOnProvisionedProduct": (
            parameters_of(update)["Properties"]["TagUpdateOnProvisionedProduct"] if update else "NOT_ALLOWED"
        ),
    }
