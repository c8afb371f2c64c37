"""Writes the statements that a resource policy still lacks."""

from collections.abc import Sequence
from typing import Any, Final

from hub.inspection.registry.artifact_stores import AccessRequirement, StoreLocation
from shared.aws.arn import Arn

NAMES: Final = {"bucket": "ModelData", "repository": "ModelImages", "key": "ModelKey"}


def missing_statements(place: StoreLocation, missing: Sequence[AccessRequirement]) -> list[dict[str, Any]]:
    """Write what would meet the demands, and no more: single accounts by name, units by their path.

    Whoever is in a unit of an organization that could not be read gets no statement.
    """
    alike: dict[tuple[str, ...], list[AccessRequirement]] = {}
    for target, prefix in dict.fromkeys((demand.target, demand.prefix) for demand in missing):
        demands = [demand for demand in missing if (demand.target, demand.prefix) == (target, prefix)]
        guests = sorted({demand.guest.name for demand in demands})
        alike.setdefault((*demands[0].actions, *guests), []).extend(demands)
    statements: list[dict[str, Any]] = []
    for demands in alike.values():
        accounts = sorted({demand.guest.account for demand in demands if demand.guest.account})
        paths = sorted({demand.guest.path for demand in demands if demand.guest.path and not demand.guest.account})
        if accounts:
            partition = Arn.parse(demands[0].target).partition
            roots = [
                str(Arn(partition=partition, service="iam", account=account, resource="root")) for account in accounts
            ]
            statements.append(_statement(place, demands, "Accounts", {"AWS": roots}, {}))
        if paths:
            statements.append(_statement(place, demands, "Units", "*", _within(paths)))
    for number, statement in enumerate(statements, start=1):
        statement["Sid"] += str(number) if len(statements) > 1 else ""  # a policy has each Sid once
    return statements


def _within(paths: Sequence[str]) -> dict[str, Any]:
    """Limit a statement to units.

    The id stands beside the paths because S3 counts a policy as public, and blocks it, without a fixed value that
    it knows (Amazon S3 User Guide, "The meaning of public").
    """
    organizations = sorted({path.partition("/")[0] for path in paths})
    below = [f"{path}*" for path in paths]
    whole = all(path.count("/") == 1 for path in paths)
    units = {} if whole else {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": below}}
    return {"StringEquals": {"aws:PrincipalOrgID": organizations}, **units}


def _statement(
    place: StoreLocation, demands: Sequence[AccessRequirement], whom: str, principal: object, condition: dict[str, Any]
) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": f"{NAMES[place.kind]}For{whom}",
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(demands[0].actions),
    }
    match place.kind:
        case "bucket":
            statement["Resource"] = sorted({demand.target for demand in demands})
            below = sorted({f"{demand.prefix}*" for demand in demands if demand.prefix})
            condition |= {"StringLike": {"s3:prefix": below}} if below else {}
        case "key":
            statement["Resource"] = "*"
            condition = {**condition, "StringLike": {"kms:ViaService": demands[0].via}}
        case "repository":
            pass  # an ECR policy has no resource
    return statement | ({"Condition": condition} if condition else {})
