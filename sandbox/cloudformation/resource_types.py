"""What it takes to build each resource type that the catalog's templates use.

Actions and ARNs are those of the Service Authorization Reference, and of the `handlers` section of each
type's schema in the CloudFormation registry. `{name}` is the physical name, in lower case where the service
writes it so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ResourceType:
    """Actions per step, all of them on one ARN."""

    arn: str
    create: tuple[str, ...]
    update: tuple[str, ...]
    delete: tuple[str, ...]
    when: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further actions on create and update, by the property that makes them necessary."""
    passes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Properties that hold a role, and the service that the role is passed to."""


_SAGEMAKER = "arn:aws:sagemaker:{region}:{account}"
_SCALING = "arn:aws:application-autoscaling:{region}:{account}:scalable-target/*"

RESOURCE_TYPES: dict[str, ResourceType] = {
    "AWS::SageMaker::Model": ResourceType(
        arn=_SAGEMAKER + ":model/{lower_name}",
        create=("sagemaker:CreateModel", "sagemaker:DescribeModel", "sagemaker:AddTags"),
        update=("sagemaker:CreateModel", "sagemaker:DescribeModel", "sagemaker:DeleteModel"),
        delete=("sagemaker:DeleteModel",),
        passes={"ExecutionRoleArn": "sagemaker.amazonaws.com"},
    ),
    "AWS::SageMaker::EndpointConfig": ResourceType(
        arn=_SAGEMAKER + ":endpoint-config/{lower_name}",
        create=(
            "sagemaker:CreateEndpointConfig",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:AddTags",
        ),
        update=(
            "sagemaker:CreateEndpointConfig",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:DeleteEndpointConfig",
        ),
        delete=("sagemaker:DeleteEndpointConfig",),
        passes={"ExecutionRoleArn": "sagemaker.amazonaws.com"},
    ),
    "AWS::SageMaker::Endpoint": ResourceType(
        arn=_SAGEMAKER + ":endpoint/{lower_name}",
        create=("sagemaker:CreateEndpoint", "sagemaker:DescribeEndpoint", "sagemaker:AddTags"),
        update=("sagemaker:UpdateEndpoint", "sagemaker:DescribeEndpoint"),
        delete=("sagemaker:DeleteEndpoint", "sagemaker:DescribeEndpoint"),
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": ResourceType(
        arn=_SCALING,
        create=(
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:DescribeScalableTargets",
        ),
        update=(
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:DescribeScalableTargets",
        ),
        delete=("application-autoscaling:DeregisterScalableTarget",),
        passes={"RoleARN": "application-autoscaling.amazonaws.com"},
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ResourceType(
        arn=_SCALING,
        create=(
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:DescribeScalingPolicies",
        ),
        update=(
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:DescribeScalingPolicies",
        ),
        delete=("application-autoscaling:DeleteScalingPolicy",),
    ),
    "AWS::CloudWatch::Alarm": ResourceType(
        arn="arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
        create=("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"),
        update=("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"),
        delete=("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms"),
    ),
    "AWS::StepFunctions::StateMachine": ResourceType(
        arn="arn:aws:states:{region}:{account}:stateMachine:{name}",
        create=("states:CreateStateMachine", "states:DescribeStateMachine", "states:TagResource"),
        update=("states:UpdateStateMachine", "states:DescribeStateMachine"),
        delete=("states:DeleteStateMachine", "states:DescribeStateMachine"),
        passes={"RoleArn": "states.amazonaws.com"},
    ),
    "AWS::Events::Rule": ResourceType(
        arn="arn:aws:events:{region}:{account}:rule/{name}",
        create=("events:PutRule", "events:DescribeRule"),
        update=("events:PutRule", "events:DescribeRule"),
        delete=("events:DeleteRule", "events:RemoveTargets", "events:DescribeRule"),
        when={"Targets": "events:PutTargets"},
        passes={"Targets.RoleArn": "events.amazonaws.com", "RoleArn": "events.amazonaws.com"},
    ),
    "AWS::Logs::LogGroup": ResourceType(
        arn="arn:aws:logs:{region}:{account}:log-group:{name}",
        create=("logs:CreateLogGroup", "logs:DescribeLogGroups", "logs:TagResource"),
        update=("logs:DescribeLogGroups",),
        delete=("logs:DeleteLogGroup", "logs:DescribeLogGroups"),
        when={"RetentionInDays": "logs:PutRetentionPolicy", "KmsKeyId": "logs:AssociateKmsKey"},
    ),
    "AWS::ServiceCatalog::AcceptedPortfolioShare": ResourceType(
        arn="*",
        create=("servicecatalog:AcceptPortfolioShare",),
        update=("servicecatalog:AcceptPortfolioShare",),
        delete=("servicecatalog:RejectPortfolioShare",),
    ),
}

STACK_ACTIONS: dict[str, tuple[str, ...]] = {
    "create": ("CreateStack", "DescribeStacks", "DescribeStackEvents"),
    "update": ("UpdateStack", "DescribeStacks", "DescribeStackEvents"),
    "delete": ("DeleteStack", "DescribeStacks", "DescribeStackEvents"),
}
"""CloudFormation's own actions, on the stack's ARN."""
