"""What the policies of launch and execution roles may not say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.aws.iam import Statement, parse
from shared.errors import ContentError


def lint_policy(path: Path, statements: list[dict[str, Any]]) -> None:
    """Refuse rights that no model needs, before any account gives them away.

    Every statement names its actions; passing a role names the service that gets it; nothing is said by exclusion.

    Raises:
        ContentError: names the first such statement.
    """
    for index, statement in enumerate(parse({"Statement": statements})):
        problem = next(_problems(statement), None) if statement.allows else None
        if problem:
            name = f" ({statement.sid})" if statement.sid else ""
            raise ContentError(f"{path}: [{index}]{name}: {problem}")


def _problems(statement: Statement) -> Iterator[str]:
    for key in statement.negations:
        yield f"found {key}, which allows all that it does not name. Name what is allowed."
    for action in statement.whole_services:
        yield f"found the action {action}, which allows everything. Name the actions that the template needs."
    passing = statement.naming("iam:PassRole")
    if passing and "iam:passedtoservice" not in statement.condition_keys:
        yield (
            f"found {passing[0]} without a condition on iam:PassedToService. Say which service may get the role: "
            f'"Condition": {{"StringEquals": {{"iam:PassedToService": "sagemaker.amazonaws.com"}}}}.'
        )
    if passing and "*" in statement.resources:
        yield f'found {passing[0]} on "*". Name the role that may be passed.'
