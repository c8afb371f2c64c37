"""Two containers of one host name, whose clocks are minutes apart: nobody runs twice, and no live lease is taken.

Where the machine permits it, each is a process namespace of its own; else each claims to be one.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from fleet.store.leases import Lease
from fleet.store.storage import Storage
from tests.support.fleet.contender import ALLOWED, EXPIRY
from tests.support.paths import ROOT

OFF = 300.0
PATIENCE_SECONDS = 30
PULUMI = """#!{python}
import sys, time
name = open("/proc/self/environ").read().partition("CONTENDER=")[2][:1]
end = time.monotonic() + {seconds}
while time.monotonic() < end:
    with open("{beats}", "a") as beats:
        beats.write(f"{{name}} {{time.monotonic()}}\\n")
    time.sleep(0.05)
"""


class Container:
    """A fleet in a container."""

    def __init__(self, name: str, folder: Path, storage: Storage, clock: float) -> None:
        kind = isolated()
        command = [sys.executable, "-m", "tests.support.fleet.contender", storage.url, str(folder), str(clock)]
        command.append("" if kind else f"pid:[{name}]")
        # The container outlives its fleet, as one does that runs more than that.
        shell = ["sh", "-c", '"$@" & wait; sleep 60', "sh", *command]
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        self.process = subprocess.Popen(
            [*kind, *shell],
            cwd=ROOT,
            env={**os.environ, "CONTENDER": name, "PATH": path, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def fleet(self) -> psutil.Process:
        """The fleet's own process, as it is seen from outside."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for each in psutil.Process(self.process.pid).children(recursive=True):
                if "tests.support.fleet.contender" in each.cmdline() and each.name() != "sh":
                    return each
            time.sleep(0.05)
        raise AssertionError("it did not start")

    def said(self) -> str:
        """Wait for what it says at its end."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@cache
def isolated() -> tuple[str, ...]:
    """Give the command that makes a process namespace; none where the machine does not permit it."""
    kind = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")
    try:
        done = subprocess.run([*kind, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return ()
    return kind if done.returncode == 0 else ()


class Scene:
    """Containers that want one spoke, and what their engines did."""

    def __init__(self, folder: Path, storage: Storage, seconds: float = 60) -> None:
        self.folder = folder
        self.storage = storage
        self.beats = folder / "beats"
        self.beats.touch()
        self.containers: list[Container] = []
        pulumi = folder / "bin" / "pulumi"
        pulumi.parent.mkdir()
        python = os.path.realpath(sys.executable)
        pulumi.write_text(PULUMI.format(python=python, seconds=seconds, beats=self.beats))
        pulumi.chmod(0o755)

    def start(self, name: str, clock: float) -> Container:
        """Start a container."""
        self.containers.append(Container(name, self.folder, self.storage, clock))
        return self.containers[-1]

    def times(self, name: str) -> list[float]:
        """Tell when a container's engine was running."""
        lines = [line.split() for line in self.beats.read_text().splitlines()]
        return [float(line[1]) for line in lines if line[0] == name and len(line) == 2]

    def wait_for(self, name: str, more_than: int = 0) -> None:
        """Wait until a container's engine runs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.times(name)) <= more_than:
            assert time.monotonic() < deadline, f"the engine of {name} does not run"
            time.sleep(0.05)

    def owner(self) -> Lease:
        """Read the lease."""
        found = self.storage.read(".fleet/claims/spoke-a/000001")
        assert found
        return Lease.model_validate_json(found.content)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a scene of which nothing goes on afterwards; in memory, since a busy disk is slower than a lease here."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own in it
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        scene = Scene(Path(folder), Storage((Path(folder) / "storage").as_uri()))
        yield scene
        end(scene)


def end(scene: Scene) -> None:
    """End all containers."""
    for each in scene.containers:
        below = psutil.Process(each.process.pid).children(recursive=True) if each.process.poll() is None else []
        for process in below:
            with suppress(psutil.NoSuchProcess):  # they end with their container's first process
                process.kill()
        each.process.kill()
        each.process.communicate()


@pytest.mark.parametrize("off", [-OFF, OFF])
def test_a_live_lease_is_left_to_its_owner_and_that_of_a_killed_one_is_taken_once_its_engine_has_ended(
    scene: Scene, off: float
) -> None:
    first = scene.start("a", 0)
    scene.wait_for("a")
    owner = scene.owner()
    scene.start("b", off)

    time.sleep(2 * EXPIRY)
    assert [] == scene.times("b")
    assert owner.token == scene.owner().token

    killed = time.monotonic()
    first.fleet.kill()
    scene.wait_for("b")

    last, begin = scene.times("a")[-1], scene.times("b")[0]
    assert killed < last < killed + ALLOWED + 0.5  # its guard let it go on for what was left of its lease
    assert last < begin
    assert 2 == scene.owner().generation


def test_an_owner_that_was_stopped_has_lost_its_engine_before_another_begins_and_takes_nothing_back(
    scene: Scene,
) -> None:
    first = scene.start("a", OFF)
    scene.wait_for("a")
    fleet = first.fleet
    fleet.suspend()
    scene.start("b", -OFF)
    scene.wait_for("b")
    theirs = scene.owner()

    assert scene.times("a")[-1] < scene.times("b")[0]
    count = len(scene.times("b"))
    fleet.resume()
    assert "lease-lost" == first.said()
    scene.wait_for("b", count + 10)
    assert theirs.token == scene.owner().token


def test_an_owner_whose_lease_is_removed_ends_its_engine(scene: Scene) -> None:
    first = scene.start("a", 0)
    scene.wait_for("a")

    scene.storage.remove(".fleet/claims/spoke-a/000001")

    assert "lease-lost" == first.said()
    assert None is scene.storage.read(".fleet/claims/spoke-a/000001")
