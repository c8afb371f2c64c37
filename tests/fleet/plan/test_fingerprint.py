"""A fingerprint changes with whatever the result of a run depends on, and with nothing else."""

import gc
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from fleet.errors import SettingsError
from fleet.plan.fingerprint import code_parts, fingerprint_of
from tests.support.paths import ROOT
from tests.support.refused import refused

CODE, LOCKED = "code of spoke and shared", "locked dependencies"
PROJECT = '[project]\nname = "x"\ndependencies = ["Direct-One>=1", "second[more]>=2; python_version > \'3\'"]\n'
LOCK = """\
# All of it, with hashes.
direct-one==1.0 \\
    --hash=sha256:00
second==2.0
    # via direct-one
indirect.part==3.0 ; python_version > "3"
deep==4.0
optional==5.0
linter==6.0
"""
NEEDED: Mapping[str, Sequence[str]] = {
    "direct-one": ["Indirect_Part>1", "optional; extra == 'more'", "unlocked"],
    "second": [],
    "indirect-part": ["deep", "direct-one"],
}
"""What each package needs, as its metadata say."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a small project, with packages of its own."""
    for file, text in {
        "spoke/program.py": "run = 1",
        "spoke/deep/part.py": "part = 1",
        "spoke/Pulumi.yaml": "name: spoke",
        "shared/stack/names.py": "name = 1",
        "hub/program.py": "hub = 1",
        "tests/test_spoke.py": "test = 1",
        "docs/spoke.md": "words",
        "spoke/README.md": "words",
        "pyproject.toml": PROJECT,
        "requirements.lock": LOCK,
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)

    def requires(name: str) -> list[str] | None:
        if name == "deep":
            raise PackageNotFoundError(name)
        return list(NEEDED[name]) or None

    monkeypatch.setattr("fleet.plan.fingerprint.requires", requires)
    return tmp_path


@pytest.mark.parametrize(
    "file", ["spoke/program.py", "spoke/deep/part.py", "spoke/Pulumi.yaml", "shared/stack/names.py"]
)
def test_another_program_is_another_part(checkout: Path, file: str) -> None:
    before = code_parts(checkout)

    (checkout / file).write_text("other = 2")

    assert {CODE} == moved(before, checkout)


@pytest.mark.parametrize("file", ["spoke/new.py", "shared/deep/new.py"])
def test_a_new_module_counts_and_so_does_one_that_is_gone(checkout: Path, file: str) -> None:
    before = code_parts(checkout)
    (checkout / file).parent.mkdir(exist_ok=True)

    (checkout / file).write_text("")
    assert {CODE} == moved(before, checkout)

    (checkout / file).unlink()
    assert set() == moved(before, checkout)


@pytest.mark.parametrize("place", ["spoke/other.py", "spoke/deep/program.py", "shared/program.py"])
def test_a_module_that_moves_means_nothing(checkout: Path, place: str) -> None:
    before = code_parts(checkout)

    (checkout / "spoke" / "program.py").rename(checkout / place)

    assert set() == moved(before, checkout)


def test_a_module_that_moves_and_changes_counts_and_so_does_a_copy(checkout: Path) -> None:
    before = code_parts(checkout)

    (checkout / "spoke" / "program.py").rename(checkout / "spoke" / "other.py").write_text("run = 2")
    assert {CODE} == moved(before, checkout)

    (checkout / "spoke" / "other.py").write_text("run = 1")
    (checkout / "spoke" / "program.py").write_text("run = 1")
    assert {CODE} == moved(before, checkout)


@pytest.mark.parametrize(
    "file", ["hub/program.py", "tests/test_spoke.py", "docs/spoke.md", "spoke/README.md", "spoke/a.pyc"]
)
def test_what_no_spoke_runs_means_nothing(checkout: Path, file: str) -> None:
    before = code_parts(checkout)

    (checkout / file).write_text("other = 2")

    assert set() == moved(before, checkout)


@pytest.mark.parametrize("locked", ["direct-one==1.0", "second==2.0", "indirect.part==3.0", "deep==4.0"])
def test_another_version_of_what_the_programs_need_counts(checkout: Path, locked: str) -> None:
    """Whether they name it themselves or something else does."""
    before = code_parts(checkout)

    edit(checkout / "requirements.lock", locked, f"{locked}.1")

    assert {LOCKED} == moved(before, checkout)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("linter==6.0", "linter==6.1"),
        ("optional==5.0", "optional==5.1"),
        ("sha256:00", "sha256:11"),
        ("# All", "# Any"),
    ],
)
def test_another_version_of_a_tool_means_nothing(checkout: Path, old: str, new: str) -> None:
    before = code_parts(checkout)

    edit(checkout / "requirements.lock", old, new)

    assert set() == moved(before, checkout)


def test_what_is_needed_no_more_counts(checkout: Path) -> None:
    before = code_parts(checkout)

    edit(checkout / "pyproject.toml", ", \"second[more]>=2; python_version > '3'\"", "")

    assert {LOCKED} == moved(before, checkout)


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_outside_of_the_project_there_is_no_fingerprint(checkout: Path, file: str) -> None:
    (checkout / file).unlink()

    with refused(SettingsError, "project-file-missing", file):
        code_parts(checkout)


def test_this_projects_own_versions_are_found(tmp_path: Path) -> None:
    """With the metadata of the packages that are installed."""
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    before = code_parts(tmp_path)
    lock = tmp_path / "requirements.lock"

    for package, expected in {
        "grpcio": {LOCKED},
        "pulumi-aws": {LOCKED},
        "ruff": set[str](),
        "moto": set[str](),
    }.items():
        text = lock.read_text()
        edit(lock, f"\n{package}==", f"\n{package}==9")
        assert expected == moved(before, tmp_path), package
        lock.write_text(text)


def test_a_fingerprint_is_of_all_parts_and_their_names() -> None:
    parts = {"a": "1", "b": "2"}

    assert fingerprint_of(parts) == fingerprint_of({"b": "2", "a": "1"})
    others = [{"a": "1"}, {"a": "2", "b": "1"}, {"a": "1", "c": "2"}, {**parts, "c": "3"}, {}]
    assert 6 == len({fingerprint_of(each) for each in [parts, *others]})


def moved(before: Mapping[str, str], checkout: Path) -> set[str]:
    """Name the parts that are not what they were."""
    after = code_parts(checkout)
    assert {CODE, LOCKED} == after.keys()
    return {name for name, part in after.items() if part != before[name]}


def edit(file: Path, old: str, new: str) -> None:
    """Replace text that is there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.usefixtures("threads_take_turns")
def test_threads_of_one_worker_ask_at_once(tmp_path: Path) -> None:
    projects = [tmp_path / str(number) for number in range(8)]
    for project in projects:
        project.mkdir()
        needed = [f"p{number}; python_version > '{project.name}.{number}'" for number in range(400)]
        (project / "pyproject.toml").write_text(f'[project]\nname = "x"\ndependencies = {needed}\n')
        (project / "requirements.lock").write_text("p0==1\np399==2\n")

    with ThreadPoolExecutor(len(projects)) as threads:
        found = list(threads.map(code_parts, projects))

    assert [found[0]] * len(projects) == found


@pytest.fixture
def threads_take_turns() -> Iterator[None]:
    """Have the garbage collected all the time, by Python that hands over to other threads, as a Dask worker's is."""

    def hand_over(*_: object) -> None:
        for _turn in range(50):
            pass

    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.callbacks.append(hand_over)
    gc.set_threshold(30)
    yield
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(hand_over)
    sys.setswitchinterval(interval)
