"""Finds principals that were deleted after they got access: make dead-principals STACK=spoke-research [REMOVE=yes].

They count against the portfolio's hundred, and keep it from being deleted. The hub's stack and those of spokes are
looked at alike.
"""

import argparse
import re
import sys
from typing import Final

from cli.catalog import reporting
from cli.stack_settings import settings_of
from cli.stacks import contract_of
from hub.config import HubSettings
from shared.aws.session import AccountSession
from shared.catalog.contract import Contract
from shared.errors import ConfigError
from shared.stack.settings import AccountSettings
from spoke.config import SpokeSettings

_IDENTITY: Final = re.compile(r"^A[A-Z0-9]{15,127}$")
"""What AWS shows in the place of the ARN (source: IAM User Guide, "Unique identifiers"; puppet issue 535)."""


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
    for region, portfolio, key in _portfolios(contract_of(*hubs)):
        catalog = account.client("servicecatalog", region)
        try:
            found = account.pages(
                "servicecatalog", "list_principals_for_portfolio", "Principals", region, PortfolioId=portfolio
            )
        except catalog.exceptions.ResourceNotFoundException:
            continue  # not shared with this account
        for identity in (item["PrincipalARN"] for item in found if _IDENTITY.match(item["PrincipalARN"])):
            if remove:
                catalog.disassociate_principal_from_portfolio(PortfolioId=portfolio, PrincipalARN=identity)
            left += not remove
            print(f"{key} in {region}: {identity} {'was removed' if remove else 'is gone, and counts still'}")
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


def _portfolios(contract: Contract) -> list[tuple[str, str, str]]:
    return [
        (region, portfolio.id, key)
        for region, catalog in contract.regions.items()
        for key, portfolio in catalog.portfolios.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
