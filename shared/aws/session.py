"""Reads an account with the credentials that its stack works with.

A program asks the engine's plug-in for what it needs. A preflight asks for more than the plug-in can read, so it
asks AWS itself, and only in a preview (docs/adr/0013).
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import ConfigError
from shared.stack.settings import AccountSettings

_PATIENCE = Config(connect_timeout=10, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5})


class AccountSession:
    """Clients that work in a stack's account, each made once."""

    def __init__(self, settings: AccountSettings, *, where: str) -> None:
        """Sign in.

        Raises:
            ConfigError: the credentials are missing or expired, may not assume the role, or are of another account.
        """
        self.region = settings.region
        self._session = boto3.Session()
        self._made: dict[tuple[str, str], Any] = {}
        trying = "the credentials at hand"
        try:
            for role in settings.roles:
                trying = f"the credentials at hand: {role} cannot be assumed"
                given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="model-catalog-preflight")
                self._session = _session(given["Credentials"])
                self._made.clear()
            identity = self.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as problem:
            remedy = "check assumeRole and who may assume it" if settings.assume_role else "or set assumeRole"
            raise ConfigError(
                f"{where}: accountId: no access to the account {settings.account_id} with {trying}. "
                f"Use credentials of that account, {remedy}. Nothing was changed. AWS says: {error_text(problem)}"
            ) from None
        self.id: str = identity["Account"]
        self.caller: str = identity["Arn"]
        if self.id != settings.account_id:
            raise ConfigError(
                f"{where}: accountId: no access to the account {settings.account_id} with the credentials at hand, "
                f"which are of {self.id}. Use credentials of that account, or set assumeRole. Nothing was changed. "
                f"AWS account ID not allowed: {self.id}"
            )

    def client(self, service: str, region: str = "") -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Give a client of a service in a region, or in the stack's own."""
        key = (service, region or self.region)
        if key not in self._made:
            make: Any = getattr(self._session, "client")  # noqa: B009 - the stubs have one function per service
            self._made[key] = make(service, region_name=key[1], config=_PATIENCE)
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


def code_of(problem: ClientError) -> str:
    """Name the error that AWS answered with, such as AccessDenied."""
    return problem.response.get("Error", {}).get("Code", "unknown error")


def error_text(problem: Exception) -> str:
    """Give AWS's own words, on one line."""
    return " ".join(str(problem).split())


def _session(credentials: dict[str, str]) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
