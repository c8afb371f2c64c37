"""Who runs what, truly: what accounts run of the catalog beside what stacks declare."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from fleet.errors import AccountsError
from fleet.plan.account_inventory import read_accounts, scope_of
from fleet.plan.hub_contracts import Hubs
from fleet.plan.inventory import read_organization
from fleet.plan.settings import FleetSettings
from fleet.plan.spokes import Spoke, named
from fleet.show.launches import known_of
from fleet.store.deployments import Deployment
from shared.aws.organization import Organization
from shared.aws.provisioned_products import ProvisionedProduct
from shared.stack.names import HUB_PROJECT, SPOKE_PROJECT

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLaunch:
    """A launch that an account has.

    Attributes:
        product: The key that its product has today; its name in AWS, where no hub publishes it any more.
        original_key: The key that its product had at first; empty where no hub publishes it any more.
        version: Its number.
        state: Of its version, on the day of the question.
        stack: That declares it; empty for one that somebody launched without a stack.
    """

    provisioned: ProvisionedProduct
    product: str
    original_key: str
    version: str
    state: str
    stack: str

    @property
    def tagged(self) -> str:
        """The stack that launched it, by its tags; empty where none did."""
        return self.provisioned.tags.get(SPOKE_PROJECT, "")

    def is_of(self, product: str, version: str) -> bool:
        """Say whether it is of a product, by its key of today or its first one, and of a version; both can be empty."""
        return product in ("", self.product, self.original_key) and version in ("", self.version)

    def __str__(self) -> str:
        """Name it to a person, with who launched it where no stack did."""
        found = self.provisioned
        whose = self.stack or self.tagged or f"no stack's, launched by {found.launched_by or 'unknown'}"
        return f"{found.name} in {found.account} ({found.region}, {found.status}; {whose})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLaunches:
    """What accounts run of the catalog.

    Attributes:
        read: The accounts that were looked at.
        unread: Why one could not be, by its id.
        unknown: Active accounts of the organization that nobody could look at, because no role for it is known.
    """

    launches: Sequence[AccountLaunch]
    read: Collection[str]
    unread: Mapping[str, str]
    unknown: Sequence[str]

    @property
    def undeclared(self) -> list[AccountLaunch]:
        """Those that no stack declares."""
        return [each for each in self.launches if not each.stack]


class Fleet(Protocol):
    """What has to be known of a fleet to look at its accounts.

    Attributes:
        day: The day whose states of versions count.
    """

    @property
    def settings(self) -> FleetSettings: ...
    @property
    def spokes(self) -> Mapping[str, Spoke]: ...
    @property
    def organization(self) -> Organization | None: ...
    @property
    def hubs(self) -> Hubs: ...
    @property
    def day(self) -> dt.date: ...


def launches_in_accounts(fleet: Fleet, deployments: Mapping[str, Deployment]) -> AccountLaunches:
    """Look at accounts, and put what they run beside what stacks have deployed."""
    scope = scope_of(fleet.settings.inventory, fleet.spokes.values(), fleet.organization, fleet.hubs.regions)
    inventory = read_accounts(scope, _of_catalog(fleet.hubs))
    declared = dict(_declared(fleet.spokes, deployments))
    return AccountLaunches(
        launches=[_launch(each, fleet, declared) for each in inventory.found],
        read=frozenset(way.account for way in scope.ways) - inventory.unread.keys(),
        unread=inventory.unread,
        unknown=scope.unknown,
    )


def launches_everywhere(root: Path, *, stack: str = "") -> AccountLaunches:
    """Tell what all accounts run, or that of one stack; whoever lets something go has to know all of it.

    Raises:
        AccountsError: an account cannot be looked at, or the organization, where a role is there to look everywhere.
        CatalogError: the backend, a record or a state cannot be read, or a hub that has to be.
    """
    known = known_of(root, stack=stack)
    if known.hubs.problems:
        raise known.hubs.problems[0]
    for deployment in known.deployments.values():
        if deployment.problem:
            raise deployment.problem
    if not stack:
        organization, problem = read_organization(known.settings)
        if organization is None and known.settings.inventory.role_name:
            raise AccountsError(problem, code="organization-unread")
        known = replace(known, organization=organization)
    found = launches_in_accounts(known, known.deployments)
    if found.unread:
        first = "".join(f"\n  {account}: {reason}" for account, reason in list(found.unread.items())[:_SHOWN])
        raise AccountsError(
            f"what {len(found.unread)} accounts run cannot be seen, so nobody can say that they run nothing. Let a "
            f"role look there (docs/iam/inventory.json, inventory.roleName in fleet.yaml), or remove the settings of "
            f"an account that is gone:{first}",
            code="accounts-unread",
        )
    return found


def in_lines(launches: Iterable[AccountLaunch]) -> str:
    """Name launches to a person, one on each line."""
    return "".join(f"\n  {each.product} {each.version}: {each}" for each in launches)


def not_looked_at(found: AccountLaunches) -> str:
    """Say which accounts nobody looked at, because no role for it is known; empty where there are none."""
    if not found.unknown:
        return ""
    return (
        f"not looked at: {named(found.unknown)}, which have no spoke; inventory.roleName in fleet.yaml names a role "
        f"that may look (docs/iam/inventory.json)"
    )


def _of_catalog(hubs: Hubs) -> Callable[[ProvisionedProduct], bool]:
    """Tell the catalog's launches from others: by the product, or by the hub's tag where that is not published now."""
    products: Collection[str] = {
        product.id
        for found in hubs.published().values()
        for catalog in found.contract.regions.values()
        for product in catalog.products.values()
    }
    return lambda launched: launched.product_id in products or HUB_PROJECT in launched.tags


def _launch(each: ProvisionedProduct, fleet: Fleet, declared: Mapping[tuple[str, str, str], str]) -> AccountLaunch:
    found = fleet.hubs.product_with_id(each.product_id, each.region)
    stack = declared.get((each.account, each.region, each.name)) or declared.get(("", each.region, each.name), "")
    if found is None:
        name, number = each.product_name or each.product_id, each.version or each.artifact_id
        return AccountLaunch(
            provisioned=each, product=name, original_key="", version=number, state="unknown", stack=stack
        )
    key, product = found
    numbers = {version.id: number for number, version in product.versions.items()}
    number = numbers.get(each.artifact_id, each.version or each.artifact_id)
    version = product.versions.get(number)
    return AccountLaunch(
        provisioned=each,
        product=key,
        original_key=product.original_key,
        version=number,
        state=version.state_on(fleet.day) if version else "unknown",
        stack=stack,
    )


def _declared(
    spokes: Mapping[str, Spoke], deployments: Mapping[str, Deployment]
) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Give the stack of each launch, by account, region and name, which is unique there.

    The account is empty for a stack whose settings are in another checkout and that has no record.
    """
    for stack, deployment in deployments.items():
        account = spokes[stack].account if stack in spokes else deployment.account
        for launch in deployment.launches:
            yield (account, launch.region, launch.name), stack
