"""Measures hubs of 10, 100 and 350 products with two versions each: first rollout, unchanged, one new version.

Usage: python -m benchmarks.hub [--products 10 100 350] [--whole 10 100] [--cdk PYTHON] [--json]

`--products` divides the catalog over stacks of at most 25 products, which `fleet up` runs, organization included.
`--whole` keeps it in one stack, which Pulumi runs. `--cdk` names a Python that has aws-cdk-lib: it synthesizes the same
catalog beside it. `--json` prints the divided ones alone, by number of products: seconds of each of the three commands,
CPU seconds of the three together, and the largest process of them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.hub_catalog import add_version, write_catalog, write_organization
from cli.rehearsal.deployment import Rehearsal

_CDK: Final = """\
import sys, aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_servicecatalog as sc
number, folder = int(sys.argv[1]), sys.argv[2]
app = cdk.App(outdir=folder)
for first in range(0, number, 25):
    stack = cdk.Stack(app, f"hub-{first}")
    portfolio = sc.Portfolio(stack, "portfolio", display_name=f"p{first}", provider_name="ML Platform")
    for index in range(first, min(first + 25, number)):
        url = sc.CloudFormationTemplate.from_url("https://example.com/template")
        versions = [{"productVersionName": v, "cloudFormationTemplate": url} for v in ("1.0.0", "1.0.1")]
        name = f"m{index}"
        product = sc.CloudFormationProduct(stack, name, product_name=name, owner="ML", product_versions=versions)
        portfolio.add_product(product)
        portfolio.set_local_launch_role_name(product, f"ModelCatalogLaunch-m{index}")
app.synth()
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command cost, with all that it waited for; the peak is that of the largest process."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hub", description=__doc__)
    parser.add_argument("--products", type=int, nargs="*")
    parser.add_argument("--whole", type=int, nargs="*")
    parser.add_argument("--cdk", default="", help="a Python that has aws-cdk-lib")
    parser.add_argument("--json", action="store_true", help="for machines")
    arguments = parser.parse_args()
    divided: list[int] = [10, 100, 350] if arguments.products is None else arguments.products
    whole: list[int] = ([] if arguments.json else [10, 100]) if arguments.whole is None else arguments.whole
    table = Table("products", "stacks", "what", "wall, s", "CPU, s", "peak, MiB")
    console = Console(width=120, stderr=arguments.json)
    figures: dict[str, dict[str, float]] = {}
    for number, measure in [*((each, measured) for each in divided), *((each, measured_whole) for each in whole)]:
        costs: list[Cost] = []
        for stacks, what, cost in measure(number):
            row = (f"{cost.seconds:.1f}", f"{cost.cpu_seconds:.1f}", f"{cost.peak_mib:.0f}")
            table.add_row(str(number), str(stacks), what, *row)
            said = f"{number} products, {stacks} stacks, {what}: {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} s of CPU"
            console.print(said, highlight=False)
            costs.append(cost)
        if measure is measured:
            figures[str(number)] = _figures(*costs)
    if arguments.json:
        print(json.dumps(figures))
        return 0
    cdk: str = arguments.cdk
    for number in divided if cdk else []:
        table.add_row(str(number), "", "cdk synth, nothing deployed", f"{_synthesized(cdk, number):.1f}")
    console.print(table)
    return 0


def _figures(first: Cost, unchanged: Cost, one_version: Cost) -> dict[str, float]:
    every = (first, unchanged, one_version)
    return {
        "first_s": round(first.seconds, 2),
        "unchanged_s": round(unchanged.seconds, 2),
        "one_version_s": round(one_version.seconds, 2),
        "cpu_s": round(sum(each.cpu_seconds for each in every), 2),
        "memory_mib": round(max(each.peak_mib for each in every), 1),
    }


def measured(number: int) -> Iterator[tuple[int, str, Cost]]:
    """Roll a divided catalog of so many products out, and then each kind of change."""
    with _stage(number) as stage:
        stacks = write_catalog(stage.project, number, divided=True)
        for file in stage.project.glob("Pulumi.spoke-*.yaml"):
            file.unlink()
        _ = (stage.project / "fleet.yaml").write_text("hubs: true\n")
        _must(stage, "lock")
        yield len(stacks), "first rollout", _rolled_out(stage, len(stacks) + 1)
        yield len(stacks), "unchanged, all stacks", _rolled_out(stage, 0)
        add_version(stage.project, 0)
        _must(stage, "lock")
        yield len(stacks), "one new version, in its stack", _rolled_out(stage, 1)


def measured_whole(number: int) -> Iterator[tuple[int, str, Cost]]:
    """Deploy a catalog of so many products in one stack, and then each kind of run."""
    with _stage(number) as stage:
        [stack] = write_catalog(stage.project, number, divided=False)
        _must(stage, "lock")
        _must(stage, "up-organization", "FLAGS=--skip-preview")
        _ = stage.run("pulumi", "-C", "hub", "stack", "select", stack, "--create")
        yield 1, "first up", _up(stage, stack)
        yield 1, "unchanged", _up(stage, stack, "--expect-no-changes")
        add_version(stage.project, 0)
        _must(stage, "lock")
        yield 1, "one new version", _up(stage, stack)


@contextmanager
def _stage(number: int) -> Generator[Rehearsal]:
    with tempfile.TemporaryDirectory() as folder:
        organization = write_organization(Path(folder) / "organization.yaml", number)
        with Rehearsal(Path(folder) / "rehearsal", organization=organization) as stage:
            yield stage


def _must(stage: Rehearsal, target: str, *options: str) -> None:
    done = stage.make(target, *options)
    if done.returncode != 0:
        sys.exit(done.stdout)


def _rolled_out(stage: Rehearsal, stacks: int) -> Cost:
    """Roll out; so many stacks have to be run."""
    command, log = [stage.python, "-m", "fleet", "up"], stage.project / "fleet.log"
    cost = _cost(stage, command, log)
    if (ran := log.read_text().count(" succeeded  ")) != stacks:
        sys.exit(f"{ran} stacks were run, and not {stacks}\n{log.read_text()[-5000:]}")
    return cost


def _up(stage: Rehearsal, stack: str, *flags: str) -> Cost:
    command = ["pulumi", "-C", "hub", "-s", stack, "up", "--yes", "--skip-preview", "--suppress-outputs", *flags]
    return _cost(stage, command, stage.project / f"{stack}.log")


def _cost(stage: Rehearsal, command: Sequence[str], log: Path) -> Cost:
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=stage.project,
            env=stage.environment(),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    if status:
        sys.exit(log.read_text()[-5000:])
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _synthesized(python: str, number: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        _ = subprocess.run([python, "-c", _CDK, str(number), folder], check=True, capture_output=True)
        return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
