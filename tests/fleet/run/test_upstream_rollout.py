"""The organization is run first, then the hub's stacks side by side, and then the spokes."""

from dataclasses import replace
from pathlib import Path

import pytest

from fleet.plan.verdicts import FleetPlan, make_plan
from fleet.run import rollout
from fleet.run.executors import Workforce
from fleet.run.rollout import Request, Result, UpstreamRollout
from fleet.run.tasks import Operation, RunStatus
from fleet.store.locations import Locations
from tests.support.fleet.hands import BEGUN, Ending, Hands
from tests.support.fleet.making import fleet
from tests.support.fleet.upstream import ALL, looked_again, planned, run_once, write_upstream


@pytest.fixture
def plan(tmp_path: Path) -> FleetPlan:
    """Give a plan of stacks that were never run."""
    write_upstream(tmp_path)
    return make_plan(planned(tmp_path))


def _yes(*_: object) -> bool:
    return True


def rolled_out(
    plan: FleetPlan, monkeypatch: pytest.MonkeyPatch, *, wanted: tuple[str, ...] = ALL, **statuses: Ending
) -> tuple[Result, Hands]:
    """Roll them out."""
    endings = {name.replace("_", "-"): ending for name, ending in statuses.items()}
    hands = Hands(endings)
    monkeypatch.setattr(rollout, "_TICK_SECONDS", 0)
    monkeypatch.setattr(rollout, "run_upstream", hands.run)
    request = Request(
        wanted=frozenset(wanted),
        operation=Operation.UP,
        forced=False,
        begun=BEGUN,
        locations=Locations("file:///state", "file:///state"),
        logs="logs",
    )
    return UpstreamRollout(plan, request, Workforce(hands, 2, is_here=True), hands, _yes).run(), hands


def test_the_organization_comes_first_and_the_hubs_stacks_are_run_side_by_side(
    plan: FleetPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, hands = rolled_out(plan, monkeypatch)

    assert [
        *("wave organization: 1 by 2", "+organization", "-organization"),
        *("wave hubs: 2 by 2", "+hub", "+hub-batch", "-hub", "-hub-batch"),
    ] == hands.seen
    assert {RunStatus.SUCCEEDED} == {each.status for each in result.outcomes.values()}
    assert {"hub-batch"} == {stack for stack, task in hands.tasks.items() if "portfolio batch-inference" in task.parts}


def test_a_part_that_fails_stops_no_other_part_but_what_comes_after(
    plan: FleetPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, _ = rolled_out(plan, monkeypatch, hub=RunStatus.FAILED)

    assert RunStatus.SUCCEEDED is result.outcomes["hub-batch"].status
    assert "hub failed, which others come after" == result.stopped


def test_an_organization_that_fails_stops_the_hub(plan: FleetPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = rolled_out(plan, monkeypatch, organization=RunStatus.FAILED)

    assert {"organization"} == result.outcomes.keys()
    assert ["hub", "hub-batch"] == result.not_begun


def test_only_what_changed_and_is_wanted_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = write_upstream(tmp_path)
    before = run_once(planned(tmp_path))
    copy.add_version("text-embedder-serverless", "1.0.1")
    after = make_plan(looked_again(before, tmp_path))

    result, _ = rolled_out(after, monkeypatch)
    nothing, _ = rolled_out(after, monkeypatch, wanted=("hub-batch",))

    assert {"hub"} == result.outcomes.keys()
    assert {} == nothing.outcomes


def test_a_stack_that_would_be_refused_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_upstream(tmp_path)
    (tmp_path / "Pulumi.hub-batch.yaml").write_text("config: [")
    plan = make_plan(planned(tmp_path))

    result, _ = rolled_out(plan, monkeypatch)

    assert RunStatus.FAILED is result.outcomes["hub-batch"].status
    assert "hub-batch failed, which others come after" == result.stopped


def test_the_stages_are_those_of_the_stacks_that_there_are(tmp_path: Path) -> None:
    write_upstream(tmp_path)
    (tmp_path / "Pulumi.organization.yaml").unlink()

    assert ["hubs"] == [each.wave.name for each in make_plan(planned(tmp_path)).stages]
    assert () == make_plan(replace(planned(tmp_path), settings=fleet())).stages
