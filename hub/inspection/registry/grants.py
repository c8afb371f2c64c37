"""Whether a resource policy lets somebody in.

A part of IAM's evaluation (IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements"): of resource
policies alone, for guests of which not everything is known. So there are three answers to each question, and only a
plain yes grants: an Allow has to hold for certain, and a Deny that may hold counts as one that does.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, cast

from hub.inspection.registry.consumers import Consumer

Statement = Mapping[str, Any]


class Answer(IntEnum):
    """What can be said; of several that must all hold, the least counts."""

    NO = 0
    UNCLEAR = 1
    YES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequirement:
    """That a guest's role can do something with a resource.

    Attributes:
        guest: In whose account the role is.
        role: The role's name.
        actions: All of them are needed.
        target: The resource's ARN.
        via: The AWS service through which it is done, as `kms:ViaService` tells it.
    """

    guest: Consumer
    role: str
    actions: tuple[str, ...]
    target: str
    via: str | None = None


@dataclass(slots=True)
class Access:
    """Whether a policy meets a demand, and what could not be judged on the way."""

    granted: bool
    unclear: list[str] = field(default_factory=list[str])


def evaluate(policy: Mapping[str, Any], demand: AccessRequirement) -> Access:
    """Say whether a policy meets a demand."""
    found = cast("Statement | list[Statement]", policy.get("Statement", []))
    statements = found if isinstance(found, list) else [found]
    verdict = Access(granted=True)
    for action in demand.actions:
        answers = [(statement, _holds(statement, action, demand)) for statement in statements]
        allowed = any(s.get("Effect") == "Allow" and answer is Answer.YES for s, (answer, _) in answers)
        refused = any(s.get("Effect") == "Deny" and answer is not Answer.NO for s, (answer, _) in answers)
        verdict.granted &= allowed and not refused
        for statement, (answer, reason) in answers:
            text = f"{statement.get('Effect')} {statement.get('Sid', 'without a Sid')}: {reason}"
            if answer is Answer.UNCLEAR and text not in verdict.unclear:
                verdict.unclear.append(text)
    return verdict


def _holds(statement: Statement, action: str, demand: AccessRequirement) -> tuple[Answer, str]:
    """Say whether a statement speaks about a demand, and if that is unclear, why."""
    least, reason = Answer.YES, ""
    for answer, why in (
        (_names_action(statement, action), ""),
        (_names_resource(statement, demand.target), "its resource has a variable"),
        (_names_principal(statement, demand), "its principal, which may not be all that the share reaches"),
        *_conditions(statement, demand),
    ):
        if answer < least:
            least, reason = answer, why
    return least, reason


def _names_action(statement: Statement, action: str) -> Answer:
    if "NotAction" in statement:
        return _negated(_any_like(statement["NotAction"], action, fold=True))
    return _any_like(statement.get("Action", ()), action, fold=True)


def _names_resource(statement: Statement, target: str) -> Answer:
    if "NotResource" in statement:
        return _negated(_any_like(statement["NotResource"], target))
    # The policy of an ECR repository names no resource: it is about the repository that it hangs on.
    return _any_like(statement.get("Resource", "*"), target)


def _names_principal(statement: Statement, demand: AccessRequirement) -> Answer:
    principal: object = statement.get("Principal")
    if isinstance(principal, dict):
        kinds = cast("dict[str, str | list[str]]", principal)
        if not {"AWS", "CanonicalUser"} & kinds.keys():
            return Answer.NO  # services and federated users, which guests are not
        named = _listed(kinds.get("AWS", ()))
        return max((_is_guest(name, demand) for name in named), default=Answer.UNCLEAR)
    return Answer.YES if principal == "*" else Answer.UNCLEAR


def _is_guest(name: str, demand: AccessRequirement) -> Answer:
    if name == "*":
        return Answer.YES
    found = re.fullmatch(r"(?:arn:[a-z-]+:iam::)?(\d{12})(?::(.+))?", name)
    if found is None:
        return Answer.NO  # a session, or the id that is left of a deleted role
    if demand.guest.account is None:
        return Answer.UNCLEAR  # one account, of the many or another
    if found[1] != demand.guest.account:
        return Answer.NO
    return Answer.YES if found[2] in (None, "root", f"role/{demand.role}") else Answer.NO


def _conditions(statement: Statement, demand: AccessRequirement) -> Iterable[tuple[Answer, str]]:
    conditions = cast("dict[str, dict[str, str | bool | list[str]]]", statement.get("Condition", {}))
    for operator, keys in conditions.items():
        for key, values in keys.items():
            yield _condition(operator, key, _listed(values), demand), f"its condition {operator} {key}"


_TESTS: Final = {
    "StringEquals": False,
    "StringLike": True,
    "ArnEquals": True,
    "ArnLike": True,
    "Bool": False,
}
"""Operators that are understood, and whether their values have wildcards; each but Bool has a negation."""


def _condition(operator: str, key: str, values: list[str], demand: AccessRequirement) -> Answer:
    quantifier, _, name = operator.rpartition(":")
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    wildcards = _TESTS.get(name.replace("Not", ""))
    if wildcards is None or any("${" in value for value in values):
        return Answer.UNCLEAR
    guest, key = demand.guest, key.lower()
    if key == "aws:principalorgpaths":
        # A key of many values, which only operators with a quantifier compare with certainty.
        known = guest.path if quantifier else None
        answers = [_covers(value, known) if wildcards else Answer.UNCLEAR for value in values]
    else:
        known = _known(key, demand)
        fold = name == "Bool"
        answers = [_matches(value, known, wildcards=wildcards, fold=fold) for value in values]
    answer = max(answers, default=Answer.NO)
    return _negated(answer) if negated else answer


def _known(key: str, demand: AccessRequirement) -> str | None:
    guest = demand.guest
    partition = demand.target.split(":")[1]
    arn = f"arn:{partition}:iam::{guest.account}:role/{demand.role}" if guest.account else None
    return {
        "aws:principalaccount": guest.account,
        "kms:calleraccount": guest.account,
        "aws:principalorgid": guest.organization,
        "aws:principalarn": arn,
        "aws:principalisawsservice": "false",
        "aws:securetransport": "true",  # SageMaker asks over TLS
        "kms:viaservice": demand.via,
    }.get(key)


def _matches(pattern: str, value: str | None, *, wildcards: bool, fold: bool) -> Answer:
    if value is None:
        return Answer.UNCLEAR
    if fold:
        pattern = pattern.lower()
    hit = like(pattern, value) if wildcards else pattern == value
    return Answer.YES if hit else Answer.NO


def _covers(pattern: str, path: str | None) -> Answer:
    """Say whether a pattern holds for every path that begins like this one."""
    if path is None:
        return Answer.UNCLEAR
    if pattern.endswith("*") and like(pattern, path):
        return Answer.YES
    literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
    return Answer.UNCLEAR if literal.startswith(path) or path.startswith(literal) else Answer.NO


def _any_like(patterns: str | Iterable[str], value: str, *, fold: bool = False) -> Answer:
    listed = _listed(patterns)
    if any(like(p.lower(), value.lower()) if fold else like(p, value) for p in listed):
        return Answer.YES
    return Answer.UNCLEAR if any("${" in pattern for pattern in listed) else Answer.NO


def like(pattern: str, value: str) -> bool:
    """Match with IAM's wildcards, `*` and `?`."""
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _negated(answer: Answer) -> Answer:
    return Answer(Answer.YES - answer)


def _listed(values: object) -> list[str]:
    """IAM lets a lone value stand for a list of one, and truth values for their names."""
    many = cast("Iterable[object]", values) if isinstance(values, list | tuple) else [values]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in many]
