"""What templates name that is in no account of the organization: layers of others, and what AWS publishes."""

import pytest

from tests.support.sandbox.stacks import Stacks

pytestmark = pytest.mark.sandbox_only

LAYER = "arn:aws:lambda:eu-central-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:7"
TRUST = "{Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: lambda.amazonaws.com}}]}"
FUNCTION = f"""
    Parameters: {{Layer: {{Type: String}}, Text: {{Type: String}}}}
    Resources:
      Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {TRUST}}}}}
      F:
        Type: AWS::Lambda::Function
        Properties:
          Runtime: python3.12
          Handler: index.handler
          Role: !GetAtt Role.Arn
          Code: {{ZipFile: "def handler(event, context): return event"}}
          Layers: [!Ref Layer]
          Description: !Ref Text
"""
TOPIC = """
    Parameters: {P: {Type: "AWS::SSM::Parameter::Value<String>"}}
    Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${AWS::StackName}-t', DisplayName: !Ref P}}}
"""


def test_a_function_with_a_layer_of_another_account_is_made_and_changed(stacks: Stacks) -> None:
    made = stacks.create(FUNCTION, Layer=LAYER, Text="one")
    assert stacks.update(made, FUNCTION, Layer=LAYER, Text="two") == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("/aws/service/powertools/python/arm64/python3.13/latest", "arn:aws:lambda:eu-central-1:"),
        ("/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id", "ami-"),
        ("/aws/service/bottlerocket/aws-k8s-1.34/x86_64/latest/image_id", "ami-"),
    ],
)
def test_a_public_parameter_has_a_value_of_the_kind_that_aws_publishes(stacks: Stacks, name: str, begins: str) -> None:
    """Systems Manager User Guide, "Working with public parameters"."""
    assert stacks.topic(stacks.create(TOPIC, P=name)).startswith(begins)
