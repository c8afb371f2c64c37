"""The policies that docs/iam recommends, as the deployers' only permissions."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from cli.rehearsal.deployers import (
    ACCOUNTS,
    MANAGEMENT,
    boundary_of,
    deployer_of,
    make_deployers,
    permit,
    policy,
)
from shared.aws.iam import listed
from tests.support.assuming import assumed
from tests.support.stage import ALL_STACKS, HUB, PRODUCTION, RESEARCH, Stage

POLICIES: Final = ("organization", "hub", "spoke")
LARGEST_MANAGED_POLICY: Final = 6144
THERE_BEFORE: Final = {"model-catalog-artifacts-hub"}
"""Made by nobody's stack: the bucket of the models."""

NOT_ASKED_FOR: Final = {
    "organization": {
        "iam:CreateServiceLinkedRole",  # AWS asks for it inside EnableAWSOrganizationsAccess
        "organizations:EnableAWSServiceAccess",  # likewise
        "iam:GetRole",  # by a preview without assumeRole, which asks what the role at hand may do
    },
    "hub": {
        "cloudformation:GetTemplateSummary",  # AWS asks for both inside CreateProduct and CreateProvisioningArtifact
        "iam:CreateServiceLinkedRole",  # inside CreatePortfolioShare
        "iam:PassRole",  # inside CreateConstraint
        "iam:GetGroup",  # a group or a user as a principal
        "iam:GetUser",
        "iam:ListRoles",  # a permission set as a principal
        "iam:GetRolePolicy",  # after a change by hand
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRoleDescription",
        "iam:TagRole",
        "s3:ListTagsForResource",  # newer releases of the plug-in read and write a bucket's tags with these
        "s3:TagResource",
        "s3:UntagResource",
        "servicecatalog:UpdateTagOption",  # after a change by hand
    },
    "spoke": {
        "cloudformation:GetTemplateSummary",  # as AWS's own end-user policy has both
        "cloudformation:ValidateTemplate",
        "cloudformation:TagResource",  # AWS asks for it inside CreateStack and UpdateStack
        "cloudformation:UntagResource",
        "cloudformation:UpdateStack",  # another portfolio id
        "cloudformation:DescribeStackEvents",  # a stack that fails
        "iam:GetGroup",  # a group or a user as a principal
        "iam:GetUser",
        "iam:ListRoles",  # a permission set as a principal
        "iam:TagRole",
        "iam:UntagRole",  # after a change by hand
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRoleDescription",
    },
}
"""What the run below does not need: AWS asks for it behind another call, or another change than the run's does."""


WITHHELD: Final = {
    "hub": "servicecatalog:CreateProvisioningArtifact",
    "spoke-production": "servicecatalog:AssociatePrincipalWithPortfolio",
}
"""What a deployer may not do yet as its stack is deployed for the first time."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage whose stacks work as deployers that may do what docs/iam says, and nothing else."""
    with Stage(tmp_path_factory.mktemp("guarded") / "rehearsal") as stage:
        make_deployers(stage)
        yield stage


@pytest.fixture(scope="module")
def refusals(guarded: Stage) -> dict[str, str]:
    """All stacks, deployed; and what was said where an action was withheld at first."""
    said: dict[str, str] = {}
    for stack in ALL_STACKS:
        if action := WITHHELD.get(stack):
            permit(guarded, stack, leaving_out=action)
            said[f"preview of {stack}"] = guarded.refuse(f"preview-{stack}")
            said[stack] = guarded.refuse(f"up-{stack}", "FLAGS=--skip-preview")
            permit(guarded, stack)
        _ = guarded.up(stack)
    return said


@pytest.mark.parametrize("stack", WITHHELD)
def test_it_is_the_policy_that_decides(refusals: dict[str, str], stack: str) -> None:
    """Without one action the preview says so before anything is made; a run names it, and the next goes on."""
    assert f"may not {WITHHELD[stack]} (" in refusals[f"preview of {stack}"]
    assert "Nothing was changed." in refusals[f"preview of {stack}"]
    assert f"is not authorized to perform: {WITHHELD[stack]} on resource: " in refusals[stack]
    assert "AccessDenied" in refusals[stack]


