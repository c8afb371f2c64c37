"""Launches for many accounts on the real engine: one file, whoever deploys, and values of each account."""

import json
from collections.abc import Iterator

import pytest
import yaml

from benchmarks.fleet_stage import account, stack
from tests.support.fleet.stage import Fleet

NAME = "/catalog/memory"
ENTRY = {
    "name": "memory",
    "for": {"units": ["Workloads/U00", "Workloads/U01"]},
    "defaults": {"products": {"text-embedder-serverless": {"parameters": {"MemorySizeInMB": {"ssm": NAME}}}}},
}


@pytest.fixture
def asked(fleet: Fleet) -> Iterator[Fleet]:
    """Give a fleet in which the launches of two units take their memory from a parameter of their accounts."""
    put(fleet, 0, "2048")
    put(fleet, 1, "2048")
    files = [fleet.project / name for name in ("accounts.yaml", "launches.yaml")]
    done = fleet.fleet("accounts")
    assert done.code == 0, done.output
    files[1].write_text(yaml.safe_dump({"entries": [ENTRY]}, sort_keys=False))
    yield fleet
    for file in files:
        file.unlink()
    _ = fleet.roll_out()
    assert set() == fleet.changed()


def put(fleet: Fleet, index: int, value: str) -> None:
    """Write the parameter in an account."""
    ssm = fleet.client("ssm", account(index))
    ssm.put_parameter(Name=NAME, Value=value, Type="String", Overwrite=True)


def memory(fleet: Fleet, index: int) -> int:
    """Ask SageMaker how much memory an account's endpoint has."""
    client = fleet.client("sagemaker", account(index))
    [variant] = client.describe_endpoint_config(
        EndpointConfigName=client.list_endpoint_configs()["EndpointConfigs"][0]["EndpointConfigName"]
    )["ProductionVariants"]
    return int(variant["ServerlessConfig"]["MemorySizeInMB"])


def test_a_changed_parameter_of_an_account_runs_its_spoke_alone_whoever_deploys(asked: Fleet) -> None:
    plan = asked.plan()
    assert {stack(0), stack(1)} == {name for name, each in plan.items() if each["verdict"] == "changed"}
    embeddings = next(each for each in plan[stack(1)]["launches"] if each["launch"] == "embeddings")
    assert {"asked_by": "launches.yaml:11", "because": "default of memory"} == embeddings["keys"][
        "parameters.MemorySizeInMB"
    ]

    by_hand = asked.run("pulumi", "-C", "spoke", "-s", stack(0), "up", "--yes", "--skip-preview")
    assert 0 == by_hand.returncode, by_hand.stdout
    _ = asked.up(stack(1))
    assert [2048, 2048, 3072] == [memory(asked, index) for index in (0, 1, 2)]
    assert {stack(0)} == asked.changed()  # by somebody else: without a record it is run once more, and stays as it is
    report = asked.roll_out()
    assert report["by"][stack(0)]["changes"].endswith("unchanged")
    assert set() == asked.changed()

    put(asked, 1, "4096")
    plan, report = asked.plan(), asked.roll_out()
    assert ["value of MemorySizeInMB of embeddings changed"] == plan[stack(1)]["reasons"]
    assert {stack(1)} == report["by"].keys()
    assert [2048, 4096] == [memory(asked, index) for index in (0, 1)]
    assert "4096" not in json.dumps(asked.record(stack(1)))


def test_a_parameter_that_is_missing_is_refused_by_plan_and_program_with_the_account(asked: Fleet) -> None:
    asked.client("ssm", account(1)).delete_parameter(Name=NAME)

    planned = asked.plan()[stack(1)]
    ran = asked.run("pulumi", "-C", "spoke", "-s", stack(1), "preview")

    assert "refused" == planned["verdict"]
    told = f"for embeddings of {account(1)}: takes the parameter {NAME} of Systems Manager"
    assert told in planned["reasons"][0]
    assert ran.returncode != 0
    assert told in " ".join(ran.stdout.split())
