"""Accounts are kept apart; roles and buckets are the bridges, and their policies are the toll."""

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.setup import Setup, policy


def test_the_management_account_gets_into_every_member_by_the_access_role(sandbox: Sandbox) -> None:
    """AWS Organizations User Guide, "Accessing member accounts": OrganizationAccountAccessRole."""
    credentials = sandbox.assume(
        f"arn:aws:iam::{ACCOUNTS.research}:role/OrganizationAccountAccessRole", ACCOUNTS.management, "visit"
    )
    identity = sandbox.client_with("sts", credentials).get_caller_identity()

    assert identity["Account"] == ACCOUNTS.research
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNTS.research}:assumed-role/OrganizationAccountAccessRole/visit"
    assert "Roles" in sandbox.client_with("iam", credentials).list_roles()


@pytest.mark.sandbox_only
def test_the_management_account_works_as_each_members_deployer_which_is_no_administrator(
    sandbox: Sandbox, api_error: Expect
) -> None:
    """docs/iam: what the shipped settings name is there, with the shipped policy and no other."""
    for account in (ACCOUNTS.hub, ACCOUNTS.research):
        credentials = sandbox.assume(f"arn:aws:iam::{account}:role/ModelCatalogDeployer", ACCOUNTS.management)

        assert account == sandbox.client_with("sts", credentials).get_caller_identity()["Account"]
        with api_error("AccessDenied", "iam:CreateUser"):
            sandbox.client_with("iam", credentials).create_user(UserName="somebody")
    with api_error("AccessDenied", "sts:AssumeRole"):
        sandbox.assume(f"arn:aws:iam::{ACCOUNTS.research}:role/ModelCatalogDeployer", ACCOUNTS.hub)


def test_a_role_that_does_not_trust_the_caller_is_refused(sandbox: Sandbox, api_error: Expect) -> None:
    """STS API Reference, AssumeRole: the trust policy must allow the caller."""
    with api_error("AccessDenied", "sts:AssumeRole"):
        sandbox.assume(f"arn:aws:iam::{ACCOUNTS.research}:role/OrganizationAccountAccessRole", ACCOUNTS.hub)
    with api_error("AccessDenied", "sts:AssumeRole"):
        sandbox.assume(f"arn:aws:iam::{ACCOUNTS.research}:role/NoSuchRole", ACCOUNTS.management)
    with api_error("AccessDenied", "sts:AssumeRole"):
        sandbox.assume(f"arn:aws:iam::{ACCOUNTS.management}:role/OrganizationAccountAccessRole", ACCOUNTS.management)


def test_an_external_id_in_the_trust_policy_is_asked_for(setup: Setup, api_error: Expect) -> None:
    """IAM User Guide, "Access to AWS accounts owned by third parties": sts:ExternalId."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNTS.hub},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "secret"}},
    }
    arn = setup.make_role(ACCOUNTS.research, setup.name, trust)
    sts = setup.sandbox.client("sts", ACCOUNTS.hub)

    with api_error("AccessDenied"):
        sts.assume_role(RoleArn=arn, RoleSessionName="test")
    assert sts.assume_role(RoleArn=arn, RoleSessionName="test", ExternalId="secret")["Credentials"]


def test_a_role_may_do_what_its_policies_say_and_no_more(setup: Setup, api_error: Expect) -> None:
    """IAM User Guide, "Policy evaluation logic": implicit deny, allow, explicit deny."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNTS.research}:root"},
        "Action": "sts:AssumeRole",
    }
    statements = [
        {"Effect": "Allow", "Action": "iam:Get*", "Resource": f"arn:aws:iam::{ACCOUNTS.research}:role/{setup.name}*"},
        {
            "Effect": "Deny",
            "Action": "iam:GetRole",
            "Resource": f"arn:aws:iam::{ACCOUNTS.research}:role/{setup.name}-secret",
        },
    ]
    arn = setup.make_role(ACCOUNTS.research, setup.name, trust, statements)
    setup.make_role(ACCOUNTS.research, f"{setup.name}-secret", trust)
    iam = setup.sandbox.client_with("iam", setup.sandbox.assume(arn, ACCOUNTS.research))

    assert iam.get_role(RoleName=setup.name)["Role"]["Arn"] == arn
    with api_error("AccessDenied", "iam:GetRole"):
        iam.get_role(RoleName=f"{setup.name}-secret")
    with api_error("AccessDenied", "iam:DeleteRole"):
        iam.delete_role(RoleName=setup.name)


