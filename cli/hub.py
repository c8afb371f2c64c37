"""`model-catalog hub`: what the hub gives to others."""

from typing import Annotated

import typer

from cli.verbs import AsJson, HubStack, noun, verb

app = noun("What the hub gives to others.")


@verb(app, "shares", "hub shares --json", looking=True, asks_aws=True)
def shares(*, stack: HubStack = "hub", as_json: AsJson = False) -> int:
    """Tell where the hub's portfolios have arrived, account by account; it changes nothing."""
    from cli.deployment.shares import show_shares

    return show_shares(stack, as_json=as_json)


@verb(app, "divide", "hub divide --products-per-stack 25 --dry-run")
def divide(
    *,
    stack: HubStack = "hub",
    products_per_stack: Annotated[
        int, typer.Option("--products-per-stack", min=1, max=150, help="At most so many products in a stack.")
    ] = 25,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    as_json: AsJson = False,
) -> int:
    """Divide a large catalog over several stacks, and write their settings; what has a stack keeps it."""
    from cli.deployment.hub_division import divide_hub

    return divide_hub(stack, products_per_stack, dry_run=dry_run, as_json=as_json)
