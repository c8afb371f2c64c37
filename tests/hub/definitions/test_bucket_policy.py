"""Who may do what with a bucket of templates."""

import json
from typing import Any

from hub.definitions.bucket_policy import Readers, bucket_policy

ARN = "arn:aws-cn:s3:::some-bucket"
ROLES = [f"arn:aws-cn:iam::*:role/ModelCatalog{kind}-*" for kind in ("Launch", "Execution")]


def statements(readers: Readers | None = None) -> list[dict[str, Any]]:
    """Give the statements of the policy."""
    return json.loads(bucket_policy(ARN, readers))["Statement"]


def test_a_bucket_takes_no_request_without_tls_and_lets_nobody_in() -> None:
    [statement] = statements()

    assert ("Deny", "s3:*", "*") == (statement["Effect"], statement["Action"], statement["Principal"])
    assert [ARN, f"{ARN}/*"] == statement["Resource"]
    assert {"Bool": {"aws:SecureTransport": "false"}} == statement["Condition"]


def test_products_roles_of_the_organization_read_files_alone() -> None:
    [_, reading] = statements(Readers(organization="o-a1b2c3d4e5"))

    assert ("Allow", "s3:GetObject") == (reading["Effect"], reading["Action"])
    assert f"{ARN}/files/*" == reading["Resource"]
    assert {
        "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
        "ArnLike": {"aws:PrincipalArn": ROLES},
    } == reading["Condition"]


def test_products_roles_of_an_account_outside_are_let_in_by_the_account() -> None:
    [_, reading] = statements(Readers(accounts=["333344445555"]))

    assert {"AWS": ["arn:aws-cn:iam::333344445555:root"]} == reading["Principal"]
    assert {"ArnLike": {"aws:PrincipalArn": ROLES}} == reading["Condition"]
