"""Whether a policy of a product's role says only what is allowed: the one lint of hub, spokes and policy pack.

It knows no bad rights, but the good ones (`shared.aws.allowed`). Wildcards count for every action that they mean.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, Final, cast

from shared.aws.actions import has_wildcards, is_real, meant_by
from shared.aws.allowed import (
    PASSING,
    SERVICES,
    Holder,
    is_allowed,
    is_one_role,
    limit_of,
    passed_to,
    passes_to_named_services,
)
from shared.aws.iam import Statement, parse_statement

_DOCUMENT: Final = {"Version", "Id", "Statement"}
_STATEMENT: Final = {"Sid", "Effect", "Action", "Resource", "Condition"}
_EXCLUDING: Final = ("NotAction", "NotResource", "NotPrincipal")
_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_SHOWN: Final = 3
"""How many of the actions that a wildcard means are named."""


@dataclass(frozen=True, slots=True)
class Excess:
    """Something that goes beyond what is allowed.

    Attributes:
        text: What is wrong, and what to write instead.
        code: As of a `CatalogError`.
        place: The statement.
        token: What an exception for a product has to name; empty where none is to be had.
    """

    text: str
    _: KW_ONLY
    code: str
    place: str = ""
    token: str = ""


def excesses(policy: object, holder: Holder) -> Iterator[Excess]:
    """Find in a policy what goes beyond the list.

    Args:
        policy: The document, with its placeholders or without.
        holder: Whose it is.
    """
    if not isinstance(policy, Mapping):
        yield Excess("is no policy.", code="policy-not-readable")
        return
    document = cast("Mapping[str, object]", policy)
    for key in sorted(document.keys() - _DOCUMENT):
        yield Excess(f"has the unknown key {key}. Remove it.", code="policy-key-unknown")
    found = document.get("Statement")
    for index, each in enumerate(cast("list[object]", found if isinstance(found, list) else [found])):
        yield from _of_statement(each, f"[{index}]", holder)


def service_excesses(services: Iterable[str]) -> Iterator[Excess]:
    """Find among the services that may assume an execution role those that are not on the list."""
    for service in services:
        if service not in SERVICES:
            yield Excess(
                f"the service {service} may not run a model. Services that may: {', '.join(SERVICES)}.",
                code="service-not-allowed",
                token=service,
            )


def _of_statement(each: object, place: str, holder: Holder) -> Iterator[Excess]:
    if not isinstance(each, dict):
        yield Excess("is no statement.", code="policy-not-readable", place=place)
        return
    written = cast("dict[str, Any]", each)
    place = f"{place} ({written['Sid']})" if written.get("Sid") else place
    wrong = [replace(each, place=place) for each in _form(written)]
    yield from wrong
    if wrong or written["Effect"] == "Deny":
        return
    statement = parse_statement(written)
    for pattern in statement.actions:
        yield from _of_action(pattern, statement, holder, place)


def _form(written: Mapping[str, Any]) -> Iterator[Excess]:
    """Find what a statement may not consist of: IAM refuses some of it, and the rest says nothing that is known."""
    if written.get("Effect") not in ("Allow", "Deny"):
        yield Excess("has no Effect, which is Allow or Deny.", code="policy-not-readable")
    for key in written.keys() - _STATEMENT:
        if key in _EXCLUDING:
            yield Excess(f"{key} allows all that it does not name. Name what is allowed.", code="policy-by-exclusion")
        else:
            yield Excess(
                f"has the unknown key {key}. A statement has {', '.join(sorted(_STATEMENT))}.",
                code="policy-key-unknown",
            )
    for key in ("Action", "Resource"):
        values = written.get(key)
        many = cast("list[object]", values if isinstance(values, list) else [values])
        if not many or not all(isinstance(value, str) and value for value in many):
            yield Excess(f"has no {key}, which is a text or a list of texts.", code="policy-not-readable")
    if not _is_condition(written.get("Condition", {})):
        yield Excess("has a Condition that is no map of operators, keys and values.", code="policy-not-readable")


def _is_condition(found: object) -> bool:
    return isinstance(found, dict) and all(
        isinstance(tests, dict) for tests in cast("dict[str, object]", found).values()
    )


def _of_action(pattern: str, statement: Statement, holder: Holder, place: str) -> Iterator[Excess]:
    many = has_wildcards(pattern)
    meant = meant_by(pattern) if many else [pattern.lower()]
    beyond = [action for action in meant if not is_allowed(action)]
    if many and not meant:
        yield Excess(
            f"the action {pattern} means nothing that AWS knows. Remove it.", code="action-unknown", place=place
        )
    elif many and beyond and statement.whole_services:
        yield Excess(
            f"the action {pattern} allows {_few(beyond)}. Name the actions that the template needs.",
            code="policy-allows-everything",
            place=place,
        )
    elif many and beyond:
        yield Excess(
            f"the action {pattern} allows {_few(beyond)}. Name the actions that the template needs.",
            code="action-not-allowed",
            place=place,
        )
    elif beyond and is_real(pattern):
        yield Excess(
            f"the action {pattern} is not one that a model's roles may have. Remove it.",
            code="action-not-allowed",
            place=place,
            token=pattern,
        )
    elif beyond:
        yield Excess(
            f"the action {pattern} is not known. Correct its spelling.",
            code="action-unknown",
            place=place,
            token=pattern if _ACTION.fullmatch(pattern) else "",  # AWS may have made it since
        )
    else:
        for action in meant:
            yield from _of_limit(action, statement, holder, place)


def _few(actions: Sequence[str]) -> str:
    more = f" and {len(actions) - _SHOWN} more" if len(actions) > _SHOWN else ""
    return ", ".join(actions[:_SHOWN]) + more


def _of_limit(action: str, statement: Statement, holder: Holder, place: str) -> Iterator[Excess]:
    name, limit = limit_of(action)
    if limit is PASSING:
        yield from _of_passing(statement, holder, place)
    elif limit:
        for resource in statement.resources:
            if not limit.holds(statement, resource, holder):
                yield Excess(
                    f"{name} on {resource} is not limited. Write: {limit.words}.",
                    code="action-not-limited",
                    place=place,
                    token=f"{name} on {resource}",
                )


def _of_passing(statement: Statement, holder: Holder, place: str) -> Iterator[Excess]:
    """Nothing excuses services that are not named, or roles that are not."""
    own = [resource for resource in statement.resources if PASSING.holds(statement, resource, holder)]
    others = [resource for resource in statement.resources if resource not in own]
    to = passed_to(statement) if all(map(is_one_role, others)) else ()
    is_limited = passes_to_named_services(statement, holder)
    if not is_limited and (own or not to):
        services = ", ".join(f'"{service}"' for service in holder.services)
        yield Excess(
            f"iam:PassRole has no condition that names the services which may get the role. Write: "
            f'"Condition": {{"StringEquals": {{"iam:PassedToService": [{services}]}}}}.',
            code="role-passed-to-any-service",
            place=place,
        )
    for resource in others:
        exact = "" if has_wildcards(resource) else f"iam:PassRole on {resource}"
        for token in (
            [exact] if (exact and is_limited) or not to else [f"iam:PassRole on {resource} to {each}" for each in to]
        ):
            text = token.removeprefix("iam:PassRole on ") or resource
            yield Excess(
                f"iam:PassRole on {text} passes another role. Write: {PASSING.words}.",
                code="any-role-passed",
                place=place,
                token=token,
            )
