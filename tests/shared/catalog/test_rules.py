"""Rules on the values of parameters, evaluated as AWS evaluates them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.rules import ONLY_AWS, Rule, UndecidedError
from tests.support.refused import mistaken
from tests.support.strategies import examples

SIZE = {"Ref": "Size"}
ZONES = {"Ref": "Zones"}
VALUES = {"Size": "2", "Zones": "a, b", "Stage": "production"}


def rule(demand: object, condition: object = None) -> Rule:
    """Write a rule with one assertion."""
    when = {} if condition is None else {"RuleCondition": condition}
    return Rule.model_validate({**when, "Assertions": [{"Assert": demand, "AssertDescription": "Not so."}]})


@pytest.mark.parametrize(
    ("demand", "holds"),
    [
        ({"Fn::Equals": [SIZE, 2]}, True),
        ({"Fn::Equals": [SIZE, "3"]}, False),
        ({"Fn::Contains": [["1", "2"], SIZE]}, True),
        ({"Fn::Contains": [["1", "3"], SIZE]}, False),
        ({"Fn::Contains": [ZONES, "b"]}, True),
        ({"Fn::EachMemberIn": [ZONES, ["a", "b", "c"]]}, True),
        ({"Fn::EachMemberIn": [ZONES, ["a"]]}, False),
        ({"Fn::EachMemberEquals": [ZONES, "a"]}, False),
        ({"Fn::Not": [{"Fn::Equals": [SIZE, "2"]}]}, False),
        ({"Fn::And": [{"Fn::Equals": [SIZE, "2"]}, {"Fn::Contains": [ZONES, "a"]}]}, True),
        ({"Fn::Or": [{"Fn::Equals": [SIZE, "9"]}, {"Fn::Contains": [ZONES, "z"]}]}, False),
    ],
)
def test_an_assertion_holds_or_says_that_it_does_not(demand: object, *, holds: bool) -> None:
    assert ([] if holds else ["Not so."]) == rule(demand).broken_by(VALUES)


@pytest.mark.parametrize(("stage", "broken"), [("production", ["Not so."]), ("development", [])])
def test_a_rule_counts_where_its_condition_holds(stage: str, broken: list[str]) -> None:
    found = rule({"Fn::Equals": [SIZE, "9"]}, {"Fn::Equals": [{"Ref": "Stage"}, "production"]})

    assert broken == found.broken_by({**VALUES, "Stage": stage})


@pytest.mark.parametrize("function", sorted(ONLY_AWS))
def test_what_only_aws_knows_is_left_undecided(function: str) -> None:
    with pytest.raises(UndecidedError, match=function):
        rule({"Fn::Contains": [{function: ["Subnet", "VpcId"]}, SIZE]}).broken_by(VALUES)


@pytest.mark.parametrize(
    ("demand", "code"),
    [
        ({"Fn::Equal": [SIZE, "2"]}, "function-unknown"),
        ({"Fn::Equals": [SIZE]}, "operand-count"),
        ({"Fn::And": [{"Fn::Equals": [SIZE, "2"]}]}, "operand-count"),
        ({"Fn::Not": {"Fn::Equals": [SIZE, "2"]}}, "operand-count"),
        ({"Ref": ["Size"]}, "ref-to-no-parameter"),
        ({"Fn::Equals": [SIZE, None]}, "operand-missing"),
        ({"Fn::Equals": [SIZE, "2"], "Fn::Not": []}, "function-not-alone"),
    ],
)
def test_a_rule_that_could_never_be_evaluated_is_refused(demand: object, code: str) -> None:
    with mistaken(code):
        rule(demand)


def test_a_rule_knows_the_parameters_that_it_looks_at() -> None:
    found = rule({"Fn::Not": [{"Fn::Contains": [ZONES, SIZE]}]}, {"Fn::Equals": [{"Ref": "Stage"}, "x"]})

    assert {"Zones", "Size", "Stage"} == found.parameters()


@pytest.mark.parametrize("condition", [None, {"Fn::Equals": [{"Ref": "Stage"}, "x"]}])
def test_a_rule_is_written_for_aws_with_the_names_that_aws_has(condition: object) -> None:
    when = {"RuleCondition": condition} if condition else {}

    assert rule(SIZE, condition).document() == {
        **when,
        "Assertions": [{"Assert": SIZE, "AssertDescription": "Not so."}],
    }


def test_an_assertion_without_a_description_is_told_as_it_is_written() -> None:
    found = Rule.model_validate({"Assertions": [{"Assert": {"Fn::Equals": [SIZE, "3"]}}]})

    assert ["{'Fn::Equals': [{'Ref': 'Size'}, '3']}"] == found.broken_by(VALUES)


@examples
@given(st.booleans(), st.integers(0, 9), st.booleans())
def test_a_rule_is_the_same_after_it_was_written_for_aws_and_for_the_contract(
    truth: bool,  # noqa: FBT001 - drawn
    number: int,
    conditional: bool,  # noqa: FBT001 - drawn
) -> None:
    found = rule({"Fn::Equals": [SIZE, number]}, {"Fn::Equals": [ZONES, truth]} if conditional else None)

    assert found == Rule.model_validate(found.document())
    assert found == Rule.model_validate(found.model_dump(exclude_none=True))
