"""The project is installed from its checkout, and in no other way."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tools.editable_only import build_editable


def test_a_wheel_is_refused_with_the_reason(tmp_path: Path) -> None:
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(tmp_path)]

    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], capture_output=True, text=True, check=False
    )

    assert 0 != built.returncode
    assert "run make install there" in built.stderr
    assert [] == list(tmp_path.iterdir())


def test_an_installation_in_place_points_to_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)

    wheel = zipfile.ZipFile(tmp_path / build_editable(str(tmp_path)))

    assert [] == [name for name in wheel.namelist() if name.startswith(("hub", "shared", "tools"))]
    assert [str(tmp_path)] == [wheel.read(name).decode().strip() for name in wheel.namelist() if name.endswith(".pth")]
