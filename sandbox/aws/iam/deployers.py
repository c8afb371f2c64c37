"""The role that deploys in each member account, as docs/iam recommends it: it is there from the beginning.

It is made where the hub of the default organization is; in any other organization nobody knows who the hub is.
"""

from functools import cache
from pathlib import Path
from typing import Final

from sandbox.aws.iam.principals import find_role, make_role

DEPLOYER: Final = "ModelCatalogDeployer"
HUB: Final = "222233334444"
_POLICIES: Final = Path(__file__).parents[3] / "docs" / "iam"


def prepare_deployer(account: str, *, management: str) -> None:
    """Give an account its deployer, which the management account may work as."""
    kind = "hub" if account == HUB else "spoke"
    if find_role(account, DEPLOYER) or not _policy(kind):
        return
    trust = {"Principal": {"AWS": f"arn:aws:iam::{management}:root"}, "Action": "sts:AssumeRole"}
    role = make_role(account, DEPLOYER, trust, description="Deploys the model catalog.")
    values = {"Partition": "aws", "AccountId": account, "HubAccountId": HUB}
    text = _policy(kind)
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    role.put_policy("deployer", text)


@cache
def _policy(kind: str) -> str:
    path = _POLICIES / f"{kind}-deployer.json"
    return path.read_text() if path.exists() else ""
