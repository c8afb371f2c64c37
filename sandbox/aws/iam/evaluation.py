"""Whether IAM would allow it: policies, conditions and trust, evaluated.

Follows the IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements": an explicit Deny wins,
then an Allow is needed. Service control policies, session policies and permissions through resource tags
are left out.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

Context = Mapping[str, Sequence[str]]
"""Condition keys and their values; keys are compared without regard to case."""

Statement = dict[str, Any]

_BEFORE_RESOURCE = re.compile(r"(?:[^:$]*:){5}")


def decide(documents: Iterable[str], action: str, resource: str | None, context: Context) -> bool | None:
    """True when allowed, False when denied explicitly, None when nothing speaks for it."""
    return judge(statements(documents), action, resource, context)


def judge(speaking: Iterable[Statement], action: str, resource: str | None, context: Context) -> bool | None:
    """Decide by statements that are known to concern the caller."""
    allowed: bool | None = None
    for statement in speaking:
        if not (_concerns_action(statement, action) and _concerns_resource(statement, resource, context)):
            continue
        if not conditions_hold(statement, context):
            continue
        if statement["Effect"] == "Deny":
            return False
        allowed = True
    return allowed


def statements(documents: Iterable[str]) -> Iterable[Statement]:
    for document in documents:
        yield from _parse(document)


@lru_cache(maxsize=4096)
def _parse(document: str) -> tuple[Statement, ...]:
    found = cast("Statement | list[Statement]", json.loads(document).get("Statement", []))
    return tuple(found) if isinstance(found, list) else (found,)


def _concerns_action(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return not _any_like(statement["NotAction"], action.lower(), lower=True)
    return _any_like(statement.get("Action", ()), action.lower(), lower=True)


def _concerns_resource(statement: Statement, resource: str | None, context: Context) -> bool:
    if resource is None:  # unknown
        return statement["Effect"] == "Allow" or "*" in as_list(statement.get("Resource", "*"))
    if "NotResource" in statement:
        return not any(like(_expand_arn(p, context), resource) for p in as_list(statement["NotResource"]))
    # A trust policy has no resource: it speaks about the role it hangs on.
    return any(like(_expand_arn(p, context), resource) for p in as_list(statement.get("Resource", "*")))


def _any_like(patterns: str | Iterable[str], value: str, *, lower: bool) -> bool:
    return any(like(pattern.lower() if lower else pattern, value) for pattern in as_list(patterns))


def as_list(value: str | Iterable[str]) -> list[str]:
    """IAM lets a lone value stand for a list of one."""
    return [value] if isinstance(value, (str, bool)) else list(value)


@lru_cache(maxsize=8192)
def wildcards(pattern: str, one: str = ".") -> re.Pattern[str]:
    """A pattern with `*` and `?` as an expression, which never tries anew what is between two stars.

    Otherwise `*a*a*a*a` would take for ever, and all accounts wait meanwhile.
    """
    first, *others = ("".join(one if c == "?" else re.escape(c) for c in part) for part in pattern.split("*"))
    between, last = others[:-1], [f".*{part}" for part in others[-1:]]
    return re.compile("".join([first, *(f"(?>.*?{part})" for part in between), *last]), re.DOTALL)


def like(pattern: str, value: str) -> bool:
    """Match with the wildcards `*` and `?`."""
    return pattern in ("*", value) or wildcards(pattern).fullmatch(value) is not None


def _expand(pattern: str, context: Context) -> str:
    """Put the caller's values in place of policy variables such as `${aws:PrincipalAccount}`."""

    def value(match: re.Match[str]) -> str:
        found = _lookup(context, match[1])
        return found[0] if found else match[0]

    return re.sub(r"\$\{([^{}]+)}", value, pattern) if "${" in pattern else pattern


def _expand_arn(pattern: str, context: Context) -> str:
    """Variables count only after an ARN's fifth colon, so never in place of an account."""
    before = _BEFORE_RESOURCE.match(pattern)
    return before[0] + _expand(pattern[before.end() :], context) if before else pattern


def _lookup(context: Context, key: str) -> Sequence[str] | None:
    wanted = key.lower()
    return next((values for name, values in context.items() if name.lower() == wanted), None)


def _arn_like(pattern: str, value: str) -> bool:
    # Each of the six parts is compared on its own: a wildcard never reaches over a colon.
    parts, patterns = value.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(like, patterns, parts))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringEqualsIgnoreCase": lambda pattern, value: pattern.lower() == value.lower(),
    "StringLike": like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda pattern, value: str(pattern).lower() == value.lower(),
}


def conditions_hold(statement: Statement, context: Context) -> bool:
    """Whether every condition of the statement holds; one that is not understood never allows anything."""
    conditions = cast("dict[str, dict[str, Any]]", statement.get("Condition", {}))
    return all(
        _condition_holds(statement, operator, key, [_expand(str(p), context) for p in as_list(patterns)], context)
        for operator, keys in conditions.items()
        for key, patterns in keys.items()
    )


def _condition_holds(statement: Statement, operator: str, key: str, patterns: list[str], context: Context) -> bool:
    values = _lookup(context, key)
    if operator == "Null":
        return (patterns[0].lower() == "true") == (not values)
    quantifier, _, name = operator.rpartition(":")
    name, if_exists = (name.removesuffix("IfExists"), True) if name.endswith("IfExists") else (name, False)
    negated = "Not" in name
    test = _OPERATORS.get(name.replace("Not", ""))
    if test is None:
        return statement["Effect"] == "Deny"
    if not values:
        return if_exists or negated or quantifier == "ForAllValues"
    hits = [any(test(pattern, value) for pattern in patterns) != negated for value in values]
    return any(hits) if quantifier == "ForAnyValue" and not negated else all(hits)
