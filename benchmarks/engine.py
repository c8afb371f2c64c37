"""Measures the engine: a first and an unchanged `up` of every stack, as wall clock and CPU time.

Usage: python -m benchmarks.engine [--runs 5]
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.rehearsal import Rehearsal

STACKS = ("organization", "hub", "spoke-research", "spoke-production")


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    table = Table("stack", "run", "wall, s", "CPU of CLI, hosts and plug-in, s")
    with tempfile.TemporaryDirectory() as folder, Rehearsal(Path(folder) / "rehearsal") as rehearsal:
        for stack in STACKS:
            wall, cpu = _up(rehearsal, stack)
            table.add_row(stack, "first", f"{wall:.1f}", f"{cpu:.1f}")
        for stack in STACKS:
            measured = [_up(rehearsal, stack, "--skip-preview", "--expect-no-changes") for _ in range(runs)]
            wall, cpu = (statistics.median(column) for column in zip(*measured, strict=True))
            table.add_row(stack, f"unchanged, median of {runs}", f"{wall:.2f}", f"{cpu:.2f}")
    Console().print(table)
    return 0


def _up(rehearsal: Rehearsal, stack: str, *flags: str) -> tuple[float, float]:
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    project = stack.partition("-")[0]
    if not flags:
        _ = rehearsal.run("pulumi", "-C", project, "stack", "select", stack, "--create")
    done = rehearsal.run("pulumi", "-C", project, "-s", stack, "up", "--yes", *flags)
    if done.returncode != 0:
        sys.exit(done.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu


if __name__ == "__main__":
    sys.exit(main())
