"""Shares: who may share with whom, how it goes on, and what the recipient then has."""

import time

import pytest

from tests.sandbox.conftest import Refused
from tests.sandbox.stage import HUB, MANAGEMENT, PRODUCTION, RESEARCH, Sandbox, Stage


def imported(stage: Stage, account: str = RESEARCH, kind: str = "AWS_ORGANIZATIONS") -> bool:
    listing = stage.client("servicecatalog", account).get_paginator("list_accepted_portfolio_shares")
    pages = listing.paginate(PortfolioShareType=kind)
    return stage.portfolio in {portfolio["Id"] for page in pages for portfolio in page["PortfolioDetails"]}


def test_an_organization_share_imports_itself_under_the_same_id(stage: Stage) -> None:
    """Administrator Guide, "Sharing a portfolio": no import is needed within AWS Organizations."""
    assert not imported(stage)
    assert stage.share() == "COMPLETED"

    assert imported(stage)
    assert imported(stage, PRODUCTION)
    assert not imported(stage, kind="IMPORTED")
    assert stage.research.describe_portfolio(Id=stage.portfolio)["PortfolioDetail"]["DisplayName"] == stage.name
    (share,) = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ORGANIZATIONAL_UNIT")[
        "PortfolioShareDetails"
    ]
    assert (share["PrincipalId"], share["Accepted"]) == (stage.unit("Workloads"), True)


def test_accepting_an_organization_share_fails(stage: Stage, refused: Refused) -> None:
    """aws-service-catalog-puppet issue 346."""
    stage.share()

    with refused("ResourceNotFoundException", f"Portfolio not found: {stage.portfolio}"):
        stage.research.accept_portfolio_share(PortfolioId=stage.portfolio)


def test_an_account_share_waits_for_acceptance_and_can_be_rejected(stage: Stage) -> None:
    """API:AcceptPortfolioShare, RejectPortfolioShare."""
    answer = stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=RESEARCH)

    def accepted() -> bool:
        shares = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ACCOUNT")
        return shares["PortfolioShareDetails"][0]["Accepted"]

    assert "PortfolioShareToken" not in answer
    assert (accepted(), imported(stage, kind="IMPORTED")) == (False, False)
    stage.research.accept_portfolio_share(PortfolioId=stage.portfolio)
    assert (accepted(), imported(stage, kind="IMPORTED")) == (True, True)
    stage.research.reject_portfolio_share(PortfolioId=stage.portfolio)
    assert (accepted(), imported(stage, kind="IMPORTED")) == (False, False)


def test_a_member_account_share_reaches_that_account_alone(stage: Stage) -> None:
    """API:DescribePortfolioShares: ORGANIZATION_MEMBER_ACCOUNT is a type of its own."""
    assert stage.share("ACCOUNT", RESEARCH) == "COMPLETED"

    assert imported(stage)
    assert not imported(stage, PRODUCTION)
    shares = stage.hub.describe_portfolio_shares(PortfolioId=stage.portfolio, Type="ORGANIZATION_MEMBER_ACCOUNT")
    assert [share["PrincipalId"] for share in shares["PortfolioShareDetails"]] == [RESEARCH]


def test_a_suspended_account_makes_a_share_complete_with_errors(stage: Stage) -> None:
    """API:DescribePortfolioShareStatus: COMPLETED_WITH_ERRORS, ShareErrors by account."""
    organization = stage.sandbox.client("organizations", HUB).describe_organization()["Organization"]["Arn"]
    node = {"Type": "ORGANIZATION", "Value": organization}
    token = stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node)["PortfolioShareToken"]

    assert stage.share_status(token) == "COMPLETED_WITH_ERRORS"
    details = stage.hub.describe_portfolio_share_status(PortfolioShareToken=token)["ShareDetails"]
    assert [error["Accounts"] for error in details["ShareErrors"]] == [["555566667777"]]
    assert set(details["SuccessfulShares"]) == {MANAGEMENT, RESEARCH, PRODUCTION}
    assert imported(stage)


