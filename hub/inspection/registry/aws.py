"""Clients that work with the credentials of the environment."""

from typing import Any

import boto3
from botocore.exceptions import ClientError


class Aws:
    """Makes clients of any service, each once."""

    def __init__(self) -> None:
        self._session = boto3.Session()
        self._made: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Give a client of a service in a region."""
        if (service, region) not in self._made:
            make: Any = getattr(self._session, "client")  # noqa: B009 - the stubs have one function per service
            self._made[service, region] = make(service, region_name=region)
        return self._made[service, region]


def code_of(problem: ClientError) -> str:
    """Name the error that AWS answered with, such as AccessDenied."""
    return problem.response.get("Error", {}).get("Code", "unknown error")


def message_of(problem: ClientError) -> str:
    """Give AWS's own words, on one line."""
    return " ".join(problem.response.get("Error", {}).get("Message", "").split())
