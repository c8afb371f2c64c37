"""The accounts that the tests speak of: the sandbox's own, or with `--aws` those of three profiles."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import boto3
import botocore.loaders
import botocore.session

MANAGEMENT, HUB, RESEARCH, PRODUCTION, SUSPENDED = (
    "111122223333",
    "222233334444",
    "333344445555",
    "444455556666",
    "555566667777",
)
"""Those of the sandbox's default organization, for what only the sandbox can do."""
REGION = "eu-central-1"

Found = TypeVar("Found")

MODELS = botocore.loaders.Loader()
"""AWS's service models, read once for all sessions: each client would take a fifth of a second for its own."""


@dataclass
class Accounts:
    """Who plays which part. A test that is to run against AWS too takes its ids from here."""

    management: str = MANAGEMENT
    hub: str = HUB
    research: str = RESEARCH
    region: str = REGION
    real: bool = False
    iam_seconds: float = 0
    """How long a new role takes until every service knows it."""
    mark: str = ""
    """In front of the names of what tests make."""
    waits: Path | None = None
    """Gets a line for each time that something was waited for: what, and how many seconds."""
    profiles: dict[str, str] = field(default_factory=dict[str, str])
    """By account id."""
    administrators: dict[str, str] = field(default_factory=dict[str, str])

    def use(self, management: str, hub: str, spoke: str, *, region: str | None, iam_seconds: float) -> None:
        """Take the accounts of three profiles of the AWS configuration, and the hub's region unless one is given."""
        self.real, self.iam_seconds = True, iam_seconds
        self.management, self.hub, self.research = (self._join(profile) for profile in (management, hub, spoke))
        self.region = region or boto3.Session(profile_name=hub).region_name

    def _join(self, profile: str) -> str:
        session = boto3.Session(profile_name=profile)
        identity = connect(session, "sts").get_caller_identity()
        account, arn = identity["Account"], identity["Arn"]
        if ":assumed-role/" in arn:
            arn = connect(session, "iam").get_role(RoleName=arn.split("/")[1])["Role"]["Arn"]
        self.profiles[account], self.administrators[account] = profile, arn
        return account

    def administrator(self, account: str) -> str:
        """The ARN under which Service Catalog knows whoever calls from an account."""
        return self.administrators.get(account, f"arn:aws:iam::{account}:user/administrator")

    def session(self, credentials: dict[str, str], region: str) -> boto3.Session:
        """A session of an account's administrator (whose key is the account's id) or of a role."""
        key = credentials["AccessKeyId"]
        core = botocore.session.Session(profile=self.profiles.get(key))
        core.register_component("data_loader", MODELS)
        if key in self.profiles:
            return boto3.Session(botocore_session=core, region_name=region)
        return boto3.Session(
            botocore_session=core,
            aws_access_key_id=key,
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials.get("SessionToken"),
            region_name=region,
        )

    def until(self, look: Callable[[], Found | None], what: str) -> Found:
        """Look again and again, less and less often, until there is something to see."""
        begun = time.monotonic()
        for pause in self._pauses():
            if (found := look()) is not None:
                self._tell(what, time.monotonic() - begun)
                return found
            time.sleep(pause)
        raise AssertionError(f"waited in vain for {what}")

    def _tell(self, what: str, seconds: float) -> None:
        if self.waits:
            with self.waits.open("a") as lines:
                lines.write(f"{json.dumps([what, round(seconds, 2)])}\n")

    def _pauses(self) -> Iterator[float]:
        # Each look at Service Catalog costs, and on AWS most of what is waited for takes ten seconds and more.
        pause, longest, end = (2.0, 20.0, 900.0) if self.real and self.iam_seconds else (0.004, 0.02, 5.0)
        started = time.monotonic()
        while time.monotonic() - started < end:
            yield pause
            pause = min(pause * 1.6, longest)


ACCOUNTS = Accounts()


def connect(session: boto3.Session, service: str, **options: object) -> Any:  # noqa: ANN401 - stubs know one class each
    """Make a client of any service; the stubs have one function per service."""
    make = cast("Callable[..., Any]", getattr(session, "client"))  # noqa: B009 - see above
    return make(service, **options)
