"""Writes rights as the statements of a policy, and tells those statements from the ones that people wrote."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hub.definitions.derived.rights import Reason, Right

PREFIX: Final = "Derived"
"""The beginning of the Sid of a statement that was derived, and is written anew where the templates change."""

Statement = dict[str, Any]


def is_derived(statement: Mapping[str, Any]) -> bool:
    """Whether a statement was derived."""
    return str(statement.get("Sid") or "").startswith(PREFIX)


def statements_of(rights: Iterable[Right], fits: Callable[[Sequence[Statement]], bool] = bool) -> list[Statement]:
    """Write rights as statements.

    Args:
        rights: What is to be allowed.
        fits: Whether statements are few enough for IAM. Where they are not, those of a service become one, in which
            each action means the resources of its own kind; then resources are told by what the names of all launches
            have in common, without logical IDs.
    """
    given = list(rights)
    found = list[Statement]()
    for shorter in (_grouped, _by_service, _by_short_names):
        found = shorter(given)
        if fits(found):
            break
    return found


def _by_short_names(rights: Iterable[Right]) -> list[Statement]:
    return _by_service([_shortened(each) for each in rights])


def _by_service(rights: Iterable[Right]) -> list[Statement]:
    services = dict[tuple[str, str, Reason], list[Right]]()
    for each in rights:
        apart = each.action if each.action.startswith("iam:Pass") else each.action.partition(":")[0]
        subject = "*" if each.reason is Reason.NO_RESOURCE else apart
        reason = Reason.NO_RESOURCE if each.reason is Reason.NO_RESOURCE else Reason.NAMED
        services.setdefault((subject, json.dumps(each.condition, sort_keys=True), reason), []).append(each)
    alike = list[Right]()
    for (_, _, reason), those in services.items():
        resources = tuple(dict.fromkeys(arn for each in those for arn in each.resources))
        alike += [replace(each, resources=resources, reason=reason) for each in those]
    return _grouped(alike)


def _grouped(rights: Iterable[Right]) -> list[Statement]:
    targets = dict[tuple[str, str, Reason], set[str]]()
    for each in rights:
        condition = json.dumps(each.condition, sort_keys=True)
        targets.setdefault((each.action, condition, each.reason), set()).update(each.resources)
    groups = dict[tuple[tuple[str, ...], str, Reason], list[str]]()
    for (action, condition, reason), resources in targets.items():
        groups.setdefault((_least(resources), condition, reason), []).append(action)
    found, sids = list[Statement](), set[str]()
    for (resources, condition, reason), actions in sorted(
        groups.items(), key=lambda item: (item[0][2], sorted(item[1]))
    ):
        statement = {
            "Sid": _sid(actions, reason, sids),
            "Effect": "Allow",
            "Action": sorted(actions),
            "Resource": list(resources) if len(resources) > 1 else "".join(resources),
        }
        tests = json.loads(condition)
        found.append({**statement, "Condition": tests} if tests else statement)
    return found


def _least(resources: set[str]) -> tuple[str, ...]:
    """Leave out what another pattern covers."""
    return tuple(
        sorted(each for each in resources if not any(_covers(other, each) for other in resources if other != each))
    )


def _covers(pattern: str, text: str) -> bool:
    if "*" not in pattern:
        return False
    head, _, tail = pattern.rpartition("*")
    return not tail and text.startswith(head)


def _sid(actions: Sequence[str], reason: Reason, taken: set[str]) -> str:
    services = sorted({action.partition(":")[0] for action in actions})
    if actions == ["iam:PassRole"]:
        subject = "PassRole"
    elif len(services) == 1:
        subject = "".join(word.capitalize() for word in re.findall("[a-z0-9]+", services[0]))
    else:
        subject = ""
    base = f"{PREFIX}{subject}{reason}"
    sid = next(
        f"{base}{number if number > 1 else ''}"
        for number in range(1, 1000)
        if f"{base}{number if number > 1 else ''}" not in taken
    )
    taken.add(sid)
    return sid


def _shortened(right: Right) -> Right:
    if right.action.startswith("iam:"):  # roles are told one by one
        return right
    names = (re.sub(r"(?<=[/:])(SC|sc)-\*-.*", r"\1-*", arn) for arn in right.resources)
    return replace(right, resources=tuple(dict.fromkeys(names)))
