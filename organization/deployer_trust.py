"""Who may work as a deployer: trust policies, written from those of docs/iam, and the providers that vouch for jobs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from organization.account_conditions import in_none_of, in_one_of
from organization.deployer_settings import GITHUB, DeployersSetting, GithubTrust, GitlabTrust, TrustSetting
from organization.policy_files import read_policy
from shared.aws.arn import Arn

_PERMISSION_SET: Final = (
    "arn:${{Partition}}:iam::${{AccountId}}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_{}_"
) + "?" * 16
"""The role of a permission set, which ends in sixteen letters of AWS's choice (source: IAM Identity Center User Guide,
"Referencing permission sets in resource policies"). A `*` would let in the set `Name_Else` for `Name` as well."""
_HERE: Final = "${AccountId}"
Json = dict[str, Any]


def trust_policy(trust: TrustSetting, *, also: Sequence[str] = (), place: str) -> Json:
    """Write who may work as a role.

    A role is trusted by its account and a condition: named as the principal itself it would have to be there first,
    and a role that somebody makes anew under the same name would be another one.

    Args:
        trust: Whom the settings name.
        also: ARNs of further roles.
        place: The setting, for messages.

    Raises:
        ConfigError: a policy of docs/iam is missing.
    """
    by_account: dict[str, list[str]] = {}
    for arn in (*trust.roles, *also):
        by_account.setdefault(Arn.parse(arn).account, []).append(arn)
    if trust.permission_sets:
        by_account.setdefault(_HERE, []).extend(map(_PERMISSION_SET.format, trust.permission_sets))
    statements: list[Json] = []
    for number, (account, arns) in enumerate(by_account.items(), start=1):
        [statement] = read_policy("trust-roles", {"TrustedAccountId": account}, place=place)["Statement"]
        statement["Sid"] += str(number)
        statement["Condition"]["ArnLike"]["aws:PrincipalArn"] = arns
        statements.append(statement)
    for _, document in _jobs(trust, place):
        statements += document["Statement"]
    return {"Version": "2012-10-17", "Statement": statements}


def _jobs(trust: TrustSetting, place: str) -> Iterator[tuple[GithubTrust | GitlabTrust, Json]]:
    if jobs := trust.github:
        yield jobs, _of_github(jobs, place)
    if jobs := trust.gitlab:
        told = {"gitlab.com": jobs.host, ":ref:main": f":ref:{jobs.branch}"}
        yield jobs, read_policy("trust-gitlab", {"Repository": jobs.project}, place=place, instead=told)


def _of_github(jobs: GithubTrust, place: str) -> Json:
    """Let in jobs of any of the environments, each compared as a whole."""
    each = [
        read_policy("trust-github", {"Repository": jobs.repository, "Environment": environment}, place=place)
        for environment in jobs.environments
    ]
    subjects = [one["Statement"][0]["Condition"]["StringEquals"][f"{GITHUB}:sub"] for one in each]
    each[0]["Statement"][0]["Condition"]["StringEquals"][f"{GITHUB}:sub"] = subjects
    return each[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider that vouches for jobs, in the accounts where it is to be made.

    Attributes:
        host: Whose tokens it takes.
        audience: Whom they have to be for.
        condition: Where it is made; None for every account.
    """

    host: str
    audience: str
    condition: Json | None

    @property
    def logical_id(self) -> str:
        """Its id in the template, which differs where the hosts do."""
        words = self.host.replace(".", " dot ").replace("-", " dash ").split()
        return "ProviderOf" + "".join(word.capitalize() for word in words)

    @property
    def resource(self) -> Json:
        """The resource. It stays where a template does without it: others in the account may have come to use it."""
        made: Json = {
            "Type": "AWS::IAM::OIDCProvider",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"Url": f"https://{self.host}", "ClientIdList": [self.audience]},
        }
        return made if self.condition is None else {**made, "Condition": f"Makes{self.logical_id}"}


def providers_of(deployers: DeployersSetting, *, hub: str, place: str) -> list[Provider]:
    """List the providers that are made: for deployers in every account, for the fleet's role in the hub's.

    Raises:
        ConfigError: a policy of docs/iam is missing.
    """
    found: dict[str, tuple[str, set[str], bool]] = {}
    left_out = set(deployers.leave_out)
    fleet = [(deployers.fleet.trust, False)] if deployers.fleet else []
    for trust, everywhere in ((deployers.trust, True), *fleet):
        for jobs, document in _jobs(trust, place):
            if not jobs.make_provider:
                continue
            host = jobs.host if isinstance(jobs, GitlabTrust) else GITHUB
            audience = document["Statement"][0]["Condition"]["StringEquals"][f"{host}:aud"]
            _, there, already = found.get(host, ("", set[str](), False))
            found[host] = (audience, there | set(jobs.provider_there), already or everywhere)
    return [
        Provider(host=host, audience=audience, condition=_where(there | left_out, everywhere=everywhere, hub=hub))
        for host, (audience, there, everywhere) in found.items()
        if everywhere or hub not in there
    ]


def _where(there: set[str], *, everywhere: bool, hub: str) -> Json | None:
    if not everywhere:
        return in_one_of([hub])
    return in_none_of(sorted(there)) if there else None