def test_share_actions_go_one_by_one(stage: Stage, refused: Refused) -> None:
    """terraform-provider-aws issue 24729: InvalidStateException."""
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": stage.unit("Workloads")}
    with stage.sandbox.standing_still():
        made = stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node)
        token = made["PortfolioShareToken"]
        status = stage.hub.describe_portfolio_share_status(PortfolioShareToken=token)["Status"]
        one = "Cannot process more than one portfolio share action at the same time"
        with refused("InvalidStateException", one):
            stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=RESEARCH)
        with refused("InvalidStateException", one):
            stage.hub.update_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node, ShareTagOptions=True)
        assert not imported(stage)

    assert status in ("NOT_STARTED", "IN_PROGRESS")
    assert stage.share_status(token) == "COMPLETED"


def test_only_a_delegate_shares_to_organization_nodes_but_anyone_to_accounts(stage: Stage, refused: Refused) -> None:
    """API:CreatePortfolioShare."""
    own = stage.research.create_portfolio(DisplayName="own", ProviderName="x")["PortfolioDetail"]["Id"]
    with refused("OperationNotSupportedException"):
        stage.research.create_portfolio_share(
            PortfolioId=own, OrganizationNode={"Type": "ACCOUNT", "Value": PRODUCTION}
        )
    stage.research.create_portfolio_share(PortfolioId=own, AccountId=PRODUCTION)
    shares = stage.research.describe_portfolio_shares(PortfolioId=own, Type="ACCOUNT")["PortfolioShareDetails"]

    assert [share["PrincipalId"] for share in shares] == [PRODUCTION]


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"AccountId": "999999999999"},
        {"AccountId": HUB},
        {"AccountId": RESEARCH, "OrganizationNode": {"Type": "ACCOUNT", "Value": RESEARCH}},
        {"OrganizationNode": {"Type": "ORGANIZATION", "Value": "o-aaaaaaaaaa"}},
        {"OrganizationNode": {"Type": "ORGANIZATIONAL_UNIT", "Value": "ou-aaaa-bbbbbbbb"}},
        {"OrganizationNode": {"Type": "ORGANIZATION", "Value": RESEARCH}},
        {"OrganizationNode": {"Type": "ACCOUNT", "Value": RESEARCH}, "SharePrincipals": True},
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
        stage.research.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=PRODUCTION)
    with refused("ResourceNotFoundException"):
        stage.research.update_portfolio(Id=stage.portfolio, DisplayName="mine")
    with refused("ResourceNotFoundException"):
        stage.research.delete_portfolio(Id=stage.portfolio)
    with refused("ResourceNotFoundException"):
        stage.research.update_product(Id=stage.product, Name="mine")
    with refused("ResourceNotFoundException"):
        stage.research.disassociate_product_from_portfolio(ProductId=stage.product, PortfolioId=stage.portfolio)
    assert stage.portfolio not in {p["Id"] for p in stage.research.list_portfolios()["PortfolioDetails"]}


def test_a_local_portfolio_with_an_imported_product_cannot_be_shared(stage: Stage, refused: Refused) -> None:
    """API:CreatePortfolioShare: nor "portfolios that contain a shared product"."""
    stage.share()
    local = stage.research.create_portfolio(DisplayName="local", ProviderName="x")["PortfolioDetail"]["Id"]
    stage.research.associate_product_with_portfolio(
        ProductId=stage.product, PortfolioId=local, SourcePortfolioId=stage.portfolio
    )

    with refused("OperationNotSupportedException", "shared product"):
        stage.research.create_portfolio_share(PortfolioId=local, AccountId=PRODUCTION)


def test_an_unshared_portfolio_takes_its_products_along(stage: Stage, refused: Refused) -> None:
    """Administrator Guide, "Sharing a portfolio": removal propagates to imported and local portfolios."""
    stage.open()
    launched = stage.launch()
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": stage.unit("Workloads")}
    token = stage.hub.delete_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node)
    assert stage.share_status(token["PortfolioShareToken"]) == "COMPLETED"

    assert not imported(stage)
    with refused("ResourceNotFoundException", "No launch paths found"):
        stage.launch()
    assert stage.settled(launched["Id"])["Status"] == "AVAILABLE"
    assert stage.terminated(launched["Id"])


