"""Measures a spoke and a hub beside the least that Pulumi costs: a bare program and a plug-in that does nothing.

Usage: python -m benchmarks.spoke [--runs 5]

The bare programs have as many resources of each type. Their plug-in is a small Go program, built here from the module
that the CLI is built from. Every process counts: those that the engine leaves behind are collected too, which needs
Linux.
"""

import argparse
import ctypes
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import yaml
from rich.console import Console
from rich.table import Table

from cli.rehearsal.deployment import Rehearsal
from cli.rehearsal.starting import ROOT
from sandbox.environment import MANAGEMENT

HERE: Final = Path(__file__).parent
SPOKE: Final = "spoke-research"
ACCOUNT: Final = "333344445555"
_SUBREAPER: Final = 36
"""prctl's PR_SET_CHILD_SUBREAPER: orphans become ours, so that their CPU can be asked for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over some runs, of all processes together; the peak is that of the largest."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spoke", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    table = Table("what", "wall, s", "CPU, s", "beside bare", "peak, MiB")
    for what, beside, cost in measured(runs):
        table.add_row(what, f"{cost.seconds:.2f}", f"{cost.cpu_seconds:.2f}", f"{beside:.2f}", f"{cost.peak_mib:.0f}")
    Console(width=100).print(table)
    return 0


def measured(runs: int) -> Iterator[tuple[str, float, Cost]]:
    """Give what is run, how often its bare program's CPU it takes, and what it costs; medians of so many runs."""
    _ = ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder, Rehearsal(Path(folder) / "rehearsal") as stage:
        for stack in ("organization", "hub", SPOKE):
            done = stage.make(f"up-{stack}", "FLAGS=--skip-preview")
            if done.returncode != 0:
                sys.exit(done.stdout)
        plugin = {"PULUMI_HOME": str(_instant_plugin(stage))}
        instant = plugin | {"INSTANT_PLUGIN_ANSWERS": str(_answers(stage))}
        _bare(stage, "hub", "hub", "222233334444", plugin)
        _bare(stage, "spoke", SPOKE, ACCOUNT, plugin)
        yield from _beside(
            {
                "hub: bare program, instant plug-in": [_run(stage, "bare", "hub", instant) for _ in range(runs + 1)][
                    1:
                ],
                "hub, unchanged": [_run(stage, "hub", "hub", {}) for _ in range(runs)],
                "hub, unchanged, instant plug-in": [_run(stage, "hub", "hub", instant) for _ in range(runs)],
            }
        )
        yield from _beside(
            {
                "spoke: bare program, instant plug-in": [
                    _run(stage, "bare", "spoke", instant) for _ in range(runs + 1)
                ][1:],
                "spoke, unchanged": [_run(stage, "spoke", SPOKE, {}) for _ in range(runs)],
                "spoke, one launch changed": [_changed(stage, number) for number in range(runs)],
                # Last, because what it writes down is not what the sandbox knows.
                "spoke, unchanged, instant plug-in": [_run(stage, "spoke", SPOKE, instant) for _ in range(runs)],
            }
        )


def _beside(rows: Mapping[str, Sequence[Cost]]) -> Iterator[tuple[str, float, Cost]]:
    """Give medians, each beside the first."""
    least = 0.0
    for what, costs in rows.items():
        cost = Cost(
            statistics.median(cost.seconds for cost in costs),
            statistics.median(cost.cpu_seconds for cost in costs),
            max(cost.peak_mib for cost in costs),
        )
        least = least or cost.cpu_seconds
        yield what, cost.cpu_seconds / least, cost


def _run(stage: Rehearsal, project: str, stack: str, variables: Mapping[str, str]) -> Cost:
    """Deploy a stack as the fleet does, and collect what each process used."""
    command = ["pulumi", "-C", project, "-s", stack, "up", "--yes", "--skip-preview", "--non-interactive"]
    log = stage.project / f"{stack}.log"
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=stage.project,
            env=stage.environment() | dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    _, status, used = os.wait4(process.pid, 0)
    wall, process.returncode = time.perf_counter() - begun, os.waitstatus_to_exitcode(status)
    if status:
        sys.exit(log.read_text())
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss
    for orphan in _orphans(stage):
        _, _, used = os.wait4(orphan, 0)
        cpu, peak = cpu + used.ru_utime + used.ru_stime, max(peak, used.ru_maxrss)
    return Cost(wall, cpu, peak / 1024)


