"""In which order portfolios are shared, and with whom."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest

from hub.config import ShareSetting
from hub.resources.organization_nodes import OrganizationNodes
from shared.errors import ConfigError
from tests.support.hub_stack import ORGANIZATION
from tests.support.recorder import Mocks
from tests.support.refused import refused

OWN = ORGANIZATION["arn"]
UNITS = OWN.replace(":organization/", ":ou/")
SHARED_LAST = (
    aws.servicecatalog.Product,
    aws.servicecatalog.ProvisioningArtifact,
    aws.servicecatalog.ProductPortfolioAssociation,
    aws.servicecatalog.Constraint,
    aws.servicecatalog.PrincipalPortfolioAssociation,
)


def test_shares_are_made_in_the_order_of_the_settings(published: Mocks) -> None:
    """Each kind of target arrives in the form that every provider takes; nobody copies one by hand."""
    assert [
        ("port-online-inference-eu-central-1", "ORGANIZATION", OWN),
        ("port-batch-inference-eu-central-1", "ORGANIZATIONAL_UNIT", f"{UNITS}/ou-production"),
        ("port-online-inference-eu-central-1", "ORGANIZATION_MEMBER_ACCOUNT", "444455556666"),
        ("port-batch-inference-eu-central-1", "ACCOUNT", "333344445555"),
    ] == [
        (share.inputs["portfolioId"], share.inputs["type"], share.inputs["principalId"])
        for share in published.all(aws.servicecatalog.PortfolioShare)
    ]


@pytest.mark.parametrize("index", [1, 2, 3])
def test_each_share_waits_for_the_one_before(published: Mocks, index: int) -> None:
    """AWS takes one share action at a time in an account."""
    shares = published.all(aws.servicecatalog.PortfolioShare)

    assert shares[index - 1].urn in shares[index].dependencies


@pytest.mark.parametrize("kind", SHARED_LAST)
def test_a_share_waits_for_everything_that_it_shares(
    published: Mocks, kind: type[aws.servicecatalog.Constraint]
) -> None:
    first, *_ = published.all(aws.servicecatalog.PortfolioShare)
    expected = {resource.urn for resource in published.all(kind)}

    assert expected
    assert expected <= published.before(first)


def test_nothing_waits_for_a_share(published: Mocks) -> None:
    shares = {share.urn for share in published.all(aws.servicecatalog.PortfolioShare)}
    others = [resource for resource in published.resources if resource.urn not in shares]

    assert [] == [resource.name for resource in others if shares & resource.dependencies]


def test_only_a_share_with_a_single_account_does_not_wait_for_its_recipient(published: Mocks) -> None:
    """The recipient accepts in a stack of its own, which runs after the hub's."""
    waits = {
        share.inputs["type"]: share.inputs["waitForAcceptance"]
        for share in published.all(aws.servicecatalog.PortfolioShare)
    }

    assert {
        "ORGANIZATION": True,
        "ORGANIZATIONAL_UNIT": True,
        "ORGANIZATION_MEMBER_ACCOUNT": True,
        "ACCOUNT": False,
    } == waits


def test_a_unit_is_looked_up_along_its_path(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(shares=[unit("Workloads/Research")])

    assert f"{UNITS}/ou-research" == mocks.one(aws.servicecatalog.PortfolioShare).inputs["principalId"]
    assert [{"parentId": "r-root"}, {"parentId": "ou-workloads"}] == mocks.called("getOrganizationalUnits")


def test_the_organization_is_read_once_for_all_shares(deploy: Callable[..., Mocks]) -> None:
    """GetOrganization lists every account, over as many pages as that takes."""
    whole = {"portfolio": "batch-inference", "type": "ORGANIZATION"}
    mocks = deploy(shares=[unit("Workloads/Research"), unit("Workloads/Production"), whole])

    assert 1 == len(mocks.called("getOrganization"))
    assert [{"parentId": "r-root"}, {"parentId": "ou-workloads"}] == mocks.called("getOrganizationalUnits")


@pytest.mark.parametrize(
    ("kind", "target", "recipient"),
    [
        ("ORGANIZATIONAL_UNIT", "ou-a1b2-c3d4e5f6", f"{UNITS}/ou-a1b2-c3d4e5f6"),
        ("ORGANIZATION", "o-z9y8x7w6v5", OWN.replace("o-a1b2c3d4e5", "o-z9y8x7w6v5")),
        ("ORGANIZATION_MEMBER_ACCOUNT", "444455556666", "444455556666"),
        ("ACCOUNT", "333344445555", "333344445555"),
    ],
)
def test_an_id_is_taken_without_listing_the_organization(
    deploy: Callable[..., Mocks], kind: str, target: str, recipient: str
) -> None:
    mocks = deploy(shares=[{"portfolio": "online-inference", "type": kind, "target": target}])

    assert recipient == mocks.one(aws.servicecatalog.PortfolioShare).inputs["principalId"]
    asked = [{"returnOrganizationOnly": True}] if recipient.startswith("arn:") else []
    assert asked == mocks.called("getOrganization")


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_outside_of_the_partition_aws_a_node_is_named_by_its_id(region: str) -> None:
    """Service Catalog takes no other ARN than those of the partition aws (source: API reference, OrganizationNode)."""
    nodes = OrganizationNodes(pulumi.InvokeOptions(), where="Pulumi.hub.yaml")
    share = ShareSetting(portfolio="online-inference", type="ORGANIZATION")

    assert "o-a1b2c3d4e5" == nodes.principal_of(share, "o-a1b2c3d4e5", region=region)


def test_a_hub_without_shares_shares_nothing(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(shares=[])

    assert [] == mocks.all(aws.servicecatalog.PortfolioShare)
    assert mocks.all(aws.servicecatalog.Portfolio)


@pytest.mark.parametrize(
    ("path", "wrong", "there"),
    [
        ("Workloads/Reserch", "Reserch", "Production, Research"),
        ("Wokloads/Research", "Wokloads", "Security, Workloads"),
        ("Security/Audit", "Audit", "none"),
    ],
)
def test_a_unit_that_is_not_there_is_refused(
    deploy: Callable[..., Mocks], mocks: Mocks, path: str, wrong: str, there: str
) -> None:
    with refused(ConfigError, "unit-unknown", "Pulumi.hub.yaml: shares") as found:
        deploy(shares=[unit(path)])

    assert f"'{wrong}' is not among the units there ({there})" in str(found.value)
    assert [] == mocks.all(aws.servicecatalog.PortfolioShare)


def unit(path: str) -> dict[str, str]:
    """Write a share with a unit."""
    return {"portfolio": "online-inference", "type": "ORGANIZATIONAL_UNIT", "target": path}
