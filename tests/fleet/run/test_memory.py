"""How many spokes the memory at hand is enough for, and what becomes of one that is killed for want of it."""

import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from fleet.run import memory, stack_run
from fleet.run.memory import SPOKE_MIB, free_mib, shortage, spokes_that_fit
from fleet.run.spoke_run import run_spoke
from fleet.run.tasks import RunStatus
from tests.support.fake_account import always
from tests.support.fleet.pretended import Begin
from tests.support.kernel_files import write

MIB = 1 << 20
CUT_OFF = "error: rpc error: code = Unavailable desc = error reading from server: EOF\n"


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a machine with 10,000 MiB free."""
    monkeypatch.setattr(memory.psutil, "virtual_memory", always(SimpleNamespace(available=10_000 * MIB)))


GROUP = {"proc/self/cgroup": "0::/job.slice/runner\n"}


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, 10_000),
        ({"sys/fs/cgroup/memory.max": "max\n"}, 10_000),
        (
            # A container sees its own group as the top, and its path as /.
            {
                "proc/self/cgroup": "0::/\n",
                "sys/fs/cgroup/memory.max": f"{2048 * MIB}\n",
                "sys/fs/cgroup/memory.current": f"{1024 * MIB}\n",
                "sys/fs/cgroup/memory.stat": f"anon 5\ninactive_file {200 * MIB}\n",
            },
            1224,
        ),
        (
            {
                **GROUP,
                "sys/fs/cgroup/job.slice/runner/memory.max": "max\n",
                "sys/fs/cgroup/job.slice/runner/memory.current": f"{100 * MIB}\n",
                "sys/fs/cgroup/job.slice/memory.max": f"{3000 * MIB}\n",
                "sys/fs/cgroup/job.slice/memory.current": f"{500 * MIB}\n",
            },
            2500,
        ),
        (
            {
                "proc/self/cgroup": "4:cpu:/x\n3:memory:/docker/abc\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{700 * MIB}\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{650 * MIB}\n",
            },
            50,
        ),
        (
            {
                "proc/self/cgroup": "3:memory:/\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "5\n",
            },
            10_000,
        ),
    ],
)
def test_the_limit_of_a_container_counts_where_it_is_less(tmp_path: Path, files: dict[str, str], free: int) -> None:
    assert free == free_mib(write(tmp_path, files))


@pytest.mark.parametrize(("free", "spokes"), [(100, 1), (2 * SPOKE_MIB, 2), (4 * SPOKE_MIB - 1, 3)])
def test_as_many_spokes_as_fit_and_one_in_any_case(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, spokes: int
) -> None:
    monkeypatch.setattr(memory.psutil, "virtual_memory", always(SimpleNamespace(available=free * MIB)))
    assert spokes == spokes_that_fit(tmp_path)
    assert "" == shortage(spokes, tmp_path)
    assert f"{spokes + 1} spokes at a time take about {(spokes + 1) * SPOKE_MIB} MiB" in shortage(spokes + 1, tmp_path)


@pytest.mark.parametrize("ending", [(-signal.SIGKILL, ""), (255, CUT_OFF)])
def test_a_spoke_that_is_killed_twice_has_failed(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, ending: tuple[int, str]
) -> None:
    """Finding: a process killed for want of memory is tried six times."""
    monkeypatch.setattr(stack_run, "end_session", always(None))
    monkeypatch.setattr("fleet.run.recovery.Recovery.look_for_unknown", always(None))
    monkeypatch.setattr("fleet.run.recovery.Recovery.clear_up", always(None))
    task, engine = begin(*[ending] * 6)

    outcome = run_spoke(task)

    assert (RunStatus.FAILED, 2) == (outcome.status, outcome.tries)
    assert 2 == engine.ran.count("up")
    assert 1 == len([note for note in outcome.notes if "killed 2 times, perhaps for want of memory" in note])


def test_a_spoke_that_is_killed_once_is_tried_again(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack_run, "end_session", always(None))
    monkeypatch.setattr("fleet.run.recovery.Recovery.clear_up", always(None))
    task, _ = begin((-signal.SIGKILL, ""))

    assert (RunStatus.SUCCEEDED, 2) == ((outcome := run_spoke(task)).status, outcome.tries)
