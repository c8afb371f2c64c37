"""What the organization needs once, in the right order, and for good."""

import runpy
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from organization.program import run
from shared.errors import ConfigError
from tests.support.paths import ROOT
from tests.support.recorder import Mocks, RefusedError

ORGANIZATION = ROOT / "organization"
KINDS = (aws.servicecatalog.OrganizationsAccess, aws.organizations.DelegatedAdministrator)


@pytest.mark.parametrize("kind", KINDS)
def test_what_every_share_rests_on_is_protected_and_stays(
    mocks: Mocks, kind: type[aws.organizations.DelegatedAdministrator]
) -> None:
    """Turning it off, or removing it, ends every share of the organization."""
    mocks.deploy(run)
    made = mocks.one(kind)

    assert made.protect
    assert made.retain_on_delete


def test_trusted_access_is_on_before_an_administrator_is_delegated(mocks: Mocks) -> None:
    mocks.deploy(run)
    access = mocks.one(aws.servicecatalog.OrganizationsAccess)

    assert access.inputs["enabled"] is True
    assert access.urn in mocks.one(aws.organizations.DelegatedAdministrator).dependencies


def test_the_hub_administers_service_catalog_for_the_organization(mocks: Mocks) -> None:
    mocks.deploy(run)
    administrator = mocks.one(aws.organizations.DelegatedAdministrator)

    assert "222233334444" == administrator.inputs["accountId"]
    assert "servicecatalog.amazonaws.com" == administrator.inputs["servicePrincipal"]
    assert {"hub_account": "222233334444"} == mocks.exports


def test_everything_goes_through_the_one_provider_of_the_management_account(mocks: Mocks) -> None:
    mocks.deploy(run)
    provider = mocks.one("pulumi:providers:aws")

    assert '["111122223333"]' == provider.inputs["allowedAccountIds"]
    assert {f"{provider.urn}::account-id"} == {
        resource.provider for resource in mocks.resources if resource.type.startswith("aws:")
    }


def test_the_component_says_when_it_is_complete(mocks: Mocks) -> None:
    mocks.deploy(run)

    assert mocks.one("modelcatalog:organization:SharingAccess").urn in mocks.completed


def test_the_folder_itself_is_the_program(mocks: Mocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ORGANIZATION)

    mocks.deploy(_program)

    assert "222233334444" == mocks.exports["hub_account"]


def test_credentials_of_another_account_are_refused_before_anything_is_touched(mocks: Mocks) -> None:
    def answer(_: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError("AWS Account ID not allowed: 222233334444")

    mocks.answers["getCallerIdentity"] = answer

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


def _program() -> None:
    runpy.run_path(str(ORGANIZATION), run_name="__main__")
