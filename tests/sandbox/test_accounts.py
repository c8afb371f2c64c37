"""Accounts are kept apart; roles and buckets are the bridges, and their policies are the toll."""

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.stage import Stage, policy


def test_the_management_account_gets_into_every_member_by_the_access_role(sandbox: Sandbox) -> None:
    """AWS Organizations User Guide, "Accessing member accounts": OrganizationAccountAccessRole."""
    credentials = sandbox.assume(
        f"arn:aws:iam::{ACCOUNTS.research}:role/OrganizationAccountAccessRole", ACCOUNTS.management, "visit"
    )
    identity = sandbox.client_with("sts", credentials).get_caller_identity()

    assert identity["Account"] == ACCOUNTS.research
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNTS.research}:assumed-role/OrganizationAccountAccessRole/visit"
    assert "Roles" in sandbox.client_with("iam", credentials).list_roles()


def test_a_role_that_does_not_trust_the_caller_is_refused(sandbox: Sandbox, refused: Refused) -> None:
    """STS API Reference, AssumeRole: the trust policy must allow the caller."""
    with refused("AccessDenied", "sts:AssumeRole"):
        sandbox.assume(f"arn:aws:iam::{ACCOUNTS.research}:role/OrganizationAccountAccessRole", ACCOUNTS.hub)
    with refused("AccessDenied", "sts:AssumeRole"):
        sandbox.assume(f"arn:aws:iam::{ACCOUNTS.research}:role/NoSuchRole", ACCOUNTS.management)
    with refused("AccessDenied", "sts:AssumeRole"):
        sandbox.assume(f"arn:aws:iam::{ACCOUNTS.management}:role/OrganizationAccountAccessRole", ACCOUNTS.management)


def test_an_external_id_in_the_trust_policy_is_asked_for(stage: Stage, refused: Refused) -> None:
    """IAM User Guide, "Access to AWS accounts owned by third parties": sts:ExternalId."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNTS.hub},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "secret"}},
    }
    arn = stage.make_role(ACCOUNTS.research, stage.name, trust)
    sts = stage.sandbox.client("sts", ACCOUNTS.hub)

    with refused("AccessDenied"):
        sts.assume_role(RoleArn=arn, RoleSessionName="test")
    assert sts.assume_role(RoleArn=arn, RoleSessionName="test", ExternalId="secret")["Credentials"]


def test_a_role_may_do_what_its_policies_say_and_no_more(stage: Stage, refused: Refused) -> None:
    """IAM User Guide, "Policy evaluation logic": implicit deny, allow, explicit deny."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNTS.research}:root"},
        "Action": "sts:AssumeRole",
    }
    statements = [
        {"Effect": "Allow", "Action": "iam:Get*", "Resource": f"arn:aws:iam::{ACCOUNTS.research}:role/{stage.name}*"},
        {
            "Effect": "Deny",
            "Action": "iam:GetRole",
            "Resource": f"arn:aws:iam::{ACCOUNTS.research}:role/{stage.name}-secret",
        },
    ]
    arn = stage.make_role(ACCOUNTS.research, stage.name, trust, statements)
    stage.make_role(ACCOUNTS.research, f"{stage.name}-secret", trust)
    iam = stage.sandbox.client_with("iam", stage.sandbox.assume(arn, ACCOUNTS.research))

    assert iam.get_role(RoleName=stage.name)["Role"]["Arn"] == arn
    with refused("AccessDenied", "iam:GetRole"):
        iam.get_role(RoleName=f"{stage.name}-secret")
    with refused("AccessDenied", "iam:DeleteRole"):
        iam.delete_role(RoleName=stage.name)


