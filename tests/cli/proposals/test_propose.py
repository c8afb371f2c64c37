"""Upgrades are proposed by themselves: once, as long as they are needed, and as nobody else has touched them."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from tests.cli.proposals.conftest import Publish, commit, git
from tests.support.command_line import Command, command_line
from tests.support.fleet.making import LAUNCH, write_spoke

BRANCH = "upgrades/risk-fraud/embedder"
ENDS = {"deprecated_on": "2026-12-01", "retires_on": "2027-03-01", "replacement": "1.1.0", "reason": "It drifts."}


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a day that has come."""
    monkeypatch.setenv("MODEL_CATALOG_AS_OF", "2026-11-20")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `model-catalog` here."""
    return command_line(monkeypatch, capsys)


def proposed(command: Command, *options: str) -> Any:  # noqa: ANN401 - JSON
    """Run it, and read the index."""
    done = command("fleet", "propose", "--json", *options)
    assert done.code == ExitCode.DONE, done.err
    return json.loads(done.out)


def statuses(found: dict[str, Any]) -> dict[str, str]:
    """Give what became of each branch."""
    return {each["branch"]: each["status"] for each in found["proposals"]}


def tips(root: Path) -> str:
    """Give all branches of proposals with their commits."""
    return git(root, "for-each-ref", "refs/heads/upgrades")


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


def test_launches_yaml_is_the_platform_teams(root: Path, publish: Publish, command: Command) -> None:
    for name, account in (("a", "300000000001"), ("b", "300000000002")):
        write_spoke(root, name, account, launches=[])
    (root / "launches.yaml").write_text(
        "# The platform team's.\nentries:\n  - name: search\n    for: {all: true}\n    exclude: {accounts: ['300000000003']}\n"
        "    launches:\n      - name: search\n        product: embedder\n        version: '1.0.0' # tried\n"
    )
    commit(root)
    publish(v1_0_0={}, v1_1_0={})
    found = proposed(command)
    [proposal] = found["proposals"]
    text = git(root, "show", "upgrades/platform/embedder:launches.yaml")

    assert ["spoke-a", "spoke-b"] == [each["stack"] for each in proposal["launches"]]
    assert "        version: '1.1.0' # tried\n" in text
    assert text.startswith("# The platform team's.\n")


def test_an_override_of_a_version_is_the_spokes(root: Path, publish: Publish, command: Command) -> None:
    write_spoke(
        root, "a", "300000000001", launches=[], overrides=[{"launch": "search", "version": "1.0.0"}], tags={"team": "x"}
    )
    (root / "launches.yaml").write_text(
        "entries:\n  - name: search\n    for: {accounts: ['300000000001']}\n    mayOverride: [version]\n"
        "    launches: [{name: search, product: embedder, version: ~1.0}]\n"
    )
    commit(root)
    publish(v1_0_0={}, v1_1_0={})

    assert "new" == statuses(proposed(command))["upgrades/x/embedder"]
    assert "version: 1.1.0" in git(root, "show", "upgrades/x/embedder:Pulumi.spoke-a.yaml")


def test_the_team_is_named_by_the_tag_that_fleet_yaml_says_or_by_the_accounts(
    root: Path, publish: Publish, command: Command
) -> None:
    (root / "fleet.yaml").write_text("proposals: {teamTag: cost-center}\n")
    (root / "accounts.yaml").write_text("accounts: {'300000000001': {tags: {cost-center: '4711'}}}\n")
    publish(v1_0_0={}, v1_1_0={})

    assert {"upgrades/4711/embedder", "upgrades/b/embedder"} == statuses(proposed(command)).keys()


def test_patches_lie_in_a_folder_with_an_index_and_git_applies_them(
    root: Path, publish: Publish, command: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    publish(v1_0_0={}, v1_1_0={})
    first = proposed(command, "--out", str(out))
    written = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    again = proposed(command, "--out", str(out))
    kept = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    git(root, "apply", str(out / "risk-fraud--embedder.patch"))
    changed = git(root, "diff", "--name-only").split()
    git(root, "checkout", "--quiet", ".")
    publish(v1_0_0={})
    closed = proposed(command, "--out", str(out))

    assert ({BRANCH: "new"}, {BRANCH: "unchanged"}) == (statuses(first), statuses(again))
    assert {"index.json", "risk-fraud--embedder.md", "risk-fraud--embedder.patch"} == written.keys()
    assert written == kept
    assert ["Pulumi.spoke-a.yaml", "Pulumi.spoke-b.yaml"] == changed
    assert [BRANCH] == [each["branch"] for each in closed["close"]]
    assert ["index.json"] == [path.name for path in out.iterdir()]
    assert "" == tips(root)


def test_the_remotes_branches_are_written_and_deleted(
    root: Path, publish: Publish, command: Command, tmp_path: Path
) -> None:
    remote = tmp_path / "origin.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(root, "remote", "add", "origin", str(remote))
    publish(v1_0_0={}, v1_1_0={})
    first, again = proposed(command, "--push"), proposed(command, "--push")
    there = git(remote, "for-each-ref", "--format=%(refname)").split()
    publish(v1_0_0={})
    proposed(command, "--push")

    assert ({BRANCH: "new"}, {BRANCH: "unchanged"}) == (statuses(first), statuses(again))
    assert [f"refs/heads/{BRANCH}"] == there
    assert "" == git(remote, "for-each-ref")
    assert "" == tips(root)


def test_what_is_not_committed_is_no_base_for_a_branch(root: Path, publish: Publish, command: Command) -> None:
    publish(v1_0_0={}, v1_1_0={})
    path = root / "Pulumi.spoke-b.yaml"
    path.write_text(path.read_text() + "# mine\n")
    done = command("fleet", "propose")

    assert (ExitCode.MISTAKE, ("settings-uncommitted", "Pulumi.spoke-b.yaml")) == (done.code, done.refusal)
    assert "" == tips(root)


def test_where_there_is_no_git_patches_are_named(
    root: Path, publish: Publish, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(root / "nowhere"))
    publish(v1_0_0={}, v1_1_0={})
    done = command("fleet", "propose")

    assert (ExitCode.MISTAKE, ("no-repository", str(root))) == (done.code, done.refusal)
    assert "--out FOLDER" in done.err


def test_a_folder_with_another_index_is_refused(root: Path, publish: Publish, command: Command, tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("[]")
    publish(v1_0_0={}, v1_1_0={})
    done = command("fleet", "propose", "--out", str(tmp_path))

    assert root
    assert (ExitCode.MISTAKE, ("index-foreign", str(tmp_path / "index.json"))) == (done.code, done.refusal)


def test_patches_cannot_be_pushed(root: Path, command: Command) -> None:
    assert root
    assert ExitCode.MISTAKE == command("fleet", "propose", "--out", "x", "--push").code


def test_settings_that_are_written_as_json_are_changed_by_a_person(
    root: Path, publish: Publish, command: Command
) -> None:
    path = root / "Pulumi.spoke-a.yaml"
    text = json.dumps([LAUNCH])
    path.write_text(
        f"config:\n  aws:region: eu-central-1\n  model-catalog-spoke:accountId: '300000000001'\n"
        f"  model-catalog-spoke:launches: '{text}'\n"
    )
    commit(root)
    publish(v1_0_0={}, v1_1_0={})
    found = proposed(command)
    [by_hand] = found["by_hand"]

    assert ["spoke-a"] == by_hand["stacks"]
    assert "Write there by hand: 1.1.0" in by_hand["reason"]
    assert {BRANCH: "new"} == statuses(found)


def test_a_table_names_branches_in_full_on_a_narrow_terminal(root: Path, publish: Publish, command: Command) -> None:
    publish(v1_0_0={}, v1_1_0={})
    done = command("fleet", "propose")

    assert root
    assert "risk-fraud embedder 1.0.0 1.1.0 2 upgrades/risk-fraud/embedder new" in done.words
