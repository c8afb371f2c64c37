"""What an earlier release deployed is as it was under the code of today: nothing moves in AWS.

Where this checkout has no history, as a shallow clone has none, today's code is compared with the record alone.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Final

import pytest

from tests.support.earlier_release import (
    COMMIT,
    HUBS,
    RECORDED,
    SPOKES,
    STACKS,
    Resources,
    arrange,
    bring_models,
    found,
    history,
    keep_own_models,
    move_in,
    recorded,
    take_the_catalogs_models,
    unpack,
)
from tests.support.paths import ROOT
from tests.support.stage import Stage

RESEARCH_STACK: Final = "spoke-research"
LOOKS: Final = re.compile(
    r"\w+:(Get|List|Describe|Search|Scan|Head|AssumeRole|View|SimulatePrincipalPolicy|ValidateTemplate)\w*"
)
"""Calls that change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The deployment right after it was made; `earlier` is the checkout of the release that made it, if it did."""

    stage: Stage
    earlier: Path | None
    resources: Mapping[str, Resources]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledOut:
    """What the fleet planned once the hubs had run, and what its rollout came to.

    Attributes:
        before: What it planned with the settings of the earlier release.
        planned: What it planned once these were mended.
        changes: The calls so far that changed something in AWS.
        resources: What there was then.
    """

    before: list[dict[str, Any]]
    planned: list[dict[str, Any]]
    rollout: CompletedProcess[str]
    changes: set[str]
    resources: Mapping[str, Resources]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Deploy everything, with the earlier release where its code is to be had."""
    folder = tmp_path_factory.mktemp("upgrade")
    programs = history()
    earlier = unpack(programs, folder / "earlier") if programs else None
    with Stage(folder / "stage") as stage:
        arrange(stage, earlier or stage.project)
        for target in ("up-organization", *(f"up-{stack}" for stack in HUBS), "rollout"):
            done = _make(stage, target, "" if target == "rollout" else "--skip-preview", checkout=earlier)
            assert done.returncode == 0, done.stdout
        yield Deployed(stage=stage, earlier=earlier, resources=found(stage))


@pytest.fixture(scope="module")
def upgraded(deployed: Deployed) -> Stage:
    """Take today's code for what the earlier release deployed."""
    if deployed.earlier is None:
        pytest.skip(f"this checkout has no commit {COMMIT[:7]}, whose code would have to be run: git fetch --unshallow")
    move_in(deployed.stage, deployed.earlier)
    bring_models(deployed.stage.project / "hub" / "catalog")
    deployed.stage.forget_calls()
    return deployed.stage


@pytest.fixture(scope="module")
def previews(upgraded: Stage) -> Mapping[str, CompletedProcess[str]]:
    """Preview every stack."""
    return {stack: _make(upgraded, f"preview-{stack}", "--expect-no-changes") for stack in STACKS}


@pytest.fixture(scope="module")
def rolled_out(upgraded: Stage, previews: Mapping[str, CompletedProcess[str]]) -> RolledOut:
    """Run hubs and spokes, as the upgrade of an organization would."""
    assert dict.fromkeys(STACKS, 0) == {stack: preview.returncode for stack, preview in previews.items()}
    for stack in HUBS:
        _ = upgraded.up(stack)
    before = _plan(upgraded)
    keep_own_models(upgraded.project)
    planned, rollout = _plan(upgraded), _make(upgraded, "rollout")
    changes = {call for call in upgraded.calls() if not LOOKS.fullmatch(call)}
    return RolledOut(before=before, planned=planned, rollout=rollout, changes=changes, resources=found(upgraded))


@pytest.mark.parametrize("stack", STACKS)
def test_every_urn_and_id_is_as_recorded(deployed: Deployed, stack: str) -> None:
    known, made = recorded()[stack], deployed.resources[stack]
    if deployed.earlier is None:  # then it was made of today's catalog, which may hold more
        made = {urn: resource for urn, resource in made.items() if urn in known}

    assert known == made


