"""Rights become statements that IAM takes, and a launch role is held against them."""

import json
from pathlib import Path

import pytest

from hub.definitions.derived.comparison import LaunchRole, taken_by_nothing
from hub.definitions.derived.derivation import derived_rights
from hub.definitions.derived.rights import Right
from hub.definitions.derived.statements import is_derived, statements_of
from hub.definitions.policy_grammar import check_grammar
from hub.definitions.templates import read_template

OWN = "ModelCatalogExecution-scorer"
TWO = "Resources: {One: {Type: 'AWS::SNS::Topic'}, Two: {Type: 'AWS::SNS::Topic'}, Net: {Type: 'AWS::EC2::VPC'}}"
TOPIC = "arn:${Partition}:sns:*:${AccountId}"


def rights(folder: Path, text: str) -> tuple[Right, ...]:
    """Derive the rights of a template."""
    path = folder / "x.yaml"
    path.write_text(text)
    return derived_rights(read_template(path), OWN).rights


def test_actions_on_the_same_resources_are_one_statement(tmp_path: Path) -> None:
    statements = statements_of(rights(tmp_path, TWO))
    by_sid = {each["Sid"]: each for each in statements}

    assert [f"{TOPIC}:SC-*-One-*", f"{TOPIC}:SC-*-Two-*"] == by_sid["DerivedSns"]["Resource"]
    assert {"sns:CreateTopic", "sns:DeleteTopic", "sns:TagResource"} <= set(by_sid["DerivedSns"]["Action"])
    assert "*" == by_sid["DerivedEc2KnowsNoResource"]["Resource"]
    assert "arn:${Partition}:ec2:*:${AccountId}:vpc/*" == by_sid["DerivedEc2IdsAreTheServices"]["Resource"]
    assert all(map(is_derived, statements))
    assert len(by_sid) == len(statements)
    check_grammar(tmp_path, statements)


def test_where_iam_would_not_take_so_many_they_become_fewer_and_allow_no_less(tmp_path: Path) -> None:
    many = "".join(f"  Topic{n}: {{Type: 'AWS::SNS::Topic'}}\n" for n in range(60))
    found = rights(tmp_path, f"Resources:\n{many}")

    def fits(statements: object) -> bool:
        return len(json.dumps(statements)) < 1000

    statements = statements_of(found, fits)

    assert fits(statements)
    assert f"{TOPIC}:SC-*" in statements[0]["Resource"]
    assert [] == list(LaunchRole({"Statement": statements}).lacks(found))


def test_a_role_lacks_what_it_may_not_do_with_any_such_resource(tmp_path: Path) -> None:
    found = rights(tmp_path, "Resources: {One: {Type: 'AWS::SNS::Topic'}}")
    [first, *_] = whole = statements_of(found)

    narrower = {**first, "Resource": f"{TOPIC}:SC-*-One-A*"}
    elsewhere = {**first, "Resource": f"{TOPIC}:mine-*"}
    without = {**first, "Action": [each for each in first["Action"] if each != "sns:CreateTopic"]}

    assert [] == list(LaunchRole({"Statement": whole}).lacks(found))
    assert [] == list(LaunchRole({"Statement": [narrower]}).lacks(found)), "somebody has thought of it"
    assert {right.action for right in found} == {
        each.action for each in LaunchRole({"Statement": [elsewhere]}).lacks(found)
    }
    assert ["sns:CreateTopic"] == [each.action for each in LaunchRole({"Statement": [without]}).lacks(found)]


def test_what_a_role_covers_is_covered_in_full_and_without_further_conditions(tmp_path: Path) -> None:
    [right] = [each for each in rights(tmp_path, TWO) if each.action == "sns:CreateTopic" and "One" in each.of]
    allow = {"Effect": "Allow", "Action": "sns:Create*"}

    def covers(**more: object) -> bool:
        return LaunchRole({"Statement": [{**allow, **more}]}).covers(right)

    assert covers(Resource="*")
    assert covers(Resource=f"{TOPIC}:SC-*")
    assert not covers(Resource=f"{TOPIC}:SC-*-One-A*")
    assert not covers(Resource="*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-central-1"}})


def test_what_nothing_takes_is_listed_as_it_is_written(tmp_path: Path) -> None:
    found = rights(tmp_path, TWO)
    statement = {"Effect": "Allow", "Action": ["SNS:createtopic", "sns:Create*", "sqs:CreateQueue"], "Resource": "*"}

    assert ["sqs:CreateQueue"] == taken_by_nothing([statement], found)
    assert [] == taken_by_nothing([{**statement, "Effect": "Deny"}], found)


@pytest.mark.parametrize(
    ("pattern", "arn"),
    [
        ("^(arn:aws[a-z-]*:kms:.+)?$", "arn:${Partition}:kms:*:*:*"),
        ("^arn:aws:kms:.+$", "arn:aws:kms:*:*:*"),
        ("^arn:aws:kms:eu-central-1:222233334444:key/.+$", "arn:aws:kms:eu-central-1:222233334444:key/*"),
    ],
)
def test_an_arn_of_which_a_pattern_tells_the_beginning_is_one_that_iam_takes(
    tmp_path: Path, pattern: str, arn: str
) -> None:
    found = rights(
        tmp_path,
        f"""
Parameters: {{Key: {{Type: String, AllowedPattern: '{pattern}'}}}}
Resources:
  Endpoint:
    Type: AWS::SageMaker::EndpointConfig
    Properties: {{KmsKeyId: !Ref Key, ProductionVariants: [{{ModelName: m, VariantName: v}}]}}
""",
    )

    assert {arn} == {each for right in found if right.action.startswith("kms:") for each in right.resources}
