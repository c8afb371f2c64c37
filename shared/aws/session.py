"""Reads an account with the credentials that its stack works with.

A program asks the engine's plug-in for what it needs. What the plug-in cannot read is asked of AWS itself: by a
preflight in previews (docs/adr/0013), and by a hub's gate in every run (docs/adr/0020). boto3 is loaded by the first
who signs in.
"""

import datetime as dt
import functools
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws.caller import role_at_work, works_as
from shared.aws.clients import made
from shared.errors import ConfigError

_SESSION_NAME = "model-catalog"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Session:
    """Clients that work with the credentials at hand, or as a role, each made once; threads may share it.

    A role's credentials end after an hour by default (source: STS API reference, AssumeRole). They are renewed before,
    however long the session lives.
    """

    def __init__(self, *, region: str = "", role: str | None = None, clock: Callable[[], dt.datetime] = _now) -> None:
        """Sign in.

        Args:
            region: Where clients work that are made without one; without it, the environment's.
            role: To work as, assumed with the credentials at hand, unless they are its own.
            clock: What credentials are held against.

        Raises:
            ClientError: the role cannot be assumed.
        """
        from botocore.session import Session as BotocoreSession

        self._boto: Any = _with_models(BotocoreSession())  # the stubs have one function per service
        self._clock = clock
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}
        # Organizations is served from one region, whatever the caller's (source: AWS General Reference).
        self.region: str = region or self._boto.region_name or "us-east-1"
        if role and not works_as(role, region=self.region):
            self._boto = self._assumed(role)
            self._made = {}

    def _assumed(self, role: str) -> Any:  # noqa: ANN401 - as above
        from botocore.credentials import DeferredRefreshableCredentials
        from botocore.session import Session as BotocoreSession

        sts = self.client("sts")

        def renewed() -> dict[str, str]:
            given = sts.assume_role(RoleArn=role, RoleSessionName=_SESSION_NAME)["Credentials"]
            return {
                "access_key": given["AccessKeyId"],
                "secret_key": given["SecretAccessKey"],
                "token": given["SessionToken"],
                "expiry_time": given["Expiration"].isoformat(),
            }

        credentials = DeferredRefreshableCredentials(renewed, "assume-role", self._clock)
        _ = credentials.get_frozen_credentials()  # what cannot be assumed is told now
        session = BotocoreSession()
        session.register_component("credential_provider", SimpleNamespace(load_credentials=lambda: credentials))
        return _with_models(session)

    def client(self, service: str, region: str = "") -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Give a client of a service in a region, or in the session's own."""
        from botocore.config import Config

        key = (service, region or self.region)
        # Organizations takes few calls a second (source: AWS Organizations User Guide, "Quotas", throttling), and a
        # registry is asked for all versions of a catalog at once.
        patient = service in ("organizations", "sagemaker")
        retries: Any = {"mode": "adaptive" if patient else "standard", "total_max_attempts": 8 if patient else 5}
        with self._lock:
            if key not in self._made:
                config = Config(connect_timeout=10, read_timeout=30, retries=retries)
                self._made[key] = made(self._boto, service, region_name=key[1], config=config)
            return self._made[key]

    def pages(self, service: str, operation: str, result: str, region: str = "", **arguments: Any) -> list[Any]:  # noqa: ANN401 - each operation has its own
        """List everything that an operation answers, over all its pages."""
        client = self.client(service, region)
        if client.can_paginate(operation):
            return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page[result]]
        found: list[Any] = []
        while True:
            page = getattr(client, operation)(**arguments)
            found.extend(page.get(result, []))
            if not page.get("NextPageToken"):
                return found
            arguments["PageToken"] = page["NextPageToken"]


@functools.cache
def _models(folder: str | None) -> Any:  # noqa: ANN401 - the stubs do not know it
    """Read AWS's service models for all sessions: each would take a tenth of a second and more for its own."""
    from botocore.loaders import create_loader

    return create_loader(folder)


def _with_models(session: Any) -> Any:  # noqa: ANN401 - as above
    import boto3

    session.register_component("data_loader", _models(session.get_config_variable("data_path")))
    return boto3.Session(botocore_session=session)


class AccountAccess(Protocol):
    """What a stack's settings say of its account and the way there."""

    account_id: str
    assume_role: str | None
    region: str


class AccountSession(Session):
    """A session that is of a stack's account for certain."""

    def __init__(self, settings: AccountAccess, *, where: str) -> None:
        """Sign in.

        Raises:
            ConfigError: the credentials are missing or expired, may not assume the role, or are of another account.
        """
        trying, role = "the credentials at hand", role_at_work(settings.assume_role)
        if role:
            trying += f": {role} cannot be assumed"
        try:
            super().__init__(region=settings.region, role=role)
            identity = self.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as problem:
            remedy = "check assumeRole and who may assume it" if settings.assume_role else "or set assumeRole"
            raise ConfigError(
                f"no access to the account {settings.account_id} with {trying}. "
                f"Use credentials of that account, {remedy}. Nothing was changed. AWS says: {error_text(problem)}",
                code="account-without-access",
                place=f"{where}: accountId",
            ) from None
        self.id: str = identity["Account"]
        self.caller: str = identity["Arn"]
        if self.id != settings.account_id:
            raise ConfigError(
                f"no access to the account {settings.account_id} with the credentials at hand, which are of {self.id}. "
                f"Use credentials of that account, or set assumeRole. Nothing was changed. "
                f"AWS account ID not allowed: {self.id}",
                code="credentials-of-another-account",
                place=f"{where}: accountId",
            )


def code_of(problem: ClientError) -> str:
    """Name the error that AWS answered with, such as AccessDenied."""
    return problem.response.get("Error", {}).get("Code", "unknown error")


def message_of(problem: ClientError) -> str:
    """Give AWS's own words without the error's name, on one line."""
    return " ".join(problem.response.get("Error", {}).get("Message", "").split())


def error_text(problem: Exception) -> str:
    """Give AWS's own words, on one line."""
    return " ".join(str(problem).split())
