"""Installs what the project needs: the virtual environment, and the Pulumi CLI where none is there.

Run by `make install` with any Python 3.11 or newer; it uses the standard library alone. It is safe to run again and
to interrupt: every part is put in place in one step, when it is complete.
"""

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from shared.files import write_file

ROOT: Final = Path(__file__).resolve().parent.parent
VENV: Final = ROOT / ".venv"
LOCK: Final = ROOT / "requirements.lock"
STAMP: Final = VENV / "installed"
OLDEST_PYTHON: Final = (3, 11)


def main() -> int:
    """Install, and say what was done."""
    if sys.version_info < OLDEST_PYTHON:
        print(f"error: Python 3.11 or newer is needed, and this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        install_packages()
        # Run by the new environment's Python, because building the CLI shows its progress with a package from it.
        subprocess.run([VENV / "bin" / "python", "-m", "tools.pulumi_cli"], cwd=ROOT, check=True)
    except subprocess.CalledProcessError as problem:
        print(f"error: {' '.join(map(str, problem.cmd[:4]))} … failed. Nothing else was changed.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted: run make install again, it goes on from here.", file=sys.stderr)
        return 130
    return 0


def install_packages() -> None:
    """Make `.venv` hold exactly what the lock file names, and the project itself."""
    from tools import pip_progress  # noqa: PLC0415 - a Python that is too old would not get as far as our words

    # The place counts too: an editable install points to it, and a project that was moved needs another.
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + bytes(ROOT)).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        print(f"packages: {VENV.name} is up to date")
        return
    if not _works(VENV):
        shutil.rmtree(VENV, ignore_errors=True)
        print(f"packages: making {VENV.name}", flush=True)
        venv.create(VENV, with_pip=True)
    STAMP.unlink(missing_ok=True)
    print("packages: installing the locked versions (two minutes, once)", flush=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    site = next(VENV.glob("lib/python*/site-packages"), VENV)
    pip_progress.run([*pip, "--require-hashes", "-r", LOCK], packages=pip_progress.count(LOCK), site=site)
    pip_progress.run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT], packages=1, site=site)
    write_file(STAMP, wanted)
    print("packages: done")


def _works(environment: Path) -> bool:
    """Say whether an environment is there and whole; one whose making was interrupted is not."""
    python = environment / "bin" / "python"
    if not python.exists():
        return False
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
