"""iam:SimulatePrincipalPolicy: what policies would say of calls that nobody makes."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from moto.iam.models import Group

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.principals import find_principal, verdict_on
from sandbox.aws.wire import Request, Response

OPERATION = "SimulatePrincipalPolicy"
_MEMBER = re.compile(r"(?P<list>\w+)\.member\.(?P<number>\d+)(?:\.(?P<rest>.+))?")
_DECISIONS = {True: "allowed", False: "explicitDeny", None: "implicitDeny"}


def simulate(request: Request) -> Response:
    """Evaluate each action on each resource, by the policies and the boundary of a user or role (API reference).

    Raises:
        ApiError: there is no such user or role, or no action is named.
    """
    source = request.form.get("PolicySourceArn", "")
    principal = find_principal(source)
    if principal is None or isinstance(principal, Group):
        raise ApiError("NoSuchEntity", f"The entity {source} cannot be found.", 404)
    lists = _lists(request.form)
    actions = [each[""] for each in lists["ActionNames"]]
    if not actions:
        raise ApiError("ValidationError", "ActionNames must not be empty", 400)
    resources = [each[""] for each in lists["ResourceArns"]] or ["*"]
    account = source.split(":")[4]
    context = {"aws:PrincipalAccount": [account], "aws:PrincipalArn": [source], "aws:ResourceAccount": [account]}
    for entry in lists["ContextEntries"]:
        values = [value for key, value in sorted(entry.items()) if key.startswith("ContextKeyValues.member.")]
        context[entry.get("ContextKeyName", "")] = values
    members = "".join(
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{_DECISIONS[verdict_on(principal, action, resource, context)]}</EvalDecision>"
        "<MatchedStatements/><MissingContextValues/></member>"
        for action in actions
        for resource in resources
    )
    body = (
        f'<{OPERATION}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{OPERATION}Result>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{members}</EvaluationResults></{OPERATION}Result>"
        f"<ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata></{OPERATION}Response>"
    )
    return Response(200, body.encode(), {"Content-Type": "text/xml"})


def _lists(form: Mapping[str, str]) -> Mapping[str, list[dict[str, str]]]:
    """Give the lists of a query: for each member its fields, by name; one that is a plain value has it under ""."""
    found: defaultdict[str, dict[int, dict[str, str]]] = defaultdict(dict)
    for name, kind, number, rest in _members(form):
        found[kind].setdefault(number, {})[rest] = form[name]
    lists: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    lists.update({kind: [members[each] for each in sorted(members)] for kind, members in found.items()})
    return lists


def _members(form: Mapping[str, str]) -> Iterator[tuple[str, str, int, str]]:
    for name in form:
        if match := _MEMBER.fullmatch(name):
            yield name, match["list"], int(match["number"]), match["rest"] or ""
