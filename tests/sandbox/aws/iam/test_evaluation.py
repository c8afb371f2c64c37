"""IAM's logic and the clock, on their own."""

import json
from typing import Any

import pytest

from sandbox.aws.iam.evaluation import decide
from sandbox.clock import Clock

pytestmark = pytest.mark.sandbox_only

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/${aws:username}/*"}
CONTEXT = {"aws:username": ["ann"], "aws:PrincipalTag/team": ["ml"], "aws:TagKeys": ["a", "b"]}
ANN = "arn:aws:s3:::b/ann/x"


def decision(statement: dict[str, Any], action: str = "s3:GetObject", resource: str = ANN) -> bool | None:
    return decide([json.dumps({"Version": "2012-10-17", "Statement": statement})], action, resource, CONTEXT)


@pytest.mark.parametrize(
    ("changed", "action", "resource", "expected"),
    [
        ({}, "s3:GetObject", ANN, True),
        ({}, "S3:getobject", ANN, True),
        ({}, "s3:PutObject", ANN, None),
        ({}, "s3:GetObject", "arn:aws:s3:::b/bob/x", None),
        ({"Effect": "Deny"}, "s3:GetObject", ANN, False),
        ({"Resource": "arn:aws:s3:::b/a??/*"}, "s3:GetObject", ANN, True),
        ({"Resource": ["arn:aws:s3:::c/*", "*"]}, "s3:GetObject", ANN, True),
        ({"Resource": "arn:aws:iam::${aws:username}:role/x"}, "s3:GetObject", "arn:aws:iam::ann:role/x", None),
    ],
)
def test_a_statement_speaks_about_actions_and_resources(
    changed: dict[str, Any], action: str, resource: str, *, expected: bool | None
) -> None:
    """IAM User Guide, "IAM JSON policy elements": Action, Resource, policy variables (never before the fifth colon)."""
    assert decision({**ALLOW, **changed}, action, resource) is expected


def test_not_action_and_not_resource_turn_it_round() -> None:
    """IAM User Guide, "IAM JSON policy elements": NotAction, NotResource."""
    assert decision({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::c/*"}) is True
    assert decision({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}) is None
    assert decision({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b/*"}) is None


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"StringEquals": {"AWS:username": "ann"}}, True),
        ({"StringEquals": {"aws:username": ["bob", "ann"]}}, True),
        ({"StringNotEquals": {"aws:username": ["bob", "ann"]}}, False),
        ({"StringNotEquals": {"aws:missing": "x"}}, True),
        ({"StringEquals": {"aws:missing": "x"}}, False),
        ({"StringEqualsIfExists": {"aws:missing": "x"}}, True),
        ({"StringLike": {"aws:PrincipalTag/team": "m?"}}, True),
        ({"ArnLike": {"aws:username": "arn:aws:s3:::*"}}, False),
        ({"Null": {"aws:missing": "true"}}, True),
        ({"Null": {"aws:username": True}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, False),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, True),
        ({"StringEquals": {"aws:username": "ann", "aws:PrincipalTag/team": "web"}}, False),
        ({"NumericLessThan": {"aws:username": "5"}}, False),
    ],
)
def test_conditions_are_evaluated(condition: dict[str, Any], *, holds: bool) -> None:
    """IAM User Guide, "Condition operators" and "Multivalued context keys"; unknown operators never allow."""
    assert decision({**ALLOW, "Condition": condition}) is (True if holds else None)


def test_an_arn_pattern_is_compared_part_by_part() -> None:
    """IAM User Guide, "ARN condition operators": each of the six parts on its own."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}

    def holds(pattern: str, value: str) -> bool | None:
        document = json.dumps({"Statement": {**statement, "Condition": {"ArnLike": {"k": pattern}}}})
        return decide([document], "a:b", "*", {"k": [value]})

    assert holds("arn:aws:servicecatalog:*:1:*", "arn:aws:servicecatalog:eu:1:stack/x") is True
    assert holds("arn:aws:*:1:*", "arn:aws:servicecatalog:eu:1:stack/x") is None


def test_the_clock_runs_what_is_due_in_order_and_shows_each_its_moment() -> None:
    real = [0.0]
    clock = Clock(10, real=lambda: real[0])
    start = clock.timestamp()
    seen: list[tuple[str, float]] = []

    def note(name: str) -> None:
        seen.append((name, round(clock.timestamp() - start)))

    def early() -> None:
        note("early")
        clock.after(5, lambda: note("chained"))

    clock.after(20, lambda: note("late"))
    clock.after(5, early)
    clock.run_due()
    assert seen == []
    real[0] = 3.0
    clock.run_due()

    assert seen == [("early", 5), ("chained", 10), ("late", 20)]


def test_a_change_of_speed_keeps_the_time() -> None:
    real = [0.0]
    clock = Clock(10, real=lambda: real[0])
    start = clock.timestamp()
    real[0] = 1.0
    clock.speed = 1
    real[0] = 2.0

    assert clock.timestamp() - start == pytest.approx(11)
