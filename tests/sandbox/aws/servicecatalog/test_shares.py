"""Shares: who may share with whom, how it goes on, and what the recipient then has."""

from typing import Any

import pytest

from tests.support.sandbox.accounts import ACCOUNTS, PRODUCTION
from tests.support.sandbox.building import trusting_research
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import TEMPLATE, Setup


def test_an_organization_share_imports_itself_under_the_same_id(setup: Setup) -> None:
    """Administrator Guide, "Sharing a portfolio": no import is needed within AWS Organizations."""
    assert not setup.imported()
    assert setup.share() == "COMPLETED"

    assert setup.imported()
    assert not setup.imported(kind="IMPORTED")
    assert setup.research.describe_portfolio(Id=setup.portfolio)["PortfolioDetail"]["DisplayName"] == setup.name
    (share,) = setup.hub.describe_portfolio_shares(PortfolioId=setup.portfolio, Type="ORGANIZATIONAL_UNIT")[
        "PortfolioShareDetails"
    ]
    assert (share["PrincipalId"], share["Accepted"]) == (setup.workloads()["Value"], True)


def test_accepting_an_organization_share_fails(setup: Setup, api_error: Expect) -> None:
    """aws-service-catalog-puppet issue 346."""
    setup.share()

    with api_error("ResourceNotFoundException", f"Portfolio not found: {setup.portfolio}"):
        setup.research.accept_portfolio_share(PortfolioId=setup.portfolio)


def test_an_account_share_waits_for_acceptance_and_can_be_rejected(setup: Setup) -> None:
    """API:AcceptPortfolioShare, RejectPortfolioShare."""
    answer = setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, AccountId=ACCOUNTS.research)

    def accepted() -> bool:
        shares = setup.hub.describe_portfolio_shares(PortfolioId=setup.portfolio, Type="ACCOUNT")
        return shares["PortfolioShareDetails"][0]["Accepted"]

    assert "PortfolioShareToken" not in answer
    assert (accepted(), setup.imported(kind="IMPORTED")) == (False, False)
    setup.research.accept_portfolio_share(PortfolioId=setup.portfolio)
    assert (accepted(), setup.imported(kind="IMPORTED")) == (True, True)
    setup.research.reject_portfolio_share(PortfolioId=setup.portfolio)
    assert (accepted(), setup.imported(kind="IMPORTED")) == (False, False)


def test_a_member_account_share_reaches_that_account_alone(setup: Setup) -> None:
    """API:DescribePortfolioShares: ORGANIZATION_MEMBER_ACCOUNT is a type of its own."""
    assert setup.share("ACCOUNT", ACCOUNTS.research) == "COMPLETED"

    assert setup.imported()
    assert not setup.imported(ACCOUNTS.management)
    shares = setup.hub.describe_portfolio_shares(PortfolioId=setup.portfolio, Type="ORGANIZATION_MEMBER_ACCOUNT")
    assert [share["PrincipalId"] for share in shares["PortfolioShareDetails"]] == [ACCOUNTS.research]


@pytest.mark.sandbox_only
def test_a_suspended_account_makes_a_share_complete_with_errors(setup: Setup) -> None:
    """API:DescribePortfolioShareStatus: COMPLETED_WITH_ERRORS, ShareErrors by account."""
    organization = setup.sandbox.client("organizations", ACCOUNTS.hub).describe_organization()["Organization"]["Arn"]
    node = {"Type": "ORGANIZATION", "Value": organization}
    token = setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, OrganizationNode=node)["PortfolioShareToken"]

    assert setup.share_status(token) == "COMPLETED_WITH_ERRORS"
    details = setup.hub.describe_portfolio_share_status(PortfolioShareToken=token)["ShareDetails"]
    assert [error["Accounts"] for error in details["ShareErrors"]] == [["555566667777"]]
    assert set(details["SuccessfulShares"]) == {ACCOUNTS.management, ACCOUNTS.research, PRODUCTION}
    assert setup.imported()


@pytest.mark.sandbox_only
def test_share_actions_go_one_by_one(setup: Setup, api_error: Expect) -> None:
    """terraform-provider-aws issue 24729: InvalidStateException."""
    node = setup.workloads()
    with setup.sandbox.standing_still():
        made = setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, OrganizationNode=node)
        token = made["PortfolioShareToken"]
        status = setup.hub.describe_portfolio_share_status(PortfolioShareToken=token)["Status"]
        one = "Cannot process more than one portfolio share action at the same time"
        with api_error("InvalidStateException", one):
            setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, AccountId=ACCOUNTS.research)
        with api_error("InvalidStateException", one):
            setup.hub.update_portfolio_share(PortfolioId=setup.portfolio, OrganizationNode=node, ShareTagOptions=True)
        assert not setup.imported()

    assert status in ("NOT_STARTED", "IN_PROGRESS")
    assert setup.share_status(token) == "COMPLETED"


