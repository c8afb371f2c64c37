"""Shares: who may share with whom, how it goes on, and what the recipient then has."""

from typing import Any

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS, PRODUCTION
from tests.support.sandbox.building import trusting_research
from tests.support.sandbox.stage import TEMPLATE, Stage


def test_an_organization_share_imports_itself_under_the_same_id(stage: Stage) -> None:
    """Administrator Guide, "Sharing a portfolio": no import is needed within AWS Organizations."""
    assert not stage.imported()
    assert stage.share() == "COMPLETED"

    assert stage.imported()
    assert not stage.imported(kind="IMPORTED")
    assert stage.research.describe_portfolio(Id=stage.portfolio)["PortfolioDetail"]["DisplayName"] == stage.name
    (share,) = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ORGANIZATIONAL_UNIT")[
        "PortfolioShareDetails"
    ]
    assert (share["PrincipalId"], share["Accepted"]) == (stage.workloads()["Value"], True)


def test_accepting_an_organization_share_fails(stage: Stage, refused: Refused) -> None:
    """aws-service-catalog-puppet issue 346."""
    stage.share()

    with refused("ResourceNotFoundException", f"Portfolio not found: {stage.portfolio}"):
        stage.research.accept_portfolio_share(PortfolioId=stage.portfolio)


def test_an_account_share_waits_for_acceptance_and_can_be_rejected(stage: Stage) -> None:
    """API:AcceptPortfolioShare, RejectPortfolioShare."""
    answer = stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=ACCOUNTS.research)

    def accepted() -> bool:
        shares = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ACCOUNT")
        return shares["PortfolioShareDetails"][0]["Accepted"]

    assert "PortfolioShareToken" not in answer
    assert (accepted(), stage.imported(kind="IMPORTED")) == (False, False)
    stage.research.accept_portfolio_share(PortfolioId=stage.portfolio)
    assert (accepted(), stage.imported(kind="IMPORTED")) == (True, True)
    stage.research.reject_portfolio_share(PortfolioId=stage.portfolio)
    assert (accepted(), stage.imported(kind="IMPORTED")) == (False, False)


def test_a_member_account_share_reaches_that_account_alone(stage: Stage) -> None:
    """API:DescribePortfolioShares: ORGANIZATION_MEMBER_ACCOUNT is a type of its own."""
    assert stage.share("ACCOUNT", ACCOUNTS.research) == "COMPLETED"

    assert stage.imported()
    assert not stage.imported(ACCOUNTS.management)
    shares = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ORGANIZATION_MEMBER_ACCOUNT")
    assert [share["PrincipalId"] for share in shares["PortfolioShareDetails"]] == [ACCOUNTS.research]


@pytest.mark.sandbox_only
def test_a_suspended_account_makes_a_share_complete_with_errors(stage: Stage) -> None:
    """API:DescribePortfolioShareStatus: COMPLETED_WITH_ERRORS, ShareErrors by account."""
    organization = stage.sandbox.client("organizations", ACCOUNTS.hub).describe_organization()["Organization"]["Arn"]
    node = {"Type": "ORGANIZATION", "Value": organization}
    token = stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node)["PortfolioShareToken"]

    assert stage.share_status(token) == "COMPLETED_WITH_ERRORS"
    details = stage.hub.describe_portfolio_share_status(PortfolioShareToken=token)["ShareDetails"]
    assert [error["Accounts"] for error in details["ShareErrors"]] == [["555566667777"]]
    assert set(details["SuccessfulShares"]) == {ACCOUNTS.management, ACCOUNTS.research, PRODUCTION}
    assert stage.imported()


@pytest.mark.sandbox_only
def test_share_actions_go_one_by_one(stage: Stage, refused: Refused) -> None:
    """terraform-provider-aws issue 24729: InvalidStateException."""
    node = stage.workloads()
    with stage.sandbox.standing_still():
        made = stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node)
        token = made["PortfolioShareToken"]
        status = stage.hub.describe_portfolio_share_status(PortfolioShareToken=token)["Status"]
        one = "Cannot process more than one portfolio share action at the same time"
        with refused("InvalidStateException", one):
            stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=ACCOUNTS.research)
        with refused("InvalidStateException", one):
            stage.hub.update_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node, ShareTagOptions=True)
        assert not stage.imported()

    assert status in ("NOT_STARTED", "IN_PROGRESS")
    assert stage.share_status(token) == "COMPLETED"


def test_only_a_delegate_shares_to_organization_nodes_but_anyone_to_accounts(stage: Stage, refused: Refused) -> None:
    """API:CreatePortfolioShare."""
    own = stage.local_portfolio("own")
    with refused("OperationNotSupportedException"):
        stage.research.create_portfolio_share(
            PortfolioId=own, OrganizationNode={"Type": "ACCOUNT", "Value": ACCOUNTS.management}
        )
    stage.research.create_portfolio_share(PortfolioId=own, AccountId=ACCOUNTS.management)
    shares = stage.research.describe_portfolio_shares(PortfolioId=own, Type="ACCOUNT")["PortfolioShareDetails"]

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
def test_a_senseless_target_is_refused(stage: Stage, refused: Refused, target: dict[str, object]) -> None:
    """API:CreatePortfolioShare: InvalidParametersException."""
    with refused("InvalidParametersException"):
        stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, **target)


