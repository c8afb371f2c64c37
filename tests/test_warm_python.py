"""The warm Python that the tests start programs with is to them what a cold one is, and so is a program's start."""

import marshal
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Path, int]]:
    """Start a server of this module's own, and give where it listens and its process."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))  # a socket's path is short
    address = folder / "socket"
    command = [sys.executable, "-m", "tests.support.warm.server", address, str(os.getpid())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield address, process.pid
        still_there = process.poll() is None and address.exists()
        process.kill()
    shutil.rmtree(folder)
    assert still_there


def asked(address: Path, program: str, folder: str = "/", *, whole: bool = True) -> socket.socket:
    """Ask a server for a Python, as client.py does, or be killed within the request."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(address))
    request = marshal.dumps((sys.executable, ["-c", program], folder, dict(os.environ), False))
    with Path(os.devnull).open("r+b") as stream:
        _ = socket.send_fds(connection, [len(request).to_bytes(4, "big")], [stream.fileno()] * 3)
    connection.sendall(request if whole else request[:100])
    return connection


def answer(connection: socket.socket) -> int:
    """Wait for a program's end, and give its exit code."""
    connection.settimeout(PATIENCE_SECONDS)
    with connection:
        return os.waitstatus_to_exitcode(int.from_bytes(connection.recv(4), "big"))


def test_a_server_outlives_who_was_killed_while_asking(server: tuple[Path, int]) -> None:
    address, _ = server
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(address))
    asked(address, "", whole=False).close()

    assert 7 == answer(asked(address, "import sys; sys.exit(7)"))


def test_a_server_outlives_a_program_that_ends_as_who_asked_for_it_does(
    server: tuple[Path, int], tmp_path: Path
) -> None:
    address, process = server
    program = "import os, pathlib, time; pathlib.Path('fork').write_text(str(os.getpid())); time.sleep(60)"
    connection = asked(address, program, str(tmp_path))
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (tmp_path / "fork").is_file() or not (fork := (tmp_path / "fork").read_text()):
        assert time.monotonic() < limit
        time.sleep(0.01)

    os.kill(process, signal.SIGSTOP)
    os.kill(int(fork), signal.SIGKILL)
    while "Z (zombie)" not in Path(f"/proc/{fork}/status").read_text():
        assert time.monotonic() < limit
        time.sleep(0.01)
    connection.close()
    os.kill(process, signal.SIGCONT)

    assert 7 == answer(asked(address, "import sys; sys.exit(7)"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_that_comes_before_the_program_runs_ends_the_program_alone(
    server: tuple[Path, int], number: signal.Signals, code: int
) -> None:
    address, _ = server
    for _ in range(10):
        connection = asked(address, "import time; time.sleep(60)")
        connection.sendall(bytes([number]))

        assert code == answer(connection)


def test_a_program_whose_folder_is_gone_takes_nothing_along(server: tuple[Path, int], tmp_path: Path) -> None:
    address, _ = server

    assert 1 == answer(asked(address, "", str(tmp_path / "gone")))
    assert address.exists()


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
