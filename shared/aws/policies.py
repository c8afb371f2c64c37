"""IAM documents that hub and spokes must write alike."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from shared.aws.iam import parse_statement
from shared.aws.patterns import Answer, fits

StatementJson = dict[str, Any]
Policy = dict[str, Any]


def render(policy: Policy, *, partition: str, account: str) -> str:
    """Write a published policy for one account, as JSON.

    `${Partition}` and `${AccountId}` are placeholders of ours: IAM's own variables cannot stand for the
    account in an ARN (source: IAM User Guide, "Policy variables", where you can use them).
    """
    text = json.dumps(policy, sort_keys=True)
    return text.replace("${Partition}", partition).replace("${AccountId}", account)


def for_cloudformation(node: object) -> object:
    """Let CloudFormation fill in account and partition, and leave IAM's own variables to IAM.

    Args:
        node: A policy, or part of one.
    """
    match node:
        case str() if "${" in node:
            text = re.sub(r"\$\{(?!Partition\}|AccountId\})", "${!", node)
            text = text.replace("${Partition}", "${AWS::Partition}").replace("${AccountId}", "${AWS::AccountId}")
            return {"Fn::Sub": text}
        case list():
            return [for_cloudformation(item) for item in cast("list[object]", node)]
        case dict():
            return {key: for_cloudformation(value) for key, value in cast("dict[str, object]", node).items()}
        case _:
            return node


def launch_policy(
    product_statements: Sequence[StatementJson],
    *,
    execution_role: str,
    services: Sequence[str],
    topics: Sequence[str] = (),
) -> Policy:
    """Say what a product's launch role may do: run its own stack, and what the product adds.

    Service Catalog assumes the role to create, update and delete the stack `SC-<account>-pp-<id>`, and reads
    the template from a bucket of its own, marked by an object tag (source: Service Catalog Administrator
    Guide, "Launch constraints"). The only right in IAM is to pass one role to the services that run the model.
    """
    stacks: StatementJson = {
        "Sid": "Stacks",
        "Effect": "Allow",
        "Action": [
            "cloudformation:CreateStack",
            "cloudformation:UpdateStack",
            "cloudformation:DeleteStack",
            "cloudformation:DescribeStacks",
            "cloudformation:DescribeStackEvents",
            "cloudformation:CreateChangeSet",  # a plan looks into a launch by one, and never executes it
            "cloudformation:DescribeChangeSet",
            "cloudformation:DeleteChangeSet",
            "cloudformation:SetStackPolicy",
            "cloudformation:TagResource",
            "cloudformation:UntagResource",
        ],
        "Resource": "arn:${Partition}:cloudformation:*:${AccountId}:stack/SC-*",
    }
    template: StatementJson = {
        "Sid": "TemplateCheck",
        "Effect": "Allow",
        "Action": ["cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"],
        "Resource": "*",
    }
    copy: StatementJson = {
        "Sid": "ServiceOwnedTemplate",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}},
    }
    passing: StatementJson = {
        "Sid": "PassExecutionRole",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": f"arn:${{Partition}}:iam::${{AccountId}}:role/{execution_role}",
        "Condition": {"StringEquals": {"iam:PassedToService": list(services)}},
    }
    return _policy([stacks, template, copy, passing, *publishing(topics, product_statements), *product_statements])


def publishing(topics: Sequence[str], statements: Sequence[StatementJson]) -> list[StatementJson]:
    """Let a launch role tell topics of its stacks, those that its statements do not let it tell already.

    CloudFormation publishes with the rights of whoever makes the stack (sources: Service Catalog Administrator Guide,
    "Add a launch constraint", whose role has `sns:*`; CloudFormation User Guide, "Notification options").
    """
    told = [each for each in map(parse_statement, statements) if each.allows and not each.conditions]
    speaking = [pattern for each in told if each.naming("sns:Publish") for pattern in each.resources]
    missing = {topic for topic in topics if not any(fits(each, topic) is Answer.YES for each in speaking)}
    if not missing:
        return []
    return [{"Sid": "TopicsOfLaunches", "Effect": "Allow", "Action": "sns:Publish", "Resource": sorted(missing)}]


def permission_policy(statements: Sequence[StatementJson]) -> Policy:
    """Put statements into a policy document."""
    return _policy(list(statements))


def launch_trust(*, partition: str, account: str) -> str:
    """Let Service Catalog assume a launch role, on behalf of its own account alone, as JSON.

    Source: Service Catalog Administrator Guide, "Launch constraints", confused deputy prevention.
    """
    return _trust(
        ["servicecatalog.amazonaws.com"],
        {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:servicecatalog:*:{account}:*"},
        },
    )


def execution_trust(services: Sequence[str], *, account: str) -> str:
    """Let AWS services run a model in one account, as JSON."""
    return _trust(services, {"StringEquals": {"aws:SourceAccount": account}})


def _trust(services: Sequence[str], condition: Mapping[str, Any]) -> str:
    return json.dumps(
        _policy(
            [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": services[0] if len(services) == 1 else list(services)},
                    "Action": "sts:AssumeRole",
                    "Condition": condition,
                }
            ]
        )
    )


def _policy(statements: list[StatementJson]) -> Policy:
    return {"Version": "2012-10-17", "Statement": statements}
