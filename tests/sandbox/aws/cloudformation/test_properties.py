"""Properties, held against the registry's schemas."""

from typing import Any

import pytest

from sandbox.aws.cloudformation.properties import checked
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.schemas import schema_of

ROLE = "arn:aws:iam::333344445555:role/x"
VARIANT = {"ModelName": "m", "VariantName": "a", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}


def check(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return checked(schema_of(kind, "eu-central-1"), "Thing", properties)


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("AWS::SNS::Topic", {"Name": "x"}, "#: extraneous key [Name] is not permitted"),
    ("AWS::SNS::Topic", {"TopicArn": "x"}, "#: extraneous key [TopicArn] is not permitted: it is read-only"),
    ("AWS::SNS::Topic", {"DisplayName": ["x"]}, "#/DisplayName: expected type: String, found: JSONArray"),
    ("AWS::SNS::Topic", {"MaximumMessageSize": 1}, "#/MaximumMessageSize: 1 is not greater or equal to 1024"),
    ("AWS::Lambda::Function", {"Role": ROLE}, "#: required key [Code] not found"),
    ("AWS::Logs::LogGroup", {"RetentionInDays": 8}, "#/RetentionInDays: 8 is not a valid enum value"),
    ("AWS::SageMaker::Model", {"ModelName": "a_b"}, "#/ModelName: failed validation constraint for keyword"),
    ("AWS::SageMaker::Model", {"ModelName": "a" * 64}, "#/ModelName: expected maxLength: 63, actual: 64"),
    ("AWS::SageMaker::Model", {"PrimaryContainer": {"Img": "x"}}, "#/PrimaryContainer: extraneous key [Img]"),
    (
        "AWS::SageMaker::EndpointConfig",
        {"ProductionVariants": [VARIANT | {"ModelName": 1, "VariantName": {}}]},
        "#/ProductionVariants/0/VariantName: expected type: String, found: JSONObject",
    ),
    (
        "AWS::CloudWatch::Alarm",
        {"ComparisonOperator": "GreaterThanThreshold", "MetricName": "a", "Metrics": []},
        "one of ['Metrics', 'MetricName'",
    ),
    (
        "AWS::Lambda::Function",
        {"Role": ROLE, "Code": {"ZipFile": "x"}, "Environment": {"Variables": {"T": "x"}}},
        "#/Environment/Variables: extraneous key [T] is not permitted",
    ),
]


@pytest.mark.parametrize(("kind", "properties", "fault"), FAULTS)
def test_what_the_registry_refuses_is_named_with_its_place(kind: str, properties: dict[str, Any], fault: str) -> None:
    with pytest.raises(StackError) as refusal:
        check(kind, properties)
    assert str(refusal.value).startswith("Properties validation failed for resource Thing with message:\n")
    assert fault in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "given", "fitted"),
    [
        ("AWS::Logs::LogGroup", {"RetentionInDays": "7"}, {"RetentionInDays": 7}),
        ("AWS::SNS::Topic", {"FifoTopic": "true", "DisplayName": 5}, {"FifoTopic": True, "DisplayName": "5"}),
        ("AWS::SNS::Topic", {"DisplayName": True}, {"DisplayName": "true"}),
        ("AWS::SNS::Topic", {"KmsMasterKeyId": "alias/a"}, {"KmsMasterKeyId": "alias/a"}),
    ],
)
def test_a_scalar_becomes_what_the_property_is(kind: str, given: dict[str, Any], fitted: dict[str, Any]) -> None:
    """CloudFormation hands every parameter on as text."""
    assert check(kind, given) == fitted


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(StackError) as refusal:
        check("AWS::SageMaker::FeatureGroup", {"Colour": "red"})
    assert {"[Colour]", "[FeatureGroupName]", "[FeatureDefinitions]"} <= set(str(refusal.value).split())
