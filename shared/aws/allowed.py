"""What the roles of a product may do: the list. What is not on it is refused, whatever it is.

It holds what serving a model takes, in the templates' resource types and in SageMaker's own documentation of execution
roles ("SageMaker AI Roles"). What gives its holder more rights than it has stands here with a limit, or not at all
(sources: Rhino Security Labs, "AWS IAM Privilege Escalation"; Parliament's and Cloudsplaining's lists of actions that
escalate, expose resources or read data).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.aws.iam import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose policy is judged.

    Attributes:
        passable: The name of the one role that it may pass, as a regular expression.
        services: Those to which it may pass it.
    """

    passable: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What an action has to be limited to.

    Attributes:
        words: What to write, for messages.
        holds: Says whether a statement keeps to it on one of its resources.
    """

    words: str
    holds: Callable[[Statement, str, Holder], bool]


SERVICES: Final = ("sagemaker.amazonaws.com", "states.amazonaws.com", "events.amazonaws.com")
"""Who may run a model, and so assume its execution role."""

TYPES: Final = frozenset(
    {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CloudFormation::WaitConditionHandle",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::AnomalyDetector",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Events::Rule",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",
        "AWS::SageMaker::DataQualityJobDefinition",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::InferenceComponent",
        "AWS::SageMaker::Model",
        "AWS::SageMaker::ModelBiasJobDefinition",
        "AWS::SageMaker::ModelCard",
        "AWS::SageMaker::ModelExplainabilityJobDefinition",
        "AWS::SageMaker::ModelQualityJobDefinition",
        "AWS::SageMaker::MonitoringSchedule",
        "AWS::StepFunctions::StateMachine",
    }
)
"""The resource types that a template may hold."""

_OWN: Final = r"(\d{12}|\$\{AccountId\})"
_PARTITION: Final = r"(aws[a-z-]*|\$\{Partition\})"
_TEXT: Final = r"[^*?$]"
"""A character that stands for itself alone: no wildcard, no variable of IAM's."""

_SCALING: Final = ("sagemaker.application-autoscaling.amazonaws.com",)
_THROUGH: Final = re.compile(r"(s3|sagemaker|sns)\.[a-z0-9*-]+\.amazonaws\.com")
_THROUGH_SAGEMAKER: Final = re.compile(r"sagemaker\.[a-z0-9*-]+\.amazonaws\.com")
_SERVICE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_FEWEST: Final = 3
"""Characters of a role's name that have to be fixed."""
_ANY_NAMES: Final = ("s3", "sns")
"""Services whose ARNs say the name without a kind before it."""


def _values(statement: Statement, key: str, *operators: str) -> list[tuple[str, ...]]:
    """List what a statement asks of a key by operators that let nobody pass who lacks it."""
    return [each.values for each in statement.conditions if each.key.lower() == key and each.operator in operators]


def _asks(statement: Statement, key: str, allowed: Callable[[str], bool], *operators: str) -> bool:
    """Whether a statement lets only those pass who have an allowed value of a key; one such condition is enough."""
    return any(values and all(map(allowed, values)) for values in _values(statement, key, *operators))


def _is_named(resource: str) -> bool:
    """Whether a resource has a name, of which three characters at least are fixed."""
    parts = re.fullmatch(r"arn:[^:]+:([a-z0-9-]+):[^:]*:[^:]*:(.*)", resource, re.DOTALL)
    if not parts:
        return False
    kind = "" if parts[1] in _ANY_NAMES else r"[A-Za-z-]+[:/]"
    return re.match(f"{kind}{_TEXT}{{3}}", parts[2]) is not None


def passes_to_named_services(statement: Statement, holder: Holder) -> bool:
    """Whether a statement about iam:PassRole has a condition that lets in services of the holder alone."""
    return _asks(statement, "iam:passedtoservice", lambda value: value in holder.services, "StringEquals")


def passed_to(statement: Statement) -> tuple[str, ...]:
    """List the services to which a statement about iam:PassRole limits it, if all of them are named."""
    named = [values for values in _values(statement, "iam:passedtoservice", "StringEquals") if values]
    return next((values for values in named if all(map(_SERVICE.fullmatch, values))), ())