def test_names_of_principals_are_shared_only_on_demand(stage: Stage) -> None:
    """API:CreatePortfolioShare, SharePrincipals; API:UpdatePortfolioShare."""
    stage.grant(HUB, f"arn:aws:iam:::role/{stage.name}*", "IAM_PATTERN")
    stage.share()
    assert stage.research.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"] == []
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": stage.unit("Workloads")}
    answer = stage.hub.update_portfolio_share(PortfolioId=stage.portfolio, OrganizationNode=node, SharePrincipals=True)
    stage.share_status(answer["PortfolioShareToken"])
    (shared,) = stage.research.list_principals_for_portfolio(PortfolioId=stage.portfolio)["Principals"]

    assert shared == {"PrincipalARN": f"arn:aws:iam:::role/{stage.name}*", "PrincipalType": "IAM_PATTERN"}
    trust = {"Effect": "Allow", "Principal": {"AWS": RESEARCH}, "Action": "sts:AssumeRole"}
    arn = stage.make_role(RESEARCH, f"{stage.name}-team", trust)
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
    stage.hub.create_portfolio_share(PortfolioId=stage.portfolio, AccountId=PRODUCTION)
    unit = stage.unit("Workloads")
    nodes = stage.hub.list_organization_portfolio_access(
        PortfolioId=stage.portfolio, OrganizationNodeType="ORGANIZATIONAL_UNIT"
    )
    under = stage.hub.list_portfolio_access(PortfolioId=stage.portfolio, OrganizationParentId=unit)

    assert stage.hub.list_portfolio_access(PortfolioId=stage.portfolio)["AccountIds"] == [PRODUCTION]
    assert under["AccountIds"] == [RESEARCH, PRODUCTION]
    assert nodes["OrganizationNodes"] == [{"Type": "ORGANIZATIONAL_UNIT", "Value": unit}]


def test_organizations_access_belongs_to_the_management_account(sandbox: Sandbox, refused: Refused) -> None:
    """API:EnableAWSOrganizationsAccess, DisableAWSOrganizationsAccess, GetAWSOrganizationsAccessStatus."""
    hub, management = sandbox.client("servicecatalog", HUB), sandbox.client("servicecatalog", MANAGEMENT)

    assert hub.get_aws_organizations_access_status()["AccessStatus"] == "ENABLED"
    with refused("OperationNotSupportedException"):
        hub.enable_aws_organizations_access()
    with refused("OperationNotSupportedException"):
        sandbox.client("servicecatalog", RESEARCH).get_aws_organizations_access_status()
    with refused("InvalidStateException", "delegated"):
        management.disable_aws_organizations_access()


def test_shares_follow_accounts_as_they_move_until_trusted_access_ends(own_sandbox: Sandbox, refused: Refused) -> None:
    """Administrator Guide, "Moving accounts"; API:DeletePortfolioShare, DisableAWSOrganizationsAccess."""
    stage = Stage(own_sandbox)
    organizations = own_sandbox.client("organizations", MANAGEMENT)
    home, elsewhere = stage.unit("Research"), stage.unit("Infrastructure")

    def move(source: str, destination: str) -> None:
        organizations.move_account(AccountId=RESEARCH, SourceParentId=source, DestinationParentId=destination)

    stage.share()
    move(home, elsewhere)
    assert not imported(stage)
    move(elsewhere, home)
    assert imported(stage)

    own = stage.client("servicecatalog", MANAGEMENT)
    kept = own.create_portfolio(DisplayName="kept", ProviderName="x")["PortfolioDetail"]["Id"]
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": stage.unit("Workloads")}
    own.create_portfolio_share(PortfolioId=kept, OrganizationNode=node)
    time.sleep(0.05)
    organizations.deregister_delegated_administrator(AccountId=HUB, ServicePrincipal="servicecatalog.amazonaws.com")
    assert not imported(stage)
    own.disable_aws_organizations_access()
    move(home, elsewhere)
    assert stage.research.describe_portfolio(Id=kept)
    with refused("InvalidStateException", "not enabled"):
        own.create_portfolio_share(PortfolioId=kept, OrganizationNode={"Type": "ACCOUNT", "Value": PRODUCTION})
    own.enable_aws_organizations_access()
    with refused("ResourceNotFoundException"):
        stage.research.describe_portfolio(Id=kept)
