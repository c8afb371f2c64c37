"""What it takes to build each resource type that the catalog's templates use.

Actions and ARNs are those of the Service Authorization Reference, and of the `handlers` section of each
type's schema in the CloudFormation registry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ResourceType:
    """Actions of one service, by step, all of them on one ARN."""

    service: str
    arn: str
    """`{name}` is the physical name, `{lower_name}` the same where the service writes it in lower case."""
    create: str
    update: str
    delete: str
    when: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further actions on create and update, by the property that makes them necessary."""
    passes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Properties that hold a role, and the service that the role is passed to."""

    def actions(self, step: str, properties: Mapping[str, object]) -> list[str]:
        """What a step takes, such as `sagemaker:CreateModel`."""
        named: str = getattr(self, step)
        more = [action for member, action in self.when.items() if member in properties and step != "delete"]
        return [f"{self.service}:{action}" for action in (*named.split(), *more)]


_SCALING = "arn:aws:application-autoscaling:{region}:{account}:scalable-target/*"

RESOURCE_TYPES = {
    "AWS::SageMaker::Model": ResourceType(
        "sagemaker",
        "arn:aws:sagemaker:{region}:{account}:model/{lower_name}",
        create="CreateModel DescribeModel AddTags",
        update="CreateModel DescribeModel DeleteModel",
        delete="DeleteModel",
        passes={"ExecutionRoleArn": "sagemaker.amazonaws.com"},
    ),
    "AWS::SageMaker::EndpointConfig": ResourceType(
        "sagemaker",
        "arn:aws:sagemaker:{region}:{account}:endpoint-config/{lower_name}",
        create="CreateEndpointConfig DescribeEndpointConfig AddTags",
        update="CreateEndpointConfig DescribeEndpointConfig DeleteEndpointConfig",
        delete="DeleteEndpointConfig",
        passes={"ExecutionRoleArn": "sagemaker.amazonaws.com"},
    ),
    "AWS::SageMaker::Endpoint": ResourceType(
        "sagemaker",
        "arn:aws:sagemaker:{region}:{account}:endpoint/{lower_name}",
        create="CreateEndpoint DescribeEndpoint AddTags",
        update="UpdateEndpoint DescribeEndpoint",
        delete="DeleteEndpoint DescribeEndpoint",
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": ResourceType(
        "application-autoscaling",
        _SCALING,
        create="RegisterScalableTarget DescribeScalableTargets",
        update="RegisterScalableTarget DescribeScalableTargets",
        delete="DeregisterScalableTarget",
        passes={"RoleARN": "application-autoscaling.amazonaws.com"},
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ResourceType(
        "application-autoscaling",
        _SCALING,
        create="PutScalingPolicy DescribeScalingPolicies",
        update="PutScalingPolicy DescribeScalingPolicies",
        delete="DeleteScalingPolicy",
    ),
    "AWS::CloudWatch::Alarm": ResourceType(
        "cloudwatch",
        "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
        create="PutMetricAlarm DescribeAlarms",
        update="PutMetricAlarm DescribeAlarms",
        delete="DeleteAlarms DescribeAlarms",
    ),
    "AWS::StepFunctions::StateMachine": ResourceType(
        "states",
        "arn:aws:states:{region}:{account}:stateMachine:{name}",
        create="CreateStateMachine DescribeStateMachine TagResource",
        update="UpdateStateMachine DescribeStateMachine",
        delete="DeleteStateMachine DescribeStateMachine",
        passes={"RoleArn": "states.amazonaws.com"},
    ),
    "AWS::Events::Rule": ResourceType(
        "events",
        "arn:aws:events:{region}:{account}:rule/{name}",
        create="PutRule DescribeRule",
        update="PutRule DescribeRule",
        delete="DeleteRule RemoveTargets DescribeRule",
        when={"Targets": "PutTargets"},
        passes={"Targets.RoleArn": "events.amazonaws.com", "RoleArn": "events.amazonaws.com"},
    ),
    "AWS::Logs::LogGroup": ResourceType(
        "logs",
        "arn:aws:logs:{region}:{account}:log-group:{name}",
        create="CreateLogGroup DescribeLogGroups TagResource",
        update="DescribeLogGroups",
        delete="DeleteLogGroup DescribeLogGroups",
        when={"RetentionInDays": "PutRetentionPolicy", "KmsKeyId": "AssociateKmsKey"},
    ),
    "AWS::ServiceCatalog::AcceptedPortfolioShare": ResourceType(
        "servicecatalog",
        "*",
        create="AcceptPortfolioShare",
        update="AcceptPortfolioShare",
        delete="RejectPortfolioShare",
    ),
}

STACK_ACTIONS = {
    "create": "CreateStack",
    "update": "UpdateStack",
    "delete": "DeleteStack",
    "plan": "CreateChangeSet",
    "execute": "ExecuteChangeSet",
}
"""CloudFormation's own action of each step, on the stack's ARN, besides looking at the stack."""
