"""The doctor: one table of what is there and what is missing, before anything is made."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from rich.text import Text

from cli.doctor.accounts import StackChecks, hub_account_of
from cli.doctor.backend import backend, hubs, secrets
from cli.doctor.lines import Line, lines_of, summary
from cli.doctor.machine import credentials, network, tools
from cli.exit_codes import reached
from cli.stacks import with_settings
from cli.verbs import print_json, stacks
from fleet.show.tables import Column, console, show
from shared.errors import CatalogError
from shared.stack.stack_file import StackFile, settings_of
from spoke.config import SpokeSettings

_AT_ONCE: Final = 8
_COLUMNS: Final = (Column("where"), Column("what", 2, wraps=True), Column("state"), Column("found", 1))
_STYLES: Final = {"missing": "bold red", "look": "yellow", "there": "green"}


def examine(wanted: Sequence[str], *, as_json: bool, short: bool = False) -> int:
    """Look at everything that the stacks here need, and tell it; not reached where something is missing.

    Args:
        wanted: Stacks; all that have settings here, where none is named.
        as_json: For machines.
        short: Leave out what is there.

    Raises:
        ConfigError: there is no such stack.
    """
    for stack in wanted:
        with_settings(stack)
    lines = list(look(list(wanted) or stacks()))
    if as_json:
        print_json({"missing": sum(line.is_missing for line in lines), "lines": [each.document() for each in lines]})
    else:
        rows = [
            [line.where, line.finding.subject, Text(line.state, _STYLES[line.state]), line.finding.text]
            for line in lines
            if not short or line.state != "there"
        ]
        show(console(), _COLUMNS, rows)
        print(summary(lines))
    return reached(reached=not any(line.is_missing for line in lines))


def look(names: Sequence[str]) -> Iterator[Line]:
    """Look at the machine first, then at the state, then at each stack."""
    root, regions = Path.cwd(), sorted({region for name in names if (region := _region(name))})
    yield from lines_of("this machine", [*tools(root), *credentials(regions[0] if regions else ""), *network(regions)])
    yield from lines_of("state", [*backend(), *secrets(names)])
    spokes = [name for name in names if name.startswith("spoke-")]
    own = [name for name in names if name.startswith("hub")]
    yield from lines_of("state", hubs([*own, *(hub for name in spokes for hub in _hubs(name))], needed=bool(spokes)))
    hub_account = hub_account_of(stacks())
    ordered = sorted(names, key=lambda name: (not name.startswith("organization"), not name.startswith("hub"), name))
    checks = [StackChecks(name, hub_account=hub_account) for name in ordered]
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        for lines in workers.map(StackChecks.lines, checks):
            yield from lines


def _region(stack: str) -> str:
    try:
        return StackFile(Path(f"Pulumi.{stack}.yaml")).given.get("aws:region", "")
    except CatalogError:
        return ""  # its own line says why


def _hubs(stack: str) -> list[str]:
    try:
        return settings_of(SpokeSettings, stack).hub_stacks
    except CatalogError:
        return []
