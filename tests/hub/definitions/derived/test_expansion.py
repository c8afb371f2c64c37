"""Templates of serverless resources, whose values are read as texts, as CloudFormation builds them."""

import pytest

from hub.definitions.derived.expansion import expanded
from shared.errors import ContentError
from tests.support.refused import refused


def function(event: dict[str, object]) -> dict[str, object]:
    """Give a template with a function that an event starts."""
    code = {"Handler": "index.handler", "Runtime": "python3.12", "InlineCode": "def handler(event, context): pass"}
    properties = {**code, "Events": {"Jobs": event}}
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Scorer": {"Type": "AWS::Serverless::Function", "Properties": properties}},
    }


def test_a_number_is_one_where_the_translator_wants_one() -> None:
    queue = {"Queue": "arn:aws:sqs:eu-central-1:333344445555:jobs", "BatchSize": "5", "Enabled": "true"}

    found = expanded(function({"Type": "SQS", "Properties": queue}), "1.0.0.yaml")

    assert found["Resources"]["ScorerJobs"]["Properties"]["BatchSize"] == 5


@pytest.mark.parametrize("truth", ["true", "True", "TRUE"])
def test_truth_values_are_as_yaml_writes_them(truth: str) -> None:
    properties = {"StageName": "a", "TracingEnabled": truth, "DefinitionBody": dict[str, object]()}
    api = {"Type": "AWS::Serverless::Api", "Properties": properties}
    body = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Api": api}}

    stage = next(v for v in expanded(body, "1.0.0.yaml")["Resources"].values() if v["Type"].endswith("::Stage"))

    assert stage["Properties"]["TracingEnabled"] is True


def test_what_is_wrong_is_told_of_the_text_that_was_written() -> None:
    queue = {"Queue": "arn:aws:sqs:eu-central-1:333344445555:jobs", "BatchSize": "five"}

    with refused(ContentError, "template-not-transformed", "1.0.0.yaml"):
        expanded(function({"Type": "SQS", "Properties": queue}), "1.0.0.yaml")


def test_an_application_is_a_stack_of_its_template_or_of_one_that_nobody_knows() -> None:
    beside = {"Type": "AWS::Serverless::Application", "Properties": {"Location": "child.yaml"}}
    shared = {
        "ApplicationId": "arn:aws:serverlessrepo:us-east-1:012345678901:applications/x",
        "SemanticVersion": "1.0.0",
    }
    published = {"Type": "AWS::Serverless::Application", "Properties": {"Location": shared}}
    body = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Beside": beside, "Published": published}}

    found = expanded(body, "1.0.0.yaml")["Resources"]

    assert {"TemplateURL": "child.yaml"} == found["Beside"]["Properties"]
    assert {} == found["Published"].get("Properties", {})
