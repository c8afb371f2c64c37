"""Signing in to many accounts by one session."""

from types import SimpleNamespace
from typing import Any

import pytest

from shared.aws.accounts import Accounts, Way, WrongAccountError
from tests.support.fake_account import always

ROLE = "arn:aws:iam::300000000002:role/Inventory"
GIVEN = {"AccessKeyId": "key", "SecretAccessKey": "secret", "SessionToken": "token"}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Give the clients that are made; the credentials at hand are of the first account."""
    found: list[tuple[str, dict[str, Any]]] = []

    def assume_role(RoleArn: str, RoleSessionName: str) -> dict[str, Any]:  # noqa: N803 - boto3's own names
        assert (ROLE, "model-catalog") == (RoleArn, RoleSessionName)
        return {"Credentials": GIVEN}

    def client(service: str, **options: Any) -> Any:  # noqa: ANN401 - as boto3 has it
        found.append((service, options))
        meta = SimpleNamespace(events=SimpleNamespace(register_last=always(None)))
        identity = always({"Account": "300000000001"})
        return SimpleNamespace(assume_role=assume_role, get_caller_identity=identity, meta=meta)

    monkeypatch.setattr("boto3.Session", lambda: SimpleNamespace(region_name=None, client=client))
    return found


def test_a_role_is_assumed_and_its_credentials_make_the_clients(made: list[tuple[str, dict[str, Any]]]) -> None:
    signed_in = Accounts().sign_in(Way("300000000002", ROLE))
    signed_in.client("servicecatalog", "eu-west-1")

    service, options = made[-1]
    assert ("servicecatalog", "eu-west-1", "key", "token") == (
        service,
        options["region_name"],
        options["aws_access_key_id"],
        options["aws_session_token"],
    )
    assert "secret" not in repr(signed_in)


def test_without_a_role_the_credentials_at_hand_serve_in_their_own_account_alone(
    made: list[tuple[str, dict[str, Any]]],
) -> None:
    accounts = Accounts()

    accounts.sign_in(Way("300000000001", None)).client("servicecatalog", "eu-west-1")
    with pytest.raises(WrongAccountError, match="the credentials at hand are of 300000000001"):
        accounts.sign_in(Way("300000000002", None))

    assert "aws_access_key_id" not in made[-1][1]
    assert ["sts", "servicecatalog"] == [service for service, _ in made]
