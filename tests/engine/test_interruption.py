"""Runs that end half-way, and how they go on."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.stage import HUB, REGION, Stage

UP = ("pulumi", "-C", "hub", "-s", "hub", "up", "--yes", "--skip-preview")
PATIENCE_SECONDS = 60
PLUGIN_SECONDS = 8
"""By then a plug-in whose engine has gone is gone too (sandbox/plugin/__main__.py)."""


@pytest.fixture
def beginning(tmp_path: Path) -> Iterator[Stage]:
    """A stage on which the hub has not been deployed yet."""
    with Stage(tmp_path / "rehearsal") as stage:
        _ = stage.up("organization")
        assert stage.run("pulumi", "-C", "hub", "stack", "select", "hub", "--create").returncode == 0
        yield stage


def test_an_up_that_was_interrupted_goes_on_where_it_stopped(beginning: Stage) -> None:
    returncode = _run_until_the_first_portfolio(beginning, signal.SIGINT)

    finished = beginning.up("hub")

    assert returncode != 0
    assert "unchanged" in finished
    _assert_complete(beginning)


def test_an_up_that_was_killed_goes_on_as_the_runbook_says(beginning: Stage) -> None:
    """The lock stays, and so do creations whose outcome the state does not know."""
    returncode = _run_until_the_first_portfolio(beginning, signal.SIGKILL)

    locked = beginning.refuse("up-hub")
    cancelled = beginning.run("pulumi", "-C", "hub", "cancel", "hub", "--yes")
    _remove_pending(beginning)
    clear = ("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
    refreshed = beginning.run("pulumi", "-C", "hub", "-s", "hub", *clear)
    finished = beginning.up("hub")

    assert returncode == -signal.SIGKILL
    assert "pulumi cancel" in locked
    assert (cancelled.returncode, refreshed.returncode) == (0, 0), refreshed.stdout
    assert "pending operations" not in finished
    _assert_complete(beginning)


def _run_until_the_first_portfolio(stage: Stage, kill: signal.Signals) -> int:
    servicecatalog = stage.client("servicecatalog", HUB)
    log = stage.project / "interrupted.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            UP,
            cwd=stage.project,
            env=stage.environment(),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # so that no signal of its group reaches the tests
        )
        _wait_for(lambda: bool(servicecatalog.list_portfolios()["PortfolioDetails"]) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        process.send_signal(kill)
        return process.wait(timeout=PATIENCE_SECONDS)


def _wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _remove_pending(stage: Stage) -> None:
    """Remove everything whose creation was under way; the plug-in finishes it even after the engine has gone."""
    exported = stage.run("pulumi", "-C", "hub", "-s", "hub", "stack", "export")
    pending = json.loads(exported.stdout)["deployment"]["pending_operations"]
    assert pending != []
    iam, s3 = stage.client("iam", HUB), stage.client("s3", HUB)
    servicecatalog = stage.client("servicecatalog", HUB)
    for operation in pending:
        kind, inputs = operation["resource"]["type"], operation["resource"].get("inputs", {})
        if kind.startswith("modelcatalog:"):
            continue  # a component, which is nothing in the account
        match kind:
            case "aws:servicecatalog/portfolio:Portfolio":
                if made := _made(lambda: _portfolios(servicecatalog), inputs["name"]):
                    servicecatalog.delete_portfolio(Id=made)
            case "aws:iam/role:Role":
                if made := _made(lambda: _named(iam.list_roles()["Roles"], "RoleName"), inputs["name"]):
                    iam.delete_role(RoleName=made)
            case "aws:s3/bucket:Bucket":
                if made := _made(lambda: _named(s3.list_buckets()["Buckets"], "Name"), inputs["bucket"]):
                    s3.delete_bucket(Bucket=made)
            case other:
                raise AssertionError(other)


def _portfolios(servicecatalog: Any) -> dict[str, str]:  # noqa: ANN401 - boto3 makes its clients at run time
    return {item["DisplayName"]: item["Id"] for item in servicecatalog.list_portfolios()["PortfolioDetails"]}


def _named(items: list[dict[str, str]], key: str) -> dict[str, str]:
    return {item[key]: item[key] for item in items}


def _made(listed: Callable[[], dict[str, str]], name: str) -> str | None:
    """Wait until it is there; an operation that the engine noted, but died before it sent it, makes nothing."""
    deadline = time.monotonic() + PLUGIN_SECONDS
    while name not in listed() and time.monotonic() < deadline:
        time.sleep(0.02)
    return listed().get(name)


def _assert_complete(stage: Stage) -> None:
    published = stage.outputs("hub")["catalog"]["regions"][REGION]
    portfolios = stage.client("servicecatalog", HUB).list_portfolios()["PortfolioDetails"]
    assert sorted(item["Id"] for item in portfolios) == sorted(item["id"] for item in published["portfolios"].values())
    products = stage.client("servicecatalog", HUB).search_products_as_admin()["ProductViewDetails"]
    assert len(products) == len(published["products"])
