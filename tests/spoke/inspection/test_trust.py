"""Whether Service Catalog may assume a role on behalf of the account."""

import json
from typing import Any

import pytest

from shared.aws.policies import execution_trust, launch_trust
from spoke.inspection.trust import trusts_service_catalog

ACCOUNT = "333344445555"
STATEMENT: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "servicecatalog.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def document(**changed: object) -> dict[str, Any]:
    """Write a trust policy."""
    return {"Version": "2012-10-17", "Statement": [{**STATEMENT, **changed}]}


@pytest.mark.parametrize(
    "policy",
    [
        json.loads(launch_trust(partition="aws", account=ACCOUNT)),
        document(),
        document(Principal={"Service": ["sagemaker.amazonaws.com", "servicecatalog.amazonaws.com"]}),
        document(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:servicecatalog:*:*:*"}}),
    ],
)
def test_a_role_that_service_catalog_may_assume_is_recognised(policy: dict[str, Any]) -> None:
    assert trusts_service_catalog(policy, ACCOUNT)


@pytest.mark.parametrize(
    "policy",
    [
        json.loads(execution_trust(["sagemaker.amazonaws.com"], account=ACCOUNT)),
        json.loads(launch_trust(partition="aws", account="222233334444")),
        document(Effect="Deny"),
        document(Principal="*"),
        document(Condition={"StringEquals": {"aws:SourceAccount": "222233334444"}}),
        document(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:servicecatalog:*:222233334444:*"}}),
        {},
    ],
)
def test_one_that_it_may_not_assume_is_recognised_too(policy: dict[str, Any]) -> None:
    assert not trusts_service_catalog(policy, ACCOUNT)
