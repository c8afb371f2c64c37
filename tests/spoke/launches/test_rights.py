"""A spoke makes no role that could do more than a product's may, whatever a lax hub or a forged contract says."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from shared.errors import ContractError
from tests.support.recorder import Mocks
from tests.support.refused import refused

HUB = "stack organization/model-catalog-hub/hub"
PASSED = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def allow(offer: dict[str, Any], role: str, **changed: object) -> None:
    """Let a role of a product in use do something else, too."""
    statements = offer["eu-central-1"]["products"]["scorer"][role]["policy"]["Statement"]
    statements.append({"Effect": "Allow", "Action": "ecr:ListImages", "Resource": "*", **changed})


@pytest.mark.parametrize("role", ["launch_role", "execution_role"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Action": "*"}, "policy-allows-everything"),
        ({"Action": "iam:PassRol?"}, "role-passed-to-any-service"),
        ({"Action": "iam:CreateRole"}, "action-not-allowed"),
        ({"Action": "s3:GetObject"}, "action-not-limited"),
        ({"NotAction": "iam:*"}, "policy-by-exclusion"),
        ({"Action": "iam:PassRole", "Condition": PASSED}, "any-role-passed"),
    ],
)
def test_a_role_that_may_do_more_is_not_made(
    deploy: Callable[..., Mocks], mocks: Mocks, offer: dict[str, Any], role: str, changed: dict[str, Any], code: str
) -> None:
    allow(offer, role, **changed)

    with refused(ContractError, code, HUB) as found:
        deploy()

    assert f"scorer: {role.replace('_', ' ')} [1]: " in str(found.value)
    assert "set launchRoles to existing" in str(found.value)
    assert [] == mocks.resources


@pytest.mark.parametrize("role", ["launch_role", "execution_role"])
@pytest.mark.parametrize("name", ["OrganizationAccountAccessRole", "ModelCatalogLaunch-embedder", "Admin"])
def test_a_role_has_the_products_name(
    deploy: Callable[..., Mocks], offer: dict[str, Any], role: str, name: str
) -> None:
    offer["eu-central-1"]["products"]["scorer"][role]["name"] = name

    with refused(ContractError, "role-name-not-the-products", HUB):
        deploy()


@pytest.mark.parametrize("service", ["*", "lambda.amazonaws.com", "arn:aws:iam::999900001111:root"])
def test_a_service_that_is_not_listed_does_not_run_models(
    deploy: Callable[..., Mocks], offer: dict[str, Any], service: str
) -> None:
    offer["eu-central-1"]["products"]["scorer"]["execution_role"]["services"] = [service]

    with refused(ContractError, "service-not-allowed", HUB):
        deploy()


def test_what_the_hub_excepts_with_a_reason_is_believed_and_said(
    deploy: Callable[..., Mocks], mocks: Mocks, offer: dict[str, Any], said: list[str]
) -> None:
    scorer = offer["eu-central-1"]["products"]["scorer"]
    allow(offer, "execution_role", Action="dynamodb:GetItem")
    scorer["execution_role"]["services"] = ["lambda.amazonaws.com"]
    scorer["exceptions"] = {"dynamodb:GetItem": "Features.", "lambda.amazonaws.com": "It is a function."}

    deploy()

    policy = json.loads(mocks.one(aws.iam.RolePolicy, "scorer-execution").inputs["policy"])
    assert "dynamodb:GetItem" in [each["Action"] for each in policy["Statement"]]
    assert any("scorer may go beyond the list, the hub says: dynamodb:GetItem (Features.)" in each for each in said)


@pytest.mark.parametrize(
    "action",
    [
        *("iam:CreateRole", "iam:PutRolePolicy", "sts:AssumeRole", "lambda:UpdateFunctionCode", "ec2:RunInstances"),
        *("ssm:SendCommand", "codebuild:StartBuild", "glue:UpdateDevEndpoint", "sagemaker:CreateNotebookInstance"),
        *("cloudformation:CreateStackSet", "s3:PutBucketPolicy", "kms:PutKeyPolicy", "secretsmanager:GetSecretValue"),
        *("dynamodb:PutResourcePolicy", "ecr:SetRepositoryPolicy", "sns:AddPermission", "IAM:createrole"),
    ],
)
def test_what_leads_to_more_rights_is_believed_of_nobody(
    deploy: Callable[..., Mocks], offer: dict[str, Any], action: str
) -> None:
    """Who may write a state could write the exception as well (docs/adr/0027)."""
    allow(offer, "launch_role", Action=action)
    offer["eu-central-1"]["products"]["scorer"]["exceptions"] = {action: "Trust me."}

    with refused(ContractError, "action-not-allowed", HUB):
        deploy()


@pytest.mark.parametrize("token", ["s3:GetObject on *", "*", "s3:*", "s3:GetObject", ""])
def test_no_exception_takes_the_limit_off_an_action(
    deploy: Callable[..., Mocks], offer: dict[str, Any], token: str
) -> None:
    allow(offer, "launch_role", Action="s3:GetObject")
    offer["eu-central-1"]["products"]["scorer"]["exceptions"] = {token: "Trust me."}

    with refused(ContractError, "action-not-limited", HUB):
        deploy()


def test_roles_that_others_make_are_theirs_to_judge(
    deploy: Callable[..., Mocks], mocks: Mocks, offer: dict[str, Any]
) -> None:
    allow(offer, "launch_role", Action="iam:CreateRole")
    names = [f"ModelCatalog{kind}-{key}" for kind in ("Launch", "Execution") for key in ("scorer", "embedder")]
    mocks.answers["getRoles"] = lambda _: {"names": names, "arns": []}

    deploy(launchRoles="existing")

    assert [] == mocks.all(aws.iam.Role)
