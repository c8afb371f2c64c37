"""Measures the engine: a first and an unchanged `up` of every stack, in wall clock and CPU time, and the plug-in alone.

Usage: python -m benchmarks.engine [--runs 5]
"""

import argparse
import resource
import shlex
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.rehearsal.deployment import Rehearsal

# The engine starts a plug-in and ends it with a signal, so the plug-in's CPU is asked of a parent that waits for it.
_MEASURING = """\
#!{python} -IS
import os, signal, sys
child = os.posix_spawn({python!r}, [{python!r}, "-m", "sandbox.plugin", *sys.argv[1:]], os.environ)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda sent, _: os.kill(child, sent))
used = os.wait4(child, 0)[2]
with open({log!r}, "a") as file:
    print(used.ru_utime + used.ru_stime, file=file)
"""

STACKS = ("organization", "hub", "spoke-research", "spoke-production")


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    table = Table("stack", "run", "wall, s", "CPU of CLI, hosts and plug-in, s", "plug-in's CPU, s")
    with tempfile.TemporaryDirectory() as folder, Rehearsal(Path(folder) / "rehearsal") as rehearsal:
        for stack in STACKS:
            wall, cpu = _up(rehearsal, stack)
            table.add_row(stack, "first", f"{wall:.1f}", f"{cpu:.1f}", "")
        for stack in STACKS:
            measured = [_up(rehearsal, stack, "--skip-preview", "--expect-no-changes") for _ in range(runs)]
            wall, cpu = (statistics.median(column) for column in zip(*measured, strict=True))
            plugin = statistics.median(_plugin_cpu(rehearsal, stack, runs))
            table.add_row(stack, f"unchanged, median of {runs}", f"{wall:.2f}", f"{cpu:.2f}", f"{plugin:.2f}")
    Console().print(table)
    return 0


def _plugin_cpu(rehearsal: Rehearsal, stack: str, runs: int) -> list[float]:
    """The CPU time of the plug-in alone in each of some unchanged runs, in seconds."""
    home = Path(rehearsal.environment()["PULUMI_HOME"])
    measured = home.with_name(f"measured-{stack}")
    shutil.copytree(home, measured, symlinks=True)
    log = measured / "plug-in.log"
    starter = next(measured.glob("plugins/resource-aws-*/pulumi-resource-aws"))
    starter.write_text(_MEASURING.format(python=sys.executable, log=str(log)))
    command = f"pulumi -C {stack.partition('-')[0]} -s {stack} up --yes --skip-preview --expect-no-changes"
    for _ in range(runs):
        done = rehearsal.run(*shlex.split(command), variables={"PULUMI_HOME": str(measured)})
        if done.returncode != 0:
            sys.exit(done.stdout)
    return [float(line) for line in log.read_text().splitlines()]


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
