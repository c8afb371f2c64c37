"""Takes an account out of the catalog: make off-board NAME=research [ACKNOWLEDGE=333344445555].

What it runs is listed first, and nothing is done before somebody has acknowledged that it ends.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from cli.catalog import reporting
from fleet.show.launches import launches_of
from hub.config import HubSettings
from shared.errors import CatalogError
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings


def main() -> int:
    """Destroy a spoke's stack and say what is left to do in the hub's settings."""
    parser = argparse.ArgumentParser(prog="python -m cli.off_board", description=__doc__)
    parser.add_argument("--name", required=True, help="the spoke's name, without spoke-")
    parser.add_argument("--acknowledge", default="", help="the account's id, once what it runs may end")
    parser.add_argument("--hub", default="hub", help="the hub's stack; default: hub")
    arguments = parser.parse_args()
    return reporting(lambda: _off_board(f"spoke-{arguments.name}", arguments.acknowledge, arguments.hub))


def _off_board(stack: str, acknowledged: str, hub: str) -> int:
    account = settings_of(SpokeSettings, stack).account_id
    running = launches_of(Path.cwd(), stack=stack)
    for each in running:
        launch = each.deployed
        print(f"{stack} runs {launch.name}: {each.product} {launch.version} in {launch.region} ({launch.status})")
    if running and acknowledged != account:
        raise CatalogError(_refusal(account, len(running), acknowledged))
    done = subprocess.run(["make", "--no-print-directory", f"destroy-{stack}"], check=False)
    if done.returncode != 0:
        raise CatalogError(
            f"make destroy-{stack} failed, and the account still has what it could not remove. See above."
        )
    _say_what_is_left(stack, account, hub)
    return 0


def _refusal(account: str, running: int, acknowledged: str) -> str:
    found = f"found {acknowledged!r}, which is not the account's id. " if acknowledged else ""
    return (
        f"ACKNOWLEDGE: {found}{running} launches of {account} would be terminated, with all that they made. "
        f"Nothing was changed. If that is meant, run it again with ACKNOWLEDGE={account}."
    )


def _say_what_is_left(stack: str, account: str, hub: str) -> None:
    shares = settings_of(HubSettings, hub).shares
    own = [f"  - portfolio: {share.portfolio}, type: {share.type}" for share in shares if share.target == account]
    print(f"\n{stack} is empty. What is left to do:")
    if own:
        print(f"remove from shares in Pulumi.{hub}.yaml, then make up-{hub}:", *own, sep="\n")
    else:
        print(f"Pulumi.{hub}.yaml shares nothing with {account} alone. It still gets what its unit gets.")
    print(f"delete Pulumi.{stack}.yaml, and the stack: pulumi -C spoke stack rm {stack}")


if __name__ == "__main__":
    sys.exit(main())
