"""Takes an account out of the catalog.

What it runs is listed first, and nothing is done before somebody has acknowledged that it ends.
"""

from collections.abc import Sequence
from pathlib import Path

from cli.deployment.safeguards import refuse_to_strand
from cli.errors import NotReachedError
from cli.exit_codes import ExitCode
from cli.guard import refuse_unready
from cli.launched import launches_seen
from cli.stacks import run_written
from fleet.show.account_launches import in_lines
from fleet.show.launches import launches_of
from hub.config import HubSettings
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings


def off_board(stack: str, acknowledged: str, hub: str) -> int:
    """Destroy a spoke's stack and say what is left to do in the hub's settings.

    Raises:
        NotReachedError: it runs something, and nobody has acknowledged that this ends; or something that no stack
            declares, which would go on without its roles.
        FleetError: another stack of the account launches by its roles.
        CatalogError: its settings cannot be read, or Pulumi cannot read the stacks.
    """
    account = settings_of(SpokeSettings, stack).account_id
    refuse_unready(stack)
    running = launches_of(Path.cwd(), stack=stack)
    for each in running:
        launch = each.deployed
        print(f"{stack} runs {launch.name}: {each.product} {launch.version} in {launch.region} ({launch.status})")
    if running and acknowledged != account:
        found = f"invalid value {acknowledged!r}, which is not the account's id. " if acknowledged else ""
        raise NotReachedError(
            f"{found}{len(running)} launches of {account} would be terminated, with all that they made. Nothing was "
            f"changed. If that is meant, run it again with --acknowledge {account} (make: ACKNOWLEDGE=…).",
            code="launches-not-acknowledged",
            place="--acknowledge",
        )
    undeclared = launches_seen(stack=stack).undeclared
    others = sorted({each.tagged for each in undeclared} - {stack, ""})
    beside = [each for each in undeclared if each.tagged not in others]
    if beside:
        raise NotReachedError(
            f"{account} runs what {stack} does not declare, and would go on running it without roles, at its cost. "
            f"Nothing was changed. Have who launched these terminate them first:{in_lines(beside)}",
            code="launches-undeclared",
            place=stack,
        )
    refuse_to_strand(stack)
    code = run_written("spoke", stack, "destroy")
    if code is not ExitCode.DONE:
        print(f"{stack} is not empty: the account still has what could not be removed. See above.")
        return code
    _say_what_is_left(stack, account, hub, others)
    return ExitCode.DONE


def _say_what_is_left(stack: str, account: str, hub: str, others: Sequence[str]) -> None:
    shares = settings_of(HubSettings, hub).shares
    own = [f"  - portfolio: {share.portfolio}, type: {share.type}" for share in shares if share.target == account]
    print(f"\n{stack} is empty. What is left to do:")
    if others:
        print(f"{', '.join(others)} launches in {account} still, so leave what the hub shares with it.")
    elif own:
        print(f"remove from shares in Pulumi.{hub}.yaml, then model-catalog stack up {hub}:", *own, sep="\n")
    else:
        print(f"Pulumi.{hub}.yaml shares nothing with {account} alone. It still gets what its unit gets.")
    print(f"delete Pulumi.{stack}.yaml, and the stack: pulumi -C spoke stack rm {stack}")
