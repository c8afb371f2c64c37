"""What CloudFormation reads of an account, wherever a template says so."""

import pytest

from hub.definitions.derived.account_values import values_read
from hub.definitions.derived.naming import Naming

SECRET = "arn:${Partition}:secretsmanager:*:${AccountId}:secret"
STORED = "arn:${Partition}:ssm:*:${AccountId}:parameter"
NAMED = {"Stage": {"Type": "String", "AllowedValues": ["test", "live"]}}
RESOURCES = {"Keys": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "team/keys"}}}


@pytest.mark.parametrize(
    ("text", "action", "resources"),
    [
        (
            {"Fn::Sub": "{{resolve:secretsmanager:${Keys}:SecretString:password}}"},
            "secretsmanager:GetSecretValue",
            {f"{SECRET}:*"},
        ),
        (
            {"Fn::Sub": "{{resolve:secretsmanager:team/${Stage}/keys}}"},
            "secretsmanager:GetSecretValue",
            {f"{SECRET}:team/{s}/keys-*" for s in ("test", "live")},
        ),
        (
            {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Keys"}, ":SecretString:password}}"]]},
            "secretsmanager:GetSecretValue",
            {f"{SECRET}:*"},
        ),
        (
            {"Fn::Sub": "{{resolve:ssm:/${Stage}/topic:1}}"},
            "ssm:GetParameters",
            {f"{STORED}/{s}/topic" for s in ("test", "live")},
        ),
        (
            {"Fn::Join": ["-", [{"Fn::Sub": "x${Stage}"}, {"Fn::If": ["A", "{{resolve:ssm:/one}}", "two"]}]]},
            "ssm:GetParameters",
            {f"{STORED}/one"},
        ),
    ],
)
def test_a_reference_that_is_put_together_is_read_as_what_it_comes_to(
    text: object, action: str, resources: set[str]
) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}
    naming = Naming({"Parameters": NAMED, "Resources": {**RESOURCES, "Topic": topic}})

    assert {(action, each, "Resources.Topic") for each in resources} == {*values_read(naming)}


def test_a_name_is_known_but_for_the_part_that_is_read_elsewhere() -> None:
    naming = Naming({"Resources": {}})

    assert ["scores-*"] == naming.of("scores-{{resolve:ssm:/team/stage}}")
    assert ["SC-*-*"] == naming.of({"Fn::Sub": "${AWS::StackName}-{{resolve:ssm:/team/stage}}"})
