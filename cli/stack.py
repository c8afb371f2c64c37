"""`model-catalog stack`: one stack of the organization, of a hub or of a spoke."""

from pathlib import Path
from typing import Annotated

import typer

from cli.verbs import AsJson, AsOf, PulumiOptions, Stack, noun, verb

app = noun("One stack: preview, deploy, compare, repair. Options that it does not know are Pulumi's.")

CommentFile = Annotated[
    Path | None,
    typer.Option(
        "--comment", metavar="FILE", dir_okay=False, help="Write it as a comment too, with cost and what is replaced."
    ),
]
Acknowledged = Annotated[
    bool,
    typer.Option("--acknowledge-launches", help="Of a hub: the launches that it names may stay behind."),
]


@verb(app, "preview", "stack preview hub --as-of 2026-12-24", passing=True, looking=True, asks_aws=True)
def preview(stack: Stack, options: PulumiOptions = None, *, as_of: AsOf = None, comment: CommentFile = None) -> int:
    """Show what would change in a stack, and check what stands in its way."""
    from cli.deployment import runs

    return runs.preview(stack, options or [], comment=comment)


@verb(app, "up", "stack up spoke-research --yes", passing=True, asks_aws=True)
def up(stack: Stack, options: PulumiOptions = None, *, acknowledge_launches: Acknowledged = False) -> int:
    """Deploy a stack; it shows what would change, and asks. A launch that failed when it was launched is replaced."""
    from cli.deployment import runs

    return runs.up(stack, options or [], acknowledged=acknowledge_launches)


@verb(app, "refresh", "stack refresh hub", passing=True, asks_aws=True)
def refresh(stack: Stack, options: PulumiOptions = None) -> int:
    """Compare a stack with what is really there."""
    from cli.deployment import runs

    return runs.refresh(stack, options or [])


@verb(app, "destroy", "stack destroy spoke-research", passing=True, asks_aws=True)
def destroy(stack: Stack, options: PulumiOptions = None, *, acknowledge_launches: Acknowledged = False) -> int:
    """Remove all that a stack made, unless launches would lose what they need."""
    from cli.deployment import runs

    return runs.destroy(stack, options or [], acknowledged=acknowledge_launches)


@verb(app, "plan", "stack plan spoke-research --json", looking=True, asks_aws=True)
def plan(stack: Stack, *, as_of: AsOf = None, as_json: AsJson = False) -> int:
    """Show what would change inside each provisioned product of a spoke."""
    from cli.deployment.plan import show_plans

    return show_plans(stack, as_json=as_json)


@verb(app, "adopt", "stack adopt hub", asks_aws=True)
def adopt(
    stack: Stack,
    *,
    settle: Annotated[
        bool, typer.Option("--settle", help="After the import: complete what it could not read.")
    ] = False,
) -> int:
    """Write the file that takes over what is there already, and say what to run."""
    from cli.deployment import adoption

    return adoption.settle(stack) if settle else adoption.adopt(stack)


@verb(app, "recover", "stack recover spoke-research", asks_aws=True)
def recover(
    stack: Stack,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="The run that has the lock is over, on a machine that is lost.")
    ] = False,
) -> int:
    """After a run that died: remove its lock, and settle what was half done."""
    from cli.deployment.recovery import recover as settle

    return settle(stack, force=force)


@verb(app, "relaunch", "stack relaunch spoke-research fraud-scoring", passing=True, asks_aws=True)
def relaunch(
    stack: Stack,
    launch: Annotated[str, typer.Argument(metavar="LAUNCH", help="The launch's name.")],
    options: PulumiOptions = None,
) -> int:
    """Launch anew what failed when it was launched."""
    from cli.deployment.relaunch import relaunch as again

    return again(stack, launch, options or [])
