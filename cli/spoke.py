"""`model-catalog spoke`: accounts come, launch, and go."""

from pathlib import Path
from typing import Annotated

import typer

from cli.verbs import AsJson, HubStack, Product, Spoke, Stack, noun, verb
from pages.web.proposing import FOLDER

app = noun("Accounts: take one in, give it a launch, take it out.")


@verb(app, "new", "spoke new finance 666677778888")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The spoke's name, without spoke-.")] = "",
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id, twelve digits.")] = "",
    *,
    region: Annotated[str, typer.Option(help="Where it works; the hub's own region unless given.")] = "",
    from_organization: Annotated[
        bool, typer.Option("--from-organization", help="For each account of a unit that has no spoke yet.")
    ] = False,
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="UNIT", help="By path of names or id, with --from-organization. Repeatable."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --from-organization: only say what would be written.")
    ] = False,
    by_id: Annotated[
        bool, typer.Option("--by-id", help="With --from-organization: name spokes by their accounts' ids.")
    ] = False,
    beside: Annotated[bool, typer.Option("--beside", help="Another stack sets the account up already.")] = False,
) -> int:
    """Write the settings of a new spoke, or of every account of a unit: NAME and ACCOUNT, or --from-organization."""
    of_one = bool(name or account or beside)
    if from_organization != bool(unit) or from_organization == of_one or ((dry_run or by_id) and not unit):
        raise typer.BadParameter(
            "give NAME and ACCOUNT [--beside], or --from-organization with --unit UNIT [--dry-run] [--by-id]"
        )
    if unit:
        from cli.accounts.new_spokes import new_spokes

        return new_spokes(unit, region, dry_run=dry_run, by_id=by_id)
    from cli.accounts.new_spoke import new_spoke

    return new_spoke(name, account, region, beside=beside)


@verb(app, "new-repository", "spoke new-repository ../risk-models risk 666677778888 --beside")
def new_repository(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help="Where; it is made.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="The spoke's name, without spoke-.")],
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id, twelve digits.")],
    *,
    region: Annotated[str, typer.Option(help="Where it works; the hub's own region unless given.")] = "",
    beside: Annotated[bool, typer.Option("--beside", help="Another stack sets the account up already.")] = False,
    package: Annotated[
        str, typer.Option(help="What pip installs, for example an address; this version unless given.")
    ] = "",
) -> int:
    """Write a team's own repository, which runs a spoke by the package of this project."""
    from cli.accounts.new_repository import new_repository as write

    return write(folder, name, account, region, beside=beside, package=package)


@verb(
    app,
    "new-launch",
    "spoke new-launch research text-embedder-serverless --parameter MemorySizeInMB=4096",
)
def new_launch(
    spoke: Spoke,
    product: Product,
    *,
    name: Annotated[str, typer.Option(help="The launch's name; the product's key unless given.")] = "",
    version: Annotated[str, typer.Option(help="A version or a range; the newest active one unless given.")] = "",
    portfolio: Annotated[str, typer.Option(help="Through which portfolio, where several reach the account.")] = "",
    region: Annotated[str, typer.Option(help="Where; the spoke's own region unless given.")] = "",
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "--set", help="NAME=VALUE. Repeatable.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the file instead of writing it.")] = False,
) -> int:
    """Add a launch to a spoke's settings, checked against what the hub offers and priced; deploy it afterwards.

    At a terminal it asks for what has no default.
    """
    from cli.accounts.new_launch import new_launch as add

    return add(
        f"spoke-{spoke}",
        product,
        name=name,
        version=version,
        portfolio=portfolio,
        region=region,
        parameters=parameter or [],
        dry_run=dry_run,
    )


@verb(app, "ask-access", "spoke ask-access research batch-inference --out access.patch", looking=True)
def ask_access(
    spoke: Spoke,
    portfolio: Annotated[str, typer.Argument(metavar="PORTFOLIO", help="The key of one that the account lacks.")],
    *,
    principal: Annotated[str, typer.Option(metavar="ARN", help="Who would launch from it in the account, too.")] = "",
    outside: Annotated[
        bool, typer.Option("--outside", help="The account is of another organization, and accepts the share.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="The patch; printed unless given.")] = None,
) -> int:
    """Write the change that would give an account a portfolio, as a patch for review, and tell who decides."""
    from cli.accounts.ask_access import ask_access as ask
    from cli.site_pages import index_here

    kind = "ACCOUNT" if outside else "ORGANIZATION_MEMBER_ACCOUNT"
    return ask(f"spoke-{spoke}", index_here().portfolios, portfolio, kind=kind, principal=principal, out=out)


@verb(app, "take-requests", "spoke take-requests")
def take_requests(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", file_okay=False, help="Where the pages' requests are.")
    ] = Path(FOLDER),
) -> int:
    """Write what the catalog's pages ask for into the settings, for review; each request that is taken is removed."""
    from cli.accounts.change_requests import take_requests as take
    from cli.site_pages import index_here

    return take(folder, index_here())


@verb(app, "off-board", "spoke off-board finance --acknowledge 666677778888", asks_aws=True)
def off_board(
    spoke: Spoke,
    *,
    acknowledge: Annotated[str, typer.Option(help="The account's id, once what it runs may end.")] = "",
    hub: HubStack = "hub",
) -> int:
    """Take an account out; it lists what the account runs first, and ends nothing that nobody acknowledged."""
    from cli.deployment.off_board import off_board as leave

    return leave(f"spoke-{spoke}", acknowledge, hub)


@verb(app, "dead-principals", "spoke dead-principals spoke-research --remove", asks_aws=True)
def dead_principals(
    stack: Stack,
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Take their access away.")] = False,
    as_json: AsJson = False,
) -> int:
    """Find access of roles that are gone; of the hub's stack too."""
    from cli.accounts.dead_principals import clean

    return clean(stack, remove=remove, as_json=as_json)
