"""Every way to more rights that was found, tried with the shipped policies: the sandbox's evaluator refuses each.

It shares no code with what is judged. A role of a product has its shipped policy at most, or, where somebody gave it
everything, what the recommended boundary leaves.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from hub.definitions.load import read_catalog
from hub.definitions.permissions import execution_permissions, launch_permissions
from sandbox.aws.iam.evaluation import decide
from shared.aws.policies import render
from tests.support.paths import CATALOG, ROOT
from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.process import Sandbox

OWN: Final = f"arn:aws:iam::{RESEARCH}:role"
ADMIN: Final = f"{OWN}/Admin"
EVERYTHING: Final = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
BOUNDARY: Final = render(
    json.loads((ROOT / "docs" / "iam" / "role-boundary.json").read_text()), partition="aws", account=RESEARCH
)
SHIPPED: Final[Mapping[str, str]] = {
    f"{product.file.key}-{kind}": render(permissions(product), partition="aws", account=RESEARCH)
    for product in read_catalog(CATALOG, dt.date(2026, 11, 1)).products
    for kind, permissions in (("launch", launch_permissions), ("execution", execution_permissions))
}
_Wanted = tuple[str, str, Mapping[str, str]]
ESCALATIONS: Final[Mapping[str, _Wanted]] = {
    "a role is made": ("iam:CreateRole", ADMIN, {}),
    "a role is given everything": ("iam:AttachRolePolicy", ADMIN, {}),
    "a role is given a policy": ("iam:PutRolePolicy", f"{OWN}/ModelCatalogExecution-x", {}),
    "a policy is changed": ("iam:CreatePolicyVersion", f"arn:aws:iam::{RESEARCH}:policy/Any", {}),
    "a trust is changed": ("iam:UpdateAssumeRolePolicy", ADMIN, {}),
    "a boundary is taken off": ("iam:DeleteRolePermissionsBoundary", f"{OWN}/ModelCatalogLaunch-x", {}),
    "a key of a user is made": ("iam:CreateAccessKey", f"arn:aws:iam::{RESEARCH}:user/root", {}),
    "any role is assumed": ("sts:AssumeRole", ADMIN, {}),
    "a role of another account is assumed": ("sts:AssumeRole", f"arn:aws:iam::{HUB}:role/Admin", {}),
    "an administrator is passed to a stack": (
        "iam:PassRole",
        ADMIN,
        {"iam:PassedToService": "cloudformation.amazonaws.com"},
    ),
    "an administrator is passed to a model": (
        "iam:PassRole",
        ADMIN,
        {"iam:PassedToService": "sagemaker.amazonaws.com"},
    ),
    "an execution role is passed to an instance": (
        "iam:PassRole",
        f"{OWN}/ModelCatalogExecution-fraud-detector-realtime",
        {"iam:PassedToService": "ec2.amazonaws.com"},
    ),
    "an execution role is passed to nobody by name": (
        "iam:PassRole",
        f"{OWN}/ModelCatalogExecution-fraud-detector-realtime",
        {},
    ),
    "a stack works as a service role": (
        "cloudformation:CreateStack",
        f"arn:aws:cloudformation:eu-central-1:{RESEARCH}:stack/any/*",
        {"cloudformation:RoleArn": ADMIN},
    ),
    "a stack with a service role is changed": (
        "cloudformation:UpdateStack",
        f"arn:aws:cloudformation:eu-central-1:{RESEARCH}:stack/landing-zone/1",
        {},
    ),
    "a stack set reaches every account": ("cloudformation:CreateStackSet", "*", {}),
    "a state machine of an administrator is changed": (
        "states:UpdateStateMachine",
        f"arn:aws:states:eu-central-1:{RESEARCH}:stateMachine:nightly-clean-up",
        {},
    ),
    "a state machine of an administrator is started": (
        "states:StartExecution",
        f"arn:aws:states:eu-central-1:{RESEARCH}:stateMachine:nightly-clean-up",
        {},
    ),
    "a notebook is made": ("sagemaker:CreateNotebookInstance", "*", {}),
    "a notebook that is there is opened": ("sagemaker:CreatePresignedNotebookInstanceUrl", "*", {}),
    "a notebook that is there runs a script": ("sagemaker:UpdateNotebookInstanceLifecycleConfig", "*", {}),
    "a studio is opened": ("sagemaker:CreatePresignedDomainUrl", "*", {}),
    "a training job runs any code": ("sagemaker:CreateTrainingJob", "*", {}),
    "a function is changed": ("lambda:UpdateFunctionCode", "*", {}),
    "an instance is started": ("ec2:RunInstances", "*", {}),
    "a command runs on an instance": ("ssm:SendCommand", "*", {}),
    "a build is started": ("codebuild:StartBuild", "*", {}),
    "a development endpoint is changed": ("glue:UpdateDevEndpoint", "*", {}),
    "a bucket is opened": ("s3:PutBucketPolicy", "arn:aws:s3:::model-catalog-artifacts-hub", {}),
    "a key is given away": ("kms:PutKeyPolicy", "*", {}),
    "a key is granted to anybody": ("kms:CreateGrant", "*", {}),
    "a key is used past the services": ("kms:Decrypt", f"arn:aws:kms:eu-central-1:{RESEARCH}:key/1", {}),
    "a secret is read": ("secretsmanager:GetSecretValue", "*", {}),
    "a parameter is read": ("ssm:GetParameter", "*", {}),
    "data leaves for a bucket elsewhere": (
        "s3:PutObject",
        "arn:aws:s3:::elsewhere/data",
        {"aws:ResourceAccount": "999900001111"},
    ),
    "a role of any service is made": (
        "iam:CreateServiceLinkedRole",
        f"{OWN}/aws-service-role/any.amazonaws.com/Any",
        {"iam:AWSServiceName": "any.amazonaws.com"},
    ),
}


@pytest.mark.parametrize("wanted", ESCALATIONS.values(), ids=ESCALATIONS)
def test_no_shipped_policy_allows_a_way_to_more_rights(wanted: _Wanted) -> None:
    assert [] == [name for name, policy in SHIPPED.items() if granted(policy, wanted)]


@pytest.mark.parametrize("wanted", ESCALATIONS.values(), ids=ESCALATIONS)
def test_the_boundary_leaves_no_way_to_more_rights_of_a_role_that_may_do_everything(wanted: _Wanted) -> None:
    assert granted(EVERYTHING, wanted)
    assert not granted(BOUNDARY, wanted)


def test_the_boundary_fits_into_a_managed_policy() -> None:
    assert len("".join(BOUNDARY.split())) < 6144


@pytest.fixture
def launch_role(sandbox: Sandbox) -> Mapping[str, str]:
    """Give the credentials of a launch role that a careless deployer gave everything, within the boundary."""
    iam = sandbox.client("iam", RESEARCH)
    trust = {"Effect": "Allow", "Principal": {"AWS": RESEARCH}, "Action": "sts:AssumeRole"}
    boundary = iam.create_policy(PolicyName="ModelCatalogBoundary", PolicyDocument=BOUNDARY)["Policy"]["Arn"]
    role = iam.create_role(
        RoleName="ModelCatalogLaunch-any",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        PermissionsBoundary=boundary,
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName="ModelCatalogLaunch-any", PolicyName="catalog", PolicyDocument=EVERYTHING)
    return sandbox.assume(role, RESEARCH)


def test_whoever_works_as_a_bounded_role_is_refused_by_each_service(
    sandbox: Sandbox, launch_role: Mapping[str, str]
) -> None:
    template = json.dumps({"Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}})
    stack: dict[str, Any] = {"StackName": "SC-any", "TemplateBody": template}
    access = f"{OWN}/OrganizationAccountAccessRole"
    tries = [
        ("iam", "create_role", {"RoleName": "Mine", "AssumeRolePolicyDocument": EVERYTHING}),
        ("iam", "attach_role_policy", {"RoleName": "ModelCatalogLaunch-any", "PolicyArn": "arn:aws:iam::aws:policy/A"}),
        ("iam", "put_role_policy", {"RoleName": "ModelCatalogLaunch-any", "PolicyName": "a", "PolicyDocument": "{}"}),
        ("iam", "delete_role_permissions_boundary", {"RoleName": "ModelCatalogLaunch-any"}),
        ("sts", "assume_role", {"RoleArn": access, "RoleSessionName": "mine"}),
        ("cloudformation", "create_stack", {**stack, "RoleARN": access}),
        ("cloudformation", "create_stack", {**stack, "StackName": "mine"}),
        ("sagemaker", "create_presigned_notebook_instance_url", {"NotebookInstanceName": "theirs"}),
        ("ssm", "send_command", {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-0123456789abcdef0"]}),
        ("secretsmanager", "get_secret_value", {"SecretId": "theirs"}),
        (
            "stepfunctions",
            "update_state_machine",
            {"stateMachineArn": f"arn:aws:states:eu-central-1:{RESEARCH}:stateMachine:theirs", "definition": "{}"},
        ),
    ]

    for service, operation, parameters in tries:
        client = sandbox.client_with(service, dict(launch_role))
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(client, operation)(**parameters)
    made = sandbox.client_with("cloudformation", dict(launch_role)).create_stack(**stack)
    assert made["StackId"], "what a launch needs is not refused"


def test_the_fleet_works_in_accounts_of_its_organization_alone() -> None:
    policy = (ROOT / "docs" / "iam" / "fleet.json").read_text().replace("${Partition}", "aws")

    def lets(organization: str | None) -> bool:
        context = {"aws:PrincipalOrgID": "o-own", **({"aws:ResourceOrgID": organization} if organization else {})}
        return granted(policy, ("sts:AssumeRole", f"{OWN}/ModelCatalogDeployer", context))

    assert [True, False, False] == [lets(each) for each in ("o-own", "o-other", None)]


def granted(policy: str, wanted: _Wanted) -> bool:
    """Ask the sandbox's evaluator."""
    action, resource, context = wanted
    return decide([policy], action, resource, {key: [value] for key, value in context.items()}) is True
