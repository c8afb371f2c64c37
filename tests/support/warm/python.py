"""A Python that starts in a fiftieth of a second: a fork of one that has every package loaded.

The tests start programs by the hundred, each of which would load Pulumi's SDK, boto3 or moto for half a second to one
and a half. What runs is what `python` runs; only the loading is done once, for all the workers of a run.
"""

import fcntl
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.support.paths import ROOT

ENGINE: Final = {"GOGC": "off", "GOMEMLIMIT": "500MiB"}
"""Lets Pulumi collect no garbage in the second that it lives."""

_HERE: Final = Path(__file__).parent
_VENV: Final = Path(sys.prefix)


def python() -> str:
    """Name the warm Python."""
    return str(environment() / "bin" / "python")


@functools.cache
def environment() -> Path:
    """Give a virtual environment like the one that runs the tests, in which Python is warm, until they end.

    Where the system cannot fork as is needed, it is the one that runs the tests.
    """
    if not hasattr(os, "pidfd_open"):
        return _VENV
    run, owner = os.environ.get("PYTEST_XDIST_TESTRUNUID"), os.getppid()
    if run is None:
        run = owner = os.getpid()
    folder = Path(tempfile.gettempdir()) / f"warm-{run}"
    folder.mkdir(exist_ok=True)
    made, address = folder / ".venv", folder / "socket"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _answers(address):
            _start(address, owner)
            shutil.rmtree(made, ignore_errors=True)
            _make(made, address)
    return made


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(address))
        except OSError:
            return False
    return True


def _start(address: Path, owner: int) -> None:
    """Start the server, which lives as long as its owner does."""
    address.unlink(missing_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.warm.server", address, str(owner)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        server.returncode = 0  # nobody waits for it


def _make(environment: Path, address: Path) -> None:
    (environment / "bin").mkdir(parents=True)
    for each in _VENV.iterdir():
        if each.name != "bin":
            (environment / each.name).symlink_to(each)
    for each in (_VENV / "bin").iterdir():
        if not each.name.startswith("python"):
            (environment / "bin" / each.name).symlink_to(each)
    starter, packages, cold = environment / "bin" / "python", environment / "packages.json", sys.executable
    starter.write_text(f"""\
#!/bin/sh
# Whether the packages are the same as a second ago, which Pulumi asks for each command, needs no Python.
case "$1 $2 $3" in
"--version  ") echo "Python {sys.version.split()[0]}"; exit ;;
"-m pip list")
    if [ ! -s "{packages}" ]; then "{cold}" "$@" >"{packages}.$$"; mv "{packages}.$$" "{packages}"; fi
    exec cat "{packages}" ;;
"-m "*) ;;
-*) exec "{cold}" "$@" ;;
esac
exec "{cold}" -I -S "{_HERE / "client.py"}" "{address}" "$0" "$@"
""")
    starter.chmod(0o755)
    (environment / "bin" / "python3").symlink_to("python")