def test_a_permissions_boundary_limits_what_policies_allow(setup: Setup, api_error: Expect) -> None:
    """IAM User Guide, "Permissions boundaries": the intersection counts."""
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    limit = policy({"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"})
    boundary = iam.create_policy(PolicyName=setup.name, PolicyDocument=limit)["Policy"]["Arn"]
    arn = setup.make_role(
        ACCOUNTS.research, setup.name, {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS.research}, "Action": "sts:*"}
    )
    iam.put_role_permissions_boundary(RoleName=setup.name, PermissionsBoundary=boundary)
    limited = setup.sandbox.client_with("iam", setup.sandbox.assume(arn, ACCOUNTS.research))

    assert limited.list_roles()["Roles"]
    with api_error("AccessDenied", "iam:ListUsers"):
        limited.list_users()


def test_a_bucket_of_another_account_opens_only_by_its_policy(setup: Setup, api_error: Expect) -> None:
    """Amazon S3 User Guide, "Bucket owner granting cross-account bucket permissions"."""
    owner, guest = setup.sandbox.client("s3", ACCOUNTS.hub), setup.sandbox.client("s3", ACCOUNTS.research)
    owner.put_object(Bucket=setup.name, Key="k", Body=b"v")
    with api_error("AccessDenied"):
        guest.get_object(Bucket=setup.name, Key="k")

    organization = setup.sandbox.client("organizations", ACCOUNTS.hub).describe_organization()["Organization"]["Id"]
    grant = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{setup.name}/*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}},
    }
    owner.put_bucket_policy(Bucket=setup.name, Policy=policy(grant))

    assert guest.get_object(Bucket=setup.name, Key="k")["Body"].read() == b"v"
    with api_error("AccessDenied"):
        guest.put_object(Bucket=setup.name, Key="k", Body=b"w")


def test_a_policy_that_denies_plain_http_locks_nobody_out(setup: Setup) -> None:
    """The sandbox's HTTP stands for AWS's HTTPS: aws:SecureTransport is true."""
    s3 = setup.sandbox.client("s3", ACCOUNTS.hub)
    only_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{setup.name}", f"arn:aws:s3:::{setup.name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=setup.name, Policy=policy(only_tls))
    s3.put_object(Bucket=setup.name, Key="k", Body=b"v")

    assert s3.get_object(Bucket=setup.name, Key="k")["Body"].read() == b"v"


def test_aws_managed_policies_can_be_attached(setup: Setup) -> None:
    setup.make_role(
        ACCOUNTS.research, setup.name, {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS.research}, "Action": "sts:*"}
    )
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    iam.attach_role_policy(RoleName=setup.name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerReadOnly")

    (attached,) = iam.list_attached_role_policies(RoleName=setup.name)["AttachedPolicies"]
    assert attached["PolicyName"] == "AmazonSageMakerReadOnly"


def test_a_member_reads_the_organization_only_as_a_delegated_administrator(sandbox: Sandbox, api_error: Expect) -> None:
    """Organizations API Reference, ListAccounts: the management account or a delegated administrator."""
    hub, research = (sandbox.client("organizations", each) for each in (ACCOUNTS.hub, ACCOUNTS.research))

    assert ACCOUNTS.research in {account["Id"] for account in hub.list_accounts()["Accounts"]}
    assert research.describe_organization()["Organization"]["MasterAccountId"] == ACCOUNTS.management
    with api_error("AccessDeniedException"):
        research.list_accounts()


def test_only_the_management_account_names_delegates(sandbox: Sandbox, api_error: Expect) -> None:
    """Organizations API Reference, RegisterDelegatedAdministrator."""
    with api_error("AccessDeniedException"):
        sandbox.client("organizations", ACCOUNTS.hub).register_delegated_administrator(
            AccountId=ACCOUNTS.research, ServicePrincipal="servicecatalog.amazonaws.com"
        )


@pytest.mark.sandbox_only
def test_a_delegate_needs_trusted_access_first(sandbox: Sandbox, api_error: Expect) -> None:
    """Administrator Guide, "Sharing a portfolio": EnableAWSOrganizationsAccess before a delegate is designated."""
    with api_error("ConstraintViolationException", "trusted access"):
        sandbox.client("organizations", ACCOUNTS.management).register_delegated_administrator(
            AccountId=ACCOUNTS.hub, ServicePrincipal="ssm.amazonaws.com"
        )
