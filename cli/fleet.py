"""`model-catalog fleet`: all spokes at once."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import ExitCode, reached
from cli.verbs import AsJson, complete_product, complete_spoke, form_of, noun, print_json, verb

app = noun("All spokes at once: what would change, roll it out, who runs what, what drifted.")

Only = Annotated[
    list[str] | None,
    typer.Option("--only", autocompletion=complete_spoke, help="Only these spokes; * stands for any text. Repeatable."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", autocompletion=complete_spoke, help="Not these spokes. Repeatable."),
]
Waves = Annotated[list[str] | None, typer.Option("--wave", help="Only this wave of fleet.yaml. Repeatable.")]
ShardOf = Annotated[str | None, typer.Option("--shard", help="Only this part of them, for example 2/5.")]
Scheduler = Annotated[str | None, typer.Option("--scheduler", help="Dask's, for example tcp://10.0.0.5:8786.")]


@verb(app, "plan", "fleet plan --why research", looking=True, asks_aws=True)
def plan(
    *,
    as_json: AsJson = False,
    why: Annotated[str | None, typer.Option("--why", autocompletion=complete_spoke, help="Explain one spoke.")] = None,
    comment: Annotated[
        Path | None,
        typer.Option(
            "--comment", metavar="FILE", dir_okay=False, help="Write it as a comment too, with what it costs."
        ),
    ] = None,
) -> int:
    """Tell which spokes would change and why, without running any of them."""
    from fleet.commands import planned
    from fleet.plan.spokes import matching_spokes
    from fleet.show.reporting import explain, plan_document, show_plan
    from fleet.show.tables import console

    found = planned(Path.cwd())
    if comment:
        from fleet.show.plan_comment import in_markdown
        from shared.files import write_file

        write_file(comment, in_markdown(found))
    if why:
        elsewhere = found.inventory.neighbours.elsewhere
        upstream = [each for stack, each in found.upstream.items() if stack == why]
        chosen = () if upstream else matching_spokes(found.inventory.spokes, [why], where="--why", elsewhere=elsewhere)
        for verdict in upstream or [found.verdicts[stack] for stack in sorted(chosen)]:
            explain(verdict, found, console())
    elif as_json:
        print_json(plan_document(found))
    else:
        show_plan(found, console())
    return ExitCode.DONE


@verb(app, "up", "fleet up --wave canary --dry-run", looking=True, asks_aws=True)
def up(
    *,
    only: Only = None,
    exclude: Exclude = None,
    wave: Waves = None,
    shard: ShardOf = None,
    force: Annotated[bool, typer.Option("--force", help="Run them even where nothing changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Preview what would run, and change nothing.")] = False,
    approve: Annotated[list[str] | None, typer.Option("--approve", help="Say yes to a wave beforehand.")] = None,
    again: Annotated[
        list[str] | None,
        typer.Option("--again", metavar="PRODUCT@VERSION", help="Try a version again that did not do well in a wave."),
    ] = None,
    scheduler: Scheduler = None,
) -> int:
    """Roll out what changed, wave after wave. What is where it is wanted already is not run again."""
    from fleet.commands import roll_out
    from fleet.plan.spoke_selection import SpokeFilter, parse_shard
    from fleet.show.tables import console

    choice = SpokeFilter(only or [], exclude or [], wave or [], parse_shard(shard) if shard else None)
    return roll_out(
        Path.cwd(),
        choice,
        console(),
        force=force,
        dry_run=dry_run,
        approved=approve or [],
        again=again or [],
        scheduler=scheduler,
    )


@verb(app, "propose", "fleet propose --out proposals", looking=True, asks_aws=True)
def propose(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", file_okay=False, help="Write patches there, and no branches."),
    ] = None,
    push: Annotated[
        bool, typer.Option("--push", help="Write the branches of the remote, and delete what is no longer needed.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; tell what would be written.")] = False,
    as_json: AsJson = False,
) -> int:
    """Write the upgrades of spokes that pin a version, a branch for each team and product, for review."""
    from cli.proposals.run import propose as write
    from fleet.show.tables import console
    from shared.catalog.lifecycle import refuse_to_look_ahead

    if out and push:
        raise typer.BadParameter("patches are not pushed. Use one of the two.", param_hint="--out and --push")
    if not dry_run:
        refuse_to_look_ahead()
    return write(Path.cwd(), console(), out=out, push=push, dry_run=dry_run, as_json=as_json)


@verb(app, "status", "fleet status --product fraud-detector-realtime", looking=True, asks_aws=True)
def status(
    *,
    product: Annotated[str, typer.Option(autocompletion=complete_product, help="Only launches of this product.")] = "",
    version: Annotated[str, typer.Option(help="Only launches of this version.")] = "",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets.")] = False,
    cost: Annotated[bool, typer.Option("--cost", help="With what each costs, read from every stack.")] = False,
    recorded: Annotated[
        bool, typer.Option("--recorded", help="As it was recorded: no account is asked what it really runs.")
    ] = False,
) -> int:
    """Tell who runs which version of which product, and what accounts run that no stack declares."""
    from fleet.commands import planned
    from fleet.show.status import COLUMNS, beside_accounts, look_in_accounts, rows_of, show_status
    from fleet.show.tables import console

    form = form_of(as_json=as_json, as_csv=as_csv)
    if cost:
        from cli.accounts.usage import show_usage

        return show_usage(product, version, as_json=as_json)
    found = planned(Path.cwd(), recorded=recorded)
    rows = rows_of(found, product=product, version=version)
    accounts = None if recorded else look_in_accounts(found)
    if accounts:
        rows = beside_accounts(found, rows, accounts, product=product, version=version)
    if not rows and (product or version) and not (accounts and accounts.unread):
        from cli.deployment.known_names import refuse_unknown

        every = rows_of(found)
        every = beside_accounts(found, every, accounts) if accounts else every
        launched = [(row.product, row.version) for row in every if row.launch]
        hubs = found.inventory.hubs
        refuse_unknown(Path.cwd(), product=product, version=version, launched=launched, hubs=hubs)
    if form == "json":
        print_json([row.document() for row in rows])
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        writer.writerows(row.cells() for row in rows)
    else:
        show_status(found, rows, console(), accounts)
    unread = accounts is not None and bool(accounts.unread)
    return reached(reached=not (unread or any(row.problem for row in rows)))


@verb(app, "drift", "fleet drift --sample 5%", looking=True, asks_aws=True)
def drift(
    *,
    only: Only = None,
    exclude: Exclude = None,
    sample: Annotated[str, typer.Option(help="How many of them, for example 20 or 5%.")] = "100%",
    as_json: AsJson = False,
    scheduler: Scheduler = None,
) -> int:
    """Tell what was changed in the accounts behind Pulumi's back; it changes nothing."""
    from fleet.commands import find_drift
    from fleet.plan.spoke_selection import SpokeFilter
    from fleet.show.tables import console

    choice = SpokeFilter(only or [], exclude or [])
    found, code = find_drift(Path.cwd(), choice, sample, None if as_json else console(), scheduler)
    if as_json:
        print_json(found)
    return code