def test_a_permissions_boundary_limits_what_policies_allow(stage: Stage, refused: Refused) -> None:
    """IAM User Guide, "Permissions boundaries": the intersection counts."""
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
    limit = policy({"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"})
    boundary = iam.create_policy(PolicyName=stage.name, PolicyDocument=limit)["Policy"]["Arn"]
    arn = stage.make_role(
        ACCOUNTS.research, stage.name, {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS.research}, "Action": "sts:*"}
    )
    iam.put_role_permissions_boundary(RoleName=stage.name, PermissionsBoundary=boundary)
    limited = stage.sandbox.client_with("iam", stage.sandbox.assume(arn, ACCOUNTS.research))

    assert limited.list_roles()["Roles"]
    with refused("AccessDenied", "iam:ListUsers"):
        limited.list_users()


def test_a_bucket_of_another_account_opens_only_by_its_policy(stage: Stage, refused: Refused) -> None:
    """Amazon S3 User Guide, "Bucket owner granting cross-account bucket permissions"."""
    owner, guest = stage.sandbox.client("s3", ACCOUNTS.hub), stage.sandbox.client("s3", ACCOUNTS.research)
    owner.put_object(Bucket=stage.name, Key="k", Body=b"v")
    with refused("AccessDenied"):
        guest.get_object(Bucket=stage.name, Key="k")

    organization = stage.sandbox.client("organizations", ACCOUNTS.hub).describe_organization()["Organization"]["Id"]
    grant = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{stage.name}/*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}},
    }
    owner.put_bucket_policy(Bucket=stage.name, Policy=policy(grant))

    assert guest.get_object(Bucket=stage.name, Key="k")["Body"].read() == b"v"
    with refused("AccessDenied"):
        guest.put_object(Bucket=stage.name, Key="k", Body=b"w")


def test_a_policy_that_denies_plain_http_locks_nobody_out(stage: Stage) -> None:
    """The sandbox's HTTP stands for AWS's HTTPS: aws:SecureTransport is true."""
    s3 = stage.sandbox.client("s3", ACCOUNTS.hub)
    only_tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{stage.name}", f"arn:aws:s3:::{stage.name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=stage.name, Policy=policy(only_tls))
    s3.put_object(Bucket=stage.name, Key="k", Body=b"v")

    assert s3.get_object(Bucket=stage.name, Key="k")["Body"].read() == b"v"


def test_aws_managed_policies_can_be_attached(stage: Stage) -> None:
    stage.make_role(
        ACCOUNTS.research, stage.name, {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS.research}, "Action": "sts:*"}
    )
    iam = stage.sandbox.client("iam", ACCOUNTS.research)
    iam.attach_role_policy(RoleName=stage.name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerReadOnly")

    (attached,) = iam.list_attached_role_policies(RoleName=stage.name)["AttachedPolicies"]
    assert attached["PolicyName"] == "AmazonSageMakerReadOnly"


def test_a_member_reads_the_organization_only_as_a_delegated_administrator(sandbox: Sandbox, refused: Refused) -> None:
    """Organizations API Reference, ListAccounts: the management account or a delegated administrator."""
    hub, research = (sandbox.client("organizations", each) for each in (ACCOUNTS.hub, ACCOUNTS.research))

    assert ACCOUNTS.research in {account["Id"] for account in hub.list_accounts()["Accounts"]}
    assert research.describe_organization()["Organization"]["MasterAccountId"] == ACCOUNTS.management
    with refused("AccessDeniedException"):
        research.list_accounts()


def test_only_the_management_account_names_delegates(sandbox: Sandbox, refused: Refused) -> None:
    """Organizations API Reference, RegisterDelegatedAdministrator."""
    with refused("AccessDeniedException"):
        sandbox.client("organizations", ACCOUNTS.hub).register_delegated_administrator(
            AccountId=ACCOUNTS.research, ServicePrincipal="servicecatalog.amazonaws.com"
        )


@pytest.mark.sandbox_only
def test_a_delegate_needs_trusted_access_first(sandbox: Sandbox, refused: Refused) -> None:
    """Administrator Guide, "Sharing a portfolio": EnableAWSOrganizationsAccess before a delegate is designated."""
    with refused("ConstraintViolationException", "trusted access"):
        sandbox.client("organizations", ACCOUNTS.management).register_delegated_administrator(
            AccountId=ACCOUNTS.hub, ServicePrincipal="ssm.amazonaws.com"
        )
