"""Upgrades are proposed by themselves: once, as long as they are needed, and as nobody else has touched them."""

from pathlib import Path

import pytest

from fleet.store.bakes import BakeResult, Bakes
from fleet.store.storage import Storage
from tests.support.command_line import Command
from tests.support.fleet.making import FINISHED
from tests.support.proposing import BRANCH, ENDS, Publish, commit, git, proposed, statuses, tips


def test_a_team_gets_one_branch_with_all_of_its_spokes_that_pin_an_older_version(
    root: Path, publish: Publish, command: Command
) -> None:
    publish(v1_0_0={}, v1_0_1={}, v1_1_0={})
    found = proposed(command)
    [proposal] = found["proposals"]

    assert {BRANCH: "new"} == statuses(found)
    assert "embedder 1.1.0 for risk-fraud" == proposal["title"]
    assert [("spoke-a", "1.0.0", "1.1.0"), ("spoke-b", "1.0.0", "1.1.0")] == [
        (each["stack"], each["from"], each["to"]) for each in proposal["launches"]
    ]
    assert ["Pulumi.spoke-a.yaml", "Pulumi.spoke-b.yaml"] == git(root, "diff", "--name-only", "main", BRANCH).split()
    diff = git(root, "diff", "--unified=0", "main", BRANCH, "--", "Pulumi.spoke-a.yaml")
    assert ["-    version: 1.0.0", "+    version: 1.1.0"] == diff.splitlines()[-2:]
    assert "main" == git(root, "branch", "--show-current").strip()
    assert "" == git(root, "status", "--porcelain")


def test_the_same_again_writes_nothing(root: Path, publish: Publish, command: Command) -> None:
    publish(v1_0_0={}, v1_1_0={})
    proposed(command)
    before = tips(root)
    found = proposed(command)

    assert {BRANCH: "unchanged"} == statuses(found)
    assert before == tips(root)


def test_a_branch_follows_its_target_and_its_base(root: Path, publish: Publish, command: Command) -> None:
    publish(v1_0_0={}, v1_1_0={})
    proposed(command)
    publish(v1_0_0={}, v1_1_0={}, v1_2_0={})
    moved = proposed(command)
    path = root / "Pulumi.spoke-a.yaml"
    path.write_text(path.read_text() + "# ours\n")
    commit(root)
    based = proposed(command)

    assert {BRANCH: "updated"} == statuses(moved) == statuses(based)
    assert "version: 1.2.0" in git(root, "show", f"{BRANCH}:Pulumi.spoke-a.yaml")
    assert git(root, "show", f"{BRANCH}:Pulumi.spoke-a.yaml").endswith("# ours\n")
    assert git(root, "rev-parse", "main") == git(root, "rev-parse", f"{BRANCH}^")


def test_what_is_no_longer_needed_is_closed(root: Path, publish: Publish, command: Command) -> None:
    publish(v1_0_0={}, v1_1_0={})
    proposed(command)
    git(root, "branch", "upgrades/somebodys")
    publish(v1_0_0={})
    told = proposed(command, "--dry-run")
    before = tips(root)
    closed = proposed(command)

    assert [BRANCH] == [each["branch"] for each in told["close"]] == [each["branch"] for each in closed["close"]]
    assert BRANCH in before
    assert [] == closed["proposals"]
    assert ["refs/heads/upgrades/somebodys"] == [line.split()[-1] for line in tips(root).splitlines()]


def test_a_branch_that_somebody_has_committed_on_is_left_alone(root: Path, publish: Publish, command: Command) -> None:
    publish(v1_0_0={}, v1_1_0={})
    proposed(command)
    git(root, "checkout", "--quiet", BRANCH)
    git(root, "commit", "--quiet", "--allow-empty", "-m", "With another size")
    git(root, "checkout", "--quiet", "main")
    before = tips(root)
    publish(v1_0_0={}, v1_1_0={}, v1_2_0={})
    found = proposed(command)

    assert {BRANCH: "left"} == statuses(found)
    assert before == tips(root)


