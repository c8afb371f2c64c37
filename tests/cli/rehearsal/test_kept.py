"""A demo ends with what to do next; one that is kept leaves a sandbox that answers, its environment and the pages."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli.errors import NotReachedError, RehearsalError
from cli.exit_codes import ExitCode
from cli.rehearsal import demo
from cli.rehearsal.deployment import Rehearsal
from cli.rehearsal.kept import keep_to_look_at, refuse_kept
from tests.support.paths import ROOT
from tests.support.refused import refused

PATIENCE_SECONDS = 30

pytestmark = pytest.mark.sandbox


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a demo's folder, whose sandbox is ended in the end."""
    yield tmp_path / "demo"
    written = tmp_path / "demo" / "sandbox.pid"
    if written.exists() and psutil.pid_exists(number := int(written.read_text())):
        process = psutil.Process(number)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


@pytest.fixture
def short(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a demo deploy one stack, so that it is over soon; all else it does as ever."""
    monkeypatch.setattr(demo, "FOLDER", folder)
    monkeypatch.setattr(demo, "ROOT", folder.parent)
    monkeypatch.setattr(demo, "STACKS", ("organization",))
    monkeypatch.setattr(demo, "ADMINISTERED", {})


@pytest.mark.engine
@pytest.mark.usefixtures("short")
def test_a_demo_ends_with_what_to_do_next(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ExitCode.DONE == demo.demo()

    said = capsys.readouterr().out.partition("\nnext\n")[2]
    targets = (ROOT / "Makefile").read_text()
    assert said.splitlines()[0].startswith("  make demo KEEP=yes ")
    for target in ("sandbox", "sandbox-env", "up-%", "rollout"):
        assert f"\n{target}: " in targets
        assert target.removesuffix("%") in said
    assert "models list" in said
    assert "\n## Point it at AWS\n" in (ROOT / "README.md").read_text()
    assert '"Point it at AWS"' in said
    assert (folder / "up-organization.log").exists()
    assert said.endswith("is kept in demo\n")
    assert [] == [path.name for path in folder.iterdir() if path.name in ("site", "environment.sh", "sandbox.pid")]


@pytest.mark.engine
@pytest.mark.usefixtures("short")
def test_what_is_kept_can_be_looked_at_until_it_is_ended(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ExitCode.DONE == demo.demo(keep=True)

    said = capsys.readouterr().out.partition("\nnext\n")[2]
    assert ". demo/environment.sh\n" in said
    assert "cd demo/project\n" in said
    state = subprocess.run(
        ["bash", "-c", ". environment.sh && cd project && pulumi -C organization stack ls --json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ["organization"] == [each["name"] for each in json.loads(state.stdout)]
    whose = "aws sts get-caller-identity --query Account --output text"
    looked = subprocess.run(
        ["bash", "-c", f". demo/environment.sh && {whose}"],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "111122223333" == looked.stdout.strip()
    assert {"index.html", "index.json"} <= {path.name for path in (folder / "site").iterdir()}
    there, back = re.findall(r"^  cd (\S+)", said, re.MULTILINE)
    [pages] = re.findall(r"site serve (\S+)", said)
    followed = f". demo/environment.sh && cd {there} && ls {pages}/index.html && cd {back} && pwd"
    walked = subprocess.run(["bash", "-c", followed], cwd=folder.parent, capture_output=True, text=True, check=True)
    assert str(folder.parent) == walked.stdout.splitlines()[-1]
    [number] = re.findall(r"kill (\d+)", said)
    with refused(NotReachedError, "demo-goes-on"):
        refuse_kept(folder)

    process = psutil.Process(int(number))
    subprocess.run(["kill", number], check=True)
    process.wait(PATIENCE_SECONDS)
    refuse_kept(folder)


def test_a_demo_whose_pages_cannot_be_built_leaves_nothing_behind(
    folder: Path, warm_python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rehearsal, "python", warm_python)
    rehearsal = Rehearsal(folder, may_outlast=True)

    with pytest.raises(RehearsalError):
        _keep_without_a_catalog(rehearsal, folder)

    assert not psutil.pid_exists(rehearsal.process)


def _keep_without_a_catalog(rehearsal: Rehearsal, folder: Path) -> None:
    with rehearsal:
        (rehearsal.project / "hub" / "catalog" / "portfolios.yaml").unlink()
        keep_to_look_at(rehearsal, folder, ROOT)
