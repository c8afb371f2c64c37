"""iam:SimulatePrincipalPolicy: what policies would say of calls that nobody makes."""

from moto.iam.models import Group

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.principals import find_principal, verdict_on
from sandbox.aws.wire import Request, Response, query_response, read_query

OPERATION = "SimulatePrincipalPolicy"
_DECISIONS = {True: "allowed", False: "explicitDeny", None: "implicitDeny"}


def simulate(request: Request) -> Response:
    """Evaluate each action on each resource, by the policies and the boundary of a user or role (API reference).

    Raises:
        ApiError: there is no such user or role, or no action is named.
    """
    given = read_query(request)
    source = given.get("PolicySourceArn", "")
    principal = find_principal(source)
    if principal is None or isinstance(principal, Group):
        raise ApiError("NoSuchEntity", f"The entity {source} cannot be found.", 404)
    if not given.get("ActionNames"):
        raise ApiError("ValidationError", "ActionNames must not be empty", 400)
    account = source.split(":")[4]
    context = {"aws:PrincipalAccount": [account], "aws:PrincipalArn": [source], "aws:ResourceAccount": [account]}
    context |= {entry["ContextKeyName"]: entry["ContextKeyValues"] for entry in given.get("ContextEntries") or ()}
    results: list[dict[str, object]] = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": _DECISIONS[verdict_on(principal, action, resource, context)],
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in given["ActionNames"]
        for resource in given.get("ResourceArns") or ["*"]
    ]
    return query_response(request, {"IsTruncated": False, "EvaluationResults": results})
