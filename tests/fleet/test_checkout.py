"""Which commit a checkout is of."""

import subprocess
from pathlib import Path

import pytest

from fleet.checkout import commit_of


def test_the_commit_says_whether_something_was_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    (tmp_path / "a").write_text("1")
    for command in (["init", "-q"], ["add", "a"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    clean = commit_of(tmp_path)
    (tmp_path / "a").write_text("2")
    monkeypatch.setenv("GITHUB_SHA", "another")

    assert 40 == len(clean)
    assert f"{clean}-dirty" == commit_of(tmp_path)


@pytest.mark.parametrize(("variables", "commit"), [({}, ""), ({"CI_COMMIT_SHA": "abc"}, "abc")])
def test_without_git_the_job_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], commit: str
) -> None:
    monkeypatch.delenv("GITHUB_SHA", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert commit == commit_of(tmp_path)