def is_one_role(resource: str) -> bool:
    """Whether the ARN of a role says enough of its name to tell which one is meant, beside what a launch adds."""
    match = re.fullmatch(rf"arn:{_PARTITION}:iam::{_OWN}:role/([A-Za-z0-9_+=,.@/*-]+)", resource)
    fixed = match[match.re.groups].removeprefix("SC-").replace("*", "").strip("-/") if match else ""
    return len(fixed) >= _FEWEST


def _own_role(_: Statement, resource: str, holder: Holder) -> bool:
    role = rf"arn:{_PARTITION}:iam::{_OWN}:role/{holder.passable}"
    return re.fullmatch(role, resource) is not None


def _of_the_launch(_: Statement, resource: str, __: Holder) -> bool:
    return re.fullmatch(rf"arn:{_PARTITION}:cloudformation:[^:]*:{_OWN}:stack/SC-.*", resource) is not None


def _named(_: Statement, resource: str, __: Holder) -> bool:
    return _is_named(resource)


def _read(statement: Statement, resource: str, _: Holder) -> bool:
    tag = "s3:existingobjecttag/servicecatalog:provisioning"
    return _is_named(resource) or _asks(statement, tag, lambda value: value == "true", "StringEquals")


def _used(statement: Statement, resource: str, _: Holder) -> bool:
    one = re.fullmatch(rf"arn:{_PARTITION}:kms:[^:]*:[^:*?]*:key/[A-Za-z0-9-]+", resource)
    through = _asks(
        statement, "kms:viaservice", lambda value: bool(_THROUGH.fullmatch(value)), "StringEquals", "StringLike"
    )
    return one is not None or through


def _granted(statement: Statement, _: str, __: Holder) -> bool:
    resource = _asks(statement, "kms:grantisforawsresource", lambda value: value.lower() == "true", "Bool")
    return resource or _asks(
        statement,
        "kms:viaservice",
        lambda value: bool(_THROUGH_SAGEMAKER.fullmatch(value)),
        "StringEquals",
        "StringLike",
    )


def _linked(statement: Statement, _: str, __: Holder) -> bool:
    return _asks(statement, "iam:awsservicename", lambda value: value in _SCALING, "StringEquals")


_NAMED: Final = Limit(words="a Resource with a name, and no wildcard in its first three characters", holds=_named)
_OBJECT: Final = Limit(words="a Resource that begins with the name of a bucket", holds=_read)
_STACK: Final = Limit(
    words="the stacks of launches, arn:${Partition}:cloudformation:*:${AccountId}:stack/SC-*", holds=_of_the_launch
)
_KEY: Final = Limit(
    words='a key by its id, or "StringLike": {"kms:ViaService": "s3.*.amazonaws.com"} (or sagemaker)', holds=_used
)
_GRANT: Final = Limit(words='"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"}', holds=_granted)
_LINKED: Final = Limit(words=f'"StringEquals": {{"iam:AWSServiceName": "{_SCALING[0]}"}}', holds=_linked)
PASSING: Final = Limit(words="the product's own execution role, by its whole ARN", holds=_own_role)
"""Beside it a statement has to name the services: `passes_to_named_services`."""

_CLASSES: Final = tuple(
    f"{service}:{verb}"
    for service in ("application-autoscaling", "cloudwatch", "ecr", "events", "logs", "sagemaker", "states")
    for verb in ("describe", "list")
)
"""Beginnings of actions, in small letters, that only look at what these services have."""

