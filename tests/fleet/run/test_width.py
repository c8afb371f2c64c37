"""How many spokes run at a time follows cores, memory and AWS."""

import itertools
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fleet.plan.verdicts import make_plan
from fleet.run import processor as processor_module
from fleet.run import rollout as rollout_module
from fleet.run import width as module
from fleet.run.executors import Workforce, workforce
from fleet.run.memory import SPOKE_MIB
from fleet.run.processor import Processor
from fleet.run.rollout import Request, Rollout
from fleet.run.tasks import Operation, Outcome, RunStatus, Task
from fleet.run.width import MeasuredWidth
from fleet.store.locations import Locations
from tests.support.fake_account import always
from tests.support.fleet.hands import ACCOUNTS, BEGUN, Hands
from tests.support.fleet.making import fleet, inventory, spokes
from tests.support.kernel_files import write


class Machine:
    """Two cores, of which so many are idle, and time that passes when it is told to."""

    def __init__(self) -> None:
        self.cores = 2
        self.idle = 0.0
        self.now = 100.0
        self.free = 1_000_000

    def idle_cores(self) -> float:
        return self.idle

    def clock(self) -> float:
        return self.now


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine()
    monkeypatch.setattr(module, "free_mib", lambda: found.free)
    monkeypatch.setattr(module, "spokes_that_fit", lambda: max(1, found.free // SPOKE_MIB))
    return found


def width(machine: Machine) -> MeasuredWidth:
    given: Any = machine
    return MeasuredWidth(given, machine.clock)


def filled(width: MeasuredWidth, running: int = 0) -> int:
    """Begin as many as may begin, and give how many run then."""
    while width.allows(running):
        width.begun()
        running += 1
    return running


def ended(*, kills: int = 0, throttled: int = 0) -> Outcome:
    status = RunStatus.FAILED if kills > 1 else RunStatus.SUCCEEDED
    return Outcome(stack="spoke-a", status=status, kills=kills, throttled=throttled)


def test_as_many_run_as_there_are_cores_while_these_are_busy(machine: Machine) -> None:
    found = width(machine)
    machine.now += 5

    assert (2, 2) == (found.first, filled(found))


def test_one_more_begins_with_each_look_that_finds_a_core_idle(machine: Machine) -> None:
    found, running, seen = width(machine), 0, list[int]()
    for idle in (0.0, 1.9, 1.2, 0.6, 0.4, 0.0):
        machine.idle, machine.now = idle, machine.now + 1
        running = filled(found, running)
        seen.append(running)

    assert [2, 3, 4, 5, 5, 5] == seen


def test_memory_has_to_be_there_for_each_with_what_those_take_that_have_just_begun(machine: Machine) -> None:
    machine.cores, machine.free = 8, 3 * SPOKE_MIB + 1
    found = width(machine)

    assert 3 == filled(found), "all is free still, and three will take it"

    machine.free, machine.now = SPOKE_MIB + 1, machine.now + 60
    assert 4 == filled(found, 3), "the three have what they take, and there is room for one"


def test_one_runs_however_little_is_free(machine: Machine) -> None:
    machine.free = 10

    assert 1 == filled(width(machine))


def test_throttling_halves_it_and_rounds_that_go_well_bring_it_back(machine: Machine) -> None:
    machine.cores = 8
    found = width(machine)
    assert 8 == filled(found)

    assert "AWS throttles: at most 4 at a time from here on" == found.learn(ended(throttled=2), 7)

    assert not found.allows(4)
    for _ in range(5):
        assert "" == found.learn(ended(), 3)
    assert found.allows(4)
    assert not found.allows(5)


def test_what_was_killed_takes_it_below_what_ran_for_good(machine: Machine) -> None:
    machine.cores = 8
    found = width(machine)

    told = found.learn(ended(kills=1), 5)

    assert "a process was killed, perhaps for want of memory: at most 5 at a time from here on" == told
    for _ in range(100):
        assert "" == found.learn(ended(), 4)
    assert not found.allows(5)
    found.learn(ended(kills=2), 0)
    assert (True, False) == (found.allows(0), found.allows(1))


def test_a_wave_runs_wider_while_its_spokes_wait(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=machine.clock))
    hands, looks = Hands({}), itertools.count(1)

    def waited(running: Mapping[Future[Outcome], Task], **_: object) -> tuple[list[Future[Outcome]], set[object]]:
        machine.now, machine.idle = machine.now + 1, 2.0 if next(looks) <= 3 else 0.0
        return [each for each in running if each.done()], set()

    def tick() -> None:
        if machine.idle == 0.0:
            Hands.tick(hands)

    monkeypatch.setattr(rollout_module, "run_spoke", hands.run)
    monkeypatch.setattr(rollout_module, "wait", waited)
    monkeypatch.setattr(hands, "tick", tick)
    plan = make_plan(
        inventory(tmp_path, spokes(tmp_path, **ACCOUNTS), settings=fleet({"name": "all", "default": True}))
    )
    request = Request(
        wanted=frozenset(plan.verdicts),
        operation=Operation.UP,
        forced=False,
        begun=BEGUN,
        locations=Locations("file:///none", "file:///none"),
        logs="logs",
    )
    given: Any = machine

    Rollout(plan, request, Workforce(hands, 2, True, given), hands, always(True)).run()  # noqa: FBT003 - is_here

    assert ("wave all: 6 by 2", 5) == (hands.seen[0], hands.most)


def test_threads_of_this_machine_are_as_many_as_it_allows() -> None:
    with workforce(None) as workers:
        assert workers.processor is not None
        assert 1 <= workers.width <= workers.processor.cores


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 8),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, 8),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "250000 100000\n"}, 2),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "20000 100000\n"}, 1),
        ({"proc/self/cgroup": "3:cpu,cpuacct:/x\n", "sys/fs/cgroup/cpu/cpu.max": "100000 100000\n"}, 8),
    ],
)
def test_a_quota_counts_where_it_is_less_than_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], cores: int
) -> None:
    monkeypatch.setattr(processor_module.os, "sched_getaffinity", always(set(range(8))))

    assert cores == Processor(write(tmp_path, files)).cores


def test_idle_is_what_neither_the_machine_nor_the_container_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "200000 100000\n"})
    times = iter([100.0, 102.0, 102.0])
    idle = iter([50.0, 65.0, 65.0])
    monkeypatch.setattr(processor_module.psutil, "cpu_times", lambda: SimpleNamespace(idle=next(idle) - 1, iowait=1.0))
    write(tmp_path, {"sys/fs/cgroup/cpu.stat": "usage_usec 1000000\nuser_usec 5\n"})
    found = Processor(tmp_path, lambda: next(times))

    write(tmp_path, {"sys/fs/cgroup/cpu.stat": "usage_usec 4000000\nuser_usec 5\n"})

    assert 0.5 == found.idle_cores(), "7.5 cores of the machine, and 2 - 3 / 2 of the container"
    assert 0.0 == found.idle_cores(), "no time has passed"
