"""Who is there in IAM, what they may do, and whom their roles trust."""

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, Group, IAMBackend, ManagedPolicy, Role, User, iam_backends

from sandbox.aws.iam.evaluation import Context, Statement, as_list, conditions_hold, decide, like, statements
from sandbox.clock import Clock

ADMINISTRATOR = "administrator"
ACCESS_ROLE = "OrganizationAccountAccessRole"
"""AWS Organizations makes it in every member account that it creates."""

_ADMINISTRATOR_ACCESS = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


_known_from: dict[str, float] = {}
"""Virtual time, by the unique id of a role that was made just now."""

used: defaultdict[str, set[str]] = defaultdict(set)
"""What policies have allowed so far: actions, by the ARN of the user or role."""


def iam_of(account: str) -> IAMBackend:
    return iam_backends[account]["aws"]


def administrator_key(account: str) -> str:
    """The access key id, in IAM's own form, of an account's administrator."""
    return f"AKIA0000{account}"


def prepare_account(account: str, *, management: bool) -> None:
    """Give an account its administrator, and let the access role of a member account administer it."""
    iam = iam_of(account)
    if ADMINISTRATOR in iam.users:
        return
    policy: Any = AWSManagedPolicy(
        "AdministratorAccess",
        account_id=account,
        region="us-east-1",
        default_version_id="v1",
        path="/",
        document=_ADMINISTRATOR_ACCESS,
    )
    iam.managed_policies[policy.arn] = policy
    user = iam.create_user(region_name="us-east-1", user_name=ADMINISTRATOR)
    policy.attach_to(user)
    key = user.create_access_key(prefix="AKIA")
    key.access_key_id = administrator_key(account)
    iam.access_keys[key.access_key_id] = key
    role = find_role(account, ACCESS_ROLE)
    if role and management:
        del iam.roles[role.id]
    elif role:
        policy.attach_to(role)


def make_role(account: str, name: str, trust: Statement, *, path: str = "/", **more: str) -> Any:  # noqa: ANN401 - moto's
    """Make a role that is trusted by one statement."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **trust}]})
    create: Any = iam_of(account).create_role
    plain: dict[str, Any] = {
        "permissions_boundary": None,
        "description": "",
        "tags": [],
        "max_session_duration": "3600",
    }
    return create(name, document, path=path, **plain | more)


def add_aws_managed_policies(account: str) -> None:
    """Put all of AWS's own policies into an account. There are over a thousand, so only on demand."""
    policies = iam_of(account).managed_policies
    if any(arn.endswith(":policy/ReadOnlyAccess") for arn in policies):
        return
    for name, data in cast("dict[str, Any]", json.loads(aws_managed_policies_data)).items():
        policy = AWSManagedPolicy.from_data(name, account, "us-east-1", data)
        policies.setdefault(policy.arn, policy)


def made(role: Role, clock: Clock) -> None:
    """Remember when a role was made: for a while nobody can assume it."""
    role.create_date = clock.now().replace(tzinfo=None)
    _known_from[role.id] = clock.timestamp() + clock.iam_seconds


def is_known(role: Role, clock: Clock) -> bool:
    """Whether word of a role has come to the other services (IAM User Guide, "Changes that I make are not always
    immediately visible").
    """  # noqa: D205 - a quotation
    if _known_from.get(role.id, 0) > clock.timestamp():
        return False
    _known_from.pop(role.id, None)
    return True


def find_role(account: str, name: str) -> Role | None:
    return next((role for role in iam_of(account).roles.values() if role.name == name), None)


def find_principal(arn: str) -> Role | User | Group | None:
    """The user, group or role of an IAM ARN, or None when there is none (any more)."""
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "iam" or not parts[4].isdigit():  # noqa: PLR2004 - an ARN has six parts
        return None
    iam = iam_of(parts[4])
    named: list[Role | User | Group] = [*iam.roles.values(), *iam.users.values(), *iam.groups.values()]
    return next((principal for principal in named if principal.arn == arn), None)


