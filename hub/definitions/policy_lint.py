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
        name = f" ({statement.sid})" if statement.sid else ""
        problem = next(_problems(statement, f"{path}: [{index}]{name}"), None) if statement.allows else None
        if problem:
            raise problem


def _problems(statement: Statement, place: str) -> Iterator[ContentError]:
    for key in statement.negations:
        yield ContentError(
            f"{key} allows all that it does not name. Name what is allowed.", code="policy-by-exclusion", place=place
        )
    for action in statement.whole_services:
        yield ContentError(
            f"the action {action} allows everything. Name the actions that the template needs.",
            code="policy-allows-everything",
            place=place,
        )
    passing = statement.naming("iam:PassRole")
    if passing and "iam:passedtoservice" not in statement.condition_keys:
        yield ContentError(
            f"{passing[0]} has no condition on iam:PassedToService. Name the service that may get the role: "
            f'"Condition": {{"StringEquals": {{"iam:PassedToService": "sagemaker.amazonaws.com"}}}}.',
            code="role-passed-to-any-service",
            place=place,
        )
    if passing and "*" in statement.resources:
        yield ContentError(
            f'{passing[0]} is allowed on "*". Name the role that may be passed.', code="any-role-passed", place=place
        )
