"""Whether whoever works in an account may do what a policy says, as IAM itself simulates it.

The answer counts identity policies, the permissions boundary and the organization's policies (source: IAM API
reference, SimulatePrincipalPolicy). It does not count policies of buckets and keys.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from shared.aws.arn import Arn
from shared.aws.iam import Statement, parse
from shared.aws.preflight import Finding, failed
from shared.aws.session import AccountSession

_SHOWN: Final = 4
_AT_ONCE: Final = 4


def simulated(
    account: AccountSession,
    policy: Mapping[str, Any],
    *,
    name: str,
    source: str,
    context: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """Simulate each statement of a policy that is for the caller.

    Args:
        account: Who asks.
        policy: Filled in for the account.
        name: Of the policy, for what has to be attached.
        source: The ARN of the user or role that is asked about.
        context: Condition keys with values, beside those that the statements name.

    Raises:
        ClientError: IAM does not let the caller ask.
    """
    iam = account.client("iam")
    statements = [each for each in parse(policy) if each.allows]

    def denied(statement: Statement) -> list[str]:
        answers = iam.simulate_principal_policy(
            PolicySourceArn=source,
            ActionNames=list(statement.actions),
            ResourceArns=list(statement.resources),
            ContextEntries=_entries(statement, context or {}),
        )["EvaluationResults"]
        found = {str(each["EvalActionName"]) for each in answers if each["EvalDecision"] != "allowed"}
        return [f"{action} ({statement.sid})" for action in sorted(found)]

    with ThreadPoolExecutor(_AT_ONCE) as workers:
        refused = [each for found in workers.map(denied, statements) for each in found]
    count = sum(len(each.actions) for each in statements)
    subject = f"permissions of {Arn.parse(source).name}"
    if refused:
        yield failed(
            subject,
            f"may not {_few(refused)}. Attach {name} to it, and look whether a boundary or a policy of the "
            f"organization forbids it",
        )
    else:
        yield Finding(subject, f"may do the {count} things of {name}, as IAM simulates it")


def principal_of(account: AccountSession) -> str:
    """Give the ARN of the user or role that works in an account; a role's has a path that a session does not tell."""
    caller = Arn.parse(account.caller)
    if caller.kind != "assumed-role":
        return account.caller
    name = caller.resource.split("/")[1]
    return str(account.client("iam").get_role(RoleName=name)["Role"]["Arn"])


def _entries(statement: Statement, context: Mapping[str, str]) -> list[dict[str, Any]]:
    known: dict[str, Sequence[str]] = {key: [value] for key, value in context.items()}
    for condition in statement.conditions:
        if condition.operator in ("StringEquals", "StringLike", "ArnLike"):
            known.setdefault(condition.key, condition.values[:1])
    return [
        {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": "string"}
        for key, values in known.items()
    ]


def _few(refused: Iterable[str]) -> str:
    every = list(refused)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
