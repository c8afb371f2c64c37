"""What a launch role needs, what launches leave behind, and a template of a model in production."""

from typing import Any

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.setup import Setup

CLOUDFORMATION: list[dict[str, Any]] = [
    {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "arn:aws:cloudformation:*:*:stack/SC-*"},
    {"Effect": "Allow", "Action": "cloudformation:GetTemplateSummary", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
    },
]
LOGS = {"Effect": "Allow", "Action": "logs:*", "Resource": "arn:aws:logs:*:*:log-group:SC-*"}
ENDPOINT = """
Parameters:
  RoleArn: {Type: String}
  Count: {Type: Number, Default: 1}
  Scaling: {Type: String, Default: "off", AllowedValues: ["on", "off"]}
Conditions:
  Scales: !Equals [!Ref Scaling, "on"]
Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties: {ExecutionRoleArn: !Ref RoleArn, PrimaryContainer: {Image: "1.dkr.ecr/x:1"}}
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - {ModelName: !GetAtt Model.ModelName, VariantName: all, InitialInstanceCount: !Ref Count,
           InstanceType: ml.g6.xlarge, InitialVariantWeight: 1}
  Endpoint:
    Type: AWS::SageMaker::Endpoint
    Properties:
      EndpointName: !Sub "models-${AWS::StackName}"
      EndpointConfigName: !GetAtt Config.EndpointConfigName
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Condition: Scales
    Properties:
      MaxCapacity: 4
      MinCapacity: 1
      ResourceId: !Sub "endpoint/${Endpoint.EndpointName}/variant/all"
      ScalableDimension: sagemaker:variant:DesiredInstanceCount
      ServiceNamespace: sagemaker
  Policy:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Condition: Scales
    Properties:
      PolicyName: track
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Target
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: 70
        PredefinedMetricSpecification: {PredefinedMetricType: SageMakerVariantInvocationsPerInstance}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      {MetricName: Errors, Namespace: AWS/SageMaker, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1,
       Threshold: 3, Statistic: Sum, Period: 60, Dimensions: [{Name: Endpoint, Value: !GetAtt Endpoint.EndpointName}]}
Outputs:
  EndpointName: {Value: !GetAtt Endpoint.EndpointName}
  EndpointArn: {Value: !Ref Endpoint}
"""


def groups(setup: Setup, account: str | None = None) -> set[str]:
    found = setup.client("logs", account or ACCOUNTS.research).get_paginator("describe_log_groups").paginate()
    return {group["logGroupName"] for page in found for group in page["logGroups"]}


def trusting_research() -> dict[str, Any]:
    """A trust policy for whoever administers research."""
    return {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS.research}, "Action": "sts:AssumeRole"}
