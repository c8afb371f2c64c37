"""Installing twice costs nothing, and an installation that was cut short is never taken for a whole one."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from cli.rehearsal.starting import ROOT
from tools import install, pip_progress


class Shell:
    """What was started, in place of starting it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[list[str]] = []
        self.failing = ""
        self.interrupted = ""

    def run(self, command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        """Pretend to run a command."""
        words = [str(word) for word in command]
        self.started.append(words)
        if self.interrupted and self.interrupted in words:
            raise KeyboardInterrupt
        failed = bool(self.failing) and self.failing in words
        if failed and _.get("check"):
            raise subprocess.CalledProcessError(1, words)
        return subprocess.CompletedProcess(words, int(failed))

    def pip(self, command: list[object], **_: object) -> None:
        """Pretend to run pip."""
        self.run(command, check=True)

    def create(self, folder: Path, **_: object) -> None:
        """Pretend to make a virtual environment."""
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").touch()

    def installed(self) -> list[str]:
        """List what pip was asked to install."""
        return [words[-1] for words in self.started if "install" in words]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Give a fresh project's folder, in which nothing is really installed."""
    for file in ("requirements.lock", "pyproject.toml"):
        (tmp_path / file).write_text("one")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(install, "STAMP", tmp_path / ".venv" / "installed")
    shell = Shell(tmp_path)
    monkeypatch.setattr(subprocess, "run", shell.run)
    monkeypatch.setattr(pip_progress, "run", shell.pip)
    monkeypatch.setattr(venv, "create", shell.create)
    return shell


def test_the_locked_versions_are_installed_and_then_the_project_and_the_cli(shell: Shell) -> None:
    assert 0 == install.main()
    assert [str(shell.folder / "requirements.lock"), str(shell.folder)] == shell.installed()
    assert "--require-hashes" in shell.started[0]
    assert "tools.pulumi_cli" == shell.started[-1][-1]


def test_a_second_run_installs_nothing(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    install.main()
    shell.started.clear()

    assert 0 == install.main()
    assert [] == shell.installed()
    assert "packages: .venv is up to date" in capsys.readouterr().out


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_what_changed_is_installed_into_the_environment_that_is_there(shell: Shell, file: str) -> None:
    install.main()
    kept = shell.folder / ".venv" / "kept"
    kept.touch()
    shell.started.clear()
    (shell.folder / file).write_text("two")

    assert 0 == install.main()
    assert 2 == len(shell.installed())
    assert kept.exists()


def test_an_environment_whose_making_was_cut_short_is_made_anew(shell: Shell) -> None:
    left = shell.folder / ".venv" / "left-over"
    left.parent.mkdir()
    left.touch()

    assert 0 == install.main()
    assert not left.exists()
    assert 2 == len(shell.installed())


def test_an_environment_that_does_not_work_is_made_anew(shell: Shell) -> None:
    install.main()
    left = shell.folder / ".venv" / "left-over"
    left.touch()
    (shell.folder / "requirements.lock").write_text("two")
    shell.failing = "--version"

    assert 0 == install.main()
    assert not left.exists()


def test_an_installation_that_failed_says_so_and_is_tried_again(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.failing = "--editable"

    assert 1 == install.main()
    assert "-m pip install … failed. Nothing else was changed." in capsys.readouterr().err
    assert "tools.pulumi_cli" != shell.started[-1][-1]
    shell.failing = ""
    shell.started.clear()
    assert 0 == install.main()
    assert 2 == len(shell.installed())


def test_a_failed_installation_is_not_forgotten_when_the_lock_file_is_put_back(shell: Shell) -> None:
    """By then the environment holds some of the new versions."""
    install.main()
    (shell.folder / "requirements.lock").write_text("two")
    shell.failing = "--editable"
    install.main()
    shell.failing = ""
    shell.started.clear()
    (shell.folder / "requirements.lock").write_text("one")

    assert 0 == install.main()
    assert 2 == len(shell.installed())


def test_an_installation_that_was_interrupted_goes_on_the_next_time(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.interrupted = "--require-hashes"

    assert 130 == install.main()
    assert "interrupted: run make install again" in capsys.readouterr().err
    shell.interrupted = ""
    shell.started.clear()
    assert 0 == install.main()
    assert 2 == len(shell.installed())


def test_a_python_that_is_too_old_is_refused(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "OLDEST_PYTHON", (sys.version_info.major + 1, 0))

    assert 1 == install.main()
    assert f"this is {sys.version.split()[0]}" in capsys.readouterr().err
    assert [] == shell.started


def test_the_project_is_installed_as_a_plain_path_that_costs_no_start_of_python_anything() -> None:
    [file] = Path(sysconfig.get_path("purelib")).glob("__editable__.model_catalog-*.pth")

    assert str(ROOT) == file.read_text().strip()
