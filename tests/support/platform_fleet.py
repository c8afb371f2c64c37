"""A fleet with records, a history and a rollout's report, as the platform team's pages show it."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from fleet.plan.inventory import Inventory
from fleet.plan.spokes import Spoke
from fleet.plan.verdicts import FleetPlan, make_plan
from fleet.show.report import FILE, ReportedSpoke, ReportedWave, RolloutReport, RunningSpoke, folder_name
from fleet.store.bakes import BakeResult
from fleet.store.history import History
from fleet.store.records import DeployedLaunch, Record
from fleet.store.storage import Storage
from pages.index.model import Index, PriceTable
from pages.platform_team.shapes import Arrival
from shared.catalog.cost import Estimate
from tests.support.catalog_copy import DAY
from tests.support.fleet.events import event, launch
from tests.support.fleet.making import Member, deployed, hubs, inventory, offer, organization, spoke
from tests.support.offers import version

BEGUN: Final = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
HOSTILE: Final = "<script>alert('x')</script>"
_EARLIER: Final = dt.timedelta(days=60)
SECRET: Final = "correct-horse-battery"


def account(index: int) -> str:
    """Give the id of a spoke's account."""
    return f"3{index:011}"


def estimate(least: int | None, most: int | None = None) -> Estimate:
    """Give a month's cost."""
    found = None if least is None else Decimal(least)
    return Estimate(
        currency="USD",
        date=DAY,
        least=found,
        most=None if most is None else Decimal(most),
        unknown="" if found is not None else "no price",
    )


def offered() -> dict[str, Any]:
    """Offer three versions of the embedder: one deprecated later, one ending soon, one to take."""
    found = offer()
    for region in found.values():
        product = region["products"]["embedder"]
        first, *_ = product["versions"].values()
        first |= {
            "deprecated_on": str(DAY - dt.timedelta(days=5)),
            "retires_on": str(DAY + dt.timedelta(days=20)),
            "reason": f"Replaced {HOSTILE}.",
        }
        soon = version(f"{first['id']}-110", {}) | {"retires_on": str(DAY + dt.timedelta(days=60))}
        product["versions"] |= {"1.1.0": soon, "1.2.0": version(f"{first['id']}-120", {})}
    return found


def fleet(folder: Path, count: int) -> Inventory:
    """Make a fleet of so many spokes, each with a launch of a version, and some of them behind."""
    made = {f"spoke-a{index:03}": _spoke(folder, index) for index in range(count)}
    members = [Member(id=account(index), name=f"Lab {index} {HOSTILE}", unit="Workloads") for index in range(count)]
    before = inventory(folder, made, hubs=hubs(offered()), organization=organization(*members) if members else None)
    found = deployed(before)
    return replace(
        found,
        records={
            stack: _changed(record, index) if isinstance(record, Record) else record
            for index, (stack, record) in enumerate(found.records.items())
        },
    )


def _spoke(folder: Path, index: int) -> Spoke:
    launched = {"name": "search", "product": "embedder", "version": f"1.{index % 3}.0"}
    return spoke(folder, f"a{index:03}", account(index), launches=[{**launched, "tags": {"team": f"team-{index % 7}"}}])


def _changed(record: Record, index: int) -> Record:
    status = "ERROR" if index % 50 == 7 else "AVAILABLE"
    cost = None if index % 40 == 3 else estimate(None) if index % 40 == 4 else estimate(100 + index, 300 + index)
    launches: list[DeployedLaunch] = [
        each.model_copy(update={"status": status, "estimated_monthly_cost": cost}) for each in record.launches
    ]
    return record.model_copy(update={"launches": launches})


def planned(folder: Path, count: int) -> FleetPlan:
    """Plan it."""
    return make_plan(fleet(folder, count))


def write_history(storage: Storage, count: int) -> None:
    """Let so many spokes have run the first version, and two thirds of them moved on later."""
    history = History(storage)
    for index in range(count):
        for minor in range(index % 3 + 1):
            moved = event(
                7 * minor + index % 5,
                launch(version=f"1.{minor}.0"),
                stack=f"spoke-a{index:03}",
                account=account(index),
            )
            history.append(moved.model_copy(update={"time": moved.time - _EARLIER}))


def report(count: int, *, running: bool = False) -> RolloutReport:
    """Report a rollout of so many spokes in two waves; one failed, and while it runs two run."""
    spokes = [
        ReportedSpoke(
            stack=f"spoke-a{index:03}",
            why=[f"search moves from 1.0.0 to 1.{index % 3}.0 {HOSTILE}"],
            ending="failed" if index == 3 else "succeeded",
            reason=f"AWS said {HOSTILE}" if index == 3 else "",
            changes="1 updated, 24 unchanged",
            tries=1,
            seconds=12.5,
            wave="canary" if index < 3 else "rest",
            begun=BEGUN + dt.timedelta(seconds=20 * (index // 4) + index % 4),
            ended=BEGUN + dt.timedelta(seconds=20 * (index // 4) + 13 + index % 4),
        )
        for index in range(count)
    ]
    end = max((each.ended for each in spokes if each.ended), default=BEGUN)
    first = max((each.ended for each in spokes if each.ended and each.wave == "canary"), default=BEGUN)
    return RolloutReport(
        state="running" if running else "ended",
        operation="up",
        begun=BEGUN,
        ended=None if running else end,
        written=end + dt.timedelta(seconds=5),
        waves=[
            ReportedWave(name="canary", spokes=3, width=4, begun=BEGUN, ended=first),
            ReportedWave(name="rest", spokes=count - 1, width=4, begun=first, ended=None if running else end),
        ],
        running=[
            RunningSpoke(stack=f"spoke-b{index:03}", wave="rest", why=["it was never deployed"], begun=end)
            for index in range(2 * running)
        ],
        spokes=spokes,
        bakes=[
            BakeResult(
                wave="canary",
                product="search",
                version=version,
                arrived=BEGUN,
                judged=end,
                passed=not reasons,
                taken_back=version == "1.2.0",
                reasons=reasons,
            )
            for version, reasons in (
                ("1.1.0", []),
                ("1.2.0", [f"the alarm {HOSTILE} is in ALARM"]),
                ("1.3.0", ["the endpoint is out of service"]),
            )
        ][: count and 3],
    )


def write_report(root: Path, found: RolloutReport) -> Path:
    """Write a report where a rollout writes it."""
    path = root / folder_name(found.begun or BEGUN) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(json.loads(found.model_dump_json())))
    return path


def context() -> dict[str, Any]:
    """Give what every page of a site shows, of a catalog without a product."""
    prices = PriceTable(date=DAY, source="https://aws.amazon.com/sagemaker/pricing/", note="", currency="USD")
    return {
        "index": Index(day=DAY, private=True, prices=prices, portfolios=[]),
        "title": "Model Catalog",
        "navigation": [("index.html", "Models"), ("platform/index.html", "Platform")],
        "documents": [],
    }


def arrivals(count: int) -> list[Arrival]:
    """Let a share have arrived in all of so many accounts but each tenth."""
    return [
        Arrival(
            hub="hub",
            portfolio=f"online {HOSTILE}",
            region="eu-central-1",
            type="ORGANIZATION",
            target="o-a1b2c3d4e5",
            account=account(index),
            state="not arrived" if index % 10 == 1 else "arrived",
            since="2026-10-01 10:00:00",
        )
        for index in range(count)
    ]
