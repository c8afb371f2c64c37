"""`python -m fleet`: many spokes at once."""

import csv
import datetime as dt
import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shared.errors import CatalogError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Many spokes at once: plan, up, status, drift, shards.",
)

Only = Annotated[list[str] | None, typer.Option("--only", help="Only these spokes; * stands for any text. Repeatable.")]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", help="Not these spokes. Repeatable.")]
Waves = Annotated[list[str] | None, typer.Option("--wave", help="Only this wave of fleet.yaml. Repeatable.")]
ShardOf = Annotated[str | None, typer.Option("--shard", help="Only this part of them, for example 2/5.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Scheduler = Annotated[str | None, typer.Option("--scheduler", help="Dask's, for example tcp://10.0.0.5:8786.")]


@app.command()
def plan(
    *, as_json: Json = False, why: Annotated[str | None, typer.Option("--why", help="Explain one spoke.")] = None
) -> None:
    """Tell which spokes would change and why, without running any of them."""
    from fleet.commands import planned  # noqa: PLC0415 - a command loads what it needs, and --help nothing
    from fleet.plan.spokes import matching_spokes  # noqa: PLC0415
    from fleet.show.reporting import explain, plan_document, show_plan  # noqa: PLC0415

    found = planned(Path.cwd())
    if why:
        for stack in sorted(matching_spokes(found.inventory.spokes, [why], where="--why")):
            explain(found.verdicts[stack], found, _console())
    elif as_json:
        _print_json(plan_document(found))
    else:
        show_plan(found, _console())


@app.command()
def up(
    *,
    only: Only = None,
    exclude: Exclude = None,
    wave: Waves = None,
    shard: ShardOf = None,
    force: Annotated[bool, typer.Option("--force", help="Run them even where nothing changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Preview what would run, and change nothing.")] = False,
    approve: Annotated[list[str] | None, typer.Option("--approve", help="Say yes to a wave beforehand.")] = None,
    scheduler: Scheduler = None,
) -> None:
    """Roll out what changed, wave after wave. What is where it is wanted already is not run again."""
    from fleet.commands import roll_out  # noqa: PLC0415
    from fleet.plan.spoke_selection import SpokeFilter, parse_shard  # noqa: PLC0415

    choice = SpokeFilter(only or [], exclude or [], wave or [], parse_shard(shard) if shard else None)
    approved = approve or []
    _end(roll_out(Path.cwd(), choice, _console(), force=force, dry_run=dry_run, approved=approved, scheduler=scheduler))


@app.command()
def status(
    *,
    product: Annotated[str, typer.Option(help="Only launches of this product.")] = "",
    version: Annotated[str, typer.Option(help="Only launches of this version.")] = "",
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets.")] = False,
) -> None:
    """Tell who runs which version of which product, since when, and against which contract."""
    from fleet.commands import planned  # noqa: PLC0415
    from fleet.show.status import COLUMNS, rows_of, show_status  # noqa: PLC0415

    found = planned(Path.cwd())
    rows = rows_of(found, product=product, version=version)
    if as_json:
        _print_json([row.document() for row in rows])
    elif as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        writer.writerows(row.document().values() for row in rows)
    else:
        show_status(found, rows, _console())
    _end(int(any(row.problem for row in rows)))


@app.command()
def drift(
    *,
    only: Only = None,
    exclude: Exclude = None,
    sample: Annotated[str, typer.Option(help="How many of them, for example 20 or 5%.")] = "100%",
    as_json: Json = False,
    scheduler: Scheduler = None,
) -> None:
    """Tell what was changed in the accounts behind Pulumi's back; it changes nothing."""
    from fleet.commands import find_drift  # noqa: PLC0415
    from fleet.plan.spoke_selection import SpokeFilter  # noqa: PLC0415

    choice = SpokeFilter(only or [], exclude or [])
    found, code = find_drift(Path.cwd(), choice, sample, None if as_json else _console(), scheduler)
    if as_json:
        _print_json(found)
    _end(code)


@app.command()
def shards(
    number: Annotated[int, typer.Argument(min=1, max=256, help="At most so many.")],
    *,
    wave: Waves = None,
    form: Annotated[str, typer.Option("--format", help="github or gitlab.")] = "github",
) -> None:
    """Print the matrix that divides what would run over so many jobs."""
    from fleet.commands import planned  # noqa: PLC0415
    from fleet.plan.shards import matrix  # noqa: PLC0415

    sys.stdout.write(matrix(planned(Path.cwd()), number, wave or [], form))


def main() -> None:
    """Run the command line; a mistake of its user becomes one line, and exit code 2."""
    # Inherited by Pulumi, which would wait five seconds at its end for an interrupt that it ignores.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except CatalogError as problem:
        sys.exit(_refused(str(problem)))


def _refused(text: str) -> int:
    sys.stderr.write(f"error: {text}\n")
    return 2


def _end(code: int) -> None:
    raise typer.Exit(code)


def _print_json(document: object) -> None:
    json.dump(document, sys.stdout, indent=1, default=_plain)
    sys.stdout.write("\n")


def _plain(value: Any) -> str:  # noqa: ANN401 - what json does not know
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else str(value)


def _console() -> Console:
    # In a log there is no width to fit into, and cut names would be of no use.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


if __name__ == "__main__":
    main()
