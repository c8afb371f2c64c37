"""The matrix that divides what would run over the jobs of a CI system."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from fleet.errors import SettingsError
from fleet.plan.shards import matrix
from fleet.plan.spoke_selection import shard_of
from fleet.plan.verdicts import FleetPlan, make_plan
from tests.support.fleet.making import deployed, fleet, inventory, spokes
from tests.support.refused import refused

ACCOUNTS = {f"s{number}": f"3000000000{number:02}" for number in range(6)}


@pytest.fixture
def plan(tmp_path: Path) -> FleetPlan:
    """Give a plan in which two of six spokes would run, one in each wave."""
    waves = fleet({"name": "first", "spokes": ["s0", "s1", "s2"]}, {"name": "rest", "default": True})
    done = deployed(inventory(tmp_path, spokes(tmp_path, **ACCOUNTS), settings=waves))
    changed = dict.fromkeys(("spoke-s1", "spoke-s5"), "other")
    return make_plan(replace(done, tags={**done.tags, **changed}))


def test_github_is_given_the_shards_in_which_something_would_run(plan: FleetPlan) -> None:
    expected = sorted({shard_of(stack, 100) for stack in ("spoke-s1", "spoke-s5")})

    assert {"shard": [f"{shard}/100" for shard in expected]} == json.loads(matrix(plan, 100, [], "github"))


def test_only_the_waves_that_are_named_count(plan: FleetPlan) -> None:
    assert {"shard": [f"{shard_of('spoke-s1', 100)}/100"]} == json.loads(matrix(plan, 100, ["first"], "github"))


def test_one_shard_takes_everything(plan: FleetPlan) -> None:
    assert '{"shard": ["1/1"]}\n' == matrix(plan, 1, [], "github")


def test_gitlab_is_given_a_child_pipeline(plan: FleetPlan) -> None:
    shards = [f"{shard}/100" for shard in sorted({shard_of(stack, 100) for stack in ("spoke-s1", "spoke-s5")})]

    assert {
        "rollout": {
            "extends": ".rollout",
            "parallel": {"matrix": [{"SHARD": shards}]},
            "resource_group": "rollout-$SHARD",
            "script": ["python -m fleet up --shard $SHARD"],
        }
    } == yaml.safe_load(matrix(plan, 100, [], "gitlab"))


def test_its_jobs_keep_to_the_waves_and_ask_nobody(plan: FleetPlan) -> None:
    [job] = yaml.safe_load(matrix(plan, 2, ["first", "rest"], "gitlab")).values()

    assert ["python -m fleet up --wave first --approve first --wave rest --approve rest --shard $SHARD"] == job[
        "script"
    ]


def test_where_nothing_would_run_github_has_an_empty_matrix_and_gitlab_a_job_that_does_nothing(plan: FleetPlan) -> None:
    """A child pipeline without a job is an error there."""
    done = make_plan(deployed(plan.inventory))

    assert '{"shard": []}\n' == matrix(done, 5, [], "github")
    assert {"nothing-to-roll-out": {"script": ["true"]}} == yaml.safe_load(matrix(done, 5, [], "gitlab"))


@pytest.mark.parametrize(
    ("waves", "form", "code", "place"),
    [([], "jenkins", "format-unknown", "--format"), (["second"], "github", "wave-unknown", "--wave")],
)
def test_what_there_is_not_is_refused(plan: FleetPlan, waves: list[str], form: str, code: str, place: str) -> None:
    with refused(SettingsError, code, place):
        matrix(plan, 5, waves, form)
