"""Runs pip and tells what it is at, package by package, with the standard library alone.

pip says which packages it fetches. While it unpacks them it says nothing for a minute, so their folders are counted.
"""

import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_FETCHING: Final = "Collecting "
_UNPACKING: Final = "Installing collected packages"
_LOOK_SECONDS: Final = 0.5
_LINE_SECONDS: Final = 10
"""How often a line is printed where there is no terminal."""


def run(command: Sequence[str | Path], *, packages: int, site: Path) -> None:
    """Run pip to its end; what it complains of goes to standard error, as it stands.

    Args:
        command: pip with its arguments.
        packages: How many it will install.
        site: Where it puts them.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    progress = _Progress(packages)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process, selectors.DefaultSelector() as selector:
        try:
            _follow(process, selector, progress, site)
        except KeyboardInterrupt:
            process.terminate()
            raise
        finally:
            progress.end()
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, list(command))


def count(lock: Path) -> int:
    """Count the packages that a lock file names."""
    return sum("==" in line and not line.startswith((" ", "#")) for line in lock.read_text().splitlines())


def _follow(
    process: subprocess.Popen[bytes], selector: selectors.BaseSelector, progress: "_Progress", site: Path
) -> None:
    """Read what pip says until it ends, and look what it does meanwhile."""
    if process.stdout is None:
        return
    selector.register(process.stdout, selectors.EVENT_READ)
    there, fetched, unpacking, rest = _installed(site), 0, False, b""
    while True:
        if selector.select(_LOOK_SECONDS):
            given = os.read(process.stdout.fileno(), 65536)
            if not given:
                return
            *lines, rest = (rest + given).split(b"\n")
            for line in (each.decode(errors="replace") for each in lines):
                unpacking = unpacking or line.startswith(_UNPACKING)
                if line.startswith(_FETCHING):
                    fetched += 1
                    progress.tell("fetching", fetched, line.removeprefix(_FETCHING).partition(" ")[0])
        if unpacking and (new := _installed(site) - there):
            progress.tell("unpacking", len(new), max(new, key=_made).name.partition("-")[0])


def _installed(site: Path) -> set[Path]:
    return set(site.glob("*.dist-info"))


def _made(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # pip moves them about
        return 0


class _Progress:
    """One line that changes in a terminal, and a line now and then elsewhere."""

    def __init__(self, packages: int) -> None:
        self._packages = packages
        self._terminal = sys.stdout.isatty()
        self._next = time.monotonic() + _LINE_SECONDS

    def tell(self, what: str, number: int, name: str) -> None:
        """Say which package is at hand."""
        text = f"packages: {what} {min(number, self._packages)} of {self._packages}: {name}"
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write(f"\r{text[:width]:<{width}}")
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_SECONDS
            sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def end(self) -> None:
        """Leave an empty line to go on in."""
        if self._terminal:
            sys.stdout.write(f"\r{'':<{shutil.get_terminal_size().columns - 1}}\r")
            sys.stdout.flush()
