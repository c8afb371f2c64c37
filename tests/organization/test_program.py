"""The organization's stack: what is refused; what it declares is in the golden graph."""

import pulumi
import pytest

from organization.program import run
from shared.errors import ConfigError
from tests.support.paths import ROOT
from tests.support.recorder import Mocks, refusing, the_program_in

ORGANIZATION = ROOT / "organization"


def test_the_folder_itself_is_the_program(mocks: Mocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ORGANIZATION)

    mocks.deploy(the_program_in(ORGANIZATION))

    assert "222233334444" == mocks.exports["hub_account"]


def test_credentials_of_another_account_are_refused_before_anything_is_touched(mocks: Mocks) -> None:
    mocks.answers["getCallerIdentity"] = refusing("AWS Account ID not allowed: 222233334444")

    with pytest.raises(
        ConfigError, match=r"^Pulumi\.organization\.yaml: accountId: no access to the account 111122223333"
    ):
        mocks.deploy(run)

    assert ["pulumi:providers:aws"] == [resource.type for resource in mocks.resources]


@pytest.mark.parametrize(
    ("hub", "message"),
    [
        (None, r"hubAccountId is missing. Expected twelve digits, in quotes"),
        ("2222-3333-4444", r"hubAccountId: found '2222-3333-4444'. Expected twelve digits, in quotes"),
    ],
)
def test_a_hub_account_that_is_none_is_refused(mocks: Mocks, hub: str | None, message: str) -> None:
    settings = {"aws:region": "eu-central-1", "model-catalog-organization:accountId": "111122223333"}
    given = {} if hub is None else {"model-catalog-organization:hubAccountId": hub}
    pulumi.runtime.set_all_config(settings | given)

    with pytest.raises(ConfigError, match=rf"^Pulumi\.organization\.yaml: {message}"):
        mocks.deploy(run)

    assert [] == mocks.resources
