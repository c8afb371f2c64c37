"""What is foreseen of a change of the catalog, held against a rehearsal of the same change: right for every spoke.

Each step looks ahead without AWS, then makes the change on the sandbox, and compares: whom the rollout's plan lets
follow and whom it refuses, what change sets say of the resources inside, and which of them are there afterwards.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import yaml

from benchmarks.fleet_stage import account, stack
from tests.support.catalog_copy import CatalogCopy
from tests.support.fleet.stage import Fleet

FRAUD: Final = "fraud-detector-realtime"
FOLLOWS, PINNED, SMALL, OLD, NARROW = range(5)
"""The spokes: one follows ~1.1 on large instances, one stays on 1.1.0, one follows on small ones, one stays on 1.0.0,
and one follows ~1.0, of which there is no other version."""
LAUNCHES: Final[Mapping[int, tuple[str, Mapping[str, object]]]] = {
    FOLLOWS: ("~1.1", {"InstanceType": "ml.m5.large", "EnableAutoscaling": True}),
    PINNED: ("1.1.0", {}),
    SMALL: ("^1", {}),
    OLD: ("1.0.0", {}),
    NARROW: ("~1.0", {}),
}
LAUNCH: Final = "fraud-scoring"
NOWHERE: Final = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
"""Who asks AWS gets no answer."""
RULE: Final = """\
Rules:
  NoSmallInstances:
    Assertions:
      - Assert: !Not [!Contains [[ml.t2.medium], !Ref InstanceType]]
        AssertDescription: Small instances answer too slowly.

Conditions:
"""
LATENCY: Final = """\
  LatencyAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub ${AWS::StackName}-latency-fraud-detector-5xx
      Namespace: AWS/SageMaker
      MetricName: ModelLatency
      Dimensions:
        - {Name: EndpointName, Value: !GetAtt FraudEndpoint.EndpointName}
        - {Name: VariantName, Value: AllTraffic}
      Statistic: Average
      Period: 300
      EvaluationPeriods: 2
      Threshold: 100000
      ComparisonOperator: GreaterThanOrEqualToThreshold

Outputs:
"""
FATES: Final = {"ADD": "made", "REMOVE": "removed"}


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet of five spokes that launch one product by different versions."""
    with Fleet(tmp_path_factory.mktemp("foresight") / "stage", spokes=5) as stage:
        stage.prepare()
        for index, (version, parameters) in LAUNCHES.items():
            path = stage.project / f"Pulumi.{stack(index)}.yaml"
            settings = yaml.safe_load(path.read_text())
            launch = {"name": LAUNCH, "product": FRAUD, "version": version, "parameters": dict(parameters)}
            settings["config"]["model-catalog-spoke:launches"] = [launch]
            path.write_text(yaml.safe_dump(settings))
        wave = {"name": "all", "default": True, "tolerance": "100%"}  # who is refused holds nobody else up
        (stage.project / "fleet.yaml").write_text(yaml.safe_dump({"waves": [wave]}))
        first = stage.roll_out()
        assert {"succeeded"} == {each["ending"] for each in first["spokes"]}
        yield stage


@pytest.fixture(scope="module")
def content(five: Fleet) -> CatalogCopy:
    """The catalog's files in the copied project."""
    return CatalogCopy(five.project / "hub" / "catalog")


def test_what_is_foreseen_of_each_change_is_what_a_rehearsal_of_it_does(five: Fleet, content: CatalogCopy) -> None:
    """Each step begins where the one before it ended."""
    nothing_is_foreseen_where_nothing_changes(five)
    a_published_version_is_followed_stayed_away_from_and_refused(five, content)
    a_name_that_stands_in_the_way_is_refused_inside(five, content)
    a_retired_version_moves_some_keeps_some_and_refuses_others(five, content)
    an_edit_reaches_every_spoke_in_place(five, content)


def nothing_is_foreseen_where_nothing_changes(stage: Fleet) -> None:
    found = foreseen(stage, "edit")

    assert [] == found["change"]["what"]
    assert {"unaffected"} == set(outcomes(found).values())


