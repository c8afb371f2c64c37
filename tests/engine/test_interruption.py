"""Runs that end half-way, and how they go on."""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.stage import HUB, REGION, Stage

PATIENCE_SECONDS = 60


@pytest.fixture
def beginning(tmp_path: Path) -> Iterator[Stage]:
    """A stage on which the hub has not been deployed yet."""
    with Stage(tmp_path / "rehearsal") as stage:
        _ = stage.up("organization")
        assert stage.run("pulumi", "-C", "hub", "stack", "select", "hub", "--create").returncode == 0
        yield stage


def test_an_up_that_was_interrupted_goes_on_where_it_stopped(beginning: Stage) -> None:
    returncode = _run_until(beginning, signal.SIGINT, "hub", _a_portfolio_is_there(beginning))

    finished = beginning.up("hub")

    assert returncode != 0
    assert "unchanged" in finished
    _assert_complete(beginning)


def test_what_was_killed_is_recovered_by_one_command_and_nothing_is_made_twice(beginning: Stage) -> None:
    """The lock stays, and so do creations whose outcome the state does not know."""
    beginning.faults({"operation": "servicecatalog:DescribePortfolio", "delay": 3})  # a look at what was made
    returncode = _run_until(beginning, signal.SIGKILL, "hub", _a_portfolio_is_there(beginning))
    beginning.faults()

    locked = beginning.refuse("up-hub")
    torn = re.search(r"has torn \S+\. Nothing was changed\. .*: model-catalog stack recover hub", locked)
    if not torn:  # at another moment than one at which Pulumi wrote the state
        assert re.search(r"whose run has died\. Nothing was changed\. .*: model-catalog stack recover hub", locked)
        _assert_refused_by_hand_too(beginning)
    recovered = beginning.succeed("recover", "STACK=hub")
    finished = beginning.up("hub")

    assert returncode == -signal.SIGKILL
    assert re.search(r"hub: \S+ had been created, and was taken into the state: port-", recovered)
    assert "pending operations" not in finished
    _assert_complete(beginning)


def _assert_refused_by_hand_too(stage: Stage) -> None:
    cancelled = stage.run("pulumi", "-C", "hub", "cancel", "hub", "--yes")
    by_hand = stage.run("pulumi", "-C", "hub", "-s", "hub", "up", "--yes", "--skip-preview")

    assert cancelled.returncode == 0
    assert by_hand.returncode != 0
    assert "to go on would make things twice. Settle it: model-catalog stack recover hub" in by_hand.stdout
    assert "Settle it: model-catalog stack recover hub" in stage.refuse("up-hub")


def test_what_a_killed_plug_in_had_made_is_found_by_the_next_deployment(beginning: Stage) -> None:
    """The engine lives on, takes what it had begun for failed, and leaves nothing pending."""
    beginning.faults({"operation": "servicecatalog:DescribePortfolio", "delay": 3})
    returncode = _run_until(beginning, signal.SIGKILL, "hub", _a_portfolio_is_there(beginning), plug_in=True)
    beginning.faults()

    finished = beginning.up("hub")

    assert returncode > 0
    assert re.search(r"hub: \S+ had been created, and was taken into the state: port-", finished)
    _assert_complete(beginning)


def _a_portfolio_is_there(stage: Stage) -> Callable[[], bool]:
    servicecatalog = stage.client("servicecatalog", HUB)
    return lambda: bool(servicecatalog.list_portfolios()["PortfolioDetails"])


def _run_until(
    stage: Stage, kill: signal.Signals, stack: str, holds: Callable[[], bool], *, plug_in: bool = False
) -> int:
    """Deploy a stack until something holds, end Pulumi or its aws plug-in by a signal, and give its exit code."""
    log = stage.project / "interrupted.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["pulumi", "-C", stack.partition("-")[0], "-s", stack, "up", "--yes", "--skip-preview"],
            cwd=stage.project,
            env=stage.environment(),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # so that no signal of its group reaches the tests
        )
        _wait_for(lambda: holds() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        below = psutil.Process(process.pid).children(recursive=True)
        for each in [each for each in below if _is_plug_in(each.cmdline())] if plug_in else [process]:
            each.send_signal(kill)
        return process.wait(timeout=PATIENCE_SECONDS)


def _is_plug_in(command: list[str]) -> bool:
    """Say whether a process is the sandbox's stand-in, or the official plug-in."""
    return "sandbox.plugin" in command or Path(command[0]).name == "pulumi-resource-aws"


def _wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _assert_complete(stage: Stage) -> None:
    published = stage.outputs("hub")["catalog"]["regions"][REGION]
    portfolios = stage.client("servicecatalog", HUB).list_portfolios()["PortfolioDetails"]
    assert sorted(item["Id"] for item in portfolios) == sorted(item["id"] for item in published["portfolios"].values())
    products = stage.client("servicecatalog", HUB).search_products_as_admin()["ProductViewDetails"]
    assert len(products) == len(published["products"])
