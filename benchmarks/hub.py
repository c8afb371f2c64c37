"""Measures hubs of 10, 100 and 350 products with two versions each: first `up`, unchanged, one new version.

Usage: python -m benchmarks.hub [--products 10 100 350] [--whole 10 100] [--cdk PYTHON]

`--products` divides the catalog over stacks of at most 25 products, `--whole` keeps it in one. `--cdk` names a
Python that has aws-cdk-lib: it synthesizes the same catalog beside it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.hub_catalog import add_version, write_catalog
from cli.rehearsal.deployment import Rehearsal, listen_to_interrupts

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
    """What some runs of Pulumi cost, one after the other; the peak is that of the largest process."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


def main() -> int:
    """Measure and print a table."""
    listen_to_interrupts()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hub", description=__doc__)
    parser.add_argument("--products", type=int, nargs="*", default=[10, 100, 350])
    parser.add_argument("--whole", type=int, nargs="*", default=[10, 100])
    parser.add_argument("--cdk", default="", help="a Python that has aws-cdk-lib")
    arguments = parser.parse_args()
    table = Table("products", "stacks", "what", "wall, s", "CPU, s", "peak, MiB")
    console = Console(width=120)
    for divided, numbers in ((True, arguments.products), (False, arguments.whole)):
        for number in numbers:
            for stacks, what, cost in measured(number, divided=divided):
                row = (f"{cost.seconds:.1f}", f"{cost.cpu_seconds:.1f}", f"{cost.peak_mib:.0f}")
                table.add_row(str(number), str(stacks), what, *row)
                console.print(f"{number} products, {stacks} stacks, {what}: {cost.seconds:.1f} s", highlight=False)
    cdk: str = arguments.cdk
    synthesized: list[int] = arguments.products if cdk else []
    for number in synthesized:
        table.add_row(str(number), "", "cdk synth, nothing deployed", f"{_synthesized(cdk, number):.1f}")
    console.print(table)
    return 0


def measured(number: int, *, divided: bool) -> Iterator[tuple[int, str, Cost]]:
    """Deploy a catalog of so many products, and then each kind of run."""
    with tempfile.TemporaryDirectory() as folder, Rehearsal(Path(folder) / "rehearsal") as stage:
        stacks = write_catalog(stage.project, number, divided=divided)
        for target in ("lock", "up-organization"):
            done = stage.make(target, *(["FLAGS=--skip-preview"] if target != "lock" else []))
            if done.returncode != 0:
                sys.exit(done.stdout)
        for stack in stacks:
            _ = stage.run("pulumi", "-C", "hub", "stack", "select", stack, "--create")
        yield len(stacks), "first up", _up(stage, stacks)
        yield len(stacks), "unchanged, all stacks", _up(stage, stacks, "--expect-no-changes")
        add_version(stage.project, 0)
        _ = stage.make("lock")
        yield len(stacks), "one new version, in its stack", _up(stage, stacks[:1])


def _up(stage: Rehearsal, stacks: Sequence[str], *flags: str) -> Cost:
    total = Cost(0, 0, 0)
    environment = stage.environment()
    for stack in stacks:
        command = ["pulumi", "-C", str(stage.project / "hub"), "-s", stack, "up", "--yes", "--skip-preview"]
        with (stage.project / f"{stack}.log").open("wb") as log:
            begun = time.perf_counter()
            process = subprocess.Popen(
                [*command, "--suppress-outputs", *flags],
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
            _, status, used = os.wait4(process.pid, 0)
        if status:
            sys.exit((stage.project / f"{stack}.log").read_text()[-5000:])
        total = Cost(
            total.seconds + time.perf_counter() - begun,
            total.cpu_seconds + used.ru_utime + used.ru_stime,
            max(total.peak_mib, used.ru_maxrss / 1024),
        )
    return total


def _synthesized(python: str, number: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        _ = subprocess.run([python, "-c", _CDK, str(number), folder], check=True, capture_output=True)
        return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
