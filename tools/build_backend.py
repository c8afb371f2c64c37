"""The build backend: setuptools', which is given another tree to make a wheel of (docs/adr/0041).

A checkout is installed in place, since the platform team's programs work on what lies beside them: the catalog, its
settings. A team's repository has a spoke's settings alone, and installs a wheel. Its only top-level name is
`model_catalog`; the rooms lie below it, because names such as hub and shared belong to nobody.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
]

PACKAGE: Final = "model_catalog"
ROOMS: Final = ("cli", "fleet", "hub", "organization", "pages", "policy", "shared", "spoke")
"""All but the sandbox and the tools, which are for whoever works on the project."""
_FILES: Final = ("pyproject.toml", "README.md", "LICENSE")
_LEFT_OUT: Final = ("__pycache__", "catalog")
_CATALOG: Final = "hub"
"""The room whose folder `catalog` is no code."""


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: Any = None) -> str:  # noqa: ANN401 - the protocol's
    """Make the wheel, and give its name."""
    del metadata_directory
    target, source = Path(wheel_directory).resolve(), Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        arrange(source, Path(folder))
        with _within(Path(folder)):
            return build_meta.build_wheel(str(target), config_settings)


def build_sdist(*_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 - likewise
    """Refuse."""
    raise RuntimeError("model-catalog has no source distribution: build a wheel of a checkout")


def arrange(source: Path, tree: Path) -> None:
    """Lay a checkout out as the wheel has it."""
    for name in _FILES:
        shutil.copyfile(source / name, tree / name)
    shutil.copytree(source / PACKAGE, tree / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    for room in ROOMS:
        left_out = _LEFT_OUT if room == _CATALOG else _LEFT_OUT[:1]
        shutil.copytree(source / room, tree / PACKAGE / "rooms" / room, ignore=shutil.ignore_patterns(*left_out))


@contextmanager
def _within(folder: Path) -> Generator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