def test_only_a_delegate_shares_to_organization_nodes_but_anyone_to_accounts(setup: Setup, api_error: Expect) -> None:
    """API:CreatePortfolioShare."""
    own = setup.local_portfolio("own")
    with api_error("OperationNotSupportedException"):
        setup.research.create_portfolio_share(
            PortfolioId=own, OrganizationNode={"Type": "ACCOUNT", "Value": ACCOUNTS.management}
        )
    setup.research.create_portfolio_share(PortfolioId=own, AccountId=ACCOUNTS.management)
    shares = setup.research.describe_portfolio_shares(PortfolioId=own, Type="ACCOUNT")["PortfolioShareDetails"]

    assert [share["PrincipalId"] for share in shares] == [ACCOUNTS.management]


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"AccountId": "999999999999"},
        {"AccountId": ACCOUNTS.hub},
        {"AccountId": ACCOUNTS.research, "OrganizationNode": {"Type": "ACCOUNT", "Value": ACCOUNTS.research}},
        {"OrganizationNode": {"Type": "ORGANIZATION", "Value": "o-aaaaaaaaaa"}},
        {"OrganizationNode": {"Type": "ORGANIZATIONAL_UNIT", "Value": "ou-aaaa-bbbbbbbb"}},
        {"OrganizationNode": {"Type": "ORGANIZATION", "Value": ACCOUNTS.research}},
        {"OrganizationNode": {"Type": "ACCOUNT", "Value": ACCOUNTS.research}, "SharePrincipals": True},
    ],
)
def test_a_senseless_target_is_refused(setup: Setup, api_error: Expect, target: dict[str, object]) -> None:
    """API:CreatePortfolioShare: InvalidParametersException."""
    with api_error("InvalidParametersException"):
        setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, **target)


def test_an_imported_portfolio_is_read_only_and_cannot_be_shared_on(setup: Setup, api_error: Expect) -> None:
    """API:CreatePortfolioShare: "You can't share a shared resource"."""
    setup.share()
    with api_error("OperationNotSupportedException", "shared with you"):
        setup.research.create_portfolio_share(PortfolioId=setup.portfolio, AccountId=ACCOUNTS.management)
    with api_error("ResourceNotFoundException"):
        setup.research.update_portfolio(Id=setup.portfolio, DisplayName="mine")
    with api_error("ResourceNotFoundException"):
        setup.research.delete_portfolio(Id=setup.portfolio)
    with api_error("ResourceNotFoundException"):
        setup.research.update_product(Id=setup.product, Name="mine")
    with api_error("ResourceNotFoundException"):
        setup.research.disassociate_product_from_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)
    with api_error("ResourceNotFoundException"):
        setup.research.create_provisioning_artifact(
            ProductId=setup.product, Parameters={"Name": "mine", "Info": setup.info(TEMPLATE)}
        )
    with api_error("ResourceNotFoundException"):
        setup.research.update_provisioning_artifact(
            ProductId=setup.product, ProvisioningArtifactId=setup.version, Active=False
        )
    assert setup.portfolio not in {p["Id"] for p in setup.research.list_portfolios()["PortfolioDetails"]}


def test_a_local_portfolio_with_an_imported_product_cannot_be_shared(setup: Setup, api_error: Expect) -> None:
    """API:CreatePortfolioShare: nor "portfolios that contain a shared product"."""
    setup.share()
    local = setup.local_portfolio()
    setup.take_over(local)

    with api_error("OperationNotSupportedException", "shared product"):
        setup.research.create_portfolio_share(PortfolioId=local, AccountId=ACCOUNTS.management)


def test_an_unshared_portfolio_takes_its_products_along(setup: Setup, api_error: Expect) -> None:
    """Administrator Guide, "Sharing a portfolio": removal propagates to imported and local portfolios."""
    setup.open()
    launched = setup.launch()
    assert setup.unshare() == "COMPLETED"

    assert not setup.imported()
    with api_error("ResourceNotFoundException", "No launch paths found"):
        setup.launch()
    with api_error("ResourceNotFoundException", "No launch paths found"):
        setup.update(launched["Id"])
    assert setup.settled(launched["Id"])["Status"] == "AVAILABLE"
    assert setup.terminated(launched["Id"])


def test_names_of_principals_are_shared_only_on_demand(setup: Setup) -> None:
    """API:CreatePortfolioShare, SharePrincipals; API:UpdatePortfolioShare."""
    setup.grant(ACCOUNTS.hub, f"arn:aws:iam:::role/{setup.name}*", "IAM_PATTERN")
    setup.share()
    assert setup.research.list_principals_for_portfolio(PortfolioId=setup.portfolio)["Principals"] == []
    node = setup.workloads()
    answer = setup.hub.update_portfolio_share(PortfolioId=setup.portfolio, OrganizationNode=node, SharePrincipals=True)
    setup.share_status(answer["PortfolioShareToken"])
    (shared,) = setup.research.list_principals_for_portfolio(PortfolioId=setup.portfolio)["Principals"]

    assert shared == {"PrincipalARN": f"arn:aws:iam:::role/{setup.name}*", "PrincipalType": "IAM_PATTERN"}
    arn = setup.make_role(ACCOUNTS.research, f"{setup.name}-team", trusting_research())
    team = setup.as_role(arn)
    assert setup.wait_for_path(team)


