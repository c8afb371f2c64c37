"""The whole catalog on the sandbox, with the real engine: make demo."""

import json
import shutil
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from cli.rehearsal.deployers import DEPLOYER, make_deployers
from cli.rehearsal.deployment import ROOT, Rehearsal, RehearsalError

FOLDER: Final = ROOT / ".sandbox" / "demo"
STACKS: Final = ("organization", "hub", "spoke-research", "spoke-production")
ADMINISTERED: Final = {"spoke-research": "333344445555", "spoke-production": "444455556666"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """A provisioned product as its account reports it, beside what its stack says of it."""

    stack: str
    name: str
    product: str
    version: str
    status: str


class DemoError(Exception):
    """A step of the demo did not do what it should."""


def main() -> int:
    """Run the demo; the exit code is 0 only when everything that it promises is so."""
    # Outside a terminal there is no width to fit into, and cut names would be of no use in a log.
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 120)
    shutil.rmtree(FOLDER, ignore_errors=True)
    started = time.monotonic()
    try:
        with Rehearsal(FOLDER) as rehearsal:
            console.print(f"sandbox      an AWS organization of five accounts at {rehearsal.url}")
            make_deployers(rehearsal)
            console.print(f"permissions  each stack works as {DEPLOYER}, with its policy of docs/iam and no other\n")
            for stack in STACKS:
                _run(console, rehearsal, f"up-{stack}")
            console.print("\nagain, to see that nothing changes")
            for stack in STACKS:
                _run(console, rehearsal, f"up-{stack}", "FLAGS=--skip-preview --expect-no-changes")
            found = [item for stack in ADMINISTERED for item in _provisioned(rehearsal, stack)]
    except (DemoError, RehearsalError) as problem:
        console.print(f"\n[red]error:[/red] {problem}")
        return 1
    console.print(_table(found))
    unavailable = [item for item in found if item.status != "AVAILABLE"]
    missing = set(ADMINISTERED) - {item.stack for item in found}
    seconds = time.monotonic() - started
    console.print(f"{len(found)} provisioned products in {len(ADMINISTERED)} accounts, {seconds:.0f} s in all")
    return 1 if unavailable or missing else 0


def _run(console: Console, rehearsal: Rehearsal, target: str, *options: str) -> None:
    started = time.monotonic()
    with console.status(f"make {target}"):
        result = rehearsal.make(target, *options)
    log = FOLDER / f"{target}{'-again' if options else ''}.log"
    log.write_text(result.stdout)
    if result.returncode != 0:
        tail = "\n".join(result.stdout.splitlines()[-30:])
        raise DemoError(f"make {target} ended with exit code {result.returncode}; all of it is in {log}\n{tail}")
    console.print(f"make {target:<22} {time.monotonic() - started:5.1f} s   {_summary(result.stdout)}")


def _summary(output: str) -> str:
    """Pick the engine's own counts, such as `+ 31 created`, out of what it printed."""
    lines = [line.strip() for line in output.rpartition("Resources:")[2].splitlines()]
    counts = [line for line in lines if line.endswith((" created", " updated", " deleted", " unchanged", " replaced"))]
    return ", ".join(" ".join(line.split()) for line in counts)


def _provisioned(rehearsal: Rehearsal, stack: str) -> list[Provisioned]:
    """Compare what a stack's outputs say with what AWS says in its account."""
    outputs = _json(rehearsal, "pulumi", "-C", "spoke", "-s", stack, "stack", "output", "--json")
    scan = ["aws", "servicecatalog", "scan-provisioned-products", "--access-level-filter", "Key=Account,Value=self"]
    scanned = _json(rehearsal, *scan, "--output", "json", account=ADMINISTERED[stack])
    status = {item["Id"]: item["Status"] for item in scanned["ProvisionedProducts"]}
    return [
        Provisioned(
            stack=stack,
            name=name,
            product=launch["product"],
            version=launch["version"],
            status=status.get(launch["provisioned_product"], "not found"),
        )
        for name, launch in outputs["launches"].items()
    ]


def _json(rehearsal: Rehearsal, *command: str, account: str | None = None) -> Any:  # noqa: ANN401 - another program's JSON
    result = rehearsal.run(*command, account=account)
    if result.returncode != 0:
        raise DemoError(f"{' '.join(command)} ended with exit code {result.returncode}\n{result.stdout}")
    return json.loads(result.stdout)


def _table(found: list[Provisioned]) -> Table:
    table = Table("stack", "provisioned product", "product", "version", "status", box=box.SIMPLE)
    for item in found:
        table.add_row(item.stack, item.name, item.product, item.version, item.status)
    return table


if __name__ == "__main__":
    sys.exit(main())
