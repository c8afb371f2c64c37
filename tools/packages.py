"""Locks the packages that the project is run and developed with.

`python -m tools.packages` has uv resolve pyproject.toml into uv.lock, takes the addresses out of it (docs/adr/0018),
and exports requirements.lock, which `make install` installs. Every locked version that still fits stays;
`--upgrade NAME` takes a newer one of a package, `--upgrade all` of all. `--check` needs no network.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from shared.files import write_file

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = "uv.lock"
EXPORTED: Final = "requirements.lock"
ANY_INDEX: Final = "any"
"""What stands in the lock where uv writes an index: whichever is set where packages are installed."""

_EXPORT: Final = ("export", "--frozen", "--all-extras", "--all-groups", "--no-emit-project", "--no-header", "--offline")


def main(root: Path = ROOT) -> int:
    """Write both files, or only check them."""
    parser = argparse.ArgumentParser(prog="python -m tools.packages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a file is out of date")
    parser.add_argument("--upgrade", default="", metavar="NAME", help="take a newer version of a package, or of all")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            return _check(root)
        uv(root, "lock", *upgraded(arguments.upgrade))
        lock = root / LOCK
        write_file(lock, without_addresses(lock.read_text()))
        write_file(root / EXPORTED, uv(root, *_EXPORT))
    except subprocess.CalledProcessError as problem:
        print(f"error: uv {problem.cmd[1]} failed:\n{problem.stderr}", file=sys.stderr)
        return 1
    return 0


def _check(root: Path) -> int:
    uv(root, "lock", "--check", "--offline")
    if "://" in (root / LOCK).read_text():
        print(f"error: {LOCK} names addresses. Take them out: make lock-packages", file=sys.stderr)
        return 1
    if uv(root, *_EXPORT) != (root / EXPORTED).read_text():
        print(f"error: {EXPORTED} is not what {LOCK} says. Export it: make lock-packages", file=sys.stderr)
        return 1
    return 0


def uv(root: Path, *arguments: str) -> str:
    """Run uv in a folder, with this Python, and give what it prints.

    Raises:
        subprocess.CalledProcessError: with what uv said.
    """
    environment = os.environ | {"UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}
    command = [str(Path(sys.executable).with_name("uv")), *arguments, "--quiet"]
    return subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout


def upgraded(name: str) -> list[str]:
    """Give the options that let locked versions go."""
    return [] if not name else ["--upgrade"] if name == "all" else [f"--upgrade-package={name}"]


def without_addresses(lock: str) -> str:
    """Leave of each address the file's name, and of each index nothing."""
    named = re.sub(r'(?<=registry = ")[a-z]+://[^"]*', ANY_INDEX, lock)
    return re.sub(r'(?<=url = ")[a-z]+://[^"]*/', "", named)


if __name__ == "__main__":
    sys.exit(main())
