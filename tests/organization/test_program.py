"""The organization's stack: what is refused; what it declares is in the golden graph."""

import pulumi
import pytest

from organization.program import run
from shared.errors import ConfigError
from tests.support.paths import ROOT
from tests.support.recorder import Mocks, refusing, the_program_in
from tests.support.refused import refused

ORGANIZATION = ROOT / "organization"


def test_the_folder_itself_is_the_program(mocks: Mocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ORGANIZATION)

    mocks.deploy(the_program_in(ORGANIZATION))

    assert "222233334444" == mocks.exports["hub_account"]


def test_credentials_of_another_account_are_refused_before_anything_is_touched(mocks: Mocks) -> None:
    mocks.answers["getCallerIdentity"] = refusing("AWS Account ID not allowed: 222233334444")

    with refused(ConfigError, "account-without-access", "Pulumi.organization.yaml: accountId"):
        mocks.deploy(run)

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]


@pytest.mark.parametrize(
    ("hub", "code"),
    [(None, "missing-key"), ("2222-3333-4444", "invalid-value")],
)
def test_a_hub_account_that_is_none_is_refused(mocks: Mocks, hub: str | None, code: str) -> None:
    settings = {"aws:region": "eu-central-1", "model-catalog-organization:accountId": "111122223333"}
    given = {} if hub is None else {"model-catalog-organization:hubAccountId": hub}
    pulumi.runtime.set_all_config(settings | given)

    with refused(ConfigError, code, "Pulumi.organization.yaml: hubAccountId"):
        mocks.deploy(run)

    assert [] == mocks.resources
