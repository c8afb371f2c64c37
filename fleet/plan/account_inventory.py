"""What accounts run of the catalog, as AWS says itself: whoever launched it, by a stack or by hand."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from fleet.plan.settings import InventoryAccess
from fleet.plan.spokes import Spoke
from shared.aws.accounts import Accounts, Way, WrongAccountError
from shared.aws.arn import partition_of
from shared.aws.caller import role_at_work
from shared.aws.organization import Organization
from shared.aws.provisioned_products import ProvisionedProduct, search_account
from shared.aws.session import error_text
from shared.errors import UnreachableError

_AT_ONCE: Final = 32
"""Accounts; most of the time goes into waiting for AWS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInventory:
    """What was found in accounts.

    Attributes:
        found: In the order of accounts, regions and names.
        unread: Why an account could not be looked at, by its id.
    """

    found: Sequence[ProvisionedProduct]
    unread: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where to look.

    Attributes:
        ways: The accounts.
        regions: Those that the catalog is offered in.
        unknown: Active accounts of the organization that nobody can look at, because no role for it is known.
    """

    ways: Sequence[Way]
    regions: Collection[str]
    unknown: Sequence[str] = ()


def scope_of(
    access: InventoryAccess, spokes: Iterable[Spoke], organization: Organization | None, regions: Collection[str]
) -> Scope:
    """Say which accounts can be looked at: those of spokes, and with a role for it every active one.

    Suspended and closed accounts are left out: nobody can look at them, and what they ran has been stopped.
    """
    roles: dict[str, str | None] = {}
    for spoke in spokes:
        if spoke.account:  # of several stacks of an account, any one's role may look
            known = roles.get(spoke.account)
            roles[spoke.account] = known or (role_at_work(spoke.settings.assume_role) if spoke.settings else None)
    accounts = list(roles)
    unknown: list[str] = []
    if organization:
        members = organization.accounts
        accounts = [account for account in accounts if account not in members or members[account].is_active]
        others = [each.id for each in members.values() if each.is_active and each.id not in roles]
        if access.role_name:
            accounts += others
        else:
            unknown = others
    if access.role_name:
        partition = partition_of(next(iter(regions), "us-east-1"))
        roles = {account: f"arn:{partition}:iam::{account}:role/{access.role_name}" for account in accounts}
    ways = [Way(account, roles[account]) for account in sorted(accounts)]
    return Scope(ways=ways, regions=sorted(regions), unknown=unknown)


def read_accounts(scope: Scope, is_of_catalog: Callable[[ProvisionedProduct], bool]) -> AccountInventory:
    """Look at accounts, many at the same time; what is wrong with one is kept."""
    accounts, unread = Accounts(), dict[str, str]()
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        answers = workers.map(partial(_read, accounts, scope.regions), scope.ways)
        found: list[ProvisionedProduct] = []
        for way, answer in zip(scope.ways, answers, strict=True):
            if isinstance(answer, str):
                unread[way.account] = answer
            else:
                found += [each for each in answer if is_of_catalog(each)]
    ordered = sorted(found, key=lambda each: (each.account, each.region, each.name))
    return AccountInventory(found=ordered, unread=unread)


def _read(accounts: Accounts, regions: Iterable[str], way: Way) -> list[ProvisionedProduct] | str:
    """Look at one account, or say why that cannot be done."""
    try:
        signed_in = accounts.sign_in(way)
        return [
            each
            for region in regions
            for each in search_account(signed_in.client("servicecatalog", region), way.account, region)
        ]
    except (BotoCoreError, ClientError, UnreachableError, WrongAccountError) as problem:
        return error_text(problem)