@verb(app, "history", "fleet history --on 2026-11-26", looking=True)
def history(
    *,
    spoke: Annotated[
        str, typer.Option(autocompletion=complete_spoke, help="Only of this spoke, or of any stack by its full name.")
    ] = "",
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="What ran where on a day, by UTC.")] = "",
    product: Annotated[
        str, typer.Option(autocompletion=complete_product, help="Who ever ran this product, and when.")
    ] = "",
    version: Annotated[str, typer.Option(help="Who ever ran this version, and when.")] = "",
    bundle: Annotated[
        Path | None, typer.Option("--bundle", metavar="FILE", dir_okay=False, help="Write it all for an auditor.")
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets.")] = False,
) -> int:
    """Tell what was moved, when and by whom; or what ran where on a day, and who ever ran a version."""
    from cli.deployment.history import Question, show_history

    question = Question(stack=spoke, day=on, product=product, version=version)
    return show_history(question, form=form_of(as_json=as_json, as_csv=as_csv), bundle=bundle)


@verb(app, "accounts", "fleet accounts --check", asks_aws=True)
def accounts(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where the file is behind the organization.")
    ] = False,
) -> int:
    """Write what the organization says of the accounts of spokes, for launches.yaml: accounts.yaml."""
    from fleet.plan.account_facts import write_accounts

    lines, good = write_accounts(Path.cwd(), check=check)
    print(*lines, sep="\n")
    return reached(reached=good)


@verb(app, "shards", "fleet shards 8 --format github", looking=True, asks_aws=True)
def shards(
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=256, help="At most so many.")],
    *,
    wave: Waves = None,
    form: Annotated[str, typer.Option("--format", help="github or gitlab.")] = "github",
) -> int:
    """Print the matrix that divides what would run over so many jobs."""
    from fleet.commands import planned
    from fleet.plan.shards import matrix

    sys.stdout.write(matrix(planned(Path.cwd()), number, wave or [], form))
    return ExitCode.DONE
