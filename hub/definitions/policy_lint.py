"""What the policies of launch and execution roles may not say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from shared.errors import ContentError

Statements = list[dict[str, Any]]


def lint_policy(path: Path, statements: Statements) -> None:
    """Refuse rights that no model needs, before any account gives them away.

    Every statement names its actions; passing a role names the service that gets it; nothing is said by exclusion.

    Raises:
        ContentError: names the first such statement.
    """
    for index, statement in enumerate(statements):
        if statement["Effect"] == "Allow":
            problem = next(_problems(statement), None)
            if problem:
                raise ContentError(f"{path}: [{index}]{_name(statement)}: {problem}")


def _problems(statement: dict[str, Any]) -> Iterator[str]:
    for key in ("NotAction", "NotResource", "NotPrincipal"):
        if key in statement:
            yield f"found {key}, which allows all that it does not name. Name what is allowed."
    actions = _listed(statement.get("Action", []))
    for action in actions:
        if action.partition(":")[2] in ("", "*"):
            yield f"found the action {action}, which allows everything. Name the actions that the template needs."
    passing = [action for action in actions if _may_pass(action)]
    if passing and "iam:passedtoservice" not in _condition_keys(statement):
        yield (
            f"found {passing[0]} without a condition on iam:PassedToService. Say which service may get the role: "
            f'"Condition": {{"StringEquals": {{"iam:PassedToService": "sagemaker.amazonaws.com"}}}}.'
        )
    if passing and "*" in _listed(statement.get("Resource", [])):
        yield f'found {passing[0]} on "*". Name the role that may be passed.'


def _may_pass(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    return service == "iam" and (name == "passrole" or ("*" in name and "passrole".startswith(name.partition("*")[0])))


def _condition_keys(statement: dict[str, Any]) -> set[str]:
    conditions: dict[str, dict[str, Any]] = statement.get("Condition", {})
    return {key.lower() for operator in conditions.values() for key in operator}


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)


def _name(statement: dict[str, Any]) -> str:
    return f" ({statement['Sid']})" if "Sid" in statement else ""