def is_permitted(principal_arn: str, action: str, resource: str | None, context: Context) -> bool:
    """Whether the identity policies of a user or role, within its permissions boundary, allow an action."""
    principal = find_principal(principal_arn)
    if principal is None or isinstance(principal, Group):
        return False
    if not _policies_say(principal, action, resource, context):
        return False
    used[principal_arn].add(action)
    return bool(verdict_on(principal, action, resource, context))


def verdict_on(principal: Role | User, action: str, resource: str | None, context: Context) -> bool | None:
    """True when allowed, False when denied explicitly, None when a policy or the boundary does not allow it."""
    said = _policies_say(principal, action, resource, context)
    boundary = getattr(principal, "permissions_boundary_arn", None)
    if not (said and boundary):
        return said
    limit = iam_of(principal.account_id).managed_policies.get(boundary)
    return decide([_document(limit)], action, resource, context) if limit is not None else None


def _policies_say(principal: Role | User, action: str, resource: str | None, context: Context) -> bool | None:
    holders: list[Any] = [principal]
    if isinstance(principal, User):
        holders += iam_of(principal.account_id).get_groups_for_user(principal.name)
    return decide((text for holder in holders for text in _documents(holder)), action, resource, context)


def _documents(holder: Role | User | Group) -> list[str]:
    written: list[Any] = [*holder.policies.values(), *map(_document, holder.managed_policies.values())]
    # CloudFormation leaves an object in moto where every other way leaves text.
    return [text if isinstance(text, str) else json.dumps(text) for text in written]


def _document(policy: ManagedPolicy) -> str:
    return next(version.document for version in policy.versions if version.is_default)


def trusts_service(role: Role, service: str, context: Context) -> bool:
    """Whether the role's trust policy lets an AWS service, such as sagemaker.amazonaws.com, assume it."""
    return _trust(role, "Service", lambda named: named == service, context)


def trusts_principal(role: Role, principal_arn: str, context: Context) -> bool:
    """Whether the role can be assumed by a user or role.

    A trust policy that names the principal itself is enough within one account; one that names the whole
    account, or a principal of another account, leaves the rest to the caller's own policies
    (IAM User Guide, "Cross-account policy evaluation logic").
    """
    account = principal_arn.split(":")[4]
    if not _trust(
        role,
        "AWS",
        lambda named: named in (principal_arn, account, f"arn:aws:iam::{account}:root", "*"),
        context,
    ):
        return False
    by_name = _trust(role, "AWS", lambda named: named == principal_arn, context)
    if by_name and account == role.account_id:
        return True
    return is_permitted(principal_arn, "sts:AssumeRole", role.arn, context)


def trusts_identity(role: Role, provider: str, context: Context) -> bool:
    """Whether the role can be assumed by whoever brings a token of a provider, such as a job of CI."""
    return _trust(role, "Federated", lambda named: named == provider, context, "sts:AssumeRoleWithWebIdentity")


def _trust(
    role: Role, kind: str, named: Callable[[str], bool], context: Context, wanted: str = "sts:AssumeRole"
) -> bool:
    concerned = [
        statement
        for statement in statements([role.assume_role_policy_document])
        if any(like(action, wanted) for action in as_list(statement.get("Action", ())))
        and any(named(name) for name in principals_in(statement, kind))
        and conditions_hold(statement, context)
    ]
    return bool(concerned) and all(statement["Effect"] == "Allow" for statement in concerned)


def principals_in(statement: Statement, kind: str) -> list[str]:
    """The principals of one kind (AWS, Service) that a resource policy's statement names."""
    principal = cast("str | dict[str, str | list[str]]", statement.get("Principal", {}))
    if isinstance(principal, str):
        return [principal] if kind == "AWS" else []
    return as_list(principal.get(kind, ()))


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
