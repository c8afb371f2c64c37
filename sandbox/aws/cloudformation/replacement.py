"""Which changes of a property make CloudFormation put a new resource in the old one's place.

From "Update requires" of each property in the CloudFormation Template Reference, which is what the registry's
schemas call createOnlyProperties and conditionalCreateOnlyProperties.
"""

from collections.abc import Mapping

_SCALED = ("ResourceId", "ScalableDimension", "ServiceNamespace")

_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "AWS::SageMaker::Model": (
        "Containers",
        "EnableNetworkIsolation",
        "ExecutionRoleArn",
        "InferenceExecutionConfig",
        "ModelName",
        "PrimaryContainer",
        "VpcConfig",
    ),
    "AWS::SageMaker::EndpointConfig": (
        "AsyncInferenceConfig",
        "DataCaptureConfig",
        "EnableNetworkIsolation",
        "EndpointConfigName",
        "ExecutionRoleArn",
        "ExplainerConfig",
        "KmsKeyId",
        "MetricsConfig",
        "ProductionVariants",
        "ShadowProductionVariants",
        "VpcConfig",
    ),
    "AWS::SageMaker::Endpoint": ("EndpointName",),
    "AWS::ApplicationAutoScaling::ScalableTarget": _SCALED,
    "AWS::ApplicationAutoScaling::ScalingPolicy": (*_SCALED, "PolicyName", "ScalingTargetId"),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "StateMachineType"),
    "AWS::Events::Rule": ("Name",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::ServiceCatalog::AcceptedPortfolioShare": ("AcceptLanguage", "PortfolioId"),
}
_CONDITIONALLY: Mapping[str, tuple[str, ...]] = {"AWS::Events::Rule": ("EventBusName",)}
_WITHOUT_TAGS = ("AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::ServiceCatalog::AcceptedPortfolioShare")


def recreation(kind: str, name: str) -> str:
    """Whether a change of a property makes a resource anew: NEVER, CONDITIONALLY or ALWAYS.

    Of a type that the catalog does not use nothing is known, so it might.
    """
    if name in _ALWAYS.get(kind, ()):
        return "ALWAYS"
    return "CONDITIONALLY" if kind not in _ALWAYS or name in _CONDITIONALLY.get(kind, ()) else "NEVER"


def bears_tags(kind: str) -> bool:
    """Whether CloudFormation puts the stack's tags on resources of a type."""
    return kind not in _WITHOUT_TAGS
