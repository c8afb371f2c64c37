"""The one lint of roles: what is on the list passes within its limits, and nothing else does, however it is written."""

import re
from typing import Final

import pytest

from shared.aws.actions import is_real
from shared.aws.allowed import ACTIONS, SERVICES, Holder
from shared.aws.escalation import leads_to_more
from shared.aws.rights import Excess, excesses, service_excesses
from tests.support import iam_actions

ROLE: Final = "arn:${Partition}:iam::${AccountId}:role/ModelCatalogExecution-scorer"
HOLDER: Final = Holder(passable="ModelCatalogExecution-scorer", services=("sagemaker.amazonaws.com",))
PASSED: Final = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
PASSING: Final = {"Action": "iam:PassRole", "Resource": ROLE, "Condition": PASSED}
REAL: Final = sorted(
    f"{service}:{name}"
    for service, *names in (line.split() for line in iam_actions.text().splitlines())
    for name in names
)
"""The oracle's own list, read from where ours is made of."""


def found(**changed: object) -> list[Excess]:
    """Judge one statement: it allows a harmless thing, but for what is changed."""
    written = {"Effect": "Allow", "Action": "sagemaker:CreateModel", "Resource": "*", **changed}
    return list(excesses({"Version": "2012-10-17", "Statement": [written]}, HOLDER))


def codes(**changed: object) -> set[str]:
    return {each.code for each in found(**changed)}


def test_the_list_of_actions_is_the_one_that_cfn_lint_brings() -> None:
    assert iam_actions.text() == iam_actions.LIST.read_text(), "make reference"


@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_on_the_list_is_real(action: str) -> None:
    assert is_real(action)


def test_what_leads_to_more_rights_is_on_the_list_with_a_limit_or_not_at_all() -> None:
    """Of the services that run code or keep secrets; a table of all that goes without."""
    bare = {name for name, limit in ACTIONS.items() if limit is None and leads_to_more(name)}

    assert bare
    looking = re.compile(r"\w+-?\w*:(Describe|Get|List|Validate)\w+")
    assert {"application-autoscaling", "ec2", "sagemaker"} == {
        name.partition(":")[0] for name in bare if not looking.fullmatch(name)
    }
    assert not re.search(r"Notebook|Presigned|Lifecycle|TrainingJob|ProcessingJob|Pipeline|Domain", " ".join(bare))


@pytest.mark.parametrize(
    "action",
    [
        *("*", "**", "?*", "*:*", "s3:*", "s3:**", "s3:***", "s3:?*", "S3:*", "sagemaker:*", "sagemaker:Create*"),
        *("iam:*", "iam:Pass*", "iam:P*", "i*:PassRole", "ia?:PassRole", "*:PassRole", "*PassRole", "kms:*", "kms:P*"),
        *("s3:Put*", "s3:Get*", "s3:PutBucketPolicy", "s3:PutObjectAcl", "sts:AssumeRole", "sts:*", "organizations:*"),
        *(
            "iam:CreateRole",
            "IAM:createrole",
            "iam:AttachRolePolicy",
            "iam:PutRolePolicy",
            "iam:UpdateAssumeRolePolicy",
        ),
        *("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreateAccessKey", "iam:AddUserToGroup"),
        *("iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteRolePermissionsBoundary"),
        *("lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:InvokeFunction", "lambda:AddPermission"),
        *("ec2:RunInstances", "ec2:AssociateIamInstanceProfile", "ec2:ModifyInstanceAttribute", "ssm:SendCommand"),
        *("ssm:StartSession", "ssm:GetParameter", "secretsmanager:GetSecretValue", "codebuild:CreateProject"),
        *("codebuild:StartBuild", "glue:CreateDevEndpoint", "glue:UpdateDevEndpoint", "glue:CreateJob", "ecs:RunTask"),
        *("cloudformation:CreateStackSet", "cloudformation:ExecuteChangeSet", "cloudformation:SetTypeConfiguration"),
        *("datapipeline:CreatePipeline", "sagemaker:CreateNotebookInstance", "sagemaker:CreateTrainingJob"),
        *("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedDomainUrl"),
        *("sagemaker:UpdateNotebookInstanceLifecycleConfig", "sagemaker:CreateProcessingJob", "sagemaker:CreateApp"),
        *("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "sns:AddPermission", "ecr:SetRepositoryPolicy", "dynamodb:*"),
        *("events:PutPermission", "states:*", "scheduler:CreateSchedule", "batch:SubmitJob", "servicecatalog:*"),
    ],
)
def test_what_is_not_on_the_list_is_refused(action: str) -> None:
    for written in (action, action.upper(), [action], ["sagemaker:CreateModel", action]):
        assert found(Action=written), written


@pytest.mark.parametrize("action", ["s3:GetNothing", "foo:Bar", "iam", "s3:", "iam:Pass${Partition}", "s3:Get[Object]"])
def test_an_action_that_nobody_knows_is_refused(action: str) -> None:
    assert {"action-unknown"} == codes(Action=action)


@pytest.mark.parametrize(
    ("action", "resource", "condition"),
    [
        ("sagemaker:CreateModel", "*", {}),
        ("SageMaker:createmodel", "*", {}),
        ("sagemaker:Describe*", "*", {}),
        ("sagemaker:?pdateEndpoint", "*", {}),
        ("sagemaker:CreateEndpointConfi?", "*", {}),
        ("ecr:BatchGetIm*", "*", {}),
        ("s3:GetObject", "arn:aws:s3:::models-333344445555/*", {}),
        ("s3:GetObject", "*", {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}}),
        ("states:UpdateStateMachine", "arn:aws:states:*:${AccountId}:stateMachine:SC-*", {}),
        ("cloudformation:UpdateStack", "arn:aws:cloudformation:*:333344445555:stack/SC-*", {}),
        ("kms:Decrypt", "arn:aws:kms:eu-central-1:222233334444:key/1234-abcd", {}),
        ("kms:Decrypt", "*", {"StringLike": {"kms:ViaService": ["s3.*.amazonaws.com", "sagemaker.*.amazonaws.com"]}}),
        ("kms:CreateGrant", "*", {"StringLike": {"KMS:viaservice": "sagemaker.*.amazonaws.com"}}),
        ("kms:CreateGrant", "*", {"Bool": {"kms:GrantIsForAWSResource": True}}),
        ("iam:PassRole", ROLE, PASSED),
        ("iam:Pass*", "arn:aws:iam::333344445555:role/ModelCatalogExecution-scorer", PASSED),
        ("iam:PassRole", [ROLE], {**PASSED, "StringLike": {"iam:AssociatedResourceArn": "*"}}),
    ],
)
def test_what_is_on_the_list_passes_within_its_limits(action: str, resource: object, condition: object) -> None:
    assert [] == found(Action=action, Resource=resource, Condition=condition)


