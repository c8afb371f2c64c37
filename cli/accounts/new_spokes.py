"""Writes the settings of all accounts of units, named after the accounts."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from cli.accounts.new_spoke import NewSpoke, Surroundings, hub_region, settings_path
from cli.exit_codes import reached
from fleet.plan.inventory import read_organization
from fleet.plan.settings import read_settings
from shared.aws.organization import MemberAccount, Organization
from shared.aws.session import error_text
from shared.errors import ConfigError
from shared.stack.stack_file import stack_files
from shared.validation import validate

_WHERE: Final = "spoke new"
_LONGEST: Final = 40
"""Characters of a spoke's name."""


@dataclass(frozen=True, slots=True)
class _Left:
    """An account that gets no settings.

    Attributes:
        clashes: Whether it should have some, and a name stands in the way.
    """

    account: MemberAccount
    reason: str
    clashes: bool = False


def new_spokes(units: Sequence[str], region: str, *, dry_run: bool, by_id: bool = False) -> int:
    """Write `Pulumi.spoke-<name>.yaml` for each active account of the units that has none; no file is written over.

    Not reached where two accounts would have one name.

    Args:
        units: By path of names or id; accounts below them count too.
        region: Where the spokes work; the hub's own region unless given.
        dry_run: Only say what would be written.
        by_id: Name spokes by their accounts' ids, which the organization's stack knows, and not by their names.

    Raises:
        ConfigError: the organization cannot be read, has no such unit, or the settings beside it are wrong.
    """
    folder = Path()
    surroundings = Surroundings(folder)
    organization, problem = read_organization(read_settings(folder))
    if organization is None:
        raise ConfigError(problem, code="organization-unread", place=_WHERE)
    members = list(dict.fromkeys(account for unit in units for account in _members(organization, unit)))
    members.sort(key=lambda account: (account.name.lower(), account.id))
    others = {each.account: "is the hub's" for each in stack_files(folder, "hub")}
    others |= {each.account: f"has {each.path.name}" for each in stack_files(folder, "spoke")}
    others[organization.management] = "is the management account"
    wanted, left = _sorted(members, others, folder, by_id=by_id)
    where = region or hub_region(folder)
    spokes = [
        validate(NewSpoke, {"name": name, "account": account.id, "region": where}, where=_WHERE, error=ConfigError)
        for name, account in wanted.items()
    ]
    for spoke, account in zip(spokes, wanted.values(), strict=True):
        path = settings_path(spoke.name, folder) if dry_run else surroundings.write(spoke)
        print(f"{'would write' if dry_run else 'wrote'} {path}: {account.id}, {account.name}")
    for each in left:
        print(f"left out {each.account.id}, {each.account.name}: {each.reason}")
    print(f"{len(spokes)} of {len(members)} accounts{' would get' if dry_run else ' have got'} settings")
    if spokes and not dry_run:
        print("Next: model-catalog doctor, which looks for each account's deployer, and model-catalog fleet plan")
    return reached(reached=not any(each.clashes for each in left))


def _members(organization: Organization, unit: str) -> Iterator[MemberAccount]:
    """List the accounts in a unit and below it; there may be none. Raises ConfigError."""
    found = [account for account in organization.accounts.values() if account.is_in(unit)]
    if not found:
        try:
            _ = organization.path_of(unit, where=f"{_WHERE}: --unit")
        except ClientError as problem:
            raise ConfigError(
                f"the organization has no unit {unit!r}. Name one by its path, such as Workloads/Research, or its id. "
                f"AWS says: {error_text(problem)}",
                code="unit-unread",
                place=f"{_WHERE}: --unit",
            ) from None
    yield from found


def _sorted(
    members: Sequence[MemberAccount], others: Mapping[str, str], folder: Path, *, by_id: bool
) -> tuple[dict[str, MemberAccount], list[_Left]]:
    """Tell the accounts that get settings, by the name of the spoke, from those that are left out."""
    left: list[_Left] = []
    named: dict[str, list[MemberAccount]] = {}
    for account in members:
        if account.id in others:
            left.append(_Left(account, others[account.id]))
        elif not account.is_active:
            left.append(_Left(account, f"is {account.status}"))
        else:
            named.setdefault(account.id if by_id else spoke_name(account), []).append(account)
    wanted: dict[str, MemberAccount] = {}
    for name, accounts in named.items():
        path = settings_path(name, folder)
        if path.exists():
            reason = f"{path.name} is another account's"
        elif len(accounts) > 1:
            reason = f"{', '.join(account.id for account in accounts)} would all be {name}"
        else:
            wanted[name] = accounts[0]
            continue
        left += [
            _Left(each, f"{reason}. Name it: model-catalog spoke new NAME {each.id}", clashes=True) for each in accounts
        ]
    return wanted, left


def spoke_name(account: MemberAccount) -> str:
    """Make a spoke's name of an account's: lower-case words joined by hyphens; the id where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", account.name).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain)
    return "-".join(words)[:_LONGEST].strip("-") or account.id
