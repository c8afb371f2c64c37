"""Constraint."""

from typing import Any

from sandbox.plugin.equivalence import same_json
from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, Resource, json_text, one_of, outputs, required, settled
from sandbox.plugin.waits import wait
from sandbox.plugin.wire import State

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, READ_LIMIT, attempt, call, create, present, ready

_LIMIT = 3 * 60


class Constraint(Resource):
    """A rule for a product in a portfolio."""

    pulumi_type = "aws:servicecatalog/constraint:Constraint"
    properties = {
        "portfolioId": required(replaces=True),
        "productId": required(replaces=True),
        "type": required(
            replaces=True, check=one_of("LAUNCH", "NOTIFICATION", "RESOURCE_UPDATE", "STACKSET", "TEMPLATE")
        ),
        "parameters": required(check=json_text, same=same_json),
        "description": settled(),
        **ACCEPT_LANGUAGE,
        **REGION,
        **outputs("owner", "status"),
    }

    def create(self, op: Operation) -> None:
        with doing("creating Service Catalog Constraint"):
            answer = create(op, "create_constraint", _LIMIT, until_found=True)
        op.id = answer["ConstraintDetail"]["ConstraintId"]

    def read(self, op: Operation) -> State:
        with doing(f"describing Service Catalog Constraint ({op.id})"):
            found = describe_constraint(op, op.id)
        written = op.new.get("parameters")
        if written and same_json(written, found["parameters"]):
            found["parameters"] = written
        return {**found, "acceptLanguage": op.new.get("acceptLanguage", "en")}

    def update(self, op: Operation) -> None:
        wished = op.amended(AcceptLanguage="acceptLanguage", Description="description", Parameters="parameters")
        with doing(f"updating Service Catalog Constraint ({op.id})"):
            attempt(op, "update_constraint", _LIMIT, Id=op.id, **wished)

    def delete(self, op: Operation) -> None:
        names = {"Id": op.id, "AcceptLanguage": op.old.get("acceptLanguage", "en")}
        with doing(f"deleting Service Catalog Constraint ({op.id})"), tolerating(NOT_FOUND):
            call(op, "delete_constraint", **names)

        def look() -> tuple[str, None] | None:
            found = present(op, "describe_constraint", **names)
            return None if found is None else (found["Status"], None)

        with doing(f"waiting for Service Catalog Constraint ({op.id}) to be deleted"):
            wait(op.clock, op.limit(_LIMIT), look, pending=("AVAILABLE", "CREATING"), target=())


def describe_constraint(op: Operation, constraint: str) -> State:
    """A constraint's properties once it is available. Raises Gone if there is none."""
    language = op.new.get("acceptLanguage", "en")

    def look() -> tuple[str, dict[str, Any]]:
        with doing(f"constraint not found (accept language {language}, ID: {constraint})", gone=[NOT_FOUND]):
            answer = call(op, "describe_constraint", Id=constraint, AcceptLanguage=language)
        return answer["Status"], answer

    answer = ready(op, READ_LIMIT, look, target=("AVAILABLE",))
    detail = answer["ConstraintDetail"]
    return {
        **pick(detail, "description", "owner", "portfolioId", "productId", "type"),
        **pick(answer, "status", parameters="ConstraintParameters"),
    }
