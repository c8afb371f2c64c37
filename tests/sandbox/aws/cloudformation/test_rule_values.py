"""Rules that ask what parameters name in the account: Template Reference, "Rule functions", by its own examples."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Client
from tests.support.sandbox.setup import Setup, parameters
from tests.support.sandbox.stacks import Stacks

pytestmark = pytest.mark.sandbox_only

TEMPLATE = """
Parameters:
  Vpc: {Type: AWS::EC2::VPC::Id}
  Subnets: {Type: List<AWS::EC2::Subnet::Id>}
Resources: {Topic: {Type: AWS::SNS::Topic}}
"""
WITHOUT_VPC = TEMPLATE.replace("  Vpc: {Type: AWS::EC2::VPC::Id}\n", "")
IN_THE_VPC = [{"Fn::ValueOfAll": ["AWS::EC2::Subnet::Id", "VpcId"]}, {"Fn::RefAll": "AWS::EC2::VPC::Id"}]
ZONES = {"Fn::ValueOf": ["Subnets", "AvailabilityZone"]}
DEPARTMENT = {"Fn::ValueOf": ["Vpc", "Tags.Department"]}


@dataclass(frozen=True)
class Network:
    """Two VPCs: the first has two subnets and a tag, the second a subnet."""

    vpc: str
    subnets: str
    other: str
    other_subnet: str


@pytest.fixture
def network(stacks: Stacks) -> Network:
    return made_by(stacks.client("ec2"), ACCOUNTS.region)


def made_by(ec2: Client, region: str) -> Network:
    vpc, other = (ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in (7, 8))
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Department", "Value": "IT"}])

    def subnet(of: str, block: str, zone: str) -> str:
        made = ec2.create_subnet(VpcId=of, CidrBlock=block, AvailabilityZone=f"{region}{zone}")
        return made["Subnet"]["SubnetId"]

    subnets = [subnet(vpc, f"10.7.{number}.0/24", zone) for number, zone in enumerate("ab")]
    return Network(vpc, ",".join(subnets), other, subnet(other, "10.8.0.0/24", "a"))


def demanding(assertion: object, template: str = TEMPLATE) -> str:
    return template + json.dumps({"Rules": {"R": {"Assertions": [{"Assert": assertion}]}}})[1:-1]


def test_subnets_have_to_be_in_the_vpc_that_another_parameter_names(stacks: Stacks, network: Network) -> None:
    template = demanding({"Fn::EachMemberIn": IN_THE_VPC})

    assert stacks.create(template, Vpc=network.vpc, Subnets=network.subnets)
    assert "rule R" in stacks.failure(template, Vpc=network.other, Subnets=network.subnets)
    assert "rule R" in stacks.failure(template, Vpc=network.vpc, Subnets=f"{network.subnets},{network.other_subnet}")


def test_without_such_a_parameter_any_vpc_of_the_account_will_do(stacks: Stacks, network: Network) -> None:
    template = demanding({"Fn::EachMemberIn": IN_THE_VPC}, WITHOUT_VPC)

    assert stacks.outputs(stacks.create(template, Subnets=network.other_subnet)) == {}


@pytest.mark.parametrize(
    ("holds", "assertion"),
    [
        (True, {"Fn::Equals": [DEPARTMENT, "IT"]}),
        (False, {"Fn::Equals": [DEPARTMENT, "Sales"]}),
        (False, {"Fn::Equals": [{"Fn::ValueOf": ["Vpc", "Tags.Owner"]}, "IT"]}),
        (True, {"Fn::EachMemberEquals": [{"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", "Tags.Department"]}, "IT"]}),
        (True, {"Fn::Contains": [ZONES, f"{ACCOUNTS.region}b"]}),
        (False, {"Fn::Contains": [ZONES, f"{ACCOUNTS.region}c"]}),
        (False, {"Fn::Equals": [{"Fn::ValueOf": ["Vpc", "DefaultSecurityGroup"]}, "sg-1"]}),
        (False, {"Fn::Equals": [{"Fn::ValueOf": ["Vpc", "DefaultNetworkAcl"]}, "acl-1"]}),
    ],
)
def test_attributes_are_those_of_the_account(
    stacks: Stacks, network: Network, *, holds: bool, assertion: dict[str, Any]
) -> None:
    template = demanding(assertion)

    if holds:
        assert stacks.outputs(stacks.create(template, Vpc=network.vpc, Subnets=network.subnets)) == {}
    else:
        assert "rule R" in stacks.failure(template, Vpc=network.vpc, Subnets=network.subnets)


def test_the_defaults_of_a_vpc_are_found(stacks: Stacks, network: Network) -> None:
    asked = [{"Name": "vpc-id", "Values": [network.vpc]}]
    ec2 = stacks.client("ec2")
    [group] = ec2.describe_security_groups(Filters=asked)["SecurityGroups"]
    [acl] = ec2.describe_network_acls(Filters=asked)["NetworkAcls"]
    both = [
        {"Fn::Equals": [{"Fn::ValueOf": ["Vpc", "DefaultSecurityGroup"]}, group["GroupId"]]},
        {"Fn::Equals": [{"Fn::ValueOf": ["Vpc", "DefaultNetworkAcl"]}, acl["NetworkAclId"]]},
    ]

    assert stacks.create(demanding({"Fn::And": both}), Vpc=network.vpc, Subnets=network.subnets)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["Subnets", "CidrBlock"], "rules cannot ask for the attribute CidrBlock of AWS::EC2::Subnet::Id"),
        (["Nobody", "VpcId"], "Fn::ValueOf names Nobody, which is no parameter"),
    ],
)
def test_what_rules_cannot_ask_for_is_named(stacks: Stacks, network: Network, asked: list[str], said: str) -> None:
    template = demanding({"Fn::Equals": [{"Fn::ValueOf": asked}, "x"]})

    assert said in stacks.failure(template, Vpc=network.vpc, Subnets=network.subnets)


def test_a_constraint_asks_the_account_that_launches(setup: Setup, api_error: Expect) -> None:
    network = made_by(setup.client("ec2", ACCOUNTS.research), setup.region)
    version = setup.add_version("networked", TEMPLATE)
    setup.constrain("TEMPLATE", Rules={"R": {"Assertions": [{"Assert": {"Fn::EachMemberIn": IN_THE_VPC}}]}})
    setup.open()

    with api_error("InvalidParametersException", "rule R"):
        setup.launch(
            ProvisioningArtifactId=version,
            ProvisioningParameters=parameters(Vpc=network.other, Subnets=network.subnets),
        )
    made = setup.launch(
        ProvisioningArtifactId=version, ProvisioningParameters=parameters(Vpc=network.vpc, Subnets=network.subnets)
    )
    assert made["Status"] == "AVAILABLE"
