"""The role that deploys in each member account, as docs/iam recommends it: it is there from the beginning.

It is made where the hub of the default organization is; in any other organization nobody knows who the hub is.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from sandbox.aws.iam.principals import find_role, iam_of

DEPLOYER: Final = "ModelCatalogDeployer"
HUB: Final = "222233334444"
_POLICIES: Final = Path(__file__).parents[3] / "docs" / "iam"


def prepare_deployer(account: str, *, management: str) -> None:
    """Give an account its deployer, which the management account may work as."""
    kind = "hub" if account == HUB else "spoke"
    if find_role(account, DEPLOYER) or not _policy(kind):
        return
    trusted = {"AWS": f"arn:aws:iam::{management}:root"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    role: Any = iam_of(account).create_role(
        role_name=DEPLOYER,
        assume_role_policy_document=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        path="/",
        permissions_boundary=None,
        description="Deploys the model catalog.",
        tags=[],
        max_session_duration="3600",
    )
    values = {"Partition": "aws", "AccountId": account, "HubAccountId": HUB}
    text = _policy(kind)
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    role.put_policy("deployer", text)


@cache
def _policy(kind: str) -> str:
    path = _POLICIES / f"{kind}-deployer.json"
    return path.read_text() if path.exists() else ""
