"""The warm Python that the tests start programs with is to them what a cold one is, and so is a program's start."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PATIENCE_SECONDS = 30


def run(warm: str, folder: Path, program: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program in its folder."""
    (folder / "program.py").write_text(program)
    command = [warm, "program.py", *words]
    return subprocess.run(
        command, cwd=folder, env=variables, input="asked", capture_output=True, text=True, check=False
    )


def test_a_program_has_its_own_words_folder_environment_and_streams(warm_python: str, tmp_path: Path) -> None:
    program = (
        "import os, sys; print(sys.argv, os.getcwd(), dict(os.environ), sys.stdin.read()); print('b', file=sys.stderr)"
    )

    done = run(warm_python, tmp_path, program, "-x", "y z", A="1")

    assert f"['program.py', '-x', 'y z'] {tmp_path} {{'A': '1'" in done.stdout
    assert done.stdout.endswith("} asked\n")
    assert (0, "b\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("program", "code", "told"),
    [
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('no')", 1, "no\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, ""),
        ("raise KeyboardInterrupt", -signal.SIGINT, ""),
        ("import atexit, sys; atexit.register(sys.exit, 'last')", 0, "last\n"),
    ],
)
def test_a_program_ends_as_it_ends(warm_python: str, tmp_path: Path, program: str, code: int, told: str) -> None:
    done = run(warm_python, tmp_path, program)

    assert code == done.returncode
    assert done.stderr.endswith(told)


def test_a_module_is_found_in_the_folder_and_on_the_python_path(warm_python: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "there.py").write_text("print('there')")
    (tmp_path / "here.py").write_text("import there; print('here')")
    done = subprocess.run(
        [warm_python, "-m", "here"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "elsewhere")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "there\nhere\n" == done.stdout


@pytest.mark.parametrize("changed", [True, False])
def test_a_copy_of_the_project_that_was_changed_runs_as_it_is(
    warm_python: str, tmp_path: Path, *, changed: bool
) -> None:
    for name in ("shared", "hub", "spoke", "organization", "fleet", "pages", "cli"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    if changed:
        with (tmp_path / "shared" / "errors.py").open("a") as file:
            file.write("CHANGED = True\n")

    done = run(warm_python, tmp_path, "import shared.errors; print(hasattr(shared.errors, 'CHANGED'))")

    assert f"{changed}\n" == done.stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 5), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_reaches_the_program(warm_python: str, tmp_path: Path, number: signal.Signals, code: int) -> None:
    with waiting(warm_python, tmp_path) as process:
        process.send_signal(number)

        assert code == process.wait(PATIENCE_SECONDS)


def test_a_program_goes_with_the_process_that_was_killed(warm_python: str, tmp_path: Path) -> None:
    with waiting(warm_python, tmp_path) as process:
        fork = Path("/proc") / (tmp_path / "ready").read_text()
        process.kill()

    limit = time.monotonic() + PATIENCE_SECONDS
    while fork.exists():
        assert time.monotonic() < limit
        time.sleep(0.01)


def waiting(warm: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Start a program that waits, and give its process once it does."""
    (folder / "waits.py").write_text(
        "import os, pathlib, sys, time\n"
        "pathlib.Path('part').write_text(str(os.getpid()))\n"
        "pathlib.Path('part').rename('ready')\n"
        "try:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    sys.exit(5)\n"
    )
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    process = subprocess.Popen([warm, "waits.py"], cwd=folder)
    _ = signal.signal(signal.SIGINT, before)
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (folder / "ready").exists():
        assert time.monotonic() < limit
        time.sleep(0.01)
    return process


@pytest.mark.usefixtures("warm_python")
@pytest.mark.parametrize(
    "module",
    [
        "organization.program",
        "hub.program",
        "spoke.program",
        "cli.app",
        "fleet.commands",
        "sandbox.server",
        "sandbox.plugin.servicer",
    ],
)
def test_a_program_starts_cold(module: str) -> None:
    """Whatever would have to be loaded before it is loaded in a warm one."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)
