"""Shares in an organization that changes: accounts move, join and leave, trust is given and taken."""

import json
from pathlib import Path

import pytest

from tests.support.sandbox.accounts import ACCOUNTS, PRODUCTION
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox, running
from tests.support.sandbox.setup import Setup


def test_organizations_access_belongs_to_the_management_account(sandbox: Sandbox, api_error: Expect) -> None:
    """API:EnableAWSOrganizationsAccess, DisableAWSOrganizationsAccess, GetAWSOrganizationsAccessStatus."""
    hub = sandbox.client("servicecatalog", ACCOUNTS.hub)

    assert hub.get_aws_organizations_access_status()["AccessStatus"] == "ENABLED"
    with api_error("OperationNotSupportedException"):
        hub.enable_aws_organizations_access()
    with api_error("OperationNotSupportedException"):
        sandbox.client("servicecatalog", ACCOUNTS.research).get_aws_organizations_access_status()
    with api_error("OperationNotSupportedException"):
        hub.disable_aws_organizations_access()


@pytest.mark.sandbox_only
def test_trusted_access_stays_while_there_are_delegates(sandbox: Sandbox, api_error: Expect) -> None:
    """API:DisableAWSOrganizationsAccess. On AWS a mistake in it would cut off the whole organization."""
    with api_error("InvalidStateException", "delegated"):
        sandbox.client("servicecatalog", ACCOUNTS.management).disable_aws_organizations_access()


def test_shares_follow_accounts_as_they_move_until_trusted_access_ends(own_sandbox: Sandbox, api_error: Expect) -> None:
    """Administrator Guide, "Moving accounts"; API:DeletePortfolioShare, DisableAWSOrganizationsAccess."""
    setup = Setup(own_sandbox)
    organizations = own_sandbox.client("organizations", ACCOUNTS.management)
    home, elsewhere = setup.unit("Research"), setup.unit("Infrastructure")

    def move(source: str, destination: str) -> None:
        organizations.move_account(AccountId=ACCOUNTS.research, SourceParentId=source, DestinationParentId=destination)

    setup.share()
    move(home, elsewhere)
    assert not setup.imported()
    move(elsewhere, home)
    assert setup.imported()

    own = setup.client("servicecatalog", ACCOUNTS.management)
    kept = own.create_portfolio(DisplayName="kept", ProviderName="x")["PortfolioDetail"]["Id"]
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": setup.unit("Workloads")}
    own.create_portfolio_share(PortfolioId=kept, OrganizationNode=node)
    ACCOUNTS.until(lambda: seen(setup, kept), "the management account's share")
    organizations.deregister_delegated_administrator(
        AccountId=ACCOUNTS.hub, ServicePrincipal="servicecatalog.amazonaws.com"
    )
    assert not setup.imported()
    own.disable_aws_organizations_access()
    move(home, elsewhere)
    assert setup.research.describe_portfolio(Id=kept)
    with api_error("InvalidStateException", "not enabled"):
        own.create_portfolio_share(PortfolioId=kept, OrganizationNode={"Type": "ACCOUNT", "Value": PRODUCTION})
    own.enable_aws_organizations_access()
    with api_error("ResourceNotFoundException"):
        setup.research.describe_portfolio(Id=kept)


def seen(setup: Setup, portfolio: str) -> str | None:
    listed = setup.research.list_accepted_portfolio_shares(PortfolioShareType="AWS_ORGANIZATIONS")["PortfolioDetails"]
    return portfolio if portfolio in {each["Id"] for each in listed} else None


def test_accounts_that_join_get_the_share_and_those_that_leave_lose_it(own_sandbox: Sandbox) -> None:
    """API:CreatePortfolioShare: "shared with all accounts of the node"; Administrator Guide, "Moving accounts"."""
    setup = Setup(own_sandbox)
    organizations = own_sandbox.client("organizations", ACCOUNTS.management)
    workloads, root = setup.unit("Workloads"), organizations.list_roots()["Roots"][0]["Id"]
    setup.share()
    made = organizations.create_account(AccountName="joined", Email="joined@example.com")["CreateAccountStatus"]
    joined = made["AccountId"]
    assert not setup.imported(joined)
    organizations.move_account(AccountId=joined, SourceParentId=root, DestinationParentId=workloads)
    assert setup.imported(joined)

    organizations.remove_account_from_organization(AccountId=joined)
    assert not setup.imported(joined)
    assert setup.imported()


@pytest.mark.sandbox_only
def test_an_account_has_the_tags_of_the_organization_file(tmp_path: Path) -> None:
    """API:ListTagsForResource."""
    accounts = [{"id": "600000000001", "name": "gold", "ou": "Workloads", "tags": {"tier": "gold"}}]
    file = tmp_path / "organization.yaml"
    _ = file.write_text(json.dumps({"management": ACCOUNTS.management, "accounts": accounts}))

    with running(tmp_path, "--organization", str(file)) as sandbox:
        answer = sandbox.client("organizations", ACCOUNTS.management).list_tags_for_resource(ResourceId="600000000001")

    assert [{"Key": "tier", "Value": "gold"}] == answer["Tags"]