@pytest.mark.usefixtures("refusals")
def test_exactly_these_policies_suffice_from_the_first_up_to_the_last_destroy(guarded: Stage) -> None:
    """And the last destroy leaves nothing in any account."""
    assert [] not in [left(guarded, account) for account in (HUB, RESEARCH, PRODUCTION)]
    assert " launches of its products would lose the hub." in guarded.refuse("destroy-hub")
    assert "protected" in guarded.refuse("destroy-hub", "FLAGS=--acknowledge-launches")
    for stack in ALL_STACKS:
        _ = guarded.up(stack, "--refresh", "--expect-no-changes")
    for stack in ("organization", "spoke-research"):
        assert "not checked" not in guarded.succeed(f"preview-{stack}")
    change_something(guarded)
    said = guarded.succeed("preview-hub")
    assert [] == [line for line in said.splitlines() if "not checked" in line]
    _ = guarded.up("hub")
    assert "REPLACED FraudConfig" in guarded.succeed("plan-spoke-research")
    for stack in ("spoke-research", "spoke-production"):
        _ = guarded.up(stack)
    for stack in ("spoke-production", "spoke-research", "hub"):
        _ = guarded.succeed(f"destroy-{stack}")
    assert [[]] * 3 == [left(guarded, account) for account in (HUB, RESEARCH, PRODUCTION)]
    the_organization_keeps_its_access(guarded)

    used = permissions_used(guarded)
    unused = {
        name: actions(name) - set().union(*(used[deployer_of(ACCOUNTS[stack])] for stack in stacks_with(name)))
        for name in POLICIES
    }
    assert {name: unused[name] ^ NOT_ASKED_FOR[name] for name in POLICIES} == {key: set[str]() for key in POLICIES}


def the_organization_keeps_its_access(guarded: Stage) -> None:
    """Turning it off would end every share of the organization at once."""
    protected = guarded.refuse("destroy-organization")
    state = ("pulumi", "-C", "organization", "-s", "organization", "state")
    unprotected = guarded.run(*state, "unprotect", "--all", "--yes")
    _ = guarded.succeed("destroy-organization")

    access = guarded.client("servicecatalog", MANAGEMENT).get_aws_organizations_access_status()["AccessStatus"]
    administrators = guarded.client("organizations", MANAGEMENT).list_delegated_administrators()
    assert "protected" in protected
    assert unprotected.returncode == 0, unprotected.stdout
    assert "ENABLED" == access
    assert [HUB] == [item["Id"] for item in administrators["DelegatedAdministrators"]]


def test_with_a_boundary_a_deployer_gives_no_role_more_than_it_allows(guarded: Stage) -> None:
    """It can neither make a role without it, nor fill one that has none, nor take it off."""
    administrator, deployer = guarded.client("iam", RESEARCH), as_deployer(guarded, RESEARCH)
    name, trust = "ModelCatalogLaunch-anything", '{"Version": "2012-10-17", "Statement": []}'
    everything = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'

    with pytest.raises(ClientError, match=r"AccessDenied.*iam:CreateRole"):
        deployer.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    administrator.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    with pytest.raises(ClientError, match=r"AccessDenied.*iam:PutRolePolicy"):
        deployer.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=everything)
    administrator.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary_of(RESEARCH))
    deployer.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=everything)
    with pytest.raises(ClientError, match=r"AccessDenied.*iam:DeleteRolePermissionsBoundary"):
        deployer.delete_role_permissions_boundary(RoleName=name)
    administrator.delete_role_policy(RoleName=name, PolicyName="all")
    administrator.delete_role(RoleName=name)


@pytest.mark.parametrize("name", POLICIES)
def test_a_recommended_policy_names_every_action_and_fits_into_a_managed_policy(name: str) -> None:
    document = policy(name)
    sids = [statement["Sid"] for statement in document["Statement"]]

    assert [action for action in actions(name) if "*" in action] == []
    assert len(set(sids)) == len(sids)
    assert len(json.dumps(document, separators=(",", ":"))) < LARGEST_MANAGED_POLICY


