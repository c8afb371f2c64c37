"""Clients in many accounts: one session and one sign-in for each account.

`session.Session` loads the models of its services anew, 0.15 s each time, which is nothing for one account and
minutes for a thousand.
"""

import threading
from dataclasses import dataclass, field
from typing import Any, Final

from shared.aws.caller import works_as
from shared.aws.clients import made

_SESSION_NAME: Final = "model-catalog"


class WrongAccountError(Exception):
    """The credentials at hand are of another account."""


@dataclass(frozen=True, slots=True)
class Way:
    """An account, and the role to work as there; without one, with the credentials at hand."""

    account: str
    role: str | None


class Accounts:
    """Makes clients in accounts; threads may share it."""

    def __init__(self) -> None:
        import boto3
        from botocore.config import Config

        self._boto: Any = boto3.Session()  # the stubs have one function per service
        self._region: str = self._boto.region_name or "us-east-1"
        # Rates of Service Catalog are not published: what is refused for being too much is tried again, later.
        retries: Any = {"mode": "standard", "total_max_attempts": 8}
        self._config = Config(connect_timeout=10, read_timeout=30, retries=retries)
        self._lock = threading.Lock()
        self._sts: Any = None
        self._caller = ""

    def sign_in(self, way: Way) -> "SignedIn":
        """Work in an account.

        Raises:
            ClientError: the role cannot be assumed.
            WrongAccountError: there is no role, and the credentials at hand are of another account.
        """
        if way.role is None:
            if self._own != way.account:
                raise WrongAccountError(f"no role is known to work as, and the credentials at hand are of {self._own}")
            return SignedIn(self, {})
        if works_as(way.role, region=self._region):
            return SignedIn(self, {})
        given = self._security.assume_role(RoleArn=way.role, RoleSessionName=_SESSION_NAME)["Credentials"]
        return SignedIn(
            self,
            {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            },
        )

    @property
    def _security(self) -> Any:  # noqa: ANN401 - a boto3 client
        with self._lock:
            if self._sts is None:
                self._sts = made(self._boto, "sts", region_name=self._region, config=self._config)
            return self._sts

    @property
    def _own(self) -> str:
        if not self._caller:
            self._caller = str(self._security.get_caller_identity()["Account"])
        return self._caller

    def client(self, service: str, region: str, credentials: dict[str, str]) -> Any:  # noqa: ANN401 - a boto3 client
        """Make a client; boto3 makes one at a time."""
        with self._lock:
            return made(self._boto, service, region_name=region, config=self._config, **credentials)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that one may work in, for as long as its credentials last: an hour by default."""

    accounts: Accounts
    credentials: dict[str, str] = field(repr=False)

    def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - a boto3 client
        """Make a client of a service in a region."""
        return self.accounts.client(service, region, self.credentials)
