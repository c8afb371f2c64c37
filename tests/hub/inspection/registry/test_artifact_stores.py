"""What IAM is asked for whoever the catalog is shared with."""

import pytest

from hub.inspection.registry.artifact_stores import AccessRequirement
from hub.inspection.registry.consumers import Consumer

ROLE = "ModelCatalogExecution-scorer"
ALWAYS = {"aws:principalisawsservice": "false", "aws:securetransport": "true"}
MEMBER = {"aws:principalorgid": "o-abc", "aws:principalorgpaths": "o-abc/r-1/ou-1-work/*"}
ACCOUNT = {
    "aws:principalaccount": "333344445555",
    "kms:calleraccount": "333344445555",
    "aws:principalarn": f"arn:aws-cn:iam::333344445555:role/{ROLE}",
}


@pytest.mark.parametrize(
    ("consumer", "account", "known"),
    [
        (Consumer(name="it", account="333344445555"), "333344445555", ACCOUNT),
        (Consumer(name="it", organization="o-abc", path="o-abc/r-1/ou-1-work/"), "*", MEMBER),
        (Consumer(name="it"), "*", {}),
    ],
)
def test_iam_is_told_all_that_is_known_of_a_consumer(consumer: Consumer, account: str, known: dict[str, str]) -> None:
    target = "arn:aws-cn:s3:::models/scorer/1/model.tar.gz"
    asked = AccessRequirement(guest=consumer, role=ROLE, actions=("s3:GetObject",), target=target).request

    assert (f"arn:aws-cn:iam::{account}:role/{ROLE}", "AWS") == (asked.principal, asked.kind)
    assert (("s3:GetObject",), target) == (asked.actions, asked.resource)
    assert {**ALWAYS, **known} == asked.context


def test_the_service_that_asks_in_the_roles_name_is_told() -> None:
    asked = AccessRequirement(
        guest=Consumer(name="it"),
        role=ROLE,
        actions=("kms:Decrypt",),
        target="arn:aws:kms:eu-central-1:222233334444:key/1",
        via="s3.eu-central-1.amazonaws.com",
    ).request

    assert "s3.eu-central-1.amazonaws.com" == asked.context["kms:viaservice"]
