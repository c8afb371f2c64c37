"""Further kinds of inference in the sample catalog, launched from a spoke with the launch roles of their products."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.support.stage import RESEARCH, Stage

SETTINGS = "Pulumi.spoke-research.yaml"
ARTIFACTS = "s3://model-catalog-artifacts-hub"
OUTPUT = "s3://model-catalog-data-research/speech"
TOPIC = f"arn:aws:sns:eu-central-1:{RESEARCH}:model-catalog-failures"
LAUNCHES: dict[str, dict[str, Any]] = {
    "assistant": {
        "product": "chat-assistant-llm",
        "parameters": {"ModelDataUrl": f"{ARTIFACTS}/chat-assistant/2026-10-13/model.tar.gz"},
    },
    "transcripts": {
        "product": "speech-transcriber-async",
        "parameters": {
            "ModelDataUrl": f"{ARTIFACTS}/speech-transcriber/2026-10-20/model.tar.gz",
            "OutputS3Uri": OUTPUT,
            "ErrorTopicArn": TOPIC,
        },
    },
    "churn": {
        "product": "churn-predictor-shadow",
        "parameters": {
            "ModelDataUrl": f"{ARTIFACTS}/churn-predictor/2026-10-27/model.tar.gz",
            "ShadowModelDataUrl": "s3://model-catalog-artifacts-research/churn-predictor/candidate/model.tar.gz",
            "ShadowInstanceCount": 2,
        },
    },
    "stores": {
        "product": "store-forecaster-multimodel",
        "parameters": {
            "ModelDataUrl": f"{ARTIFACTS}/store-forecaster/2026-10-28/",
            "EnableAutoscaling": True,
        },
    },
}


@pytest.fixture(scope="module")
def launched(stage: Stage) -> Stage:
    """Launch one of each kind, and nothing else."""
    declare(stage, LAUNCHES)
    for stack in ("organization", "hub", "spoke-research"):
        _ = stage.up(stack)
    return stage


@pytest.fixture
def outputs(launched: Stage) -> Callable[[str], dict[str, str]]:
    """Give a function that reads the outputs of a launch."""
    launches = launched.outputs("spoke-research")["launches"]
    return lambda name: launches[name]["outputs"]


@pytest.mark.parametrize("name", LAUNCHES)
def test_a_launch_is_available_and_was_built_by_its_products_own_role(launched: Stage, name: str) -> None:
    launch = launched.outputs("spoke-research")["launches"][name]
    servicecatalog = launched.client("servicecatalog", RESEARCH)

    assert "AVAILABLE" == launch["status"]
    detail = servicecatalog.describe_provisioned_product(Id=launch["provisioned_product"])["ProvisionedProductDetail"]
    role = f"ModelCatalogLaunch-{LAUNCHES[name]['product']}"
    assert f"arn:aws:iam::{RESEARCH}:role/{role}" == detail["LaunchRoleArn"]


def test_a_second_run_changes_nothing(launched: Stage) -> None:
    assert "unchanged" in launched.up("spoke-research", "--expect-no-changes")


def test_a_language_model_scales_to_zero_and_wakes_up_when_a_call_fails(
    launched: Stage, outputs: Callable[[str], dict[str, str]]
) -> None:
    found = outputs("assistant")
    component, policies, alarm = scaling(launched, f"inference-component/{found['InferenceComponentName']}", "asleep")
    [variant] = configuration(launched, found["EndpointName"])["ProductionVariants"]

    assert "ModelName" not in variant
    assert {"Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 2} == variant["ManagedInstanceScaling"]
    assert ("sagemaker:inference-component:DesiredCopyCount", 0, 2) == component
    assert {"TargetTrackingScaling", "StepScaling"} == policies.keys()
    assert ("NoCapacityInvocationFailures", [policies["StepScaling"]]) == (alarm["MetricName"], alarm["AlarmActions"])


def test_an_asynchronous_endpoint_scales_to_zero_and_wakes_up_when_requests_wait(
    launched: Stage, outputs: Callable[[str], dict[str, str]]
) -> None:
    name = outputs("transcripts")["EndpointName"]
    variant, policies, alarm = scaling(launched, f"endpoint/{name}/variant/AllTraffic", "waiting")
    asynchronous = configuration(launched, name)["AsyncInferenceConfig"]["OutputConfig"]

    assert (f"{OUTPUT}/results", f"{OUTPUT}/failures") == (asynchronous["S3OutputPath"], asynchronous["S3FailurePath"])
    assert {"ErrorTopic": TOPIC} == asynchronous["NotificationConfig"]
    assert ("sagemaker:variant:DesiredInstanceCount", 0, 2) == variant
    assert {"TargetTrackingScaling", "StepScaling"} == policies.keys()
    assert ("HasBacklogWithoutCapacity", [policies["StepScaling"]]) == (alarm["MetricName"], alarm["AlarmActions"])


def test_many_models_are_behind_one_endpoint(launched: Stage, outputs: Callable[[str], dict[str, str]]) -> None:
    model = launched.client("sagemaker", RESEARCH).describe_model(ModelName=outputs("stores")["ModelName"])

    container = model["PrimaryContainer"]
    assert ("MultiModel", f"{ARTIFACTS}/store-forecaster/2026-10-28/") == (container["Mode"], container["ModelDataUrl"])
    assert {"ModelCacheSetting": "Enabled"} == container["MultiModelConfig"]


def test_a_candidate_shadows_a_model_until_its_launch_says_otherwise(
    launched: Stage, outputs: Callable[[str], dict[str, str]]
) -> None:
    found, sagemaker = outputs("churn"), launched.client("sagemaker", RESEARCH)
    before = configuration(launched, found["EndpointName"])
    alone = {key: value for key, value in LAUNCHES["churn"]["parameters"].items() if not key.startswith("Shadow")}

    declare(launched, {**LAUNCHES, "churn": {**LAUNCHES["churn"], "parameters": alone}})
    _ = launched.up("spoke-research")
    after = configuration(launched, found["EndpointName"])
    declare(launched, LAUNCHES)
    _ = launched.up("spoke-research")

    [shadow] = before["ShadowProductionVariants"]
    assert (found["CandidateModelName"], 2) == (shadow["ModelName"], shadow["InitialInstanceCount"])
    assert (
        found["ModelName"]
        == before["ProductionVariants"][0]["ModelName"]
        == after["ProductionVariants"][0]["ModelName"]
    )
    assert not after.get("ShadowProductionVariants")
    assert found["CandidateModelName"] not in {model["ModelName"] for model in sagemaker.list_models()["Models"]}


@pytest.mark.parametrize(
    ("name", "changed", "message"),
    [
        ("assistant", {"Environment": "production"}, "In production MinInstanceCount is at least 1"),
        ("assistant", {"EnableAutoscaling": False}, "Without autoscaling MinInstanceCount is at least 1"),
        ("transcripts", {"MinInstanceCount": 3}, "MaxInstanceCount is not less than MinInstanceCount"),
        ("churn", {"ShadowInstanceCount": 0}, "With a candidate ShadowInstanceCount is at least 1"),
        (
            "stores",
            {"MinInstanceCount": 4, "MaxInstanceCount": 3},
            "MaxInstanceCount is not less than MinInstanceCount",
        ),
    ],
)
def test_values_that_do_not_go_together_are_refused_in_a_preview(
    launched: Stage, name: str, changed: dict[str, object], message: str
) -> None:
    launch = LAUNCHES[name]
    declare(launched, {**LAUNCHES, name: {**launch, "parameters": {**launch["parameters"], **changed}}})

    said = launched.refuse("preview-spoke-research")
    declare(launched, LAUNCHES)

    assert message in " ".join(said.split())


def declare(stage: Stage, launches: dict[str, dict[str, Any]]) -> None:
    """Write the launches of the spoke's settings anew."""
    path = stage.project / SETTINGS
    content = yaml.safe_load(path.read_text())
    content["config"]["model-catalog-spoke:launches"] = [
        {"name": name, "version": "1.0.0", **launch} for name, launch in launches.items()
    ]
    _ = path.write_text(yaml.safe_dump(content, sort_keys=False))


def configuration(stage: Stage, endpoint: str) -> dict[str, Any]:
    """Read the configuration that an endpoint runs."""
    sagemaker = stage.client("sagemaker", RESEARCH)
    name = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    return sagemaker.describe_endpoint_config(EndpointConfigName=name)


def scaling(stage: Stage, resource: str, alarm: str) -> tuple[tuple[str, int, int], dict[str, str], dict[str, Any]]:
    """Read what scales a resource: dimension and limits, the ARN of each policy, and the alarm of that name."""
    client = stage.client("application-autoscaling", RESEARCH)
    targets = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    [target] = [each for each in targets if each["ResourceId"] == resource]
    policies = client.describe_scaling_policies(ServiceNamespace="sagemaker", ResourceId=resource)["ScalingPolicies"]
    [found] = [
        each
        for each in stage.client("cloudwatch", RESEARCH).describe_alarms()["MetricAlarms"]
        if each["AlarmName"].endswith(f"-{alarm}")
    ]
    limits = target["ScalableDimension"], target["MinCapacity"], target["MaxCapacity"]
    return limits, {each["PolicyType"]: each["PolicyARN"] for each in policies}, found
