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


def test_a_hub_that_was_killed_is_recovered_and_nothing_is_made_twice(beginning: Stage) -> None:
    """The lock stays, and so do creations whose outcome the state does not know."""
    beginning.faults({"operation": "servicecatalog:DescribePortfolio", "delay": 3})  # the provider's look after a creation
    returncode = _run_until(beginning, signal.SIGKILL, "hub", _a_portfolio_is_there(beginning))
    beginning.faults()

    locked = beginning.refuse("up-hub")
    recovered = beginning.succeed("recover", "STACK=hub")
    finished = beginning.up("hub")

    assert returncode == -signal.SIGKILL
    assert "pulumi cancel" in locked
    assert "hub: removed the lock of a run that had died: " in recovered
    assert re.search(r"hub: \S+ had been created, and was taken into the state: port-", recovered)
    assert "pending operations" not in finished
    _assert_complete(beginning)


def test_a_spoke_that_was_killed_is_recovered_by_one_command(beginning: Stage) -> None:
    _ = beginning.up("hub")
    assert beginning.run("pulumi", "-C", "spoke", "stack", "select", "spoke-research", "--create").returncode == 0
    iam = beginning.client("iam", RESEARCH)
    launch_role = "ModelCatalogLaunch-text-embedder-serverless"
    returncode = _run_until(
        beginning,
        signal.SIGKILL,
        "spoke-research",
        lambda: launch_role in _named(iam.list_roles()["Roles"], "RoleName"),
    )

    locked = beginning.refuse("up-spoke-research")
    recovered = beginning.succeed("recover", "STACK=spoke-research")
    finished = beginning.up("spoke-research")

    assert returncode == -signal.SIGKILL
    assert "pulumi cancel" in locked
    assert "spoke-research: removed the lock of a run that had died: " in recovered
    assert "pending operations" not in finished
    launches = beginning.outputs("spoke-research")["launches"]
    assert {"AVAILABLE"} == {launch["status"] for launch in launches.values()}


def _a_portfolio_is_there(stage: Stage) -> Callable[[], bool]:
    servicecatalog = stage.client("servicecatalog", HUB)
    return lambda: bool(servicecatalog.list_portfolios()["PortfolioDetails"])


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


def _named(items: list[dict[str, str]], key: str) -> dict[str, str]:
    return {item[key]: item[key] for item in items}


def _assert_complete(stage: Stage) -> None:
    published = stage.outputs("hub")["catalog"]["regions"][REGION]
    portfolios = stage.client("servicecatalog", HUB).list_portfolios()["PortfolioDetails"]
    assert sorted(item["Id"] for item in portfolios) == sorted(item["id"] for item in published["portfolios"].values())
    products = stage.client("servicecatalog", HUB).search_products_as_admin()["ProductViewDetails"]
    assert len(products) == len(published["products"])
