"""What goes wrong in a fleet: nothing is lost, and everything is told in words."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from benchmarks.fleet_stage import account, stack
from tests.support.collector import Collector
from tests.support.fleet.stage import Fleet, kill, wait_for
from tests.support.webhook import Receiver

SPOKES = 4


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """A fleet of which the first spoke has been rolled out."""
    with Fleet(tmp_path_factory.mktemp("fleet") / "stage", SPOKES) as stage:
        stage.prepare()
        _ = stage.roll_out("--only", stack(0), "--only", stack(1))
        yield stage


@pytest.fixture(autouse=True)
def quiet(fleet: Fleet) -> Iterator[None]:
    """End every fault with its test, and leave the waves as they were."""
    waves = (fleet.project / "fleet.yaml").read_text()
    yield
    fleet.faults()
    _ = (fleet.project / "fleet.yaml").write_text(waves)


def test_a_killed_fleet_goes_on_where_it_was(fleet: Fleet) -> None:
    """Finished spokes are not repeated, what was running goes on to its end, and nobody is lost."""
    fleet.change(0, 1, value="killed")
    fleet.faults({"operation": "sts:AssumeRole", "account": "*", "delay": 1.0})
    process = fleet.start("up", "--only", stack(0), "--only", stack(1))
    wait_for(lambda: stack(1) in fleet.engines())
    orphan = fleet.engines()[stack(1)]
    kill(process.pid)
    _ = process.wait(300)
    first = fleet.record(stack(0))
    fleet.faults()

    report = fleet.roll_out("--only", stack(0), "--only", stack(1))

    assert stack(0) not in report["by"]
    assert first == fleet.record(stack(0))
    again = report["by"][stack(1)]
    assert "succeeded" == again["ending"]
    assert f"an earlier rollout (process {process.pid} on" in again["notes"][0]
    assert orphan not in fleet.engines().values()
    assert not {stack(0), stack(1)} & fleet.changed()


def test_a_killed_engine_is_recovered_within_the_same_rollout(fleet: Fleet) -> None:
    """What it was making is found in the account and taken over, and nothing is made twice."""
    looks = ("iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies")  # at what was made
    slow: list[dict[str, object]] = [{"operation": look, "account": account(2), "delay": 2.0} for look in looks]
    fleet.faults(*slow)
    process = fleet.start("up", "--only", stack(2))
    wait_for(lambda: fleet.roles(2) and "aws:iam/role:Role" in str(fleet.pending(stack(2))))
    kill(fleet.engines()[stack(2)])
    fleet.faults()

    assert 0 == process.wait(timeout=120)

    done = fleet.report()["by"][stack(2)]
    assert "its Pulumi process was killed" in done["notes"]
    assert any(note.startswith("removed the lock of a dead run") for note in done["notes"])
    assert any("had been created, and was taken into the state" in note for note in done["notes"])
    assert fleet.known(stack(2), "aws:iam/role:Role") == fleet.roles(2)
    assert [] == fleet.pending(stack(2))
    assert stack(2) not in fleet.changed()


def test_throttling_slows_a_rollout_down_and_fails_nobody(fleet: Fleet) -> None:
    fleet.change(0, 1, value="throttled")
    fleet.faults({"operation": "*", "rate": 0.05, "error": "ThrottlingException"})

    report = fleet.roll_out("--only", stack(0), "--only", stack(1))

    assert {"succeeded"} == {each["ending"] for each in report["spokes"]}


def test_throttling_that_the_provider_gives_up_on_is_tried_again_later(fleet: Fleet) -> None:
    fleet.change(0, value="throttled for long")
    fleet.faults({"operation": "iam:*", "account": account(0), "calls": [1], "error": "Throttling", "status": 400})

    report = fleet.roll_out("--only", stack(0))

    assert "succeeded" == report["by"][stack(0)]["ending"]


def test_one_spoke_with_wrong_credentials_fails_alone_and_whoever_is_named_is_told(fleet: Fleet) -> None:
    fleet.change(0, value="beside a wrong one")
    path = fleet.project / f"Pulumi.{stack(1)}.yaml"
    before = path.read_text()
    settings: Any = yaml.safe_load(before)
    settings["config"]["model-catalog-spoke:assumeRole"] = f"arn:aws:iam::{account(1)}:role/Nobody"
    _ = path.write_text(yaml.safe_dump(settings))
    topic = fleet.client("sns", "111122223333").create_topic(Name="rollouts")["TopicArn"]
    bus = fleet.client("events", "111122223333").create_event_bus(Name="platform")["EventBusArn"]
    with Receiver() as receiver:
        told = [{"webhook": receiver.address}, {"topic": topic, "only": ["ended"]}, {"eventBus": bus}]
        waves = [{"name": "all", "default": True, "tolerance": 1}]
        _ = (fleet.project / "fleet.yaml").write_text(yaml.safe_dump({"waves": waves, "notifications": told}))
        report = fleet.roll_out("--only", stack(0), "--only", stack(1), code=1)

    assert "was not told" not in report["printed"]
    *_, of_failure, of_end = [event for _, event in receiver.events]
    assert (4, stack(1), [stack(1)], False) == (
        len(receiver.events),
        of_failure["data"]["stack"],
        of_end["data"]["failed"],
        of_end["data"]["reached"],
    )
    assert "succeeded" == report["by"][stack(0)]["ending"]
    failed = report["by"][stack(1)]
    assert "failed" == failed["ending"]
    assert f"arn:aws:iam::{account(1)}:role/Nobody" in failed["reason"]
    assert failed["log"] in report["printed"]
    _ = path.write_text(before)
    _ = fleet.roll_out("--only", stack(1))


def test_a_collector_gets_a_span_for_each_resource_that_the_engine_touched(fleet: Fleet) -> None:
    fleet.change(0, value="traced")
    with Collector() as collector:
        done = fleet.fleet("up", "--only", stack(0), variables=collector.variables)

    assert 0 == done.code
    assert "traces were not sent" not in done.output
    [rollout] = collector.below(None)
    [wave] = collector.below(rollout)
    [spoke] = collector.below(wave)
    assert (f"up {stack(0)}", "", account(0)) == (spoke.name, spoke.problem, spoke.about["cloud.account.id"])
    resources = collector.below(spoke)
    assert {"pulumi:pulumi:Stack", "aws:iam/role:Role"} <= {each.about["pulumi.type"] for each in resources}
    [launch] = [each for each in resources if each.about["pulumi.operation"] == "update"]
    assert "aws:servicecatalog/provisionedProduct:ProvisionedProduct" == launch.about["pulumi.type"]
    assert 0 < launch.seconds < spoke.seconds
    assert [] == list(fleet.project.glob(".fleet/**/*.events"))


def test_an_account_that_is_suspended_on_the_way_is_left_out(fleet: Fleet) -> None:
    fleet.faults({"operation": "sts:AssumeRole", "delay": 1.0})
    process = fleet.start("up", "--only", stack(3))
    wait_for(lambda: stack(3) in fleet.engines())
    _ = fleet.client("organizations", "111122223333").close_account(AccountId=account(3))

    code = process.wait(timeout=120)

    told = fleet.report()["by"][stack(3)]
    assert "left out" == told["ending"]
    assert f"the account {account(3)} is suspended since the rollout began" == told["reason"]
    assert 0 == code
    assert "left out" == fleet.plan()[stack(3)]["verdict"]


def test_a_contract_that_changes_during_a_rollout_is_told(fleet: Fleet) -> None:
    """Each spoke uses one contract as a whole; whoever the change concerns is behind, and the next run is for them."""
    fleet.change(0, value="during")
    fleet.faults({"operation": "servicecatalog:UpdateProvisionedProduct", "account": account(0), "delay": 12.0})
    process = fleet.start("up", "--only", stack(0))
    wait_for(lambda: stack(0) in fleet.engines())
    wait_for(lambda: "updating" in str(fleet.pending(stack(0))))
    fleet.publish_a_version()

    code = process.wait(timeout=120)

    report = fleet.report()
    done = report["by"][stack(0)]
    published = fleet.outputs("hub")["catalog"]["content_hash"]
    assert ("succeeded", 1) == (done["ending"], code)
    assert done["contract"] != published
    assert ["demand-forecast moves from 1.0.0 to 1.0.1"] == report["behind"][stack(0)]
    fleet.faults()
    assert published == fleet.roll_out("--only", stack(0))["by"][stack(0)]["contract"]


def test_an_interrupted_rollout_ends_what_it_has_begun(fleet: Fleet) -> None:
    fleet.change(1, value="interrupted")
    fleet.faults({"operation": "sts:AssumeRole", "delay": 1.0})
    process = fleet.start("up", "--only", stack(1))
    wait_for(lambda: stack(1) in fleet.engines())
    process.send_signal(signal.SIGINT)

    assert 1 == process.wait(timeout=60)
    assert "interrupted" == fleet.report()["stopped"]
    assert {} == fleet.engines()
    fleet.faults()
    assert "succeeded" == fleet.roll_out("--only", stack(1))["by"][stack(1)]["ending"]
