"""Runs that end half-way, and how they go on."""

import signal
import subprocess
import time
from pathlib import Path

from tests.engine.stage import HUB, REGION, Stage

UP = ("pulumi", "-C", "hub", "-s", "hub", "up", "--yes", "--skip-preview")
PATIENCE_SECONDS = 60


def test_an_up_that_was_interrupted_goes_on_where_it_stopped(stage: Stage) -> None:
    _ = stage.up("organization")
    assert stage.run("pulumi", "-C", "hub", "stack", "select", "hub", "--create").returncode == 0

    returncode = _run_until_the_first_portfolio(stage, signal.SIGINT)
    finished = stage.up("hub")

    assert returncode != 0
    assert "unchanged" in finished
    _assert_complete(stage)


def test_an_up_that_was_killed_goes_on_once_its_lock_is_released(stage: Stage) -> None:
    """After a kill the backend's lock stays; `pulumi cancel` releases it."""
    _ = stage.up("organization")
    assert stage.run("pulumi", "-C", "hub", "stack", "select", "hub", "--create").returncode == 0
    if "catalog" in stage.outputs("hub"):
        _destroy_hub(stage)

    returncode = _run_until_the_first_portfolio(stage, signal.SIGKILL)
    locked = stage.make("up-hub")
    cancelled = stage.run("pulumi", "-C", "hub", "cancel", "hub", "--yes")
    refreshed = stage.run(
        "pulumi", "-C", "hub", "-s", "hub", "refresh", "--yes", "--skip-preview", "--clear-pending-creates"
    )

    assert returncode != 0
    assert locked.returncode != 0
    assert "pulumi cancel" in locked.stdout
    assert (cancelled.returncode, refreshed.returncode) == (0, 0)
    finished = stage.make("up-hub")
    assert finished.returncode == 0, finished.stdout
    _assert_complete(stage)


def _run_until_the_first_portfolio(stage: Stage, kill: signal.Signals) -> int:
    servicecatalog = stage.client("servicecatalog", HUB)
    log = Path(stage.project / "interrupted.log")
    with log.open("w") as output:
        process = subprocess.Popen(
            UP, cwd=stage.project, env=stage.environment(), stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not servicecatalog.list_portfolios()["PortfolioDetails"]:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        process.send_signal(kill)
        return process.wait(timeout=PATIENCE_SECONDS)


def _destroy_hub(stage: Stage) -> None:
    unprotected = stage.run("pulumi", "-C", "hub", "-s", "hub", "state", "unprotect", "--all", "--yes")
    assert unprotected.returncode == 0, unprotected.stdout
    _ = stage.succeed("destroy-hub")


def _assert_complete(stage: Stage) -> None:
    published = stage.outputs("hub")["catalog"]["regions"][REGION]
    portfolios = stage.client("servicecatalog", HUB).list_portfolios()["PortfolioDetails"]
    assert sorted(item["Id"] for item in portfolios) == sorted(item["id"] for item in published["portfolios"].values())
    products = stage.client("servicecatalog", HUB).search_products_as_admin()["ProductViewDetails"]
    assert len(products) == len(published["products"])
