"""Runs that end half-way, and how they go on."""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.stage import HUB, REGION, RESEARCH, Stage

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
    of_hub = _kill_and_recover(beginning, "hub", _a_portfolio_is_there(beginning))
    complete = beginning.outputs("hub")
    selected = beginning.run("pulumi", "-C", "spoke", "stack", "select", "spoke-research", "--create")
    of_spoke = _kill_and_recover(beginning, "spoke-research", _a_launch_role_is_there(beginning))

    assert re.search(r"hub: \S+ had been created, and was taken into the state: port-", of_hub)
    assert "spoke-research: nothing is locked or pending" in of_spoke
    assert complete == beginning.outputs("hub")
    _assert_complete(beginning)
    assert selected.returncode == 0
    launches = beginning.outputs("spoke-research")["launches"]
    assert {"AVAILABLE"} == {launch["status"] for launch in launches.values()}


def _kill_and_recover(stage: Stage, stack: str, holds: Callable[[], bool]) -> str:
    """Kill a run as soon as something holds, recover, deploy; give what the recovery said."""
    returncode = _run_until(stage, signal.SIGKILL, stack, holds)
    stage.faults()

    locked = stage.refuse(f"up-{stack}")
    recovered = stage.succeed("recover", f"STACK={stack}")
    finished = stage.up(stack)

    assert returncode == -signal.SIGKILL
    assert "pulumi cancel" in locked
    assert f"{stack}: removed the lock of a run that had died: " in recovered
    assert "pending operations" not in finished
    return recovered


def _a_portfolio_is_there(stage: Stage) -> Callable[[], bool]:
    servicecatalog = stage.client("servicecatalog", HUB)
    return lambda: bool(servicecatalog.list_portfolios()["PortfolioDetails"])


def _a_launch_role_is_there(stage: Stage) -> Callable[[], bool]:
    iam = stage.client("iam", RESEARCH)
    role = "ModelCatalogLaunch-text-embedder-serverless"
    return lambda: role in {item["RoleName"] for item in iam.list_roles()["Roles"]}


def _run_until(stage: Stage, kill: signal.Signals, stack: str, holds: Callable[[], bool]) -> int:
    """Deploy a stack until something holds, end Pulumi by a signal, and give its exit code."""
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
        process.send_signal(kill)
        return process.wait(timeout=PATIENCE_SECONDS)


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