_LIST: Final = """
application-autoscaling DeleteScalingPolicy DeleteScheduledAction DeregisterScalableTarget PutScalingPolicy
  PutScheduledAction RegisterScalableTarget TagResource UntagResource
cloudformation DescribeStackResource DescribeStackResources GetTemplateSummary ListStackResources ValidateTemplate
cloudwatch DeleteAlarms DeleteAnomalyDetector DeleteDashboards GetDashboard GetMetricData GetMetricStatistics
  PutAnomalyDetector PutCompositeAlarm PutDashboard PutMetricAlarm PutMetricData TagResource UntagResource
ec2 CreateNetworkInterface CreateNetworkInterfacePermission DeleteNetworkInterface DeleteNetworkInterfacePermission
  DescribeDhcpOptions DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcEndpoints DescribeVpcs
ecr BatchCheckLayerAvailability BatchGetImage GetAuthorizationToken GetDownloadUrlForLayer
kms DescribeKey
logs CreateLogDelivery CreateLogGroup CreateLogStream DeleteLogDelivery GetDataProtectionPolicy GetLogDelivery
  PutLogEvents UpdateLogDelivery
s3 GetBucketLocation
sagemaker AddTags CreateDataQualityJobDefinition CreateEndpoint CreateEndpointConfig CreateInferenceComponent
  CreateModel CreateModelBiasJobDefinition CreateModelCard CreateModelExplainabilityJobDefinition
  CreateModelQualityJobDefinition CreateMonitoringSchedule CreateTransformJob DeleteDataQualityJobDefinition
  DeleteEndpoint DeleteEndpointConfig DeleteInferenceComponent DeleteModel DeleteModelBiasJobDefinition
  DeleteModelCard DeleteModelExplainabilityJobDefinition DeleteModelQualityJobDefinition DeleteMonitoringSchedule
  DeleteTags StartMonitoringSchedule StopMonitoringSchedule StopTransformJob UpdateEndpoint
  UpdateEndpointWeightsAndCapacities UpdateInferenceComponent UpdateInferenceComponentRuntimeConfig UpdateModelCard
  UpdateMonitoringSchedule
states GetExecutionHistory
"""
"""What needs no limit: a service with its actions. It changes nothing but models, and reads no data of the account."""

_LIMITED: Final = {
    _STACK: """
cloudformation CreateChangeSet CreateStack DeleteChangeSet DeleteStack DescribeChangeSet DescribeStackEvents
  DescribeStacks GetTemplate SetStackPolicy TagResource UntagResource UpdateStack
""",
    _NAMED: """
events DeleteRule DisableRule EnableRule PutRule PutTargets RemoveTargets TagResource UntagResource
logs AssociateKmsKey DeleteLogGroup DeleteMetricFilter DeleteRetentionPolicy DisassociateKmsKey PutMetricFilter
  PutRetentionPolicy TagLogGroup TagResource UntagLogGroup UntagResource
s3 AbortMultipartUpload ListBucket ListBucketMultipartUploads ListMultipartUploadParts PutObject
sagemaker InvokeEndpoint InvokeEndpointAsync InvokeEndpointWithResponseStream
sns Publish
ssm StartAutomationExecution
states CreateStateMachine DeleteStateMachine StartExecution StopExecution TagResource UntagResource UpdateStateMachine
""",
    _OBJECT: "s3 GetObject GetObjectVersion",
    _KEY: "kms Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
    _GRANT: "kms CreateGrant",
    _LINKED: "iam CreateServiceLinkedRole",
    PASSING: "iam PassRole",
}


def _actions(text: str) -> list[str]:
    lines = re.sub(r"\n\s+", " ", text).split("\n")
    return [f"{service}:{name}" for service, *names in map(str.split, filter(None, lines)) for name in names]


ACTIONS: Final[Mapping[str, Limit | None]] = {
    **dict.fromkeys(_actions(_LIST)),
    **{action: limit for limit, text in _LIMITED.items() for action in _actions(text)},
}
"""The actions that a role may have, as AWS writes them, each with what it has to be limited to."""

_BY_SMALL_LETTERS: Final[Mapping[str, tuple[str, Limit | None]]] = {
    name.lower(): (name, limit) for name, limit in ACTIONS.items()
}


def is_allowed(action: str) -> bool:
    """Whether a role may have an action, which is written in small letters and without wildcards."""
    return action in _BY_SMALL_LETTERS or action.startswith(_CLASSES)


def limit_of(action: str) -> tuple[str, Limit | None]:
    """Give an allowed action's name as AWS writes it, and its limit."""
    return _BY_SMALL_LETTERS.get(action, (action, None))
