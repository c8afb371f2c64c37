"""The policy of a bucket of templates: TLS for everybody, and the packaged files for those who launch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.aws.arn import Arn
from shared.stack.names import EXECUTION_ROLE, LAUNCH_ROLE, PACKAGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Whose roles may read the packaged files, beside those of the bucket's own account.

    Attributes:
        organization: Its id, where a portfolio is shared with the organization or a unit of it.
        accounts: Those that a portfolio is shared with by itself.
    """

    organization: str | None = None
    accounts: Sequence[str] = ()


def bucket_policy(bucket_arn: str, readers: Readers | None = None) -> str:
    """Write the policy as JSON.

    Readers are the launch and execution roles of products, by their names, which the catalog gives and nobody chooses.
    A fixed organization does not make a policy public (source: S3 User Guide, "The meaning of public").
    """
    statements: list[dict[str, Any]] = [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    if readers is None:
        return json.dumps({"Version": "2012-10-17", "Statement": statements})
    partition = Arn.parse(bucket_arn).partition
    roles = [f"arn:{partition}:iam::*:role/{name}*" for name in (LAUNCH_ROLE, EXECUTION_ROLE)]
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket_arn}/{PACKAGED}/*"}
    if readers.organization:
        statements.append(
            {
                "Sid": "RolesOfTheOrganization",
                **reading,
                "Principal": {"AWS": "*"},
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": readers.organization},
                    "ArnLike": {"aws:PrincipalArn": roles},
                },
            }
        )
    if readers.accounts:
        accounts = [f"arn:{partition}:iam::{account}:root" for account in sorted(readers.accounts)]
        statements.append(
            {
                "Sid": "RolesOfAccounts",
                **reading,
                "Principal": {"AWS": accounts},
                "Condition": {"ArnLike": {"aws:PrincipalArn": roles}},
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
