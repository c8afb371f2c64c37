"""A checkout is installed in place, and a team's repository by a wheel that claims one name."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.wheel import build
from tools.build_backend import build_editable, build_sdist

BESIDE = """\
import sys
import model_catalog
assert "spoke" not in sys.modules
model_catalog.enter()
import shared, spoke.program, fleet.commands, cli.app, fleet.plan.fingerprint
for module in (shared, cli.app):
    print(module.__file__)
print(fleet.plan.fingerprint.code_parts(__import__("pathlib").Path("nowhere")))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which the wheel is unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    target = folder / "unpacked"
    zipfile.ZipFile(build(folder)).extractall(target)
    return target


def files(root: Path, room: str) -> set[Path]:
    """Name the files of a room, without what Python has compiled."""
    found = (path.relative_to(root) for path in (root / room).rglob("*") if path.is_file())
    return {path for path in found if "__pycache__" not in path.parts}


def test_the_wheel_claims_one_name_and_has_all_that_a_spoke_and_its_commands_need(unpacked: Path) -> None:
    assert ["model_catalog"] == [path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")]
    rooms = unpacked / "model_catalog" / "rooms"
    for room in ("spoke", "shared", "fleet", "cli", "hub"):
        assert {path for path in files(ROOT, room) if path.parts[:2] != ("hub", "catalog")} == files(rooms, room)


def test_the_wheel_has_no_catalog_no_settings_and_no_sandbox(unpacked: Path) -> None:
    rooms = unpacked / "model_catalog" / "rooms"

    assert not (rooms / "hub" / "catalog").exists()
    assert not (rooms / "sandbox").exists()
    assert [] == list(rooms.glob("Pulumi.*"))


def test_a_process_that_works_for_the_catalog_finds_the_rooms_and_no_other_does(unpacked: Path, tmp_path: Path) -> None:
    """A folder of the name spoke, as a team's repository has, hides nothing."""
    (tmp_path / "spoke").mkdir()
    dependencies = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    code = f"import sys; sys.path += [{str(unpacked)!r}, {str(dependencies)!r}]\n{BESIDE}"

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stderr
    shared, command_line, parts = done.stdout.splitlines()
    assert {str(unpacked / "model_catalog" / "rooms")} == {
        str(Path(each).parents[1]) for each in (shared, command_line)
    }
    assert "locked dependencies" in parts, "what it was deployed with can be told without a checkout"


def test_what_needs_the_sandbox_says_that_it_is_not_there(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.spoke-risk.yaml").touch()
    paths = [str(unpacked), *(path for path in sys.path if path.endswith("site-packages"))]
    code = f"import sys; sys.path += {paths!r}\nsys.argv[1:] = ['sandbox', 'demo']\nimport model_catalog.__main__"

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (2, "error: the sandbox is not in the package. Rehearse in a checkout of the project.\n") == (
        done.returncode,
        done.stderr,
    )


def test_there_is_no_source_distribution(tmp_path: Path) -> None:
    """What is built of it would lack the catalog, and could not say so."""
    with pytest.raises(RuntimeError, match="build a wheel of a checkout"):
        build_sdist(str(tmp_path))


def test_an_installation_in_place_points_to_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)

    wheel = zipfile.ZipFile(tmp_path / build_editable(str(tmp_path)))

    assert [] == [name for name in wheel.namelist() if name.startswith(("hub", "shared", "tools"))]
    assert [str(tmp_path)] == [wheel.read(name).decode().strip() for name in wheel.namelist() if name.endswith(".pth")]
