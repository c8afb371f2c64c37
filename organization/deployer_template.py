"""The template that gives an account its deployer: by a stack set, or by hand in an account outside of the units.

It is written from the policies of docs/iam. One document serves all accounts: the hub's gets the hub's deployer, the
management account the organization's, and every other one that of a spoke, with the boundary for the roles that it
makes.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from organization.account_conditions import in_none_of, in_one_of
from organization.deployer_settings import DeployersSetting, FleetSetting
from organization.deployer_trust import providers_of, trust_policy
from organization.policy_files import read_policy
from organization.settings import OrganizationSettings
from shared.aws.arn import Arn, partition_of
from shared.aws.policies import for_cloudformation
from shared.errors import ConfigError
from shared.stack.stack_set import LONGEST_TEXT

DEPLOYER: Final = "ModelCatalogDeployer"
BOUNDARY: Final = "ModelCatalogBoundary"
FLEET: Final = "ModelCatalogFleet"
STACK_OF_ACCOUNT: Final = "spoke-${AccountId}"
"""The one stack whose name a stack set knows in each account; `spoke new --by-id` names stacks so."""
_MAKES_ROLES: Final = "RightsOfLaunchAndExecutionRoles"
_ABOUT_ROLES: Final = (_MAKES_ROLES, "LaunchAndExecutionRoles")
_POLICIES, _BOUNDARY, _TRUST = 10_240, 6_144, 2_048
"""Characters without white space of a role's own policies, a managed policy and a trust policy (source: IAM User Guide,
"IAM and AWS STS quotas")."""
Json = dict[str, Any]


def deployer_template(settings: OrganizationSettings, deployers: DeployersSetting, *, where: str) -> str:
    """Write the template, as JSON.

    Args:
        settings: Of the organization's stack.
        deployers: Its setting of that name.
        where: The stack's settings file, for messages.

    Raises:
        ConfigError: a policy is missing, or what is wanted is more than AWS takes.
    """
    writer = _Writer(settings, deployers, f"{where}: deployers")
    text = json.dumps(writer.document(), separators=(",", ":"))
    return writer.within(text, LONGEST_TEXT, "the template")


def within_boundary(policy: Json, boundary: str = "arn:${Partition}:iam::${AccountId}:policy/" + BOUNDARY) -> Json:
    """Let a spoke's deployer make roles with a boundary alone, by its ARN."""
    limited = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    statements = [
        {**each, "Condition": limited} if each["Sid"] == _MAKES_ROLES else each for each in policy["Statement"]
    ]
    return {**policy, "Statement": statements}


def without_roles(policy: Json) -> Json:
    """Let a spoke's deployer make no roles at all, since the hub gives them to accounts."""
    return {**policy, "Statement": [each for each in policy["Statement"] if each["Sid"] not in _ABOUT_ROLES]}


