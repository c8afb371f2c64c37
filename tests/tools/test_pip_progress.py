"""What is told while pip works, which by itself says little."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tools import pip_progress

PIP = """\
import pathlib, time
print("Collecting boto3==1.44.5 (from -r requirements.lock (line 1))", flush=True)
print("  Downloading boto3.whl", flush=True)
print("Collecting rich==15.0.0", flush=True)
print("Installing collected packages: boto3, rich", flush=True)
site = pathlib.Path({site!r})
for name in ("boto3-1.44.5", "rich-15.0.0"):
    (site / f"{{name}}.dist-info").mkdir()
    time.sleep(0.2)
{then}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of installed packages, with one in it; nothing is waited for."""
    monkeypatch.setattr(pip_progress, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(pip_progress, "_LINE_SECONDS", 0)
    (tmp_path / "pip-26.0.dist-info").mkdir()
    return tmp_path


def run(site: Path, then: str = "") -> None:
    """Run what stands for pip."""
    command = [sys.executable, "-c", PIP.format(site=str(site), then=then)]
    pip_progress.run(command, packages=2, site=site)


def test_each_package_is_told_as_it_is_fetched_and_unpacked(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(site)

    said = capsys.readouterr().out.splitlines()
    assert ["packages: fetching 1 of 2: boto3==1.44.5", "packages: fetching 2 of 2: rich==15.0.0"] == said[:2]
    assert "packages: unpacking 2 of 2: rich" == said[-1]


def test_without_a_terminal_a_line_now_and_then_is_enough(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pip_progress, "_LINE_SECONDS", 60)

    run(site)

    assert "" == capsys.readouterr().out


def test_in_a_terminal_one_line_changes_and_goes_away(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")

    run(site)

    said = capsys.readouterr().out
    assert "\n" not in said
    assert said.endswith(f"\r{' ' * 79}\r")
    assert all(len(line) <= 79 for line in said.split("\r"))


def test_a_pip_that_fails_is_an_error_and_what_it_says_is_seen(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run(site, then="import sys; sys.exit('ERROR: hashes do not match')")

    assert "ERROR: hashes do not match" in capfd.readouterr().err


def test_an_interrupt_ends_pip_too(site: Path, request: pytest.FixtureRequest) -> None:
    # A shell lets what it runs in the background ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    begun = time.monotonic()

    def interrupt() -> None:
        while not (site / "rich-15.0.0.dist-info").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run(site, then="time.sleep(60)")

    assert time.monotonic() - begun < 30


def test_the_packages_of_a_lock_file_are_counted(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "# made by pip==26\nboto3==1.44.5 \\\n    --hash=sha256:a==\nrich==15.0.0 ; python_version >= '3'\n"
    )

    assert 2 == pip_progress.count(lock)
