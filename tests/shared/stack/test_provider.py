"""The one provider of a stack: bound to its account, and tagging what it makes."""

import json
import socket
from contextlib import closing

import pytest

from shared.aws.caller import CALLER
from shared.errors import ConfigError, UnreachableError
from shared.stack.provider import account_provider, confirm_account
from shared.stack.settings import AccountSettings
from tests.support.recorder import Mocks, refusing
from tests.support.refused import refused

ROLE = "arn:aws:iam::222233334444:role/Deployer"
OWN = AccountSettings(account_id="222233334444", region="eu-central-1")
ASSUMED = AccountSettings(account_id="222233334444", region="eu-central-1", assume_role=ROLE)


def test_the_provider_takes_no_account_but_the_stacks(mocks: Mocks) -> None:
    mocks.deploy(lambda: _discard(account_provider(OWN)))
    inputs = mocks.one("pulumi:providers:aws").inputs

    assert ["222233334444"] == json.loads(inputs["allowedAccountIds"])
    assert "eu-central-1" == inputs["region"]
    assert "assumeRoles" not in inputs


def test_a_program_waits_for_no_endpoint_that_does_not_answer(mocks: Mocks, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider itself would try for minutes."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")

    with refused(UnreachableError, "endpoint-silent", "AWS_ENDPOINT_URL") as found:
        mocks.deploy(lambda: _discard(account_provider(OWN)))
    assert "Pulumi.hub.yaml" in str(found.value)


def test_the_provider_tags_what_it_makes_with_its_origin(mocks: Mocks) -> None:
    mocks.deploy(lambda: _discard(account_provider(OWN)))

    tags = json.loads(mocks.one("pulumi:providers:aws").inputs["defaultTags"])
    assert {"tags": {"model-catalog-hub": "hub"}} == tags


def test_tags_of_the_company_stand_beside_the_origin(mocks: Mocks) -> None:
    mocks.deploy(lambda: _discard(account_provider(OWN.model_copy(update={"tags": {"cost-center": "platform"}}))))

    tags = json.loads(mocks.one("pulumi:providers:aws").inputs["defaultTags"])
    assert {"tags": {"cost-center": "platform", "model-catalog-hub": "hub"}} == tags


def test_the_provider_assumes_the_role_in_a_session_named_for_the_stack(mocks: Mocks) -> None:
    mocks.deploy(lambda: _discard(account_provider(ASSUMED)))
    [assumed] = json.loads(mocks.one("pulumi:providers:aws").inputs["assumeRoles"])

    assert {"roleArn": ROLE, "sessionName": "model-catalog-hub"} == assumed


def test_the_provider_assumes_no_role_that_the_caller_is_already(mocks: Mocks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of CI signs in as the deployer, which may not assume itself."""
    monkeypatch.setenv(CALLER, "arn:aws:sts::222233334444:assumed-role/Deployer/job-17")

    mocks.deploy(lambda: _discard(account_provider(ASSUMED)))

    assert "assumeRoles" not in mocks.one("pulumi:providers:aws").inputs


def test_the_callers_arn_is_known_at_once(mocks: Mocks) -> None:
    mocks.answers["getCallerIdentity"] = lambda _: {"arn": ROLE}

    mocks.deploy(lambda: _expect(ROLE, confirm_account(account_provider(OWN), OWN)))

    assert [{}] == mocks.called("getCallerIdentity")


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [(OWN, "or set assumeRole"), (ASSUMED, "check assumeRole and who may assume it")],
)
def test_credentials_that_do_not_fit_are_refused_with_the_remedy(
    mocks: Mocks, settings: AccountSettings, remedy: str
) -> None:
    mocks.answers["getCallerIdentity"] = refusing("Expired:\n  the token")

    with refused(ConfigError, "account-without-access", "Pulumi.hub.yaml: accountId") as found:
        mocks.deploy(lambda: _discard(confirm_account(account_provider(settings), settings)))
    assert f"{remedy}. Nothing was changed. AWS says: " in str(found.value)
    assert "Expired: the token" in str(found.value)

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]


def _expect(expected: object, actual: object) -> None:
    assert expected == actual


def _discard(_: object) -> None:
    """Make nothing of a value."""
