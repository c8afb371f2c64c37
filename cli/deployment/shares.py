"""Tells where the hub's portfolios have arrived. It changes nothing."""

import sys
from collections.abc import Iterator
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from cli.exit_codes import reached
from cli.stacks import contract_of, resources_of, trusts_for
from cli.verbs import print_json
from fleet.show.tables import Column, console, show
from hub.config import HubSettings
from hub.inspection.share_status import Shares, ShareState
from shared.aws.organization import Organization
from shared.aws.session import AccountSession, error_text
from shared.catalog.contract import Contract
from shared.errors import CatalogError
from shared.stack.stack_file import settings_of

_SHARE: Final = "aws:servicecatalog/portfolioShare:PortfolioShare"
_TYPES: Final = ("ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT", "ACCOUNT")
_WITH_ERRORS: Final = "COMPLETED_WITH_ERRORS"
_BY_HAND: Final = "made by hand"
_COLUMNS: Final = (
    Column("portfolio"),
    Column("region", 3),
    Column("shared by", 4),
    Column("with", 2),
    Column("account"),
    Column("state", 1, wraps=True),
    Column("since", 5),
)


class Row(BaseModel):
    """One account that a share is meant for.

    Attributes:
        target: A unit, an account or the organization, as the share has it.
        since: When this stack made the share. AWS itself does not say since when an account has it.
    """

    portfolio: str
    region: str
    type: str
    target: str
    account: str
    state: ShareState
    since: str


def show_shares(stack: str, *, as_json: bool) -> int:
    """Print every share, account by account; not reached where one has not arrived in an active account.

    Raises:
        CatalogError: settings, credentials or contract are not fit for it.
    """
    rows = rows_of(stack)
    if as_json:
        print_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        show(console(), _COLUMNS, [[str(value) for value in row.model_dump(mode="json").values()] for row in rows])
    else:
        print("Nothing is shared.")
    return reached(reached=not any(row.state in (ShareState.MISSING, ShareState.UNSHARED) for row in rows))


def rows_of(stack: str) -> list[Row]:
    """List every share that is there, and every one that the stack knows of, account by account.

    Raises:
        CatalogError: settings, credentials or contract are not fit for it.
    """
    settings = settings_of(HubSettings, stack)
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    since = {
        (resource["inputs"]["portfolioId"], resource["inputs"]["type"], resource["outputs"]["principalId"]): str(
            resource.get("created", "")
        )[:19].replace("T", " ")
        for resource in resources_of("hub", stack, _SHARE)
        if resource.get("outputs")
    }
    return list(_rows(contract_of([stack], trusts_for(settings, stack)), account, since))


def _rows(contract: Contract, account: AccountSession, since: dict[tuple[str, str, str], str]) -> Iterator[Row]:
    organization = Organization(account)
    for region, catalog in contract.regions.items():
        for key, portfolio in catalog.portfolios.items():
            shares = Shares(account, organization, region=region, portfolio=portfolio.id)
            for kind in _TYPES:
                wanted = [share.target for share in portfolio.shares if share.type == kind]
                for target in dict.fromkeys([*wanted, *shares.made(kind)]):
                    for member, state in sorted(shares.arrivals(kind, target).items()):
                        made = since.get((portfolio.id, kind, target), "" if target in wanted else _BY_HAND)
                        yield Row(
                            portfolio=key,
                            region=region,
                            type=kind,
                            target=target,
                            account=member,
                            state=state,
                            since=made,
                        )


def lack_only_suspended(stack: str) -> bool:
    """Say whether a run failed for shares that came to their end everywhere but in suspended accounts.

    AWS ends such a share as COMPLETED_WITH_ERRORS, and keeps a suspended account in the organization for 90 days
    (source: AWS Organizations User Guide, "Closing a member account"). The provider fails on it when it makes the
    share, and takes it as it is in the next run (source: terraform-provider-aws, portfolio_share.go).
    """
    failed = [each for each in resources_of("hub", stack, _SHARE) if each.get("initErrors")]
    if not failed or any(_WITH_ERRORS not in error for each in failed for error in each["initErrors"]):
        return False
    targets = {(each["inputs"]["type"], each["inputs"]["principalId"].rpartition("/")[2]) for each in failed}
    try:
        states = {row.state for row in rows_of(stack) if (row.type, row.target) in targets}
    except (CatalogError, ClientError, BotoCoreError):
        return False  # what explains the failure says why
    return ShareState.SUSPENDED in states and not states & {ShareState.MISSING, ShareState.UNSHARED}


def explain_shares(stack: str) -> None:
    """Say what is wrong with shares after a run that failed, whatever it failed for. It never fails itself."""
    try:
        rows = [row for row in rows_of(stack) if row.state not in (ShareState.ARRIVED, ShareState.UNACCEPTED)]
    except (CatalogError, ClientError, BotoCoreError) as problem:
        print(f"shares: cannot be read to explain more: {error_text(problem)}", file=sys.stderr)
        return
    for row in rows:
        if row.state is not ShareState.UNSHARED:
            print(
                f"shares: {row.portfolio} in {row.region} by {row.type} with {row.target}: account {row.account}: "
                f"{row.state}. {_REMEDIES[row.state]}",
                file=sys.stderr,
            )
    left = sum(row.state is ShareState.UNSHARED for row in rows)
    if left:
        print(f"shares: {left} further accounts wait for shares that are not made yet.", file=sys.stderr)


_REMEDIES: Final = {
    ShareState.SUSPENDED: (
        "Move the account to a unit that the share does not reach, or share with units without it; then "
        "model-catalog stack up hub goes on."
    ),
    ShareState.MISSING: (
        "AWS may still be working on it: model-catalog hub shares shows when it is there, then stack up hub goes on. A "
        "share that stays so is broken: remove it with pulumi up --replace (docs/operations/sharing.md)."
    ),
}