def a_published_version_is_followed_stayed_away_from_and_refused(stage: Fleet, content: CatalogCopy) -> None:
    content.add_version(FRAUD, "1.1.1", description="Large instances only, and an alarm on latency.")
    file = f"products/{FRAUD}/1.1.1.yaml"
    content.replace(file, "Conditions:\n", RULE)
    content.replace(file, "Outputs:\n", LATENCY)
    content.replace(file, "      Threshold: 5\n", "      Threshold: 3\n")
    content.replace(file, "        Image: !Sub\n", "        Environment: {LEVEL: info}\n        Image: !Sub\n")
    content.replace(
        file, "      EnableNetworkIsolation: true\n", "      ModelName: !Sub ${AWS::StackName}-FraudModel-a\n"
    )
    content.replace(
        file,
        "    Condition: Autoscaled\n    Properties:\n      PolicyName",
        "    Condition: HasAlarmTopic\n    Properties:\n      PolicyName",
    )
    before = resources(stage)

    found = foreseen(stage, "publish", FRAUD, "1.1.1")
    other = stage.project / "other.yaml"
    other.write_text((content.folder / file).read_text().replace("-latency-fraud-detector-5xx", "-latency"))
    thought_of = foreseen(stage, "publish", FRAUD, "1.1.2", "--template", str(other))
    deploy_hub(stage)
    planned, inside = stage.plan(), change_sets(stage)
    rolled_out = roll_out(stage)

    assert {
        stack(FOLLOWS): "follows",
        stack(PINNED): "unaffected",
        stack(SMALL): "refused",
        stack(OLD): "unaffected",
        stack(NARROW): "unaffected",
    } == outcomes(found)
    assert {**outcomes(found), stack(FOLLOWS): "refused"} == outcomes(thought_of)
    assert ["launch-role-lacks"] == [each["code"] for each in of(thought_of, FOLLOWS)["refusals"]]
    assert refusals(found) == plans_refusals(planned)
    assert "Small instances answer too slowly." in str(refusals(found)[stack(SMALL)])
    compare(found, inside, before, resources(stage))
    assert {stack(FOLLOWS)} <= running(found)
    assert {"succeeded"} == {rolled_out[name] for name in running(found)}


def a_name_that_stands_in_the_way_is_refused_inside(stage: Fleet, content: CatalogCopy) -> None:
    content.add_version(FRAUD, "1.1.2", description="Says more.")
    content.replace(f"products/{FRAUD}/1.1.2.yaml", "{LEVEL: info}", "{LEVEL: debug}")

    found = foreseen(stage, "publish", FRAUD, "1.1.2")
    deploy_hub(stage)
    rolled_out = roll_out(stage)

    assert "refused" == outcomes(found)[stack(FOLLOWS)]
    assert ["refused-by-cloudformation"] == [each["code"] for each in of(found, FOLLOWS)["refusals"]]
    assert "FraudModel" in of(found, FOLLOWS)["refusals"][0]["message"]
    assert "failed" == rolled_out[stack(FOLLOWS)]
    content.end(FRAUD, "1.1.2", state="deprecated", reason="Its name stands in its way.")
    stage.edit(f"Pulumi.{stack(FOLLOWS)}.yaml", "~1.1", "1.1.1")
    deploy_hub(stage)
    assert "succeeded" == roll_out(stage)[stack(FOLLOWS)]


def a_retired_version_moves_some_keeps_some_and_refuses_others(stage: Fleet, content: CatalogCopy) -> None:
    found = foreseen(stage, "retire", FRAUD, "1.0.0", "--on", "2026-10-30")
    content.end(FRAUD, "1.0.0", retires_on="2026-10-30", reason="Too old.")
    deploy_hub(stage)
    planned = stage.plan()
    rolled_out = roll_out(stage)

    assert "refused" == outcomes(found)[stack(NARROW)]
    assert "stays" == outcomes(found)[stack(OLD)]
    assert {stack(FOLLOWS): "unaffected", stack(PINNED): "unaffected"} == {
        name: outcome for name, outcome in outcomes(found).items() if name in (stack(FOLLOWS), stack(PINNED))
    }
    assert refusals(found)[stack(NARROW)] == plans_refusals(planned)[stack(NARROW)]
    assert "succeeded" == rolled_out[stack(OLD)]


def an_edit_reaches_every_spoke_in_place(stage: Fleet, content: CatalogCopy) -> None:
    before = resources(stage)
    content.replace(f"products/{FRAUD}/product.yaml", "framework: xgboost", "framework: xgboost-1")

    found = foreseen(stage, "edit")
    deploy_hub(stage)
    inside = change_sets(stage)
    rolled_out = roll_out(stage)

    assert "updated" == outcomes(found)[stack(FOLLOWS)]
    assert "updated" == outcomes(found)[stack(PINNED)]
    assert "refused" == outcomes(found)[stack(OLD)], "a retired version takes no update"
    assert "failed" == rolled_out[stack(OLD)]
    assert "an update is refused" in of(found, OLD)["refusals"][0]["message"]
    compare(found, inside, before, resources(stage))


