"""From credentials to the one who calls, and sts:AssumeRole with the trust policy really read."""

import re
from dataclasses import dataclass

from moto.core.utils import utcnow
from moto.iam.models import get_account_id_from
from moto.sts.models import AssumedRole, sts_backends

from sandbox.aws.errors import ApiError
from sandbox.aws.iam import principals
from sandbox.aws.iam.evaluation import Context, judge, statements
from sandbox.aws.iam.session_length import refuse_long_session
from sandbox.aws.organization import Organization
from sandbox.aws.wire import Request
from sandbox.clock import Clock


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed request's identity."""

    account: str
    arn: str
    """As sts:GetCallerIdentity tells it: a user, or the session of a role."""
    principal: str
    """The IAM ARN that policies hang on: the user, or the role behind the session."""
    access_key: str
    region: str
    organization: str = ""
    management: str = ""
    """Of that organization: the account that owns its units and accounts."""

    @property
    def is_administrator(self) -> bool:
        return self.principal == f"arn:aws:iam::{self.account}:user/{principals.ADMINISTRATOR}"

    def context(self, **more: str) -> dict[str, list[str]]:
        """The condition keys that IAM knows about every request."""
        known = {
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalArn": self.principal,
            "aws:RequestedRegion": self.region,
            "aws:SecureTransport": "true",  # the sandbox speaks HTTP in place of AWS's HTTPS
            "aws:userid": self.arn.rpartition("/")[2],
        }
        if self.organization:
            known["aws:PrincipalOrgID"] = self.organization
        return {key: [value] for key, value in (known | more).items()}

    def judged_by(self, policy: str | None, action: str, resource: str, context: Context | None = None) -> bool | None:
        """What a resource's policy says to the caller: yes, no, or nothing."""
        names = {"*", self.account, f"arn:aws:iam::{self.account}:root", self.principal, self.arn}
        speaking = (
            s for s in statements([policy] if policy else []) if names.intersection(principals.principals_in(s, "AWS"))
        )
        return judge(speaking, action, resource, context or self.context())

    def refusal(self, action: str, resource: str | None, kind: str = "identity") -> str:
        """The text that tells which action on which resource no policy of a kind allows."""
        return (
            f"User: {self.arn} is not authorized to perform: {action} on resource: {resource or '*'} "
            f"because no {kind}-based policy allows the {action} action"
        )


class Callers:
    """Resolves access keys. Twelve digits are the administrator of that account."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._sessions: dict[str, AssumedRole] = {}
        self._prepared: set[str] = set()

    def resolve(self, request: Request) -> Caller:
        """Find out who signed the request; the signature itself is not checked.

        Raises:
            ApiError: there is no signature, or the credentials belong to nobody or to a suspended account.
        """
        if not request.access_key:
            raise ApiError("MissingAuthenticationToken", "Request is missing Authentication Token")
        caller = (
            self._administrator(request)
            if re.fullmatch(r"\d{12}", request.access_key)
            else self._session(request) or self._user(request)
        )
        if caller is None:
            raise ApiError("InvalidClientTokenId", "The security token included in the request is invalid.")
        if self._organization.status(caller.account) == "SUSPENDED":
            raise ApiError("AccessDenied", f"Account {caller.account} is suspended.")
        return caller

    def _administrator(self, request: Request) -> Caller | None:
        account = request.access_key
        if not self._organization.exists(account):
            return None
        self.prepare(account)
        arn = f"arn:aws:iam::{account}:user/{principals.ADMINISTRATOR}"
        return self._caller(account, arn, arn, principals.administrator_key(account), request.region)

    def knows(self, account: str) -> bool:
        return self._organization.exists(account)

    def organization_of(self, account: str) -> str | None:
        """The id of the organization that an account is a member of."""
        return self._organization.id if self._organization.has(account) else None

    def prepare(self, account: str) -> None:
        """Make sure that an account has its administrator before anything is done in it."""
        management = self._organization.management
        principals.prepare_account(account, management=account == management)
        if account not in self._prepared and account != management and self._organization.has(account):
            self._prepared.add(account)
            if self._organization.has(principals.HUB):
                principals.prepare_deployer(account, management=management)

    def _session(self, request: Request) -> Caller | None:
        key = request.access_key
        session = self._sessions.get(key) or next(
            (
                role
                for partitions in list(sts_backends.values())
                for role in reversed(partitions["aws"].assumed_roles)
                if role.access_key_id == key
            ),
            None,
        )
        if session is None:
            return None
        self._sessions[key] = session
        if session.expiration < utcnow():
            raise ApiError("ExpiredToken", "The security token included in the request is expired")
        if principals.find_principal(session.role_arn) is None:
            return None
        return self._caller(session.account_id, session.arn, session.role_arn, key, request.region)

    def _user(self, request: Request) -> Caller | None:
        account = get_account_id_from(request.access_key)
        user = principals.iam_of(account).get_user_from_access_key_id(request.access_key)
        if user is None or not self._organization.exists(account):
            return None
        return self._caller(account, user.arn, user.arn, request.access_key, request.region)

    def _caller(self, account: str, arn: str, principal: str, key: str, region: str) -> Caller:
        member = self._organization.has(account)
        organization, management = (self._organization.id, self._organization.management) if member else ("", "")
        return Caller(account, arn, principal, key, region, organization, management)


def authorize_assuming(request: Request, caller: Caller, callers: Callers, clock: Clock) -> None:
    """Refuse to assume a role that does not exist or whose trust policy does not let the caller.

    STS gives one and the same answer in both cases, so that nobody can find out which roles exist.
    """
    if request.operation != "AssumeRole":
        return
    arn = request.form.get("RoleArn", "")
    account = arn.split(":")[4] if arn.count(":") == 5 else ""  # noqa: PLR2004 - an ARN has six parts
    if account.isdigit() and callers.knows(account):
        callers.prepare(account)
        role = principals.find_role(account, arn.rpartition("/")[2])
        conditions = {"sts:RoleSessionName": request.form.get("RoleSessionName", "")}
        if (organization := callers.organization_of(account)) is not None:
            conditions["aws:ResourceOrgID"] = organization
        conditions["aws:ResourceAccount"] = account
        if external_id := request.form.get("ExternalId"):
            conditions["sts:ExternalId"] = external_id
        context = caller.context(**conditions)
        if (
            role
            and role.arn == arn
            and principals.trusts_principal(role, caller.principal, context)
            and principals.is_known(role, clock)
        ):
            refuse_long_session(request, role, is_chained=":assumed-role/" in caller.arn)
            return
    raise ApiError(
        "AccessDenied", f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    )
