"""The whole catalog on the sandbox, with the real engine."""

import json
import shutil
import time
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from cli.errors import RehearsalError
from cli.exit_codes import reached
from cli.rehearsal.deployers import DEPLOYER, make_deployers
from cli.rehearsal.deployment import Rehearsal
from cli.rehearsal.kept import keep_to_look_at, refuse_kept
from cli.rehearsal.plugin import confirm_plugin
from cli.rehearsal.starting import ROOT
from fleet.show.tables import Column, console, show
from shared.files import write_file

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


_COLUMNS: Final = (
    Column("stack"),
    Column("provisioned product"),
    Column("product", 2),
    Column("version", 1),
    Column("status"),
)
_KEEP: Final = (
    "  make demo KEEP=yes                  the same, and it stays: sandbox, environment and the catalog's pages"
)
_NEXT: Final = """\

next
{look}
  make sandbox                        the same organization to play with, in a terminal of its own
  eval "$(make -s sandbox-env)"       points another terminal at it; then make up-organization, up-hub, rollout
  model-catalog models list           what is offered; model-catalog alone prints every command
  README.md, "Point it at AWS"        the same on accounts of yours
what Pulumi printed in this run is kept in {logs}"""


def demo(plugin: str | None = None, *, keep: bool = False) -> int:
    """Run the demo; done only when everything that it promises is so.

    Args:
        plugin: "official" for the aws plug-in that is installed here.
        keep: Leave the sandbox, an environment for it and the catalog's pages to look at.

    Raises:
        NotReachedError: the official plug-in is asked for, and is not installed.
        RehearsalError: a step did not do what it should.
        NotReachedError: the sandbox of one that was kept is still there.
    """
    out, told = console(), confirm_plugin(plugin)
    refuse_kept(FOLDER)
    shutil.rmtree(FOLDER, ignore_errors=True)
    started = time.monotonic()
    with Rehearsal(FOLDER, plugin=plugin, may_outlast=keep) as rehearsal:
        out.print(f"sandbox      an AWS organization of five accounts at {rehearsal.url}", soft_wrap=True)
        out.print(f"plug-in      {told}", soft_wrap=True)
        make_deployers(rehearsal)
        out.print(
            f"permissions  each stack works as {DEPLOYER}, with its policy of docs/iam and no other\n", soft_wrap=True
        )
        for stack in STACKS:
            _run(out, rehearsal, f"up-{stack}")
        out.print("\nagain, to see that nothing changes")
        for stack in STACKS:
            _run(out, rehearsal, f"up-{stack}", "FLAGS=--skip-preview --expect-no-changes")
        found = [item for stack in ADMINISTERED for item in _provisioned(rehearsal, stack)]
        kept = keep_to_look_at(rehearsal, FOLDER, ROOT) if keep else ""
    out.print()
    show(out, _COLUMNS, [[item.stack, item.name, item.product, item.version, item.status] for item in found])
    unavailable = [item for item in found if item.status != "AVAILABLE"]
    missing = set(ADMINISTERED) - {item.stack for item in found}
    seconds = time.monotonic() - started
    print(f"\n{len(found)} provisioned products in {len(ADMINISTERED)} accounts, {seconds:.0f} s in all")
    if not unavailable and not missing:
        print(_NEXT.format(look=kept or _KEEP, logs=FOLDER.relative_to(ROOT)))
    return reached(reached=not unavailable and not missing)


def _run(console: Console, rehearsal: Rehearsal, target: str, *options: str) -> None:
    started = time.monotonic()
    with console.status(f"make {target}"):
        result = rehearsal.make(target, *options)
    log = FOLDER / f"{target}{'-again' if options else ''}.log"
    write_file(log, result.stdout)
    if result.returncode != 0:
        tail = "\n".join(result.stdout.splitlines()[-30:])
        raise RehearsalError(f"make {target} ended with exit code {result.returncode}; all of it is in {log}\n{tail}")
    line = f"make {target:<22} {time.monotonic() - started:5.1f} s   {_summary(result.stdout)}"
    console.print(line, soft_wrap=True)


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
        raise RehearsalError(f"{' '.join(command)} ended with exit code {result.returncode}\n{result.stdout}")
    return json.loads(result.stdout)
