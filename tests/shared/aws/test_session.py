"""A session works as the role that it was given, for as long as it lives."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from shared.aws.session import Session

ROLE = "arn:aws:iam::222233334444:role/Reader"
BEGIN = dt.datetime(2026, 10, 6, 12, tzinfo=dt.UTC)
LIFE = dt.timedelta(hours=1)


class Aws:
    """Stands for AWS: gives credentials that live an hour, and takes only those that still do.

    Attributes:
        now: Its time.
        assumed: The roles that were assumed, in order.
        ends: When credentials end, by their token.
    """

    def __init__(self) -> None:
        self.now = BEGIN
        self.assumed: list[str] = []
        self.ends: dict[str | None, dt.datetime] = {None: dt.datetime.max.replace(tzinfo=dt.UTC)}

    def answer(self, client: Any, operation: str, arguments: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401 - a boto3 client
        """Answer a call in place of the network."""
        frozen = client._request_signer._credentials.get_frozen_credentials()
        if self.ends[frozen.token] <= self.now:
            raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "has expired"}}, operation)
        if operation != "AssumeRole":
            return {"Account": {"Status": "ACTIVE", "Name": frozen.token}}
        self.assumed.append(arguments["RoleArn"])
        token = f"{arguments['RoleArn']} {len(self.assumed)}"
        self.ends[token] = self.now + LIFE
        keys = {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": token, "Expiration": self.ends[token]}
        return {"Credentials": keys}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "hand")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")

    def call(client: BaseClient, operation: str, arguments: Mapping[str, str]) -> dict[str, Any]:
        return made.answer(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return made


def asker(session: Session) -> Callable[[], str | None]:
    """Give a function that asks for an account, and tells whose credentials that was done with."""
    client = session.client("organizations")
    return lambda: client.describe_account(AccountId="333344445555")["Account"]["Name"]


def test_a_session_that_outlives_its_credentials_renews_them(aws: Aws) -> None:
    ask = asker(Session(role=ROLE, clock=lambda: aws.now))

    assert f"{ROLE} 1" == ask()
    aws.now += LIFE / 2
    assert f"{ROLE} 1" == ask()
    aws.now += LIFE * 5
    assert f"{ROLE} 2" == ask()


def test_without_a_role_the_credentials_at_hand_serve(aws: Aws) -> None:
    assert asker(Session(clock=lambda: aws.now))() is None
    assert [] == aws.assumed


def test_a_role_that_cannot_be_assumed_is_told_at_once(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "gone")
    aws.ends["gone"] = BEGIN

    with pytest.raises(ClientError, match="ExpiredToken"):
        Session(role=ROLE, clock=lambda: aws.now)


def test_a_client_is_made_once_for_each_region(aws: Aws) -> None:
    session = Session(region="eu-central-1", clock=lambda: aws.now)

    assert session.client("sts") is session.client("sts", "eu-central-1")
    assert session.client("sts") is not session.client("sts", "eu-west-1")
