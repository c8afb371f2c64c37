"""Whether a trust policy lets Service Catalog assume a role on behalf of the account."""

import json
from typing import Any

import pytest

from shared.aws.iam import trusts_service_catalog
from shared.aws.policies import execution_trust, launch_trust

OWNER = "333344445555"
TRUST: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "servicecatalog.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def trust(**changed: object) -> dict[str, Any]:
    """Write a trust policy."""
    return {"Version": "2012-10-17", "Statement": [{**TRUST, **changed}]}


@pytest.mark.parametrize(
    "policy",
    [
        launch_trust(partition="aws", account=OWNER),
        json.loads(launch_trust(partition="aws", account=OWNER)),
        trust(Condition={"StringEquals": {"aws:ResourceTag/team": "risk"}}),
        trust(),
        trust(Principal={"Service": ["sagemaker.amazonaws.com", "servicecatalog.amazonaws.com"]}),
        trust(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:servicecatalog:*:*:*"}}),
    ],
)
def test_a_role_that_service_catalog_may_assume_is_recognised(policy: object) -> None:
    assert trusts_service_catalog(policy, OWNER)


@pytest.mark.parametrize(
    "policy",
    [
        json.loads(execution_trust(["sagemaker.amazonaws.com"], account=OWNER)),
        json.loads(launch_trust(partition="aws", account="222233334444")),
        trust(Effect="Deny"),
        trust(Principal="*"),
        trust(Condition={"StringEquals": {"aws:SourceAccount": "222233334444"}}),
        trust(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:servicecatalog:*:222233334444:*"}}),
        {"Statement": [TRUST, {**TRUST, "Effect": "Deny"}]},
        {},
    ],
)
def test_one_that_it_may_not_assume_is_recognised_too(policy: dict[str, Any]) -> None:
    assert not trusts_service_catalog(policy, OWNER)
