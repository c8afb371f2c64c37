"""accounts.yaml: written from the organization, and held against it when a plan is made."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from fleet.errors import AccountsError
from fleet.plan.inventory import Inventory, read_organization
from fleet.plan.settings import read_settings
from fleet.plan.spokes import named, read_spokes
from shared.aws.organization import Organization
from shared.files import write_file
from spoke.launches.accounts_file import ACCOUNTS_FILE, AccountFacts, read_accounts_file
from spoke.launches.launches_file import Platform
from spoke.launches.sources import uses_of
from spoke.launches.wanted import WantedLaunches
from spoke.parameter_sources import AccountTag

_HEAD: Final = """\
# What the organization says of the accounts of spokes, for launches.yaml. Written by: model-catalog fleet accounts
"""


def facts_of(organization: Organization, accounts: Collection[str]) -> Mapping[str, AccountFacts]:
    """Ask the organization for units and tags of accounts; those that are not its own are left out.

    Raises:
        ConfigError: the credentials may not read the tags.
    """
    members = organization.accounts
    known = sorted(account for account in accounts if account in members)
    tags = organization.tags(known)
    return {
        account: AccountFacts(
            unit=members[account].unit,
            unit_ids=sorted(members[account].units),
            tags=dict(sorted(tags[account].items())),
        )
        for account in known
    }


def write_accounts(root: Path, *, check: bool) -> tuple[list[str], bool]:
    """Write what the organization says of the accounts of all spokes.

    Args:
        root: The project's folder.
        check: Nothing is written.

    Returns:
        What is to be told, and whether the file is, or was already, as the organization has it.

    Raises:
        AccountsError: the organization cannot be read.
        CatalogError: settings or the file that is there are wrong.
    """
    organization, problem = read_organization(read_settings(root))
    if organization is None:
        raise AccountsError(problem, code="organization-unread")
    accounts = {spoke.account for spoke in read_spokes(root).values() if spoke.account}
    before, now = read_accounts_file(root), facts_of(organization, accounts)
    told = [f"{ACCOUNTS_FILE}: {line}" for line in _differences(before, now)]
    if foreign := sorted(accounts - now.keys()):
        told.append(f"not of the organization, and left out: {named(foreign)}")
    if before == now:
        return [*told, f"{ACCOUNTS_FILE}: {len(now)} accounts, up to date"], True
    if check:
        return [*told, f"{ACCOUNTS_FILE} is behind. Write it: model-catalog fleet accounts"], False
    write_file(root / ACCOUNTS_FILE, _written(now))
    return [*told, f"wrote {ACCOUNTS_FILE}: {len(now)} accounts. Next: model-catalog fleet plan"], True


def _written(facts: Mapping[str, AccountFacts]) -> str:
    content: dict[str, Any] = {
        account: each.model_dump(mode="json", by_alias=True, exclude_defaults=True) for account, each in facts.items()
    }
    return _HEAD + yaml.safe_dump({"accounts": content}, allow_unicode=True, sort_keys=False, width=120)


def _differences(before: Mapping[str, AccountFacts], now: Mapping[str, AccountFacts]) -> Iterator[str]:
    """Say what is not as it is written."""
    for account in sorted(before.keys() | now.keys()):
        old, new = before.get(account), now.get(account)
        if old is None or new is None:
            yield f"{account} is new" if old is None else f"{account} has no spoke any more"
            continue
        if old.unit != new.unit:
            yield f"{account} was in the unit {old.unit or 'none'}, and is in {new.unit or 'none'}"
        for key in sorted(old.tags.keys() | new.tags.keys()):
            if old.tags.get(key) != new.tags.get(key):
                yield f"{account} has the tag {key}={new.tags.get(key)}, which was {old.tags.get(key)}"


def notes_on_accounts(inventory: Inventory, wanted: Mapping[str, WantedLaunches]) -> Iterator[str]:
    """Say where accounts.yaml is behind the organization, as far as somebody goes by it."""
    organization, platform = inventory.organization, inventory.platform
    takes_tags = platform.needs_tags or any(uses_of(each, AccountTag) for each in wanted.values())
    if organization is None or not (platform.needs_units or takes_tags):
        return
    spokes = {each.settings.account_id for each in wanted.values()}
    there = {account: facts for account, facts in platform.accounts.items() if account in organization.accounts}
    tags = organization.tags(there.keys() & spokes) if takes_tags else dict[str, Mapping[str, str]]()
    behind = [
        account
        for account in sorted(there.keys() & spokes)
        if (platform.needs_units and there[account].unit != organization.accounts[account].unit)
        or tags.get(account, there[account].tags) != there[account].tags
    ]
    if behind:
        yield (
            f"{ACCOUNTS_FILE} is behind the organization, and spokes go by what it says: {named(behind)}. Bring it up "
            f"to date: model-catalog fleet accounts"
        )


def notes_on_entries(platform: Platform, wanted: Mapping[str, WantedLaunches], offered: "Offer") -> Iterator[str]:
    """Say which parts of launches.yaml come to nothing: a slip would otherwise be found by nobody."""
    for index, entry in enumerate(platform.entries):
        facts = ((each.settings.account_id, each.facts or AccountFacts()) for each in wanted.values())
        if wanted and not any(entry.why(account, known) for account, known in facts):
            yield f"{platform.line(index)}: the entry {entry.name} is for none of the spokes"
        for name in entry.defaults.parameters:
            if not any(name in parameters for parameters in offered.values()):
                line = platform.line(index, "defaults", "parameters", name)
                yield f"{line}: no product has a parameter {name}, so nobody takes the default"
        for product, each in entry.defaults.products.items():
            line = platform.line(index, "defaults", "products", product)
            if product not in offered:
                yield f"{line}: no hub publishes a product {product}, so nobody takes its defaults"
            for name in each.parameters:
                if product in offered and name not in offered[product]:
                    yield f"{line}: {product} has no parameter {name}, so nobody takes the default"


Offer = Mapping[str, Collection[str]]
"""The parameters of products, over all their versions, by every key that one has or had."""


def offer_of(inventory: Inventory) -> Offer:
    """Give what all hubs publish."""
    found: dict[str, set[str]] = {}
    for hub in inventory.hubs.published().values():
        for region in hub.contract.regions.values():
            for key, product in region.products.items():
                names = {name for version in product.versions.values() for name in version.parameters}
                for each in (key, product.original_key):
                    found.setdefault(each, set()).update(names)
    return found
