"""Measures a fleet: how the cost of a run follows the number of accounts, and the number of those that change.

Usage: python -m benchmarks.fleet [--spokes 10 100] [--planned 1000 10000] [--changed 0 25 50]
       [--widths 1 2 4] [--waiting 100]

`--spokes` rolls so many spokes out for real. `--planned` deploys two spokes and copies their states and records, which
is what a plan and a status look at, so that numbers can be had that a machine could not roll out in a day. `--changed`
changes a launch of so many of the spokes of one fleet. `--widths` runs 24 unchanged spokes by force, so many at a time.
`--waiting` rolls so many spokes out for the first time while a minute of AWS's takes two seconds: 2 and 8 at a time,
and as wide as a rollout finds best.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks.fleet_stage import FleetStage, Measured, account, stack, uses_batch
from fleet.plan.inventory import collect
from fleet.plan.verdicts import make_plan
from fleet.store.records import Record, Records
from fleet.store.storage import Storage, backend_url

_FORCED = 24
_WAITING_SPEED = 30
"""Virtual seconds per second: a launch of five minutes takes ten seconds, of which no core has anything."""


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--spokes", type=int, nargs="*", default=[10, 100])
    parser.add_argument("--planned", type=int, nargs="*", default=[1000])
    parser.add_argument("--changed", type=int, nargs="*", default=[])
    parser.add_argument("--widths", type=int, nargs="*", default=[])
    parser.add_argument("--waiting", type=int, default=0)
    arguments = parser.parse_args()
    table = Table("spokes", "what", "ran", "wall, s", "CPU, s", "peak, MiB", "AWS calls", "exit code")
    console = Console(width=120)
    for number in arguments.spokes:
        for what, ran, measured in rolled_out(number):
            _add(table, number, what, ran, measured)
            console.print(f"{number} {what}: {measured.seconds:.1f} s", highlight=False)
    for number in arguments.planned:
        for what, ran, measured in planned(number):
            _add(table, number, what, ran, measured)
            console.print(f"{number} {what}: {measured.seconds:.1f} s", highlight=False)
    for what, ran, measured in changed(arguments.changed):
        _add(table, max(arguments.changed), what, ran, measured)
        console.print(f"{what}: {measured.seconds:.1f} s", highlight=False)
    for what, ran, measured in widths(arguments.widths):
        _add(table, _FORCED, what, ran, measured)
        console.print(f"{what}: {60 * ran / measured.seconds:.0f} spokes a minute", highlight=False)
    for what, ran, measured in waiting(arguments.waiting):
        _add(table, arguments.waiting, what, ran, measured)
        console.print(f"{what}: {60 * ran / measured.seconds:.0f} spokes a minute", highlight=False)
    console.print(table)
    return 0


def waiting(number: int) -> Iterator[tuple[str, int, Measured]]:
    """Roll out so many spokes whose launches take minutes, so many at a time."""
    for concurrency in (2, 8, None) if number else ():
        with tempfile.TemporaryDirectory() as folder, FleetStage(Path(folder) / "stage", number) as stage:
            stage.prepare()
            wave = {"name": "all", "default": True} | ({"concurrency": concurrency} if concurrency else {})
            _ = (stage.project / "fleet.yaml").write_text(json.dumps({"waves": [wave]}))
            stage.set_speed(_WAITING_SPEED)
            yield _ran(f"launches wait, {concurrency or 'as many as is best'} at a time", stage.fleet("up"))


def widths(numbers: list[int]) -> Iterator[tuple[str, int, Measured]]:
    """Run unchanged spokes by force, so many at a time."""
    if not numbers:
        return
    with tempfile.TemporaryDirectory() as folder, FleetStage(Path(folder) / "stage", _FORCED) as stage:
        stage.prepare()
        waves = stage.project / "fleet.yaml"
        _ = waves.write_text("waves: [{name: all, default: true}]")
        yield _ran("first rollout", stage.fleet("up"))
        for number in numbers:
            _ = waves.write_text(f"waves: [{{name: all, default: true, concurrency: {number}}}]")
            yield _ran(f"unchanged, by force, {number} at a time", stage.fleet("up", "--force"))


def changed(numbers: list[int]) -> Iterator[tuple[str, int, Measured]]:
    """Change a launch of so many spokes, and roll out."""
    if not numbers:
        return
    with tempfile.TemporaryDirectory() as folder, FleetStage(Path(folder) / "stage", max(numbers)) as stage:
        stage.prepare()
        yield _ran("first rollout", stage.fleet("up"))
        for number in numbers:
            stage.change(*range(number), value=f"{number} changed")
            yield _ran(f"{number} spokes changed", stage.fleet("up"))


def rolled_out(number: int) -> Iterator[tuple[str, int, Measured]]:
    """Roll out so many spokes, and then each kind of change."""
    with tempfile.TemporaryDirectory() as folder, FleetStage(Path(folder) / "stage", number) as stage:
        stage.prepare()
        yield _ran("first rollout", stage.fleet("up"))
        yield _ran("no change", stage.fleet("up"))
        yield _ran("plan, nothing changed", stage.fleet("plan", "--json"))
        stage.publish_a_version()
        yield _ran("one product changed, 5 % use it", stage.fleet("up"))
        stage.describe_anew()
        yield _ran("hub metadata changed, nobody's result", stage.fleet("up"))
        yield _ran("status", stage.fleet("status", "--json"))


def planned(number: int) -> Iterator[tuple[str, int, Measured]]:
    """Plan and tell the status of so many spokes, of which two were rolled out and the others copied."""
    with tempfile.TemporaryDirectory() as folder, FleetStage(Path(folder) / "stage", number) as stage:
        stage.prepare()
        first = stage.fleet("up", "--only", stack(0), "--only", stack(1))
        if first.code:
            sys.exit(first.output)
        _copy(stage)
        yield _ran("plan, nothing changed", stage.fleet("plan", "--json"))
        yield _ran("status", stage.fleet("status", "--json"))
        stage.publish_a_version()
        yield _ran("plan, one product changed, 5 % use it", stage.fleet("plan", "--json"))


def _ran(what: str, measured: Measured) -> tuple[str, int, Measured]:
    """Count the spokes that a command ran, or says would run."""
    if measured.code:
        Console().print(measured.output[-3000:], markup=False)
    if measured.output.startswith("{"):
        document = json.loads(measured.output)
        return what, sum(each["verdict"] != "unchanged" for each in document["spokes"]), measured
    return what, measured.output.count(" succeeded "), measured


def _copy(stage: FleetStage) -> None:
    """Give every spoke the state of a like one, and the record that its rollout would have left."""
    with mock.patch.dict(os.environ, stage.environment(), clear=True):
        states = Path(urlsplit(backend_url()).path) / ".pulumi" / "stacks" / "model-catalog-spoke"
        texts = {index: (states / f"{stack(index)}.json").read_text() for index in (0, 1)}
        for index in range(2, stage.spokes):
            like = 0 if uses_batch(index) else 1
            text = texts[like].replace(stack(like), stack(index)).replace(account(like), account(index))
            _ = (states / f"{stack(index)}.json").write_text(text)
        plan = make_plan(collect(stage.project))
        records = Records(Storage(backend_url()))
        for index in range(2, stage.spokes):
            like, verdict = records.of(stack(0 if uses_batch(index) else 1)), plan.verdicts[stack(index)]
            if not isinstance(like, Record):
                sys.exit(f"no record of {stack(index)}")
            own = {
                "stack": stack(index),
                "account": account(index),
                "fingerprint": verdict.fingerprint,
                "parts": verdict.parts,
                "state": plan.inventory.tags[stack(index)],
            }
            records.write(like.model_copy(update=own))


def _add(table: Table, number: int, what: str, ran: int, measured: Measured) -> None:
    table.add_row(
        f"{number:,}",
        what,
        f"{ran:,}",
        f"{measured.seconds:.1f}",
        f"{measured.cpu_seconds:.1f}",
        f"{measured.peak_mib:.0f}",
        f"{measured.calls:,}",
        str(measured.code),
    )


if __name__ == "__main__":
    sys.exit(main())
