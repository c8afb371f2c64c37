"""Which of a handler's permissions a launch is given."""

import pytest

from hub.definitions.derived.needed_actions import needed_actions, words_given
from hub.definitions.derived.registry import resource_type
from shared.aws.allowed import TYPES, is_allowed


def needed(kind: str, *properties: str) -> frozenset[str]:
    """List the actions of a resource with these properties."""
    found = resource_type(kind)
    assert found
    given = dict.fromkeys(properties, "x")
    return frozenset(needed_actions(found, given, words_given(given)).needed)


@pytest.mark.parametrize("kind", sorted(TYPES - {"AWS::CloudFormation::WaitConditionHandle"}))
def test_a_type_that_every_template_may_hold_takes_nothing_that_a_product_has_to_ask_for(kind: str) -> None:
    assert [] == [action for action in needed(kind) if action != "iam:PassRole" and not is_allowed(action.lower())]


def test_a_property_is_told_by_two_general_words_too() -> None:
    plain = needed("AWS::Logs::LogGroup", "LogGroupName")

    assert "logs:PutResourcePolicy" not in plain
    assert {"logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DescribeResourcePolicies"} <= plain
    assert "logs:PutResourcePolicy" in needed("AWS::Logs::LogGroup", "ResourcePolicyDocument")
