"""Resource types that moto's CloudFormation lacks."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel

Given = dict[str, Any]
Moto = Any
"""An argument of moto's that has no type of its own."""


class MotoResource(CloudFormationModel):
    """A resource that is nothing but what its service keeps under its physical id."""

    def __init__(self, physical_id: str, properties: Given, attributes: Given | None = None) -> None:
        self._physical_id = physical_id
        self.properties = properties
        self._attributes = attributes or {}

    @property
    def physical_resource_id(self) -> str:
        return self._physical_id

    def is_created(self) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> Moto:
        return self._attributes[attribute_name]

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003 - moto's signature
        return True

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Moto,
        new_resource_name: str,  # noqa: ARG003
        cloudformation_json: Given,
        account_id: str,
        region_name: str,
    ) -> Moto:
        """Replace: for these types nothing is lost by it."""
        original_resource.delete(account_id, region_name)
        return cls.create_from_cloudformation_json(
            original_resource.physical_resource_id, cloudformation_json, account_id, region_name
        )


class ScalableTarget(MotoResource, CloudFormationModel):
    """Ref is `<resource id>|<dimension>|<namespace>` (CloudFormation User Guide)."""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApplicationAutoScaling::ScalableTarget"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Given, account_id: str, region_name: str, **_: Moto
    ) -> ScalableTarget:
        given = cloudformation_json["Properties"]
        place = (given["ServiceNamespace"], given["ResourceId"], given["ScalableDimension"])
        applicationautoscaling_backends[account_id][region_name].register_scalable_target(
            *place,
            int(given["MinCapacity"]),
            int(given["MaxCapacity"]),
            given.get("RoleARN", ""),
            given.get("SuspendedState", {}),
        )
        return cls("|".join(reversed((place[0], place[2], place[1]))), given, {"Id": resource_name})

    def delete(self, account_id: str, region_name: str) -> None:
        resource, dimension, namespace = self.physical_resource_id.split("|")
        backend = applicationautoscaling_backends[account_id][region_name]
        backend.deregister_scalable_target(namespace, resource, dimension)


class ScalingPolicy(MotoResource, CloudFormationModel):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApplicationAutoScaling::ScalingPolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Given, account_id: str, region_name: str, **_: Moto
    ) -> ScalingPolicy:
        given = cloudformation_json["Properties"]
        if target := given.get("ScalingTargetId"):
            resource, dimension, namespace = target.split("|")
            given = {**given, "ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace}
        given.setdefault("PolicyName", resource_name)
        body = given.get("TargetTrackingScalingPolicyConfiguration") or given.get("StepScalingPolicyConfiguration")
        policy = applicationautoscaling_backends[account_id][region_name].put_scaling_policy(
            given["PolicyName"],
            given["ServiceNamespace"],
            given["ResourceId"],
            given["ScalableDimension"],
            body or {},
            given["PolicyType"],
        )
        return cls(policy.policy_arn, given, {"Arn": policy.policy_arn})

    def delete(self, account_id: str, region_name: str) -> None:
        applicationautoscaling_backends[account_id][region_name].delete_scaling_policy(
            *(self.properties[key] for key in ("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension"))
        )


class Alarm(MotoResource, CloudFormationModel):
    @staticmethod
    def cloudformation_name_type() -> str:
        return "AlarmName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Given, account_id: str, region_name: str, **_: Moto
    ) -> Alarm:
        given = cloudformation_json["Properties"]
        alarm = cloudwatch_backends[account_id][region_name].put_metric_alarm(
            name=resource_name,
            namespace=given.get("Namespace", ""),
            metric_name=given.get("MetricName", ""),
            comparison_operator=given["ComparisonOperator"],
            evaluation_periods=int(given["EvaluationPeriods"]),
            period=int(given.get("Period", 60)),
            threshold=float(given.get("Threshold", 0)),
            statistic=given.get("Statistic", ""),
            description=given.get("AlarmDescription", ""),
            dimensions=given.get("Dimensions", []),
            alarm_actions=given.get("AlarmActions", []),
            treat_missing_data=given.get("TreatMissingData"),
        )
        return cls(resource_name, given, {"Arn": alarm.alarm_arn})

    def delete(self, account_id: str, region_name: str) -> None:
        cloudwatch_backends[account_id][region_name].delete_alarms([self.physical_resource_id])
