"""What is refused before anything is made: whatever might not be three accounts that nobody needs."""

import shutil
from collections.abc import Collection
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.errors import NotReachedError
from cli.proving.inventory import Item
from cli.proving.model import IMAGES
from cli.proving.parties import HUB, MANAGEMENT, SPOKE, Parties
from cli.proving.record import MARKED
from cli.proving.trust import delegates_of, status_of
from cli.rehearsal.plugin import confirm_plugin
from organization.settings import SERVICE_PRINCIPAL
from sandbox.plugins import OFFICIAL
from shared.aws.endpoints import named_endpoints
from shared.aws.examples import EXAMPLE_ACCOUNTS
from shared.aws.reach import is_loopback
from shared.aws.session import error_text
from shared.errors import ConfigError

_SHOWN: Final = 5


def is_rehearsed() -> bool:
    """Say whether a sandbox stands in the place of AWS: an endpoint of this machine is named, and no other."""
    endpoints = list(named_endpoints())
    return bool(endpoints) and all(is_loopback(each.url) for each in endpoints)


def refuse_tools(plugin: str) -> str:
    """Refuse to begin without Pulumi, or on AWS with another plug-in than AWS's users have; say which runs.

    Raises:
        NotReachedError: the plug-in or the Pulumi CLI is missing.
        ConfigError: the stand-in was asked for, and it is AWS.
    """
    if plugin != OFFICIAL and not is_rehearsed():
        raise ConfigError(
            f"invalid value {plugin!r}. On AWS the official plug-in is proved; the stand-in is for rehearsals.",
            code="proof-with-stand-in",
            place="--plugin",
        )
    if shutil.which("pulumi") is None:
        raise NotReachedError("pulumi is not on PATH. Install it: make install", code="proof-without-pulumi")
    return confirm_plugin(plugin)


def refuse_accounts(parties: Parties, throw_away: Collection[str]) -> str:
    """Refuse accounts that are not as they have to be; gives the id of the unit that the spoke is in.

    Raises:
        ConfigError: what is wrong, with which account.
    """
    ids = parties.ids
    if len(set(ids.values())) != len(ids):
        told = ", ".join(f"{part} {account}" for part, account in ids.items())
        raise ConfigError(f"they are not three accounts: {told}.", code="proof-accounts-alike", place="--hub")
    if not is_rehearsed() and (examples := [each for each in ids.values() if each in EXAMPLE_ACCOUNTS]):
        raise ConfigError(
            f"{examples[0]} is an example, of AWS's documentation.", code="proof-example-account", place="--hub"
        )
    if set(throw_away) != set(ids.values()):
        wanted = " ".join(f"--throw-away {account}" for account in ids.values())
        raise ConfigError(
            f"nobody has said that exactly these three accounts are throw-away: {', '.join(ids.values())}. A proof "
            f"makes and removes things in them, and turns sharing of their organization on and off. If nothing in them "
            f"is needed: {wanted}",
            code="proof-not-confirmed",
            place="--throw-away",
        )
    if parties.region not in IMAGES:
        raise ConfigError(
            f"invalid value {parties.region!r}. The model's image is known for: {', '.join(IMAGES)}.",
            code="proof-region",
            place="--region",
        )
    return _refuse_organization(parties)


def _refuse_organization(parties: Parties) -> str:
    organizations, ids = parties.client(MANAGEMENT, "organizations"), parties.ids
    try:
        found = organizations.describe_organization()["Organization"]
        if found["MasterAccountId"] != ids[MANAGEMENT] or found["FeatureSet"] != "ALL":
            raise ConfigError(
                f"{ids[MANAGEMENT]} is not the management account of an organization with all features; that of "
                f"{found['Id']} is {found['MasterAccountId']}, its features are {found['FeatureSet']}.",
                code="proof-not-management",
                place="--management",
            )
        for part in (HUB, SPOKE):
            _refuse_member(organizations, part, ids[part])
        (parent,) = organizations.list_parents(ChildId=ids[SPOKE])["Parents"]
    except ClientError as problem:
        raise ConfigError(
            f"the organization cannot be read. AWS says: {error_text(problem)}",
            code="proof-organization-unread",
            place="--management",
        ) from None
    if parent["Type"] != "ORGANIZATIONAL_UNIT":
        raise ConfigError(
            f"{ids[SPOKE]} is at the root of the organization, and portfolios are shared with units. Move it into one.",
            code="proof-spoke-without-unit",
            place="--spoke",
        )
    return parent["Id"]


def _refuse_member(organizations: Any, part: str, account: str) -> None:  # noqa: ANN401 - clients are made at run time
    try:
        status = organizations.describe_account(AccountId=account)["Account"]["Status"]
    except ClientError as problem:
        raise ConfigError(
            f"{account} is not an account of the management account's organization. AWS says: {error_text(problem)}",
            code="proof-not-a-member",
            place=f"--{part}",
        ) from None
    if status != "ACTIVE":
        raise ConfigError(f"the account {account} is {status}.", code="proof-account-inactive", place=f"--{part}")


def refuse_catalog(parties: Parties, found: list[Item], left: list[str]) -> None:
    """Refuse accounts that hold anything of a catalog, or of a proof before.

    Args:
        parties: The accounts.
        found: What is in them.
        left: The runs here that were not removed.

    Raises:
        ConfigError: what is there.
    """
    if left:
        raise ConfigError(
            f"an earlier run has not been removed. Remove it: model-catalog proof remove {left[0]}",
            code="proof-left",
            place=left[0],
        )
    held = [item for item in found if item.is_catalogs or MARKED.search(item.name)]
    if held:
        more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
        told = ", ".join(f"{item} in {parties[item.part].account}" for item in held[:_SHOWN])
        raise ConfigError(
            f"the accounts hold something of a catalog already: {told}{more}. A proof runs where there is none; what "
            f"an earlier one left, its own command removes: model-catalog proof remove RUN",
            code="proof-accounts-in-use",
            place="--throw-away",
        )
    status, delegates = status_of(parties), delegates_of(parties)
    if status != "DISABLED" or delegates:
        told = f"trusted access is {status}" if status != "DISABLED" else f"delegates are {', '.join(delegates)}"
        raise ConfigError(
            f"Service Catalog is in use in the organization: {told}. The proof would turn it off at its end, which "
            f"ends every share. Use another organization; or, if nothing is shared in this one, end it before: aws "
            f"organizations deregister-delegated-administrator --service-principal {SERVICE_PRINCIPAL} --account-id "
            f"ID, and aws servicecatalog disable-aws-organizations-access",
            code="proof-organization-in-use",
            place="--management",
        )
