"""Makes bucket and key for the states of all stacks, and lets the organization's deployers at them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from botocore.exceptions import ClientError
from pydantic import Field

from cli.backend.policy_statements import Statement
from cli.backend.state_bucket import StateBucket
from cli.backend.state_key import StateKey
from cli.backend.steps import Ending, carry_out
from cli.exit_codes import ExitCode
from organization.policy_files import read_policy
from shared.aws.arn import AccountId, partition_of
from shared.aws.session import AccountSession, code_of
from shared.errors import ConfigError
from shared.stack.names import HUB_PROJECT
from shared.stack.settings import structured
from shared.stack.stack_file import StackFile
from shared.validation import Document, Region, TagKey, TagValue, validate

_WHERE: Final = "organization state"
_NO_ORGANIZATION: Final = "AWSOrganizationsNotInUseException"


class WantedState(Document):
    """What is to be made, and where."""

    bucket: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
            description="3 to 63 lower-case letters, digits and hyphens",
            examples=["your-state-bucket"],
        ),
    ]
    account: AccountId
    region: Region
    alias: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_-]{1,128}$",
            description="an alias of letters, digits, _ and -, without alias/ in front",
            examples=["model-catalog"],
        ),
    ]
    tags: dict[TagKey, TagValue]


@dataclass(slots=True)
class _Access:
    """The account, as `AccountSession` wants it told."""

    account_id: str
    region: str
    assume_role: str | None = None


def make_state(bucket: str, *, account: str, region: str, alias: str, replace: bool, dry_run: bool) -> int:
    """Make what is missing, and say of each thing whether it was there; not reached where a policy differs.

    Bucket and key get the tags that the hub's settings ask for, which a company may want of all that is made.

    Args:
        bucket: Its name.
        account: Where it is to be; the hub's unless given.
        region: Where; the hub's unless given.
        alias: The key's, without alias/ in front.
        replace: Whether statements of policies that somebody changed are written anew.
        dry_run: Only say what would be done.

    Raises:
        ConfigError: a value is not fit, the credentials are of another account, or the bucket is somebody else's.
        ClientError: AWS refuses.
    """
    hub = StackFile(Path("Pulumi.hub.yaml"))
    told = dict(hub.given) if hub.path.exists() else dict[str, str]()
    values = {
        "bucket": bucket,
        "account": account or (hub.account if told else ""),
        "region": region or told.get("aws:region", ""),
        "alias": alias,
        "tags": structured(told.get(f"{HUB_PROJECT}:tags", "{}")),
    }
    wanted = validate(WantedState, values, where=_WHERE, error=ConfigError)
    session = AccountSession(_Access(wanted.account, wanted.region), where=_WHERE)
    filled = _values(wanted, _organization(session))
    key = StateKey(session, wanted.alias, _statements("state-key", filled), wanted.tags, replace=replace)
    policy = [*_statements("state-bucket", filled), *_statements("history-bucket", filled)]
    place = StateBucket(
        session, wanted.bucket, policy, wanted.tags, account=wanted.account, region=wanted.region, replace=replace
    )
    print(f"works as {session.caller}")
    endings = carry_out([*key.steps(), *place.steps()], dry_run=dry_run)
    if Ending.DIFFERS in endings:
        print("What differs was left as somebody made it. To write it as docs/iam has it: --replace")
        return ExitCode.NOT_REACHED
    if not dry_run:
        print(_next_steps(wanted, key))
    return ExitCode.DONE


def _organization(session: AccountSession) -> str:
    """Find the organization whose deployers are let in; every account of it may ask. Raises ConfigError."""
    try:
        return str(session.client("organizations").describe_organization()["Organization"]["Id"])
    except ClientError as problem:
        if code_of(problem) != _NO_ORGANIZATION:
            raise
        raise ConfigError(
            f"{session.id} is in no organization, whose deployers could be let in. Keep states in an account of the "
            f"organization, the hub's for example.",
            code="account-without-organization",
            place=f"{_WHERE}: account",
        ) from None


def _values(wanted: WantedState, organization: str) -> dict[str, str]:
    return {
        "Partition": partition_of(wanted.region),
        "StateBucket": wanted.bucket,
        "StateAccountId": wanted.account,
        "OrganizationId": organization,
    }


def _statements(name: str, values: dict[str, str]) -> list[Statement]:
    found: list[dict[str, Any]] = read_policy(name, values, place=_WHERE)["Statement"]
    return found


def _next_steps(wanted: WantedState, key: StateKey) -> str:
    provider = f"awskms:///{key.arn}?region={wanted.region}"
    return (
        f"Next: pulumi login 's3://{wanted.bucket}?region={wanted.region}'\n"
        f"In Pulumi.organization.yaml and Pulumi.hub.yaml, above config, so that stacks are made with the key:\n"
        f"  secretsprovider: {provider}\n"
        f"For a role that works as all deployers, in Pulumi.organization.yaml below deployers, beside its trust:\n"
        f'  fleet: {{stateBucket: {wanted.bucket}, stateAccountId: "{wanted.account}", stateKey: {key.id}, trust: …}}'
    )
