"""Where proposals are kept, whose they are, and what is refused."""

import json
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.support.command_line import Command
from tests.support.fleet.making import LAUNCH, write_spoke
from tests.support.proposing import BRANCH, Publish, commit, git, proposed, statuses, tips


def test_launches_yaml_is_the_platform_teams(root: Path, publish: Publish, command: Command) -> None:
    for name, account in (("a", "300000000001"), ("b", "300000000002")):
        write_spoke(root, name, account, launches=[])
    (root / "launches.yaml").write_text(
        "# The platform team's.\nentries:\n  - name: search\n    for: {all: true}\n"
        "    exclude: {accounts: ['300000000003']}\n"
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
    assert "upgrades/risk-fraud/embedder 1.0.0 1.1.0 2 new" in done.words


def test_two_products_of_one_spoke_are_two_branches_and_one_plan(
    root: Path, publish: Publish, command: Command
) -> None:
    launches = [
        LAUNCH,
        {"name": "scores", "product": "scorer", "version": "1.0.0", "parameters": {"ModelDataUrl": "s3://a/b.tar.gz"}},
    ]
    write_spoke(root, "a", "300000000001", launches=launches, tags={"team": "x"})
    commit(root)
    publish(v1_0_0={}, v1_1_0={})
    found = proposed(command)
    texts = {each["branch"]: each["description"] for each in found["proposals"]}

    assert {"upgrades/x/embedder", "upgrades/x/scorer", BRANCH} == texts.keys()
    assert "search" in texts["upgrades/x/embedder"]
    assert "scores" not in texts["upgrades/x/embedder"]
    assert 1 == git(root, "show", "upgrades/x/scorer:Pulumi.spoke-a.yaml").count("version: 1.1.0")