def test_the_end_of_a_version_is_told_with_its_date_and_the_days_left_and_the_replacement_goes_first(
    root: Path, publish: Publish, command: Command
) -> None:
    publish(v1_0_0=ENDS, v1_0_1={}, v1_1_0={}, v1_2_0={})
    [proposal] = proposed(command)["proposals"]
    text = proposal["description"]

    assert root
    assert {"1.1.0"} == {each["to"] for each in proposal["launches"]}
    assert "1.0.0 will be deprecated on 2026-12-01 and retired on 2027-03-01 (It drifts)." in text
    assert "- 1.0.0 is deprecated on 2026-12-01, in 11 days (counted from 2026-11-20)." in text
    assert "- 1.0.0 is retired on 2027-03-01, in 101 days (counted from 2026-11-20)." in text
    assert text.startswith(proposal["marker"])
    assert "| spoke-a | new |" in text


def test_days_that_pass_are_nothing_new_and_a_date_that_moves_is(
    root: Path, publish: Publish, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(v1_0_0=ENDS, v1_0_1={}, v1_1_0={})
    proposed(command)
    monkeypatch.setenv("MODEL_CATALOG_AS_OF", "2026-11-21")
    later = proposed(command)
    publish(v1_0_0={**ENDS, "retires_on": "2027-02-01"}, v1_0_1={}, v1_1_0={})
    moved = proposed(command)

    assert root
    assert {BRANCH: "unchanged"} == statuses(later)
    assert {BRANCH: "updated"} == statuses(moved)


def test_a_range_follows_by_itself_until_all_of_it_comes_to_its_end(
    root: Path, publish: Publish, command: Command
) -> None:
    publish(v1_0_0={}, v1_0_1={}, v1_1_0={})
    before = proposed(command)
    publish(v1_0_0=ENDS, v1_0_1=ENDS, v1_1_0={})
    after = proposed(command)

    assert "upgrades/c/embedder" not in statuses(before)
    assert "new" == statuses(after)["upgrades/c/embedder"]
    assert "version: ~1.1\n" in git(root, "show", "upgrades/c/embedder:Pulumi.spoke-c.yaml")


def test_a_pre_release_is_proposed_to_nobody(root: Path, publish: Publish, command: Command) -> None:
    publish(**{"v1_0_0": {}, "v2_0_0-rc_1": {}})

    assert root
    assert [] == proposed(command)["proposals"]


def test_a_newer_version_that_does_not_take_the_launch_as_it_is_gives_way_to_one_that_does(
    root: Path, publish: Publish, command: Command
) -> None:
    needed = {"Size": {"type": "String", "description": "How large."}}
    publish(v1_0_0={}, v1_1_0={}, v2_0_0={"parameters": needed})
    [proposal] = proposed(command)["proposals"]

    assert root
    assert {"1.1.0"} == {each["to"] for each in proposal["launches"]}


def test_a_version_that_was_taken_back_is_proposed_to_nobody(root: Path, publish: Publish, command: Command) -> None:
    (root / "fleet.yaml").write_text("waves: [{name: all, default: true, bake: 24h}]")
    bad = BakeResult(wave="all", product="embedder", version="1.1.0", arrived=FINISHED, judged=FINISHED, passed=False)
    Bakes(Storage((root.parent / "backend").as_uri())).write(bad)
    publish(v1_0_0={}, v1_0_1={}, v1_1_0={})
    [proposal] = proposed(command)["proposals"]

    assert {"1.0.1"} == {each["to"] for each in proposal["launches"]}


def test_a_version_that_ends_with_nowhere_to_go_is_left_to_a_person(
    root: Path, publish: Publish, command: Command
) -> None:
    needed = {"Size": {"type": "String", "description": "How large."}}
    publish(v1_0_0={**ENDS, "replacement": None}, v2_0_0={"parameters": needed})
    found = proposed(command)
    [first, second, _] = found["by_hand"]

    assert root
    assert [] == found["proposals"]
    assert ("risk-fraud", ["spoke-a"], ["spoke-b"]) == (first["team"], first["stacks"], second["stacks"])
    assert first["reason"].startswith("2.0.0 does not take it as it is: ")
    assert "Size" in first["reason"]
    assert (
        "by hand: Pulumi.spoke-a.yaml: config.model-catalog-spoke:launches.0.version" in command("fleet", "propose").out
    )
