"""The proof on AWS, rehearsed: a short one to its end, and one that is killed in the middle and removed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.proving.inventory import OWN_LAUNCHES, look_everywhere
from cli.proving.parties import Parties
from cli.proving.record import FILE, FOLDER, Record, read_record
from cli.proving.rehearsal import Conditions, environment_on, proof_command
from cli.proving.run import SKIPPABLE
from cli.proving.trust import status_of
from tests.support.paths import ROOT
from tests.support.proving import PROFILES
from tests.support.sandbox.process import Sandbox, running

PATIENCE_SECONDS = 300


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, which the front door takes for a checkout."""
    (tmp_path / "hub").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


@pytest.fixture
def unhurried(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox whose launches take a while, and this process the environment of a proof on it."""
    with running(folder, "--iam-seconds", "0") as sandbox:
        sandbox.post("clock", {"speed": 100})
        for name, value in environment_on(sandbox.url, folder).items():
            monkeypatch.setenv(name, value)
        yield sandbox


def only_run() -> Record:
    (path,) = FOLDER.glob(f"*/{FILE}")
    return read_record(path)


@pytest.mark.usefixtures("folder")
def test_a_rehearsal_takes_every_step_on_a_sandbox_that_throttles_and_removes_everything() -> None:
    skipped = [word for step in ("measures", "unchanged") for word in ("--skip", step)]
    command = [sys.executable, "-m", "cli", "proof", "rehearse", "--speed", "50", *skipped]
    done = subprocess.run(
        [*command, "--tests", "test_accepting_an_organization_share_fails"], capture_output=True, text=True, check=False
    )
    record = only_run()
    facts = record.facts

    assert 0 == done.returncode, done.stdout + done.stderr
    assert {"done"} == {step.state for step in record.steps}
    assert "holds" == facts["tests: test_shares: test_accepting_an_organization_share_fails"]
    for stack, unchanged in {
        "organization": "5 unchanged",
        "hub": "26 unchanged",
        "spoke-proof": "11 unchanged",
    }.items():
        assert (unchanged, 0) == (facts[f"refresh: {stack}"], facts[f"refresh: {stack} ends with"])
    assert "2 updated, 9 unchanged" == facts["version-moved: made"]
    assert "ERROR" == facts["failed-launch: failing is"]
    assert "AVAILABLE" == facts["failed-launch: once it was mended, failing is"]
    assert record.removed
    assert [] == record.remains
    assert 0 < record.calls
    text = (record.folder / "proof.md").read_text()
    assert "**Every step was done. All of it is removed.**" in text
    assert "not authorized to perform: events:PutRule" in text


def test_a_proof_that_was_killed_in_the_middle_is_removed_by_one_command(unhurried: Sandbox, folder: Path) -> None:
    parties = Parties(PROFILES, "")
    before = look_everywhere(parties)
    words = proof_command(Conditions(speed=100, plain=True, skip=list(SKIPPABLE)))
    with (folder / "out").open("w") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, start_new_session=True)
    spoke = parties.client("spoke", "servicecatalog")
    until = time.monotonic() + PATIENCE_SECONDS
    while not spoke.scan_provisioned_products(**OWN_LAUNCHES)["ProvisionedProducts"]:
        assert process.poll() is None, (folder / "out").read_text()
        assert time.monotonic() < until
        time.sleep(0.2)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    killed = only_run()

    done = subprocess.run(
        [sys.executable, "-m", "cli", "proof", "remove", killed.run], capture_output=True, text=True, check=False
    )

    assert ("spoke", "begun") == (killed.steps[-1].name, killed.steps[-1].state)
    assert ("spoke", "stack of Pulumi") in {(each.part, each.kind) for each in killed.making}
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "nothing of the run is left" in done.stdout
    assert before == look_everywhere(parties)
    assert "DISABLED" == status_of(parties)
    assert "the run was killed" in (killed.folder / "proof.md").read_text()
    assert unhurried.url
