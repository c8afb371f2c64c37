"""One fleet on several workers, and several fleets at once."""

import re
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from benchmarks.fleet_stage import stack
from tests.support.fleet.stage import Fleet, wait_for

EACH = range(4)
ALL = {stack(index) for index in EACH}
BIN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def one_wave(fleet: Fleet) -> Iterator[None]:
    """Put all spokes into one wave."""
    waves = fleet.project / "fleet.yaml"
    before = waves.read_text()
    _ = waves.write_text("waves: [{name: all, default: true}]")
    yield
    _ = waves.write_text(before)


def test_two_fleets_at_once_run_every_spoke_once(fleet: Fleet) -> None:
    fleet.change(*EACH, value="twice")
    before = len(fleet.reports())

    both = [fleet.start("up") for _ in range(2)]

    assert [0, 0] == [process.wait(timeout=120) for process in both]
    ran = [each for report in fleet.reports()[before:] for each in report["spokes"] if each["tries"]]
    assert sorted(ALL) == sorted(each["stack"] for each in ran)
    assert set() == fleet.changed()


def test_shards_side_by_side_run_every_spoke_once(fleet: Fleet) -> None:
    fleet.change(*EACH, value="shards")
    before = len(fleet.reports())
    printed = fleet.fleet("shards", "2").output

    shards = [fleet.start("up", "--shard", shard) for shard in ("1/2", "2/2")]

    assert [0, 0] == [process.wait(timeout=120) for process in shards]
    by_shard = [{each["stack"] for each in report["spokes"]} for report in fleet.reports()[before:]]
    assert sorted(ALL) == sorted(name for stacks in by_shard for name in stacks)
    assert len(by_shard) == printed.count("/2")
    assert set() == fleet.changed()


def test_a_dask_scheduler_hands_the_spokes_to_its_workers(fleet: Fleet) -> None:
    fleet.change(*EACH, value="dask")
    with _dask(fleet, workers=2) as (scheduler, workers):
        report = fleet.roll_out("--scheduler", scheduler)

    assert ALL == report["by"].keys()
    assert {"succeeded"} == {each["ending"] for each in report["spokes"]}
    ran_by = {int(each["worker"].split()[1]) for each in report["spokes"]}
    assert len(ran_by) == 2
    assert ran_by <= workers
    assert set() == fleet.changed()


def test_a_scheduler_that_does_not_answer_is_refused(fleet: Fleet) -> None:
    said = fleet.refused("up", "--force", "--scheduler", "tcp://127.0.0.1:1")

    assert "--scheduler: no Dask scheduler answers at tcp://127.0.0.1:1" in said


@contextmanager
def _dask(fleet: Fleet, *, workers: int) -> Generator[tuple[str, set[int]]]:
    """Run a scheduler and workers as people do, in the project's folder; gives address and the workers' processes."""
    with ExitStack() as ending:

        def run(*command: str, name: str) -> tuple[subprocess.Popen[bytes], Path]:
            log = fleet.project / f"{name}.log"
            with log.open("wb") as output:
                process = subprocess.Popen(
                    command, cwd=fleet.project, env=fleet.environment(), stdout=output, stderr=output
                )
            ending.callback(process.wait, 30)
            ending.callback(process.terminate)
            return process, log

        dask = str(BIN / "dask")
        _, log = run(dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", name="scheduler")
        wait_for(lambda: "Scheduler at:" in log.read_text())
        found = re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text())
        assert found
        started = [
            run(dask, "worker", found[1], "--nthreads", "2", "--no-nanny", "--no-dashboard", name=f"worker-{number}")
            for number in range(workers)
        ]
        wait_for(lambda: all("Registered to" in log.read_text() for _, log in started))
        yield found[1], {process.pid for process, _ in started}