def test_an_imported_portfolio_is_read_only_and_cannot_be_shared_on(stage: Stage, refused: Refused) -> None:
    """API:CreatePortfolioShare: "You can't share a shared resource"."""
    stage.share()
    with refused("OperationNotSupportedException", "shared with you"):
        stage.research.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=ACCOUNTS.management)
    with refused("ResourceNotFoundException"):
        stage.research.update_portfolio(Id=stage.portfolio, DisplayName="mine")
    with refused("ResourceNotFoundException"):
        stage.research.delete_portfolio(Id=stage.portfolio)
    with refused("ResourceNotFoundException"):
        stage.research.update_product(Id=stage.product, Name="mine")
    with refused("ResourceNotFoundException"):
        stage.research.disassociate_product_from_portfolio(ProductId=stage.product, PortfolioId=stage.portfolio)
    with refused("ResourceNotFoundException"):
        stage.research.create_provisioning_artifact(
            ProductId=stage.product, Parameters={"Name": "mine", "Info": stage.info(TEMPLATE)}
        )
    with refused("ResourceNotFoundException"):
        stage.research.update_provisioning_artifact(
            ProductId=stage.product, ProvisioningArtifactId=stage.version, Active=False
        )
    assert stage.portfolio not in {p["Id"] for p in stage.research.list_portfolios()["PortfolioDetails"]}


def test_a_local_portfolio_with_an_imported_product_cannot_be_shared(stage: Stage, refused: Refused) -> None:
    """API:CreatePortfolioShare: nor "portfolios that contain a shared product"."""
    stage.share()
    local = stage.local_portfolio()
    stage.take_over(local)

    with refused("OperationNotSupportedException", "shared product"):
        stage.research.create_portfolio_share(PortfolioId=local, AccountId=ACCOUNTS.management)


def test_an_unshared_portfolio_takes_its_products_along(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Sharing a portfolio": removal propagates to imported and local portfolios."""
    stage.open()
    launched = stage.launch()
    assert stage.unshare() == "COMPLETED"

    assert not stage.imported()
    with refused("ResourceNotFoundException", "No launch paths found"):
        stage.launch()
    with refused("ResourceNotFoundException", "No launch paths found"):
        stage.update(launched["Id"])
    assert stage.settled(launched["Id"])["Status"] == "AVAILABLE"
    assert stage.terminated(launched["Id"])


def test_names_of_principals_are_shared_only_on_demand(stage: Stage) -> None:
    """API:CreatePortfolioShare, SharePrincipals; API:UpdatePortfolioShare."""
    stage.grant(ACCOUNTS.hub, f"arn:aws:iam:::role/{stage.name}*", "IAM_PATTERN")
    stage.share()
    assert stage.research.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"] == []
    node = stage.workloads()
    answer = stage.hub.update_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node, SharePrincipals=True)
    stage.share_status(answer["PortfolioShareToken"])
    (shared,) = stage.research.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"]

    assert shared == {"PrincipalARN": f"arn:aws:iam:::role/{stage.name}*", "PrincipalType": "IAM_PATTERN"}
    arn = stage.make_role(ACCOUNTS.research, f"{stage.name}-team", trusting_research())
    team = stage.as_role(arn)
    assert stage.wait_for_path(team)


def test_an_existing_share_is_left_as_it_is(stage: Stage) -> None:
    """API:CreatePortfolioShare: "if the share already exists, no action is taken"."""
    stage.share(ShareTagOptions=True)
    stage.share(ShareTagOptions=False)
    (share,) = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ORGANIZATIONAL_UNIT")[
        "PortfolioShareDetails"
    ]

    assert share["ShareTagOptions"] is True


def test_access_is_listed_by_account_and_by_node(stage: Stage) -> None:
    """API:ListPortfolioAccess, ListOrganizationPortfolioAccess."""
    stage.share()
    stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=ACCOUNTS.management)
    unit = stage.workloads()["Value"]
    nodes = stage.hub.list_organization_portfolio_access(
        PortfolioId=stage.portfolio, OrganizationNodeType="ORGANIZATIONAL_UNIT"
    )
    under = stage.hub.list_portfolio_access(PortfolioId=stage.portfolio, OrganizationParentId=unit)

    assert stage.hub.list_portfolio_access(PortfolioId=stage.portfolio)["AccountIds"] == [ACCOUNTS.management]
    assert ACCOUNTS.research in under["AccountIds"]
    assert nodes["OrganizationNodes"] == [{"Type": "ORGANIZATIONAL_UNIT", "Value": unit}]


def test_an_account_share_is_accepted_by_a_stack_and_an_organization_share_is_not(stage: Stage) -> None:
    """CloudFormation User Guide, AWS::ServiceCatalog::AcceptedPortfolioShare; roadmap issue 1860."""
    template = (
        '{"Resources":{"A":{"Type":"AWS::ServiceCatalog::AcceptedPortfolioShare",'
        f'"Properties":{{"PortfolioId":"{stage.portfolio}"}}}}}}}}'
    )
    stacks = stage.client("cloudformation", ACCOUNTS.research)

    def status(name: str) -> dict[str, Any]:
        stacks.create_stack(StackName=name, TemplateBody=template)
        return stacks.describe_stacks(StackName=name)["Stacks"][0]

    failed = status(f"{stage.name}-1")
    stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=ACCOUNTS.research)
    made = status(f"{stage.name}-2")
    accepted = stage.research.describe_portfolio(Id=stage.portfolio)["PortfolioDetail"]
    stacks.delete_stack(StackName=f"{stage.name}-2")
    shares = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ACCOUNT")["PortfolioShareDetails"]

    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert f"Portfolio not found: {stage.portfolio}" in failed["StackStatusReason"]
    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert accepted["Id"] == stage.portfolio
    assert shares[0]["Accepted"] is False
