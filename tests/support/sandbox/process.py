"""A sandbox process, or AWS in its place, and clients for its accounts."""

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from botocore.config import Config

from tests.support.sandbox.accounts import ACCOUNTS, HUB, MANAGEMENT, connect
from tests.support.sandbox.conformity import watch

FAST = 20_000.0
"""Virtual seconds per second: what takes a minute on AWS takes 3 ms."""

Client = Any
"""A boto3 client. The stubs know one class per service; the tests use one function for all."""


class Sandbox:
    """A running sandbox (without a URL, AWS), and how to call it."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._clients: dict[tuple[str, str, str], Client] = {}

    @property
    def url(self) -> str:
        assert self._url, "AWS has no endpoint of the sandbox: mark the test sandbox_only"
        return self._url

    def client(self, service: str, account: str, region: str | None = None) -> Client:
        """A client of an account's administrator."""
        key = (service, account, region or ACCOUNTS.region)
        if key not in self._clients:
            self._clients[key] = self.client_with(service, {"AccessKeyId": account, "SecretAccessKey": "x"}, key[2])
        return self._clients[key]

    def client_with(self, service: str, credentials: dict[str, str], region: str | None = None) -> Client:
        """A client of whoever has these credentials. What Service Catalog answers it is checked."""
        session = ACCOUNTS.session(credentials, region or ACCOUNTS.region)
        watch(session.events)
        if self._url is None:
            return connect(session, service, config=Config(retries={"mode": "standard", "total_max_attempts": 10}))
        config = Config(retries={"total_max_attempts": 1}, read_timeout=30)
        return connect(session, service, endpoint_url=self._url, config=config)

    def assume(self, arn: str, by: str, session: str = "test") -> dict[str, str]:
        """Credentials of a role, assumed by an account's administrator."""
        return self.client("sts", by).assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"]

    def ask(self, path: str) -> dict[str, Any]:
        """Read from the sandbox's own endpoint."""
        with urlopen(f"{self.url}/_sandbox/{path}", timeout=10) as answer:  # noqa: S310 - http
            return json.load(answer)

    def post(self, path: str, body: object) -> None:
        """Change something at the sandbox's own endpoint."""
        request = Request(f"{self.url}/_sandbox/{path}", data=json.dumps(body).encode())  # noqa: S310 - http
        urlopen(request, timeout=10).close()  # noqa: S310

    @contextmanager
    def standing_still(self) -> Generator[None, None, None]:
        """Hold virtual time (nearly), so that what is in progress stays so."""
        self.post("clock", {"speed": 0.001})
        try:
            yield
        finally:
            self.post("clock", {"speed": FAST})


@contextmanager
def running(folder: Path, *options: str) -> Generator[Sandbox, None, None]:
    """Run a sandbox process of its own."""
    command = [sys.executable, "-m", "sandbox", "serve", "--speed", str(FAST), *options]
    with (folder / "sandbox.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ready http://"), (folder / "sandbox.log").read_text()
            yield Sandbox(line.split()[1])
        finally:
            process.terminate()
            process.wait(60)


def trust_service_catalog(sandbox: Sandbox) -> None:
    """Give Service Catalog its trusted access, and the hub its delegation."""
    sandbox.client("servicecatalog", MANAGEMENT).enable_aws_organizations_access()
    sandbox.client("organizations", MANAGEMENT).register_delegated_administrator(
        AccountId=HUB, ServicePrincipal="servicecatalog.amazonaws.com"
    )