def foreseen(stage: Fleet, *words: str) -> dict[str, Any]:
    """Look ahead, with nobody there who could be asked."""
    done = stage.run(stage.python, "-m", "cli", "fleet", "what-if", *words, "--json", variables=NOWHERE)
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout[done.stdout.index("{") :])


def outcomes(found: Mapping[str, Any]) -> dict[str, str]:
    """Give what becomes of each spoke."""
    return {each["stack"]: each["outcome"] for each in found["spokes"]}


def of(found: Mapping[str, Any], index: int) -> dict[str, Any]:
    """Give what is foreseen of one spoke."""
    return next(each for each in found["spokes"] if each["stack"] == stack(index))


def running(found: Mapping[str, Any]) -> set[str]:
    """Name the spokes that a rollout would run because of the change."""
    return {each["stack"] for each in found["spokes"] if each["runs"]}


def refusals(found: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give why each spoke is refused that is."""
    return {each["stack"]: [one["message"] for one in each["refusals"]] for each in found["spokes"] if each["refusals"]}


def plans_refusals(planned: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give why a rollout's plan refuses spokes, in the same form."""
    return {
        name: [reason.removeprefix("a run would be refused: ") for reason in each["reasons"]]
        for name, each in planned.items()
        if each["verdict"] == "refused"
    }


def deploy_hub(stage: Fleet) -> None:
    """Publish the catalog as it is."""
    stage.succeed("lock")
    _ = stage.up("hub")


def roll_out(stage: Fleet) -> dict[str, str]:
    """Roll out, and say how each spoke ended that was run."""
    done = stage.fleet("up")
    assert done.code in (0, 1), done.output
    return {name: each["ending"] for name, each in stage.report()["by"].items()}


def change_sets(stage: Fleet) -> dict[str, dict[str, str]]:
    """Ask AWS by change sets what becomes of the resources of each spoke's launch."""
    found: dict[str, dict[str, str]] = {}
    for index in LAUNCHES:
        done = stage.run(stage.python, "-m", "cli", "stack", "plan", stack(index), "--json")
        if done.returncode == 0:
            [plan] = json.loads(done.stdout[done.stdout.index("[") :])
            found[stack(index)] = {each["logical_id"]: _fate(each) for each in plan["changes"]}
    return found


def _fate(change: Mapping[str, str]) -> str:
    if change["action"] != "MODIFY":
        return FATES[change["action"]]
    return {"TRUE": "replaced", "CONDITIONAL": "may be replaced"}.get(change["replacement"], "changed")


def resources(stage: Fleet) -> dict[str, dict[str, str]]:
    """Give the physical ids of the resources of each spoke's launch."""
    found: dict[str, dict[str, str]] = {}
    for index in LAUNCHES:
        client = stage.client("cloudformation", account(index))
        [name] = [
            each["StackName"] for each in client.list_stacks()["StackSummaries"] if each["StackName"].startswith("SC-")
        ]
        listed = client.list_stack_resources(StackName=name)["StackResourceSummaries"]
        found[stack(index)] = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}
    return found


def compare(
    found: Mapping[str, Any],
    inside: Mapping[str, Mapping[str, str]],
    before: Mapping[str, Mapping[str, str]],
    after: Mapping[str, Mapping[str, str]],
) -> None:
    """Hold what is foreseen of resources against change sets, and against what is there afterwards."""
    for spoke in found["spokes"]:
        name = spoke["stack"]
        fates = {
            each["logical_id"]: each["fate"]
            for launch in spoke["launches"]
            if launch["outcome"] != "refused"
            for each in launch["resources"] or ()
        }
        old, new = before[name], after[name]
        assert {key for key, fate in fates.items() if fate == "made"} == new.keys() - old.keys(), name
        assert {key for key, fate in fates.items() if fate == "removed"} == old.keys() - new.keys(), name
        other = {key for key in old.keys() & new.keys() if old[key] != new[key]}
        assert {key for key, fate in fates.items() if fate == "replaced"} == other, name
        if spoke["outcome"] in ("follows", "updated"):
            certain = {key: fate for key, fate in inside[name].items() if fate != "may be replaced"}
            assert certain == {key: fate for key, fate in fates.items() if key in certain}, name
            assert fates.keys() <= inside[name].keys(), name
