"""The patch by which an account would get a portfolio is of what is committed, and so is all that one is told to do."""

import subprocess
from pathlib import Path

import pytest

from cli.accounts.committed import clean_checkout, committed
from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

HUB = """\
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
  model-catalog-hub:shares:
    - portfolio: online-inference
      type: ORGANIZATION
"""
SPOKE = """\
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "333344445555"
"""
SALT = "encryptionsalt: v1:abc\n"
ROLE = "arn:aws:iam::333344445555:role/data-science"
ASK = ("spoke", "ask-access", "research", "gpu-inference")


def git(folder: Path, *words: str) -> str:
    """Ask git in a folder."""
    person = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    return subprocess.run(["git", *person, *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def commit(folder: Path) -> None:
    """Commit all that is in a folder."""
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "what there is")


@pytest.fixture
def repository(catalog: CatalogCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a repository with a catalog, a hub and a spoke, whose commits somebody makes."""
    del catalog
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.com")
    monkeypatch.setenv("GIT_EDITOR", "echo asks for access >")
    (tmp_path / "Pulumi.hub.yaml").write_text(HUB)
    (tmp_path / "Pulumi.spoke-research.yaml").write_text(SPOKE)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def follow(said: str, folder: Path) -> None:
    """Do what the hint says, word for word."""
    [line] = [each for each in said.splitlines() if each.startswith("Next: ")]
    commands = line.removeprefix("Next: ").partition("then ")[2] or line.removeprefix("Next: ")
    subprocess.run(["bash", "-ec", commands.removesuffix(", and open a pull request.")], cwd=folder, check=True)


def test_the_patch_applies_to_what_is_committed_where_the_engine_wrote_into_the_settings(
    command: Command, repository: Path
) -> None:
    (repository / "Pulumi.hub.yaml").write_text(HUB + SALT)

    ended = command(*ASK)

    assert ExitCode.DONE == ended.code
    assert "encryptionsalt" not in ended.out
    git(repository, "checkout", "-q", "Pulumi.hub.yaml")
    (repository.parent / "a.patch").write_text(ended.out)
    git(repository, "apply", "--check", str(repository.parent / "a.patch"))


@pytest.mark.parametrize("salt", ["", SALT])
def test_who_does_what_the_hint_says_commits_the_change_and_nothing_else(
    salt: str, command: Command, repository: Path
) -> None:
    (repository / "Pulumi.hub.yaml").write_text(HUB + salt)
    (repository / "fleet.yaml").write_text("retries: 1\n")
    git(repository, "add", "fleet.yaml")

    ended = command(*ASK, "--principal", ROLE, "--out", "access.patch")
    follow(ended.err, repository)

    branch = "access-gpu-inference-333344445555"
    changed = git(repository, "diff", "--name-only", "HEAD~" if not salt else "HEAD", branch).split()
    assert ["Pulumi.hub.yaml", "Pulumi.spoke-research.yaml"] == changed
    assert "gpu-inference" in git(repository, "show", f"{branch}:Pulumi.hub.yaml")
    assert "encryptionsalt" not in git(repository, "show", f"{branch}:Pulumi.hub.yaml")
    assert salt in (repository / "Pulumi.hub.yaml").read_text()


def test_where_the_patch_is_printed_the_hint_has_it_written_first(command: Command, repository: Path) -> None:
    ended = command(*ASK)

    assert "PATCH" not in ended.err
    assert "the same with --out access.patch, then " in ended.err
    command(*ASK, "--out", "access.patch")
    follow(ended.err, repository)


def test_a_project_that_is_a_folder_of_its_repository_has_its_own_paths(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = repository / "whole" / "catalog"
    project.mkdir(parents=True)
    (project / "Pulumi.hub.yaml").write_text(HUB)
    git(repository / "whole", "init", "-q")
    commit(repository / "whole")
    monkeypatch.chdir(project)

    assert HUB == committed(Path("Pulumi.hub.yaml"))
    commands = f"{clean_checkout('access')} && pwd"
    done = subprocess.run(["bash", "-ec", commands], cwd=project, capture_output=True, text=True, check=True)
    assert str(repository / "access" / "catalog") == done.stdout.splitlines()[-1]


def test_settings_that_are_not_committed_yet_are_taken_with_the_change(command: Command, repository: Path) -> None:
    git(repository, "rm", "-q", "--cached", "Pulumi.spoke-research.yaml")
    git(repository, "commit", "-qm", "without the spoke")

    follow(command(*ASK, "--principal", ROLE, "--out", "access.patch").err, repository)

    assert ROLE in git(repository, "show", "HEAD:Pulumi.spoke-research.yaml")
