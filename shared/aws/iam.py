"""IAM documents: the one place that reads them and says what they let whom do.

A part of IAM's evaluation (IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements"). It is asked about
callers of whom not everything is known, such as any account of a unit. So there are three answers to each question: of
an Allow that only may hold one cannot say that it grants, and of a Deny that may hold not that it does not refuse.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from shared.aws.arn import ACCOUNT_ID
from shared.aws.patterns import Answer, arn_fits, equals, equals_in_any_case, fits
from shared.documents import parse_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants to do, as far as it is known.

    Attributes:
        actions: All of them are needed.
        principal: A role's ARN, or the name of a service; `kind` says which.
        context: Condition keys in small letters with their values. Of a key that is not there nothing is known.
    """

    actions: tuple[str, ...]
    principal: str
    kind: Literal["AWS", "Service"] = "AWS"
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One test of one key."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, context: Mapping[str, str]) -> Answer:
        """Say whether it is fulfilled."""
        quantifier, _, name = self.operator.rpartition(":")
        name = name.removesuffix("IfExists")
        fits = _TESTS.get(name.replace("Not", ""))
        value = context.get(self.key.lower())
        if fits is None or value is None or (self.key.lower() in _OF_MANY_VALUES and not quantifier):
            return Answer.UNCLEAR
        answer = max((fits(each, value) for each in self.values), default=Answer.NO)
        return ~answer if "Not" in name else answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement of a policy.

    Attributes:
        actions: As patterns, as they are written.
        not_actions: With NotAction, the patterns that it is not about. Likewise for resources.
        principals: By kind. None where it has no Principal, or NotPrincipal.
        negations: NotAction, NotResource or NotPrincipal, as far as it has them.
    """

    effect: str
    sid: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: Mapping[str, tuple[str, ...]] | None
    conditions: tuple[Condition, ...]
    negations: tuple[str, ...]

    @property
    def allows(self) -> bool:
        """Whether it gives a right, and takes none."""
        return self.effect == "Allow"

    @property
    def condition_keys(self) -> frozenset[str]:
        """What its conditions look at, in small letters."""
        return frozenset(condition.key.lower() for condition in self.conditions)

    @property
    def whole_services(self) -> list[str]:
        """Those of its actions that stand for everything, or for everything of a service."""
        return [action for action in self.actions if not action.partition(":")[2].strip("*")]

    def naming(self, action: str) -> list[str]:
        """List those of its patterns that an action fits."""
        return [pattern for pattern in self.actions if fits(pattern.lower(), action.lower()) is Answer.YES]

    def is_about(self, action: str, request: Request) -> tuple[Answer, str]:
        """Say whether it is about an action of a request, and if that is unclear, why."""
        actions, not_actions = ([each.lower() for each in named] for named in (self.actions, self.not_actions))
        questions = [
            (_among(action.lower(), actions, not_actions), ""),
            (_among(request.resource, self.resources, self.not_resources), "its resource has a variable"),
            (self._is_for(request), "its principal, which may be a part of those that ask"),
            *((each.holds(request.context), f"its condition {each.operator} {each.key}") for each in self.conditions),
        ]
        return min(questions, key=lambda question: question[0])

    def _is_for(self, request: Request) -> Answer:
        if self.principals is None:
            return Answer.UNCLEAR
        names = self.principals.get(request.kind, ())
        answer = max((_is(name, request.principal) for name in names), default=Answer.NO)
        # A canonical user id is an account, and does not tell which.
        return Answer.UNCLEAR if not names and request.kind == "AWS" and "CanonicalUser" in self.principals else answer


@dataclass(slots=True)
class Access:
    """Whether a policy lets a request pass, and what could not be judged on the way."""

    answer: Answer
    unclear: list[str] = field(default_factory=list[str])

    @property
    def granted(self) -> bool:
        """Whether it passes for certain."""
        return self.answer is Answer.YES


def parse(document: object) -> list[Statement]:
    """Read the statements of a policy, as JSON or plain values; none of what is not known yet, or is no policy."""
    if isinstance(document, str):
        try:
            document = parse_json(document)
        except ValueError:
            return []
    found: object = cast("dict[str, object]", document).get("Statement") if isinstance(document, dict) else None
    statements = cast("list[object]", found if isinstance(found, list) else [found])
    return [parse_statement(cast("dict[str, Any]", each)) for each in statements if isinstance(each, dict)]


def evaluate(statements: Sequence[Statement], request: Request) -> Access:
    """Say whether a policy lets a request pass, whatever other policies say."""
    access = Access(Answer.YES)
    for action in request.actions:
        answers = [(statement, *statement.is_about(action, request)) for statement in statements]
        allowed = max((answer for each, answer, _ in answers if each.allows), default=Answer.NO)
        refused = max((answer for each, answer, _ in answers if each.effect == "Deny"), default=Answer.NO)
        access.answer = min(access.answer, allowed, ~refused)
        for statement, answer, reason in answers:
            text = f"{statement.effect} {statement.sid or 'without a Sid'}: {reason}"
            if answer is Answer.UNCLEAR and text not in access.unclear:
                access.unclear.append(text)
    return access


def trusts_service_catalog(trust: object, account: str) -> bool:
    """Say whether Service Catalog may assume a role of this trust policy on behalf of an account.

    Conditions of which one cannot say whether they are fulfilled count as fulfilled.
    """
    request = Request(
        actions=("sts:AssumeRole",),
        principal="servicecatalog.amazonaws.com",
        kind="Service",
        context={"aws:sourceaccount": account, "aws:sourcearn": f"arn:*:servicecatalog:*:{account}:*"},
    )
    return evaluate(parse(trust), request).answer is not Answer.NO


def listed(value: object) -> tuple[str, ...]:
    """IAM lets a lone value stand for a list of one, and truth values for their names."""
    many = cast("Iterable[object]", value) if isinstance(value, list | tuple) else [] if value is None else [value]
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in many)


def parse_statement(found: Mapping[str, Any]) -> Statement:
    """Read one statement, whose parts are of the kinds that IAM wants."""
    principal: object = found.get("Principal")
    kinds: object = {"AWS": principal} if isinstance(principal, str) else principal
    return Statement(
        effect=str(found.get("Effect")),
        sid=str(found.get("Sid", "")),
        actions=listed(found.get("Action")),
        not_actions=listed(found.get("NotAction")),
        # The policy of an ECR repository names no resource: it is about the repository that it hangs on.
        resources=listed(found.get("Resource", "*")),
        not_resources=listed(found.get("NotResource")),
        principals={kind: listed(names) for kind, names in cast("dict[str, object]", kinds).items()} if kinds else None,
        conditions=tuple(_conditions(found.get("Condition") or {})),
        negations=tuple(key for key in ("NotAction", "NotResource", "NotPrincipal") if key in found),
    )


def _conditions(found: Mapping[str, Mapping[str, object]]) -> Iterator[Condition]:
    for operator, tests in found.items():
        for key, values in tests.items():
            yield Condition(operator=operator, key=key, values=listed(values))


def _is(name: str, principal: str) -> Answer:
    """Say whether a name in a Principal means somebody. An account means everybody in it; no name has wildcards."""
    account = re.fullmatch(rf"(?:arn:[a-z-]+:iam::)?({ACCOUNT_ID})(?::root)?", name)
    if account:
        return arn_fits(f"arn:*:iam::{account[1]}:*", principal)
    return Answer.YES if name == "*" else equals(name, principal)


def _among(value: str, patterns: Iterable[str], excluded: Iterable[str]) -> Answer:
    """Say whether a statement names something, by patterns or by what it excludes."""
    outside = [fits(pattern, value) for pattern in excluded]
    if outside:
        return ~max(outside)
    return max((fits(pattern, value) for pattern in patterns), default=Answer.NO)


_TESTS: Final = {
    "StringEquals": equals,
    "StringEqualsIgnoreCase": equals_in_any_case,
    "StringLike": fits,
    "ArnEquals": arn_fits,
    "ArnLike": arn_fits,
    "Bool": equals_in_any_case,
}
"""The operators that are understood; each but Bool has a negation."""
_OF_MANY_VALUES: Final = ("aws:principalorgpaths",)
"""Keys that only operators with a quantifier compare with certainty."""
