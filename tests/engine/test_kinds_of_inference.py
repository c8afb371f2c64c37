"""Further kinds of inference in the sample catalog, launched from a spoke with the launch roles of their products."""

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


@pytest.mark.parametrize(
    ("name", "alarm", "metric", "scaled"),
    [
        ("assistant", "asleep", "NoCapacityInvocationFailures", "inference-component:DesiredCopyCount"),
        ("transcripts", "waiting", "HasBacklogWithoutCapacity", "variant:DesiredInstanceCount"),
    ],
)
def test_what_scales_to_zero_is_woken_up_by_an_alarm(
    launched: Stage, name: str, alarm: str, metric: str, scaled: str
) -> None:
    """Target tracking alone would leave it at zero."""
    made = resources(launched, name)
    alarms = launched.client("cloudwatch", RESEARCH).describe_alarms()["MetricAlarms"]
    [found] = [each for each in alarms if each["AlarmName"].endswith(f"-{alarm}")]

    assert made["WakingAlarm"] == found["AlarmName"]
    assert (metric, [made["WakingPolicy"]]) == (found["MetricName"], found["AlarmActions"])
    assert f"|sagemaker:{scaled}|sagemaker" in made["ScalableTarget"]


def test_many_models_are_behind_one_endpoint(launched: Stage) -> None:
    name = launched.outputs("spoke-research")["launches"]["stores"]["outputs"]["ModelName"]

    container = launched.client("sagemaker", RESEARCH).describe_model(ModelName=name)["PrimaryContainer"]
    assert ("MultiModel", f"{ARTIFACTS}/store-forecaster/2026-10-28/") == (container["Mode"], container["ModelDataUrl"])
    assert {"ModelCacheSetting": "Enabled"} == container["MultiModelConfig"]


def test_a_candidate_shadows_a_model_until_its_launch_says_otherwise(launched: Stage) -> None:
    before = resources(launched, "churn")
    alone = {key: value for key, value in LAUNCHES["churn"]["parameters"].items() if not key.startswith("Shadow")}

    declare(launched, {**LAUNCHES, "churn": {**LAUNCHES["churn"], "parameters": alone}})
    _ = launched.up("spoke-research")
    after = resources(launched, "churn")
    declare(launched, LAUNCHES)
    _ = launched.up("spoke-research")

    assert {"CandidateModel", "CandidateErrorAlarm"} == before.keys() - after.keys()
    assert before["ChurnConfig"] != after["ChurnConfig"]
    assert [before[name] for name in ("ChurnModel", "ChurnEndpoint")] == [
        after[name] for name in ("ChurnModel", "ChurnEndpoint")
    ]


def declare(stage: Stage, launches: dict[str, dict[str, Any]]) -> None:
    """Write the launches of the spoke's settings anew."""
    path = stage.project / SETTINGS
    content = yaml.safe_load(path.read_text())
    content["config"]["model-catalog-spoke:launches"] = [
        {"name": name, "version": "1.0.0", **launch} for name, launch in launches.items()
    ]
    _ = path.write_text(yaml.safe_dump(content, sort_keys=False))


def resources(stage: Stage, launch: str) -> dict[str, str]:
    """List what a launch's stack has built: physical ids by logical ones."""
    product = stage.outputs("spoke-research")["launches"][launch]["provisioned_product"]
    stack = f"SC-{RESEARCH}-{product}"
    found = stage.client("cloudformation", RESEARCH).describe_stack_resources(StackName=stack)["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}
