"""The wheel of this checkout, and an environment that has it and no checkout."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.support.paths import ROOT


def build(folder: Path) -> Path:
    """Build the wheel, without network."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    [wheel] = folder.glob("model_catalog-*.whl")
    return wheel


def install(wheel: Path, environment: Path) -> None:
    """Make a virtual environment of the wheel and of the packages that the tests run with, which lie where they lie.

    A line of a `.pth` adds a folder without reading the `.pth` files in it, so an installation in place is not found.
    """
    venv.create(environment, with_pip=False, symlinks=True)
    site = next(environment.glob("lib/python*/site-packages"))
    (site / "packages.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n")
    options = ["--no-deps", "--no-index", "--quiet", "--ignore-installed"]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(environment), "install", *options, str(wheel)], check=True
    )