class _Writer:
    def __init__(self, settings: OrganizationSettings, deployers: DeployersSetting, place: str) -> None:
        self._settings = settings
        self._deployers = deployers
        self._place = place
        self._hub = settings.hub_account_id
        self._providers = providers_of(deployers, hub=self._hub, place=place)

    def document(self) -> Json:
        """Write all of it."""
        conditions: Json = {
            **{f"Makes{kind}": in_one_of([account]) for kind, account in self._single().items()},
            "MakesSpoke": in_none_of([self._hub, self._settings.account_id, *self._deployers.leave_out]),
            **{f"Makes{each.logical_id}": each.condition for each in self._providers if each.condition},
        }
        resources: Json = {
            # A stack has to make something where an account is left out, too.
            "Marker": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            **{each.logical_id: each.resource for each in self._providers},
            "Boundary": self._boundary(),
            "SpokeDeployer": self._deployer("Spoke", ["spoke-deployer", *self._deployers.spoke_policies, "recovery"]),
        }
        if "Hub" in self._single():
            further = [f"hub-{each}" for each in self._deployers.hub_policies]
            resources["HubDeployer"] = self._deployer("Hub", ["hub-deployer", *further, "recovery"])
        if "Organization" in self._single():
            further = ["organization-stack-sets"] if self._settings.stack_sets else []
            names = ["organization-deployer", *further, "organization-deployers", "recovery"]
            resources["OrganizationDeployer"] = self._deployer("Organization", names)
        if self._deployers.fleet:
            conditions["MakesFleet"] = in_one_of([self._hub])
            resources["Fleet"] = self._fleet(self._deployers.fleet)
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "The deployer of the model catalog in this account, and what limits it.",
            "Conditions": conditions,
            "Resources": resources,
        }

    def _single(self) -> dict[str, str]:
        """List the kinds of deployers that one account has; a hub in the management account is made by hand."""
        kinds = {"Hub": self._hub, "Organization": self._settings.account_id}
        if self._hub == self._settings.account_id:
            del kinds["Hub"]
        return {kind: account for kind, account in kinds.items() if account not in self._deployers.leave_out}

    def _boundary(self) -> Json:
        return {
            "Type": "AWS::IAM::ManagedPolicy",
            "Condition": "MakesSpoke",
            "Properties": {
                "ManagedPolicyName": BOUNDARY,
                # Never to be changed: another one would replace the policy, and roles hang on it.
                "Description": "Limits the roles that the deployer of the model catalog makes.",
                "PolicyDocument": self._filled([self._read("role-boundary")], _BOUNDARY, "the boundary")[0],
            },
        }

    def _deployer(self, kind: str, names: Sequence[str]) -> Json:
        also = [self._arn_of_fleet] if self._deployers.fleet else []
        trust = trust_policy(self._deployers.trust, also=also, place=self._place)
        policies = {name: self._read(name) for name in names}
        if "spoke-deployer" in policies:
            limited = within_boundary if self._deployers.make_roles else without_roles
            policies["spoke-deployer"] = limited(policies["spoke-deployer"])
            if state := self._deployers.direct_state:
                known = {**state.placeholders, "Stack": STACK_OF_ACCOUNT}
                policies |= {name: self._read(name, known) for name in ("state-spoke", "state-secrets")}
        return self._role(kind, DEPLOYER, "Deploys the model catalog.", trust, policies)

    def _fleet(self, fleet: FleetSetting) -> Json:
        policies = {name: self._read(name, fleet.placeholders) for name in ("fleet", "state-fleet", "state-secrets")}
        trust = trust_policy(fleet.trust, place=f"{self._place}.fleet")
        role = self._role("Fleet", FLEET, "Rolls the model catalog out to its spokes.", trust, policies)
        role["Properties"]["MaxSessionDuration"] = fleet.session_hours * 3600
        return role

    def _role(self, kind: str, name: str, description: str, trust: Json, policies: dict[str, Json]) -> Json:
        filled = self._filled(list(policies.values()), _POLICIES, f"what {name} may do")
        made: Json = {
            "Type": "AWS::IAM::Role",
            "Condition": f"Makes{kind}",
            "Properties": {
                "RoleName": name,
                "Path": "/",
                "Description": description,
                "AssumeRolePolicyDocument": self._filled([trust], _TRUST, f"the trust of {name}")[0],
                "Policies": [
                    {"PolicyName": each, "PolicyDocument": document}
                    for each, document in zip(policies, filled, strict=True)
                ],
            },
        }
        needed = [each.logical_id for each in self._providers]
        return {**made, "DependsOn": needed} if needed else made

    @property
    def _arn_of_fleet(self) -> str:
        partition = partition_of(self._settings.region)
        return str(Arn(partition=partition, service="iam", account=self._hub, resource=f"role/{FLEET}"))

    def _read(self, name: str, values: Mapping[str, str] | None = None) -> Json:
        return read_policy(name, {"HubAccountId": self._hub, **(values or {})}, place=self._place)

    def _filled(self, documents: Sequence[Json], most: int, what: str) -> list[object]:
        """Give documents as CloudFormation takes them. Raises ConfigError where IAM would not."""
        _ = self.within("".join("".join(json.dumps(documents).split())), most, what)
        return [for_cloudformation(each) for each in documents]

    def within(self, text: str, most: int, what: str) -> str:
        """Give a text back that is not too long. Raises ConfigError."""
        if len(text.encode()) > most:
            raise ConfigError(
                f"{what} would be {len(text.encode())} characters long, and AWS takes {most}. Name fewer roles, or "
                f"take a policy off hubPolicies and give it to the hub's role by hand.",
                code="deployers-too-long",
                place=self._place,
            )
        return text