@pytest.mark.parametrize(
    ("action", "resource", "condition"),
    [
        ("s3:GetObject", "*", {}),
        ("s3:GetObject", "arn:aws:s3:::*", {}),
        ("s3:GetObject", "arn:aws:s3:::?*/models", {}),
        ("s3:GetObject", "arn:aws:s3:::${aws:username}/*", {}),
        ("s3:GetObject", ["arn:aws:s3:::models/*", "arn:aws:s3:::*/*"], {}),
        ("s3:GetObject", "*", {"StringEqualsIfExists": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}}),
        ("s3:PutObject", "*", {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}}),
        ("states:UpdateStateMachine", "*", {}),
        ("states:UpdateStateMachine", "arn:aws:states:*:333344445555:stateMachine:*", {}),
        ("states:StartExecution", "arn:aws:states:*:333344445555:*", {}),
        ("cloudformation:UpdateStack", "*", {}),
        ("cloudformation:UpdateStack", "arn:aws:cloudformation:*:333344445555:stack/*", {}),
        ("cloudformation:UpdateStack", "arn:aws:cloudformation:*:333344445555:stack/?C-*", {}),
        ("kms:Decrypt", "*", {}),
        ("kms:Decrypt", "arn:aws:kms:*:333344445555:key/*", {}),
        ("kms:Decrypt", "*", {"StringLike": {"kms:ViaService": "*"}}),
        ("kms:Decrypt", "*", {"StringNotEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}),
        ("kms:Decrypt", "*", {"StringLikeIfExists": {"kms:ViaService": "s3.*.amazonaws.com"}}),
        ("kms:CreateGrant", "arn:aws:kms:eu-central-1:333344445555:key/1234-abcd", {}),
        ("kms:CreateGrant", "*", {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}),
        ("kms:CreateGrant", "*", {"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}}),
        ("iam:CreateServiceLinkedRole", "*", {}),
        ("iam:CreateServiceLinkedRole", "*", {"StringEquals": {"iam:AWSServiceName": "lambda.amazonaws.com"}}),
    ],
)
def test_what_is_on_the_list_is_refused_without_its_limit(action: str, resource: object, condition: object) -> None:
    assert {"action-not-limited"} == codes(Action=action, Resource=resource, Condition=condition)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringLike": {"iam:PassedToService": "*"}},
        {"StringLike": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        {"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        {"StringEqualsIfExists": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        {"StringEqualsIgnoreCase": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        {"ForAnyValue:StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        {"ForAllValues:StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        {"Null": {"iam:PassedToService": "false"}},
        {"Null": {"iam:PassedToService": "true"}},
        {"StringEquals": {"iam:PassedToService": []}},
        {"StringEquals": {"iam:PassedToService": "*"}},
        {"StringEquals": {"iam:PassedToService": "${aws:PrincipalTag/service}"}},
        {"StringEquals": {"iam:PassedToService": ["sagemaker.amazonaws.com", "ec2.amazonaws.com"]}},
        {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}},
        {"StringEquals": {"iam:AssociatedResourceArn": "arn:aws:sagemaker:*"}},
        {"ArnLike": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    ],
)
@pytest.mark.parametrize("action", ["iam:PassRole", "iam:passrol?", "iam:Pass*"])
def test_a_role_is_passed_to_services_by_name_alone(action: str, condition: object) -> None:
    [excess] = found(**{**PASSING, "Action": action, "Condition": condition})

    assert "role-passed-to-any-service" == excess.code
    assert "" == excess.token, "no exception excuses it"


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:iam::333344445555:role/*",
        "arn:aws:iam::333344445555:role/Admin",
        "arn:aws:iam::*:role/ModelCatalogExecution-scorer",
        "arn:*:iam::333344445555:role/ModelCatalogExecution-scorer",
        "arn:aws:iam::333344445555:role/ModelCatalogExecution-*",
        "arn:aws:iam::333344445555:role/ModelCatalogExecution-scorer*",
        "arn:aws:iam::333344445555:role/ModelCatalogExecution-other",
        "arn:aws:iam::333344445555:role/${aws:username}",
        "arn:aws:iam::333344445555:role/ModelCatalogExecution-scorer\nx",
        f"{ROLE}/more",
    ],
)
def test_the_role_that_is_passed_is_the_products_own(resource: str) -> None:
    assert {"any-role-passed"} == codes(**{**PASSING, "Resource": resource})
    assert {"any-role-passed"} == codes(**{**PASSING, "Resource": [ROLE, resource]})


MADE = "arn:${Partition}:iam::${AccountId}:role/SC-*-Worker-*"


def test_a_role_that_the_template_makes_is_excused_by_its_name_and_the_service() -> None:
    condition = {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "states.amazonaws.com"]}}
    passing = found(**{**PASSING, "Resource": MADE, "Condition": condition})

    assert {
        ("any-role-passed", f"iam:PassRole on {MADE} to lambda.amazonaws.com"),
        ("any-role-passed", f"iam:PassRole on {MADE} to states.amazonaws.com"),
    } == {(each.code, each.token) for each in passing}


@pytest.mark.parametrize(
    ("resource", "service"),
    [
        ("arn:aws:iam::333344445555:role/SC-*", "lambda.amazonaws.com"),
        ("arn:aws:iam::333344445555:role/SC-*-*", "lambda.amazonaws.com"),
        ("arn:aws:iam::*:role/SC-*-Worker-*", "lambda.amazonaws.com"),
        (MADE, "*.amazonaws.com"),
        (MADE, "${aws:PrincipalTag/service}"),
    ],
)
def test_a_role_or_a_service_that_is_not_told_is_excused_by_nothing(resource: str, service: str) -> None:
    condition = {"StringEquals": {"iam:PassedToService": service}}

    assert {""} == {each.token for each in found(**{**PASSING, "Resource": resource, "Condition": condition})}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"NotAction": "iam:*"}, "policy-by-exclusion"),
        ({"NotResource": "*"}, "policy-by-exclusion"),
        ({"NotPrincipal": {"AWS": "*"}}, "policy-by-exclusion"),
        ({"Principal": "*"}, "policy-key-unknown"),
        ({"action": "*"}, "policy-key-unknown"),
        ({"Effect": "allow"}, "policy-not-readable"),
        ({"Effect": None}, "policy-not-readable"),
        ({"Action": []}, "policy-not-readable"),
        ({"Action": None}, "policy-not-readable"),
        ({"Action": {"s3": "*"}}, "policy-not-readable"),
        ({"Action": ["sagemaker:CreateModel", 7]}, "policy-not-readable"),
        ({"Resource": None}, "policy-not-readable"),
        ({"Resource": [["*"]]}, "policy-not-readable"),
        ({"Condition": "yes"}, "policy-not-readable"),
        ({"Condition": {"StringEquals": "yes"}}, "policy-not-readable"),
    ],
)
def test_a_statement_that_is_none_is_refused(changed: dict[str, object], code: str) -> None:
    assert code in codes(**changed)


@pytest.mark.parametrize("policy", [None, "", [], "{}", {"Statement": None}, {"Statement": ["x"]}, {"Statements": []}])
def test_a_policy_that_is_none_is_refused(policy: object) -> None:
    assert list(excesses(policy, HOLDER))


def test_a_denial_takes_rights_and_may_name_anything() -> None:
    assert [] == found(Effect="Deny", Action="*")


def test_a_service_is_one_of_those_that_run_models() -> None:
    assert [] == list(service_excesses(SERVICES))
    for service in ("lambda.amazonaws.com", "ec2.amazonaws.com", "codebuild.amazonaws.com", "*", "arn:aws:iam::1:root"):
        assert [service] == [each.token for each in service_excesses([service])]
