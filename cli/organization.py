"""`model-catalog organization`: what accounts need before the first stack is deployed."""

from pathlib import Path
from typing import Annotated

import typer

from cli.verbs import noun, verb

app = noun("What accounts need before their first stack: a place for state, and roles that deploy.")


@verb(app, "state", "organization state your-state-bucket --account 222233334444 --dry-run", asks_aws=True)
def state(
    bucket: Annotated[str, typer.Argument(metavar="BUCKET", help="The bucket's name.")],
    *,
    account: Annotated[str, typer.Option(help="The account that keeps it; the hub's unless given.")] = "",
    region: Annotated[str, typer.Option(help="Where; the hub's own region unless given.")] = "",
    alias: Annotated[str, typer.Option(help="The key's alias, without alias/ in front.")] = "model-catalog",
    replace: Annotated[
        bool, typer.Option("--replace", help="Write statements of policies anew that somebody has changed.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> int:
    """Make the bucket of all stacks' states and the key of their secrets, and let the organization's deployers in.

    It works with the credentials at hand, an administrator's of that account, and makes only what is missing.
    """
    from cli.backend.state import make_state

    return make_state(bucket, account=account, region=region, alias=alias, replace=replace, dry_run=dry_run)


@verb(app, "deployers", "organization deployers --out deployer.json")
def deployers(
    *,
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="The file; printed unless given.")] = None,
) -> int:
    """Write the document that gives an account its deployer, for accounts that no stack set reaches.

    It is what the organization's stack rolls out to the units of its setting `deployers`.
    """
    from cli.accounts.deployer_document import write_document

    return write_document(out)
