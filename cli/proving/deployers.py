"""The roles that the stacks work as: the policies of docs/iam and no others, as a platform team would have them."""

import json
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.proving.parties import HUB, MANAGEMENT, SPOKE
from cli.proving.probe import timed
from cli.proving.step import Proof, Step
from cli.rehearsal.deployers import policy_in
from organization.deployer_template import DEPLOYER, within_boundary
from sandbox.clock import IAM_SECONDS
from shared.aws.arn import partition_of
from shared.aws.policies import render
from shared.aws.session import code_of

_POLICIES: Final = {
    MANAGEMENT: ("organization-deployer",),
    HUB: ("hub-deployer", "recovery"),
    SPOKE: ("spoke-deployer", "recovery"),
}
"""With those that find what a run that died has made."""


class Deployers(Step):
    """Makes them."""

    name = "deployers"
    what = "makes a role in each account with the policies of docs/iam, the spoke's within the boundary"
    undo = "deletes the three roles and the boundary"

    def run(self, proof: Proof) -> None:
        """Make them, and see when they can be assumed."""
        took = [self._make(proof, part, names) for part, names in _POLICIES.items()]
        proof.measure("a deployer can be assumed from another account", took, sandbox=IAM_SECONDS)

    def _make(self, proof: Proof, part: str, names: tuple[str, ...]) -> float:
        iam, name = proof.client(part, "iam"), f"{proof.mark}-deployer"
        if part == SPOKE:
            boundary = f"{proof.mark}-boundary"
            proof.record.intend(part, "policy", boundary)
            iam.create_policy(
                PolicyName=boundary, PolicyDocument=self._rendered(proof, policy_in("role-boundary"), part)
            )
        proof.record.intend(part, "role", name)
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": proof.parties[MANAGEMENT].caller},
            "Action": "sts:AssumeRole",
        }
        iam.create_role(
            RoleName=name,
            MaxSessionDuration=3600,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        for each in names:
            document = policy_in(each)
            if part == SPOKE:
                document = within_boundary(document, boundary_of(proof))
            iam.put_role_policy(RoleName=name, PolicyName=each, PolicyDocument=self._rendered(proof, document, part))
        sts, arn = proof.client(MANAGEMENT, "sts", patient=False), proof.stage.role(part, "deployer")
        return timed(lambda: _assumed(sts, arn), f"the role {name} of the {part} account")

    def _rendered(self, proof: Proof, document: Any, part: str) -> str:  # noqa: ANN401 - a policy's JSON
        text = render(document, partition=partition_of(proof.parties.region), account=proof.parties[part].account)
        # The roles of the proof have its mark, and so has whom they may ask IAM about.
        text = text.replace(f":role/{DEPLOYER}", f":role/{proof.mark}-deployer")
        return text.replace("${HubAccountId}", proof.parties[HUB].account)


def boundary_of(proof: Proof) -> str:
    """Give the ARN of the boundary of the spoke's roles."""
    partition, account = partition_of(proof.parties.region), proof.parties[SPOKE].account
    return f"arn:{partition}:iam::{account}:policy/{proof.mark}-boundary"


def _assumed(sts: Any, arn: str) -> bool | None:  # noqa: ANN401 - clients are made at run time
    try:
        sts.assume_role(RoleArn=arn, RoleSessionName="proof")
    except ClientError as problem:
        if code_of(problem) != "AccessDenied":
            raise
        return None
    return True
