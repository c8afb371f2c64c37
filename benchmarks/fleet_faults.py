"""Measures a rollout on bad days: what each fault costs, who is run again, and whether anybody is lost.

Usage: python -m benchmarks.fleet_faults [--spokes 20]

Every scene changes all spokes and rolls the change out. At its end every spoke has to be where it was wanted, with the
right number of roles in its account, and nothing may be pending in any state.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.fleet_stage import account, stack, uses_batch
from tests.support.fleet.stage import Fleet, kill, wait_for

_FULL_DISK_KIB = 32
_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rollout came to: its reports, from the first try to the one that ended it."""

    name: str
    seconds: float
    reports: list[dict[str, Any]]
    printed: list[str]
    lost: list[str]

    @property
    def runs(self) -> list[tuple[str, int]]:
        """Whoever was run, with the number of tries, in every rollout."""
        reported = [(each["stack"], each["tries"]) for report in self.reports for each in report["spokes"]]
        printed = [(line.split(maxsplit=1)[0], 1) for line in self.printed if " succeeded " in line]
        return [(name, tries) for name, tries in (*reported, *printed) if tries]

    @property
    def said(self) -> str:
        """What the reports say in words, each thing once; what was printed, where there is no report."""
        found = dict.fromkeys(line.strip()[:_WIDTH] for line in self.printed if "could not be" in line)
        for report in self.reports:
            found |= dict.fromkeys(_told(report))
        return "\n".join(found)


def main() -> int:
    """Play every scene, print a table, and fail where somebody was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet_faults", description=__doc__)
    parser.add_argument("--spokes", type=int, default=20)
    number: int = parser.parse_args().spokes
    console = Console(width=160)
    table = Table("scene", "wall, s", "spokes run", "run twice", "tries", "lost", "told, among other things")
    lost = 0
    with tempfile.TemporaryDirectory() as folder, Fleet(Path(folder) / "stage", number) as fleet:
        fleet.prepare()
        _ = (fleet.project / "fleet.yaml").write_text("waves: [{name: all, default: true, tolerance: 100%}]")
        for scene in _scenes(fleet):
            names = [name for name, _ in scene.runs]
            tries = sum(tries for _, tries in scene.runs)
            counts = (len(set(names)), len(names) - len(set(names)), tries, len(scene.lost))
            lost += len(scene.lost)
            table.add_row(scene.name, f"{scene.seconds:.0f}", *map(str, counts), scene.said)
            console.print(f"{scene.name}: {scene.seconds:.0f} s, {len(scene.lost)} lost", highlight=False)
    console.print(table)
    return 1 if lost else 0


def _scenes(fleet: Fleet) -> Iterator[Scene]:
    everybody = range(fleet.spokes)

    def scene(name: str, *steps: Callable[[], list[str] | None]) -> Scene:
        """Change every spoke, take the steps, and roll out until the end. A step may give what was printed."""
        before, begun = len(fleet.reports()), time.perf_counter()
        fleet.change(*everybody, value=str(before))
        printed = [line for step in steps for line in step() or ()]
        fleet.faults()
        _ = fleet.fleet("up")
        return Scene(name, time.perf_counter() - begun, fleet.reports()[before:], printed, _lost(fleet))

    yield scene("first rollout, nothing wrong")
    yield scene("nothing wrong")
    yield scene("5 % of all calls throttled", lambda: _throttle(fleet))
    yield scene("the fleet killed (-9) after a third", lambda: _kill_fleet(fleet))
    yield scene("three Pulumi processes killed (-9)", lambda: _kill_engines(fleet, 3))
    yield scene("an account without access", lambda: _without_access(fleet, 1))
    yield scene("the hub's contract changes on the way", lambda: _change_contract(fleet))
    yield scene("a record unreadable", lambda: _tear_record(fleet, 2))
    if os.geteuid() == 0:  # it mounts a file system
        yield scene("the disk for logs full", lambda: _full_disk(fleet))
    yield scene("an account suspended on the way", lambda: _suspend(fleet, fleet.spokes - 1))


def _throttle(fleet: Fleet) -> None:
    fleet.faults({"operation": "*", "rate": 0.05, "error": "ThrottlingException"})
    _ = fleet.fleet("up")


def _tear_record(fleet: Fleet, index: int) -> None:
    _ = (fleet.records / f"{stack(index)}.json").write_text("{torn")


def _kill_fleet(fleet: Fleet) -> None:
    begun, process = time.time_ns(), fleet.start("up")
    wait_for(lambda: _recorded(fleet, begun) > fleet.spokes / 3)
    kill(process.pid)
    _ = process.wait()


def _kill_engines(fleet: Fleet, number: int) -> None:
    process, killed = fleet.start("up"), set[str]()
    while len(killed) < number and process.poll() is None:
        for name, engine in fleet.engines().items():
            if name not in killed and len(killed) < number and fleet.pending(name):
                kill(engine)
                killed.add(name)
    _ = process.wait()


def _without_access(fleet: Fleet, index: int) -> None:
    path = fleet.project / f"Pulumi.{stack(index)}.yaml"
    before = path.read_text()
    settings = yaml.safe_load(before)
    settings["config"]["model-catalog-spoke:assumeRole"] = f"arn:aws:iam::{account(index)}:role/Nobody"
    _ = path.write_text(yaml.safe_dump(settings))
    _ = fleet.fleet("up")
    _ = path.write_text(before)


def _change_contract(fleet: Fleet) -> None:
    process = fleet.start("up")
    wait_for(fleet.engines)
    fleet.publish_a_version()
    _ = process.wait()


def _full_disk(fleet: Fleet) -> list[str]:
    """Give the logs a file system of their own that is soon full.

    The report finds no room either, so what was printed is all there is.
    """
    folder = fleet.project / ".fleet"
    kept = folder.rename(fleet.project / ".fleet-before")
    folder.mkdir()
    size = f"size={_FULL_DISK_KIB}k"
    _ = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    done = fleet.fleet("up")
    _ = subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()
    _ = kept.rename(folder)
    return done.output.splitlines()


def _suspend(fleet: Fleet, index: int) -> None:
    process = fleet.start("up")
    wait_for(fleet.engines)
    _ = fleet.client("organizations", "111122223333").close_account(AccountId=account(index))
    _ = process.wait()


def _recorded(fleet: Fleet, begun: int) -> int:
    """Count the records that were written since a moment."""
    return sum(file.stat().st_mtime_ns > begun for file in fleet.records.glob("*.json"))


def _lost(fleet: Fleet) -> list[str]:
    """Name the spokes that are not where they are wanted, or have something pending, too few roles or too many."""
    verdicts = fleet.plan()
    found: list[str] = []
    for index in range(fleet.spokes):
        name, roles = stack(index), 6 if uses_batch(index) else 4
        if verdicts[name]["verdict"] == "left out":
            continue
        if verdicts[name]["verdict"] != "unchanged" or fleet.pending(name) or len(fleet.roles(index)) != roles:
            found.append(name)
    return found


def _told(report: dict[str, Any]) -> Iterator[str]:
    yield from [report["stopped"]] if report["stopped"] else []
    for each in report["spokes"]:
        unreadable = [line for line in each["why"] if "cannot be read" in line]
        for line in [*unreadable, *each["notes"], *each["reason"].splitlines()]:
            yield line[:_WIDTH]
    for name, reasons in report["behind"].items():
        yield f"{name} behind: {'; '.join(reasons)}"[:_WIDTH]


if __name__ == "__main__":
    sys.exit(main())
