"""A demo that is kept leaves a sandbox that answers, and says how to look at it and how to end it."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli.errors import NotReachedError, RehearsalError
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


def test_what_is_kept_can_be_looked_at_until_it_is_ended(folder: Path) -> None:
    with Rehearsal(folder, may_outlast=True) as rehearsal:
        said = keep_to_look_at(rehearsal, folder, folder.parent)

    whose = "aws sts get-caller-identity --query Account --output text"
    looked = subprocess.run(
        ["bash", "-c", f". demo/environment.sh && {whose}"],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "111122223333" == looked.stdout.strip()
    assert (folder / "site" / "index.json").exists()
    assert "site serve demo/site" in said
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
