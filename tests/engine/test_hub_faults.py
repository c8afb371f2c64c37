"""A rollout of the hub that is killed in the middle comes to its end, and makes nothing twice."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fleet.divided import divide_hub
from tests.support.fleet.stage import kill, wait_for
from tests.support.stage import HUB, Stage


@pytest.fixture
def hubs(tmp_path: Path) -> Iterator[Stage]:
    """A stage on which the organization is deployed, and the hub never was."""
    with Stage(tmp_path / "stage") as stage:
        divide_hub(stage)
        (stage.project / "Pulumi.spoke-research.yaml").unlink()
        _ = stage.up("organization")
        yield stage


def test_a_killed_engine_is_mended_in_the_same_rollout(hubs: Stage) -> None:
    rollout = _begun(hubs)
    wait_for(lambda: len(_resources(hubs, "hub")) > 20)
    kill(_engine(hubs, "hub"))

    assert 0 == rollout.wait(300)
    assert "its Pulumi process was killed" in (hubs.project / "up.log").read_text()
    _is_whole(hubs)


def test_a_killed_rollout_is_ended_by_the_next_one(hubs: Stage) -> None:
    rollout = _begun(hubs)
    wait_for(lambda: len(_resources(hubs, "hub")) > 20)
    kill(rollout.pid)
    _ = rollout.wait(300)

    done = hubs.run("python", "-m", "fleet", "up")

    assert 0 == done.returncode, done.stdout
    _is_whole(hubs)


def _begun(stage: Stage) -> "subprocess.Popen[bytes]":
    with (stage.project / "up.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "fleet", "up"],
            cwd=stage.project,
            env=stage.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _is_whole(stage: Stage) -> None:
    """Nothing is there twice, nothing is changed by another rollout, and all is recorded."""
    catalog = stage.client("servicecatalog", HUB)
    portfolios = Counter(each["DisplayName"] for each in catalog.list_portfolios()["PortfolioDetails"])
    products = Counter(
        each["ProductViewSummary"]["Name"] for each in catalog.search_products_as_admin()["ProductViewDetails"]
    )
    assert (3, {1}) == (len(portfolios), set(portfolios.values()))
    assert (7, {1}) == (len(products), set(products.values()))
    again = stage.run("python", "-m", "fleet", "up", "--force")
    assert 0 == again.returncode, again.stdout
    assert not {"created", "updated", "deleted", "replaced"} & set(again.stdout.split()), again.stdout
    plan = json.loads(stage.run("python", "-m", "fleet", "plan", "--json").stdout)
    assert ["unchanged"] * 3 == [each["verdict"] for each in plan["upstream"]]


def _resources(stage: Stage, stack: str) -> list[object]:
    backend = Path(stage.environment()["PULUMI_BACKEND_URL"].removeprefix("file://"))
    try:
        text = (backend / ".pulumi" / "stacks" / "model-catalog-hub" / f"{stack}.json").read_text()
        return json.loads(text)["checkpoint"]["latest"].get("resources") or []
    except (OSError, ValueError, KeyError, AttributeError):
        return []  # it is not there yet, or is being written


def _engine(stage: Stage, stack: str) -> int:
    """Find the Pulumi process that deploys a stack of this stage."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
            here = (folder / "cwd").resolve()
        except OSError:
            continue
        if words[0].endswith("pulumi") and "up" in words and stack in words and here.is_relative_to(stage.project):
            return int(folder.name)
    raise AssertionError(f"nobody deploys {stack}")