@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_finds_nothing_to_change(previews: Mapping[str, CompletedProcess[str]], stack: str) -> None:
    assert previews[stack].returncode == 0, previews[stack].stdout
    assert "unchanged" in previews[stack].stdout


def test_settings_that_name_an_archive_are_refused_with_the_line_to_delete(rolled_out: RolledOut) -> None:
    assert dict.fromkeys(SPOKES, "refused") == {spoke["stack"]: spoke["verdict"] for spoke in rolled_out.before}
    reasons = {spoke["stack"]: "\n".join(spoke["reasons"]) for spoke in rolled_out.before}
    for stack in SPOKES:
        settings = (RECORDED / f"Pulumi.{stack}.yaml").read_text()
        lines = re.findall(r"ModelDataUrl: \S+", settings)
        assert lines
        assert [] == [line for line in lines if f"Delete `{line}`." not in reasons[stack]]


def test_a_spoke_is_run_again_only_for_what_the_changelog_names(rolled_out: RolledOut) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()

    assert set(SPOKES) == {spoke["stack"] for spoke in rolled_out.planned}
    assert {"changed", "unchanged"} >= {spoke["verdict"] for spoke in rolled_out.planned}
    told = {reason.removesuffix(" changed") for spoke in rolled_out.planned for reason in spoke["reasons"]}
    reasons = {re.sub("^(the settings of|the hub changed what it offers to) .*", r"\1 …", reason) for reason in told}
    assert [] == [reason for reason in reasons if f'"{reason}"' not in changelog]


def test_a_run_of_hubs_and_spokes_changes_nothing_in_aws(rolled_out: RolledOut) -> None:
    assert rolled_out.rollout.returncode == 0, rolled_out.rollout.stdout
    assert set() == rolled_out.changes
    for stack in STACKS:
        assert _recorded_in_aws(stack) == rolled_out.resources[stack]


def test_a_launch_that_takes_the_catalogs_archive_is_updated_in_place(upgraded: Stage, rolled_out: RolledOut) -> None:
    """Once it has no model of its own; the only change that this release brings, and one that the owner chooses."""
    assert rolled_out.rollout.returncode == 0, rolled_out.rollout.stdout
    take_the_catalogs_models(upgraded.project, RESEARCH_STACK)

    updated = _make(upgraded, f"up-{RESEARCH_STACK}")

    assert updated.returncode == 0, updated.stdout
    there = "model-catalog-artifacts-{}/fraud-detector/2026-10-06/model.tar.gz"
    assert f"fraud-scoring: model s3://{there.format('research')} -> s3://{there.format('hub')}" in updated.stdout
    assert "replace" not in updated.stdout
    assert _recorded_in_aws(RESEARCH_STACK) == found(upgraded)[RESEARCH_STACK]


def _recorded_in_aws(stack: str) -> dict[str, Any]:
    """Give what was recorded, without what a spoke read of its hub, which was never in AWS (ADR 0049)."""
    return {urn: each for urn, each in recorded()[stack].items() if not urn.startswith("pulumi:pulumi:StackReference")}


def _plan(stage: Stage) -> list[dict[str, Any]]:
    plan = stage.run("python", "-m", "fleet", "plan", "--json")
    document = plan.stdout[plan.stdout.index("{") :]  # before it stands what is said of keys that have new names
    return json.loads(document)["spokes"]


def _make(stage: Stage, target: str, flags: str = "", checkout: Path | None = None) -> CompletedProcess[str]:
    """Run a target of today's checkout, or of another one with the code that is there."""
    here, path = stage.project, os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = ["make", "--no-print-directory", target, *([f"FLAGS={flags}"] if flags else [])]
    if checkout is None:
        return stage.run(*command)
    stage.project = checkout
    try:
        return stage.run(*command, variables={"PYTHONPATH": os.pathsep.join([str(checkout), path])})
    finally:
        stage.project = here
