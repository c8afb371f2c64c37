"""Further kinds of inference in the sample catalog, launched from a spoke with the launch roles of their products.

Each deployment takes seconds, so there are three: one that launches, one that changes a launch, one that terminates.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.stage import RESEARCH, Stage

SETTINGS = "Pulumi.spoke-research.yaml"
ARTIFACTS = "s3://model-catalog-artifacts-hub"
OUTPUT = "s3://model-catalog-data-research/speech"
TOPIC = f"arn:aws:sns:eu-central-1:{RESEARCH}:model-catalog-failures"
LAUNCHES: dict[str, dict[str, Any]] = {
    "assistant": {"product": "chat-assistant-llm"},
    "transcripts": {
        "product": "speech-transcriber-async",
        "parameters": {
            "OutputS3Uri": OUTPUT,
            "ErrorTopicArn": TOPIC,
        },
    },
    "churn": {
        "product": "churn-predictor-shadow",
        "parameters": {
            "ShadowModelDataUrl": "s3://model-catalog-artifacts-research/churn-predictor/candidate/model.tar.gz",
            "ShadowInstanceCount": 2,
        },
    },
    "stores": {
        "product": "store-forecaster-multimodel",
        "parameters": {
            "EnableAutoscaling": True,
        },
    },
}


@pytest.fixture(scope="module")
def launched(catalog: Stage) -> Iterator[dict[str, Any]]:
    """What a spoke with one of each kind has launched; afterwards it is as before."""
    path = catalog.project / SETTINGS
    before = path.read_text()
    declare(catalog, LAUNCHES)
    _ = catalog.up("spoke-research")
    yield catalog.outputs("spoke-research")["launches"]
    _ = path.write_text(before)
    _ = catalog.up("spoke-research")


@pytest.mark.parametrize("name", LAUNCHES)
def test_a_launch_is_available_and_was_built_by_its_products_own_role(
    catalog: Stage, launched: dict[str, Any], name: str
) -> None:
    servicecatalog = catalog.client("servicecatalog", RESEARCH)

    found = servicecatalog.describe_provisioned_product(Id=launched[name]["provisioned_product"])
    detail = found["ProvisionedProductDetail"]
    role = f"ModelCatalogLaunch-{LAUNCHES[name]['product']}"
    assert ("AVAILABLE", f"arn:aws:iam::{RESEARCH}:role/{role}") == (detail["Status"], detail["LaunchRoleArn"])


@pytest.mark.parametrize(
    ("name", "alarm", "metric", "scaled"),
    [
        ("assistant", "asleep", "NoCapacityInvocationFailures", "inference-component:DesiredCopyCount"),
        ("transcripts", "waiting", "HasBacklogWithoutCapacity", "variant:DesiredInstanceCount"),
    ],
)
def test_what_scales_to_zero_is_woken_up_by_an_alarm(
    catalog: Stage, launched: dict[str, Any], name: str, alarm: str, metric: str, scaled: str
) -> None:
    """Target tracking alone would leave it at zero."""
    made = resources(catalog, launched[name])
    alarms = catalog.client("cloudwatch", RESEARCH).describe_alarms()["MetricAlarms"]
    [found] = [each for each in alarms if each["AlarmName"].endswith(f"-{alarm}")]

    assert made["WakingAlarm"] == found["AlarmName"]
    assert (metric, [made["WakingPolicy"]]) == (found["MetricName"], found["AlarmActions"])
    assert f"|sagemaker:{scaled}|sagemaker" in made["ScalableTarget"]


def test_many_models_are_behind_one_endpoint(catalog: Stage, launched: dict[str, Any]) -> None:
    name = launched["stores"]["outputs"]["ModelName"]

    container = catalog.client("sagemaker", RESEARCH).describe_model(ModelName=name)["PrimaryContainer"]
    assert ("MultiModel", f"{ARTIFACTS}/store-forecaster/2026-10-28/") == (container["Mode"], container["ModelDataUrl"])
    assert {"ModelCacheSetting": "Enabled"} == container["MultiModelConfig"]


def test_a_candidate_shadows_a_model_until_its_launch_says_otherwise(catalog: Stage, launched: dict[str, Any]) -> None:
    before = resources(catalog, launched["churn"])
    alone = {key: value for key, value in LAUNCHES["churn"]["parameters"].items() if not key.startswith("Shadow")}

    declare(catalog, {**LAUNCHES, "churn": {**LAUNCHES["churn"], "parameters": alone}})
    updated = catalog.up("spoke-research")
    after = resources(catalog, launched["churn"])

    assert "~ 1 updated" in updated, updated
    assert {"CandidateModel", "CandidateErrorAlarm"} == before.keys() - after.keys()
    assert before["ChurnConfig"] != after["ChurnConfig"]
    assert [before[name] for name in ("ChurnModel", "ChurnEndpoint")] == [
        after[name] for name in ("ChurnModel", "ChurnEndpoint")
    ]


def declare(stage: Stage, launches: dict[str, dict[str, Any]]) -> None:
    """Write launches into the spoke's settings, instead of those that have the same names."""
    path = stage.project / SETTINGS
    content = yaml.safe_load(path.read_text())
    declared = content["config"]["model-catalog-spoke:launches"]
    others = [each for each in declared if each["name"] not in launches]
    ours = [{"name": name, "version": "1.0.0", **launch} for name, launch in launches.items()]
    content["config"]["model-catalog-spoke:launches"] = others + ours
    _ = path.write_text(yaml.safe_dump(content, sort_keys=False))


def resources(stage: Stage, launch: dict[str, Any]) -> dict[str, str]:
    """List what a launch's stack has built: physical ids by logical ones."""
    stack = f"SC-{RESEARCH}-{launch['provisioned_product']}"
    found = stage.client("cloudformation", RESEARCH).describe_stack_resources(StackName=stack)["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}
