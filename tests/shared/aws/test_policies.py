"""IAM documents: as little as serves, and nothing left to fill in."""

import json
import re

import pytest

from shared.aws.iam import listed
from shared.aws.policies import (
    Policy,
    StatementJson,
    execution_trust,
    launch_policy,
    launch_trust,
    permission_policy,
    publishing,
    render,
)

EXTRA: StatementJson = {
    "Sid": "Model",
    "Effect": "Allow",
    "Action": ["sagemaker:CreateModel"],
    "Resource": "arn:some",
}
POLICY = launch_policy(
    [EXTRA], execution_role="ModelCatalogExecution-scorer", services=["sagemaker.amazonaws.com", "states.amazonaws.com"]
)
CHECKS = {"cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"}


def test_a_launch_role_may_never_do_everything() -> None:
    assert [] == [action for action in all_actions(POLICY) if "*" in action]


def test_a_launch_role_may_touch_everything_only_to_check_templates_or_under_a_condition() -> None:
    unlimited = [
        statement for statement in POLICY["Statement"] if statement["Resource"] == "*" and "Condition" not in statement
    ]

    assert CHECKS == {action for statement in unlimited for action in listed(statement["Action"])}


def test_a_launch_role_works_on_service_catalogs_stacks_alone() -> None:
    stacks = by_sid(POLICY, "Stacks")

    assert "arn:${Partition}:cloudformation:*:${AccountId}:stack/SC-*" == stacks["Resource"]
    assert {"cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:DeleteStack"} <= set(
        stacks["Action"]
    )


def test_a_launch_role_tells_the_topics_that_it_is_given_and_no_others() -> None:
    """CloudFormation publishes with the rights of whoever makes the stack."""
    topics = ["arn:aws:sns:eu-central-1:222233334444:b", "arn:aws:sns:eu-central-1:222233334444:a"]
    policy = launch_policy(
        [EXTRA], execution_role="x", services=["sagemaker.amazonaws.com"], topics=[*topics, topics[0]]
    )

    assert ("sns:Publish", sorted(topics)) == (
        by_sid(policy, "TopicsOfLaunches")["Action"],
        by_sid(policy, "TopicsOfLaunches")["Resource"],
    )
    assert "sns" not in str(POLICY)


@pytest.mark.parametrize(
    ("statement", "covered"),
    [
        ({"Action": "sns:Publish", "Resource": "arn:aws:sns:*:222233334444:mod*"}, True),
        ({"Action": ["sns:*"], "Resource": ["arn:other", "*"]}, True),
        ({"Action": "sns:Publish", "Resource": "arn:aws:sns:eu-west-1:222233334444:models"}, False),
        ({"Action": "sns:Publish", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Action": "sns:Subscribe", "Resource": "*"}, False),
    ],
)
def test_what_a_role_may_tell_already_is_not_said_again(statement: StatementJson, *, covered: bool) -> None:
    """So that roles of products that said it themselves stay as they are."""
    topic = "arn:aws:sns:eu-central-1:222233334444:models"

    assert covered is ([] == publishing([topic], [{"Effect": "Allow", **statement}]))
    assert [topic] == publishing([topic], [{"Effect": "Deny", **statement}])[0]["Resource"]


def test_a_launch_role_reads_only_templates_that_service_catalog_marked() -> None:
    template = by_sid(POLICY, "ServiceOwnedTemplate")

    assert "s3:GetObject" == template["Action"]
    assert {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}} == template["Condition"]


def test_all_that_a_launch_role_may_do_in_iam_is_to_pass_one_role_to_the_products_services() -> None:
    [passing] = [statement for statement in POLICY["Statement"] if "iam:" in str(statement["Action"])]

    assert "iam:PassRole" == passing["Action"]
    assert "arn:${Partition}:iam::${AccountId}:role/ModelCatalogExecution-scorer" == passing["Resource"]
    assert {"StringEquals": {"iam:PassedToService": ["sagemaker.amazonaws.com", "states.amazonaws.com"]}} == passing[
        "Condition"
    ]


def test_a_launch_role_may_do_what_the_product_adds() -> None:
    assert EXTRA == POLICY["Statement"][-1]
    assert "2012-10-17" == POLICY["Version"]


def test_an_execution_role_may_do_nothing_but_what_the_product_says() -> None:
    assert {"Version": "2012-10-17", "Statement": [EXTRA]} == permission_policy([EXTRA])


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_a_rendered_policy_has_no_placeholder_left(partition: str) -> None:
    text = render(POLICY, partition=partition, account="333344445555")
    arns = re.findall(r"arn:[^\"]+", text)

    assert "${" not in text
    assert {True} == {arn.startswith((f"arn:{partition}:", "arn:some")) for arn in arns}
    assert f"arn:{partition}:iam::333344445555:role/ModelCatalogExecution-scorer" in arns


def test_rendering_changes_nothing_but_the_placeholders() -> None:
    plain = {"Version": "2012-10-17", "Statement": [EXTRA]}

    assert plain == json.loads(render(plain, partition="aws", account="333344445555"))


def test_a_policy_is_rendered_alike_whatever_the_order_of_its_keys() -> None:
    turned = dict(reversed(POLICY.items()))

    assert render(POLICY, partition="aws", account="1") == render(turned, partition="aws", account="1")


def test_a_launch_role_trusts_service_catalog_on_behalf_of_its_own_account() -> None:
    [statement] = json.loads(launch_trust(partition="aws-cn", account="333344445555"))["Statement"]

    assert "Allow" == statement["Effect"]
    assert "sts:AssumeRole" == statement["Action"]
    assert {"Service": "servicecatalog.amazonaws.com"} == statement["Principal"]
    assert {
        "StringEquals": {"aws:SourceAccount": "333344445555"},
        "ArnLike": {"aws:SourceArn": "arn:aws-cn:servicecatalog:*:333344445555:*"},
    } == statement["Condition"]


@pytest.mark.parametrize(
    ("services", "principal"),
    [
        (["sagemaker.amazonaws.com"], "sagemaker.amazonaws.com"),
        (["states.amazonaws.com", "events.amazonaws.com"], ["states.amazonaws.com", "events.amazonaws.com"]),
    ],
)
def test_an_execution_role_trusts_the_products_services_on_behalf_of_its_own_account(
    services: list[str], principal: object
) -> None:
    [statement] = json.loads(execution_trust(services, account="333344445555"))["Statement"]

    assert {"Service": principal} == statement["Principal"]
    assert "sts:AssumeRole" == statement["Action"]
    assert {"StringEquals": {"aws:SourceAccount": "333344445555"}} == statement["Condition"]


def all_actions(policy: Policy) -> list[str]:
    """List the actions of a policy."""
    return [action for statement in policy["Statement"] for action in listed(statement["Action"])]


def by_sid(policy: Policy, sid: str) -> StatementJson:
    """Find a statement by its name."""
    [found] = [statement for statement in policy["Statement"] if statement["Sid"] == sid]
    return found
