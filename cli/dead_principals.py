"""Finds principals that were deleted after they got access: make dead-principals STACK=spoke-research [REMOVE=yes].

They count against the portfolio's hundred, and keep it from being deleted. The hub's stack and those of spokes are
looked at alike.
"""

import argparse
import sys

from cli.catalog import reporting
from cli.stacks import contract_of
from hub.config import HubSettings
from shared.aws.portfolio_principals import dead_principals, remove_principal
from shared.aws.session import AccountSession
from shared.errors import ConfigError
from shared.stack.settings import AccountSettings
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings


def main() -> int:
    """List them, and remove them where that is wanted; the exit code is 1 while there are any."""
    parser = argparse.ArgumentParser(prog="python -m cli.dead_principals", description=__doc__)
    parser.add_argument("--stack", required=True)
    parser.add_argument("--remove", choices=["", "yes"], default="")
    arguments = parser.parse_args()
    return reporting(lambda: _clean(arguments.stack, remove=arguments.remove == "yes"))


def _clean(stack: str, *, remove: bool) -> int:
    settings, hubs = _settings(stack)
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    left = 0
    for dead in dead_principals(account, contract_of(*hubs)):
        if remove:
            remove_principal(account, dead)
        left += not remove
        outcome = "was removed" if remove else "is gone, and counts still"
        print(f"{dead.key} in {dead.region}: {dead.identity} {outcome}")
    if left:
        print(f"Remove them: make dead-principals STACK={stack} REMOVE=yes")
    return 1 if left else 0


def _settings(stack: str) -> tuple[AccountSettings, list[str]]:
    """Give a stack's settings, and the hub's stacks whose portfolios it uses."""
    project = stack.partition("-")[0]
    if project == "hub":
        return settings_of(HubSettings, stack), [stack]
    if project == "spoke":
        spoke = settings_of(SpokeSettings, stack)
        return spoke, spoke.hub_stacks
    raise ConfigError(f"STACK: found {stack!r}. Name a stack of the hub or of a spoke, for example spoke-research.")


if __name__ == "__main__":
    sys.exit(main())