def _orphans(stage: Rehearsal) -> list[int]:
    """List what became ours when the engine ended; the sandbox is ours as well, and stays."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(child) for child in children if int(child) != stage.process]


def _changed(stage: Rehearsal, number: int) -> Cost:
    path = stage.project / f"Pulumi.{SPOKE}.yaml"
    settings: Any = yaml.safe_load(path.read_text())
    settings["config"]["model-catalog-spoke:launches"][0]["tags"] = {"round": str(number)}
    _ = path.write_text(yaml.safe_dump(settings))
    return _run(stage, "spoke", SPOKE, {})


def _answers(stage: Rehearsal) -> Path:
    """Write what the functions answer that hub and spoke call, for the plug-in that asks nobody."""
    role = stage.client("iam", ACCOUNT).get_role(RoleName="OrganizationAccountAccessRole")["Role"]
    arn, identity = role["Arn"], role["RoleId"]
    catalog = json.loads(stage.run("pulumi", "-C", "hub", "-s", "hub", "stack", "output", "catalog", "--json").stdout)
    organizations = stage.client("organizations", MANAGEMENT)
    organization = organizations.describe_organization()["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    units, above = dict[str, str](), [root]
    for parent in above:
        for unit in organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]:
            units[unit["Name"]] = unit["Id"]
            above.append(unit["Id"])
    portfolios = [each for region in catalog["regions"].values() for each in region["portfolios"].values()]
    answers = {
        "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT, "arn": arn, "userId": identity},
        "aws:iam/getSessionContext:getSessionContext": {"arn": arn, "issuerArn": arn, "issuerId": identity},
        "aws:organizations/getOrganization:getOrganization": {
            "id": organization["Id"],
            "arn": organization["Arn"],
            "roots": [{"id": root, "name": "Root"}],
        },
        # The same for each parent: no two units have one name.
        "aws:organizations/getOrganizationalUnits:getOrganizationalUnits": {
            "children": [{"name": name, "id": identity} for name, identity in units.items()]
        },
        "aws:servicecatalog/getLaunchPaths:getLaunchPaths": {
            "summaries": [{"name": each["name"], "pathId": f"lpv2-{each['id']}"} for each in portfolios]
        },
    }
    path = stage.project / "answers.json"
    _ = path.write_text(json.dumps(answers))
    return path


def _instant_plugin(stage: Rehearsal) -> Path:
    """Build the plug-in that asks nobody, and give its Pulumi home."""
    home = Path(stage.environment()["PULUMI_HOME"]).with_name("pulumi-bare")
    plugin = home / "plugins" / f"resource-aws-v{version('pulumi_aws')}" / "pulumi-resource-aws"
    plugin.parent.mkdir(parents=True)
    build = ["go", "build", "-o", str(plugin), str(HERE / "instant_plugin" / "main.go")]
    _ = subprocess.run(build, cwd=ROOT / "tools" / "cli", check=True)
    return home


def _bare(stage: Rehearsal, project: str, stack: str, account: str, variables: Mapping[str, str]) -> None:
    """Make a stack of the bare program, with as many resources of each type as a stack of ours has."""
    if not (stage.project / "bare").exists():
        _ = shutil.copytree(HERE / "bare", stage.project / "bare")
    state = json.loads(stage.run("pulumi", "-C", project, "-s", stack, "stack", "export").stdout)
    counts = Counter(each["type"] for each in state["deployment"]["resources"])
    resources = {kind: count for kind, count in counts.items() if not kind.startswith("pulumi:")}
    settings = {"account": account, "resources": json.dumps(resources)}
    if project == "spoke":
        settings["hub"] = "organization/model-catalog-hub/hub"
    commands = [("stack", "init", project), *(("config", "set", *each, "-s", project) for each in settings.items())]
    for command in commands:
        done = stage.run("pulumi", "-C", "bare", *command, variables=variables)
        if done.returncode != 0:
            sys.exit(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