def left(stage: Stage, account: str) -> list[str]:
    """List all that a stack of the catalog can make in an account."""
    servicecatalog = stage.client("servicecatalog", account)
    sagemaker = stage.client("sagemaker", account)
    roles = stage.client("iam", account).list_roles()["Roles"]
    buckets = stage.client("s3", account).list_buckets()["Buckets"]
    products = servicecatalog.search_products_as_admin()["ProductViewDetails"]
    found = [
        *(item["Id"] for item in servicecatalog.list_portfolios()["PortfolioDetails"]),
        *(item["Id"] for item in servicecatalog.list_accepted_portfolio_shares()["PortfolioDetails"]),
        *(item["ProductViewSummary"]["ProductId"] for item in products),
        *(item["Id"] for item in servicecatalog.scan_provisioned_products()["ProvisionedProducts"]),
        *(
            item["RoleName"]
            for item in roles
            if item["RoleName"].startswith(("ModelCatalogLaunch-", "ModelCatalogExecution-"))
        ),
        *(item["StackName"] for item in stage.client("cloudformation", account).describe_stacks()["Stacks"]),
        *(item["Name"] for item in buckets),
        *(item["EndpointName"] for item in sagemaker.list_endpoints()["Endpoints"]),
        *(item["ModelName"] for item in sagemaker.list_models()["Models"]),
    ]
    return [name for name in found if name not in THERE_BEFORE]


def actions(name: str) -> set[str]:
    """List what a recommended policy allows."""
    return {action for statement in policy(name)["Statement"] for action in listed(statement["Action"])}


def stacks_with(name: str) -> list[str]:
    """List the stacks that a policy is for."""
    return [stack for stack in ALL_STACKS if stack.partition("-")[0] == name]


def as_deployer(stage: Stage, account: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Make an IAM client of an account's deployer."""
    given = assumed(stage.client("sts", MANAGEMENT), deployer_of(account), "trial")
    return stage.client("iam", given["AccessKeyId"])


def change_something(stage: Stage) -> None:
    """Edit what a hub and an account edit: texts, rules, principals, parameters; and let the hub be destroyed."""
    guest = "arn:aws:iam::222233334444:role/OrganizationAccountAccessRole"
    principals = f"model-catalog-hub:principals: [{{portfolio: batch-inference, arn: {guest}}}]"
    _ = stage.edit(
        "Pulumi.hub.yaml",
        "model-catalog-hub:shares",
        f"model-catalog-hub:protect: false\n  {principals}\n  model-catalog-hub:shares",
    )
    name = "name: Models for online inference\n    tag_options: {tier: [gold]}\n    budgets: [models]"
    _ = stage.edit("hub/catalog/portfolios.yaml", "name: Online inference models", name)
    budget = {"BudgetName": "models", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    limit = {"BudgetLimit": {"Amount": "100", "Unit": "USD"}}
    stage.client("budgets", HUB).create_budget(AccountId=HUB, Budget={**budget, **limit})
    for share in ("ORGANIZATIONAL_UNIT\n      target: Workloads/Research", "ORGANIZATION_MEMBER_ACCOUNT"):
        _ = stage.edit("Pulumi.hub.yaml", f"type: {share}\n", f"type: {share}\n      tagOptions: true\n")
    product = "hub/catalog/products/fraud-detector-realtime"
    _ = stage.edit(f"{product}/product.yaml", "owner: ", "owner: The ")
    _ = stage.edit(f"{product}/product.yaml", "AssertDescription: ", "AssertDescription: Please note. ")
    _ = stage.edit("Pulumi.spoke-research.yaml", "InstanceType: ml.m5.large", "InstanceType: ml.m5.xlarge")
    _ = stage.edit("Pulumi.spoke-production.yaml", "MinInstanceCount: 2", "MinInstanceCount: 3")


def permissions_used(stage: Stage) -> dict[str, set[str]]:
    """Ask the sandbox what policies have allowed, by role."""
    with urllib.request.urlopen(f"{stage.url}/_sandbox/permissions") as answer:  # noqa: S310 - the sandbox's own address
        found: dict[str, list[str]] = json.load(answer)
    return {principal: set(names) for principal, names in found.items()}
