"""APIs in front of a model: made from an OpenAPI document, or from resources, with the permissions that they take."""

import uuid

import pytest

from sandbox.aws.cloudformation.schemas import schema_of
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.stacks import Stacks

pytestmark = pytest.mark.sandbox_only

SERVERLESS = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Predict:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "def handler(event, context): pass"
      Handler: index.handler
      Runtime: python3.12
      Events: {Post: {Type: Api, Properties: {Path: /models/predict, Method: post}}}
Outputs: {Api: {Value: !Ref ServerlessRestApi}}
"""
HTTP = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: !Ref AWS::StackName, ProtocolType: HTTP}}
Outputs: {Api: {Value: !Ref Api}}
"""


def methods(stacks: Stacks, api: str) -> dict[str, list[str]]:
    """List the methods by path."""
    found = stacks.client("apigateway").get_resources(restApiId=api)["items"]
    return {each["path"]: sorted(each.get("resourceMethods", {})) for each in found}


def test_a_function_gets_the_api_that_its_events_name(stacks: Stacks) -> None:
    name = stacks.create(SERVERLESS)
    api = stacks.outputs(name)["Api"]

    assert methods(stacks, api) == {"/": [], "/models": [], "/models/predict": ["POST"]}
    stages = stacks.client("apigateway").get_stages(restApiId=api)["item"]
    assert {"Prod", "Stage"} >= {each["stageName"] for each in stages} >= {"Prod"}
    integration = stacks.client("apigateway").get_integration(
        restApiId=api, resourceId=_resource(stacks, api, "/models/predict"), httpMethod="POST"
    )
    assert (integration["type"], integration["httpMethod"]) == ("AWS_PROXY", "POST")


@pytest.mark.parametrize("document", ["swagger: '2.0'", "openapi: 3.0.1"])
def test_a_document_decides_the_methods_and_a_changed_one_changes_them(stacks: Stacks, document: str) -> None:
    integration = "x-amazon-apigateway-integration: {type: mock}"

    def template(path: str, method: str) -> str:
        body = f"{{{document}, paths: {{{path}: {{{method}: {{{integration}}}, parameters: []}}}}}}"
        api = f"{{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Ref AWS::StackName, Body: {body}}}}}"
        live = "{Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}"
        return f"Resources: {{Api: {api}, Live: {live}}}\nOutputs: {{Api: {{Value: !Ref Api}}}}"

    name = stacks.create(template("/", "get"))
    before = stacks.outputs(name)["Api"]
    assert methods(stacks, before) == {"/": ["GET"]}

    assert stacks.update(name, template("/predict", "x-amazon-apigateway-any-method")) == "UPDATE_COMPLETE"
    assert methods(stacks, before) == {"/": [], "/predict": ["ANY"]}


def test_a_document_may_lie_in_s3(stacks: Stacks) -> None:
    bucket, s3 = f"documents-{uuid.uuid4().hex[:8]}", stacks.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": ACCOUNTS.region})
    s3.put_object(Bucket=bucket, Key="api.yaml", Body=b"{openapi: 3.0.1, paths: {/a/b: {put: {}}, /a: {get: {}}}}")
    place = f"{{Bucket: {bucket}, Key: api.yaml}}"
    api = f"{{Type: AWS::ApiGateway::RestApi, Properties: {{Name: !Ref AWS::StackName, BodyS3Location: {place}}}}}"

    name = stacks.create(f"Resources: {{Api: {api}}}\nOutputs: {{Api: {{Value: !Ref Api}}}}")

    assert methods(stacks, stacks.outputs(name)["Api"]) == {"/": [], "/a": ["GET"], "/a/b": ["PUT"]}


def test_an_http_api_is_there_too(stacks: Stacks) -> None:
    name = stacks.create(HTTP)

    found = stacks.client("apigatewayv2").get_api(ApiId=stacks.outputs(name)["Api"])
    assert (found["Name"], found["ProtocolType"]) == (name, "HTTP")


@pytest.mark.parametrize(
    ("kind", "by_id"),
    [("ApiGateway::RestApi", True), ("ApiGatewayV2::Api", True), ("SageMaker::Domain", True), ("SNS::Topic", False)],
)
def test_what_the_service_calls_by_an_id_has_no_arn_before_it_is_made(kind: str, *, by_id: bool) -> None:
    assert schema_of(f"AWS::{kind}", ACCOUNTS.region).is_known_by_id is by_id


def _resource(stacks: Stacks, api: str, path: str) -> str:
    found = stacks.client("apigateway").get_resources(restApiId=api)["items"]
    return next(each["id"] for each in found if each["path"] == path)
