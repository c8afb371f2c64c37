"""The three accounts of a proof, each by a profile of the AWS configuration."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from shared.aws.clients import made
from shared.aws.session import error_text
from shared.errors import ConfigError

MANAGEMENT, HUB, SPOKE = "management", "hub", "spoke"
PARTS: Final = (MANAGEMENT, HUB, SPOKE)
KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
"""Variables that would win over a profile."""


@dataclass(frozen=True, slots=True)
class Party:
    """One of the three accounts.

    Attributes:
        part: management, hub or spoke.
        profile: The profile whose credentials work there.
        account: The account's id.
        caller: Who the credentials are of, as IAM and Service Catalog know it: a user, or the role of a session.
    """

    part: str
    profile: str
    account: str
    caller: str


class Parties:
    """The three accounts, and clients of their administrators."""

    def __init__(self, profiles: Mapping[str, str], region: str) -> None:
        """Sign in to each.

        Args:
            profiles: By part.
            region: Where everything is made; the hub's profile names it where this is empty.

        Raises:
            ConfigError: a profile is missing, or its credentials do not work; or nothing names a region.
        """
        self._sessions = {part: _session(part, profiles[part]) for part in PARTS}
        self.region: str = region or self._sessions[HUB].region_name or ""
        if not self.region:
            raise ConfigError(
                f"the profile {profiles[HUB]} names no region. Say where all is to be made: --region eu-central-1",
                code="proof-without-region",
                place="--region",
            )
        self._made: dict[tuple[str, str, bool], Any] = {}
        self._parties = {part: self._party(part, profiles[part]) for part in PARTS}

    def __getitem__(self, part: str) -> Party:
        """Give one of them."""
        return self._parties[part]

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of parties
        """Go through them."""
        return iter(self._parties.values())

    @property
    def short_lived(self) -> list[str]:
        """Name the profiles whose credentials end, nobody says when, and are not renewed by themselves."""
        given = {party.profile: self._sessions[part].get_credentials() for part, party in self._parties.items()}
        return [
            profile for profile, each in given.items() if each.token and not isinstance(each, RefreshableCredentials)
        ]

    @property
    def ids(self) -> dict[str, str]:
        """Account ids by part."""
        return {part: party.account for part, party in self._parties.items()}

    def client(self, part: str, service: str, *, patient: bool = True) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Give a client of a part's administrator; one that is not patient tries nothing twice."""
        key = (part, service, patient)
        if key not in self._made:
            retries: Any = {"mode": "standard", "total_max_attempts": 12 if patient else 1}
            config = Config(connect_timeout=10, read_timeout=60, retries=retries, max_pool_connections=20)
            self._made[key] = made(self._sessions[part], service, region_name=self.region, config=config)
        return self._made[key]

    def _party(self, part: str, profile: str) -> Party:
        try:
            identity = self.client(part, "sts").get_caller_identity()
            account, caller = identity["Account"], identity["Arn"]
            if ":assumed-role/" in caller:  # IAM knows it by its path, which the session's ARN leaves out
                caller = self.client(part, "iam").get_role(RoleName=caller.split("/")[1])["Role"]["Arn"]
        except (BotoCoreError, ClientError) as problem:
            raise ConfigError(
                f"no access with the profile {profile}. Renew its credentials, or name another one. Nothing was "
                f"changed. AWS says: {error_text(problem)}",
                code="proof-without-access",
                place=f"--{part}",
            ) from None
        if caller.endswith(":root"):
            raise ConfigError(
                f"the profile {profile} is the root user's, who may assume no role. Use an administrator's.",
                code="proof-as-root",
                place=f"--{part}",
            )
        return Party(part, profile, account, caller)


def _session(part: str, profile: str) -> Any:  # noqa: ANN401 - as above
    import boto3  # noqa: PLC0415 - a sixth of a second

    try:
        session = boto3.Session()
        if profile not in session.available_profiles:
            raise ProfileNotFound(profile=profile)
        return boto3.Session(profile_name=profile)
    except BotoCoreError as problem:
        raise ConfigError(
            f"{error_text(problem)}. Name a profile of the AWS configuration, of an administrator of the account.",
            code="proof-profile-unknown",
            place=f"--{part}",
        ) from None


def environment_of(profile: str, region: str) -> dict[str, str]:
    """Give this process's environment as a profile's: without keys, which would win over it."""
    inherited = {name: value for name, value in os.environ.items() if name not in KEYS}
    return inherited | {"AWS_PROFILE": profile, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