def test_an_existing_share_is_left_as_it_is(setup: Setup) -> None:
    """API:CreatePortfolioShare: "if the share already exists, no action is taken"."""
    setup.share(ShareTagOptions=True)
    setup.share(ShareTagOptions=False)
    (share,) = setup.hub.describe_portfolio_shares(PortfolioId=setup.portfolio, Type="ORGANIZATIONAL_UNIT")[
        "PortfolioShareDetails"
    ]

    assert share["ShareTagOptions"] is True


def test_access_is_listed_by_account_and_by_node(setup: Setup) -> None:
    """API:ListPortfolioAccess, ListOrganizationPortfolioAccess."""
    setup.share()
    setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, AccountId=ACCOUNTS.management)
    unit = setup.workloads()["Value"]
    nodes = setup.hub.list_organization_portfolio_access(
        PortfolioId=setup.portfolio, OrganizationNodeType="ORGANIZATIONAL_UNIT"
    )
    under = setup.hub.list_portfolio_access(PortfolioId=setup.portfolio, OrganizationParentId=unit)

    assert setup.hub.list_portfolio_access(PortfolioId=setup.portfolio)["AccountIds"] == [ACCOUNTS.management]
    assert ACCOUNTS.research in under["AccountIds"]
    assert nodes["OrganizationNodes"] == [{"Type": "ORGANIZATIONAL_UNIT", "Value": unit}]


def test_an_account_share_is_accepted_by_a_stack_and_an_organization_share_is_not(setup: Setup) -> None:
    """CloudFormation User Guide, AWS::ServiceCatalog::AcceptedPortfolioShare; roadmap issue 1860."""
    template = (
        '{"Resources":{"A":{"Type":"AWS::ServiceCatalog::AcceptedPortfolioShare",'
        f'"Properties":{{"PortfolioId":"{setup.portfolio}"}}}}}}}}'
    )
    stacks = setup.client("cloudformation", ACCOUNTS.research)

    def status(name: str) -> dict[str, Any]:
        stacks.create_stack(StackName=name, TemplateBody=template)
        return stacks.describe_stacks(StackName=name)["Stacks"][0]

    failed = status(f"{setup.name}-1")
    setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, AccountId=ACCOUNTS.research)
    made = status(f"{setup.name}-2")
    accepted = setup.research.describe_portfolio(Id=setup.portfolio)["PortfolioDetail"]
    stacks.delete_stack(StackName=f"{setup.name}-2")
    shares = setup.hub.describe_portfolio_shares(PortfolioId=setup.portfolio, Type="ACCOUNT")["PortfolioShareDetails"]

    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"Portfolio not found: {setup.portfolio}" in failed["StackStatusReason"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert accepted["Id"] == setup.portfolio
    assert shares[0]["Accepted"] is False


def test_a_stack_that_accepts_another_portfolio_lets_go_of_one_that_is_gone(setup: Setup) -> None:
    """The update is complete all the same (CloudFormation User Guide, "Understand stack update states")."""
    template = (
        '{"Parameters":{"Id":{"Type":"String"}},"Resources":{"A":{"Type":"AWS::ServiceCatalog::AcceptedPortfolioShare",'
        '"Properties":{"PortfolioId":{"Ref":"Id"}}}}}'
    )
    stacks = setup.client("cloudformation", ACCOUNTS.research)
    first, second = (
        setup.hub.create_portfolio(DisplayName=f"{setup.name}-{number}", ProviderName="p")["PortfolioDetail"]["Id"]
        for number in (1, 2)
    )
    for portfolio in (first, second):
        setup.hub.create_portfolio_share(PortfolioId=portfolio, AccountId=ACCOUNTS.research)
    given = [{"ParameterKey": "Id", "ParameterValue": first}]
    stacks.create_stack(StackName=setup.name, TemplateBody=template, Parameters=given)
    setup.hub.delete_portfolio_share(PortfolioId=first, AccountId=ACCOUNTS.research)
    setup.hub.delete_portfolio(Id=first)

    stacks.update_stack(
        StackName=setup.name,
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Id", "ParameterValue": second}],
    )

    assert stacks.describe_stacks(StackName=setup.name)["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"
    shares = setup.hub.describe_portfolio_shares(PortfolioId=second, Type="ACCOUNT")["PortfolioShareDetails"]
    assert shares[0]["Accepted"] is True
