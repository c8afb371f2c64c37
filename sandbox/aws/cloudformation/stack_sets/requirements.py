"""What a request means: who asks for it, what its template needs, which accounts, and what joins or leaves them."""

from itertools import chain

from sandbox.aws.cloudformation.parameters import ParameterError, settled
from sandbox.aws.cloudformation.stack_sets.model import Instance, StackSet
from sandbox.aws.cloudformation.templates import TemplateError, parse_template
from sandbox.aws.documents import Json, part
from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller
from sandbox.aws.iam.principals import is_permitted
from sandbox.aws.organization import STACK_SETS, Organization

NOT_FOUND = "StackSetNotFoundException"


def invalid(message: str) -> ApiError:
    return ApiError("ValidationError", message, 400)


def require_operator(organization: Organization, caller: Caller, name: str, *, creates: bool, request: Json) -> None:
    """Let the management account in, and with CallAs=DELEGATED_ADMIN its delegates.

    Without it a member sees its own stack sets only, which are not service-managed (messages from
    terraform-provider-aws issues 22867 and 32536; cdk-stacksets issue 265).
    """
    if request.get("CallAs") == "DELEGATED_ADMIN":
        # A delegate who may not look that up is told the same (terraform-provider-aws pull request 37069).
        asks = "organizations:ListDelegatedAdministrators"
        may_ask = caller.is_administrator or is_permitted(caller.principal, asks, "*", caller.context())
        if not (organization.administers(caller.account, STACK_SETS) and may_ask):
            raise invalid("Account used is not a delegated administrator")
    elif caller.account != organization.management:
        if creates:
            raise invalid(
                "You must be the management account or delegated admin account of an organization "
                "before operating a SERVICE_MANAGED stack set"
            )
        raise ApiError(NOT_FOUND, f"StackSet {name} not found", 404)


class TrustedAccess:
    """What ActivateOrganizationsAccess gives: trusted access, and the role by which StackSets uses it.

    Trusted access alone, from organizations:EnableAWSServiceAccess, does not suffice (cdk-organizations issue 1718).
    """

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._activated = False

    @property
    def enabled(self) -> bool:
        return self._activated and self._organization.trusts(STACK_SETS)

    def switch(self, caller: Caller, *, on: bool) -> None:
        """Only the management account may."""
        if caller.account != self._organization.management:
            raise ApiError("InvalidOperationException", "Only the management account may do this", 400)
        backend = self._organization.moto
        change = backend.enable_aws_service_access if on else backend.disable_aws_service_access
        change(ServicePrincipal=STACK_SETS)
        self._activated = on

    def require(self) -> None:
        if not self.enabled:
            raise invalid("You must enable organizations access to operate a service managed stack set")


_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
_OTHERS = ("AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition")


def read(text: str) -> Json:
    """Read a template, or refuse it in CloudFormation's words."""
    try:
        return parse_template(text)
    except TemplateError as error:
        raise invalid(str(error)) from error


def require_capabilities(template: Json, given: list[str]) -> None:
    """API:CreateStackSet, Capabilities: IAM resources have to be acknowledged, those with names by their own."""
    resources: list[Json] = list(template["Resources"].values())
    named = any(_NAMES.get(each["Type"]) in (each.get("Properties") or {}) for each in resources)
    of_iam = any(each["Type"] in (*_NAMES, *_OTHERS) for each in resources)
    needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM" if of_iam else None
    if needed and not {needed, "CAPABILITY_NAMED_IAM"} & set(given):
        raise ApiError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]", 400)


def values_of(*given: list[Json]) -> dict[str, str]:
    """The values of parameters; of one that is given twice, the last."""
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in chain(*given)}


def settle_parameters(template: Json, given: list[Json], before: list[Json]) -> list[Json]:
    """The value of each parameter of the template, defaults included."""
    kept, values = values_of(before), values_of(given)
    values |= {key: kept.get(key, "") for key in (e["ParameterKey"] for e in given if e.get("UsePreviousValue"))}
    try:
        found = settled(template, values)
    except ParameterError as error:
        raise invalid(str(error)) from error
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in found.items()]


def targeted(organization: Organization, request: Json) -> dict[str, str]:
    """The accounts of a new deployment, each with the unit by which it is targeted.

    The management account is never among them (API:DeploymentTargets).
    """
    units, accounts, chosen = _targets(request)
    if not units:
        raise invalid("StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target")
    if chosen == "UNION" or (accounts and not chosen):
        raise invalid("AccountFilterType must be INTERSECTION, DIFFERENCE or NONE, where Accounts are given")
    for unit in units:
        if not (unit == organization.root_id or organization.has_unit(unit)):
            raise invalid(f"Organizational unit {unit} is not in this organization")
    found: dict[str, str] = {}
    for account in organization.members():
        unit = next((unit for unit in units if unit in organization.ancestors(account)), None)
        if unit and account != organization.management and _passes(account, accounts, chosen):
            found[account] = unit
    return found


def selected(organization: Organization, stack_set: StackSet, request: Json) -> list[Instance]:
    """The instances that an update or deletion means."""
    units, accounts, chosen = _targets(request)
    regions = request.get("Regions") or [region for _, region in stack_set.instances]
    found: list[Instance] = []
    for instance in stack_set.instances.values():
        covered = any(organization.covers(unit, instance.account) for unit in units)
        inside = covered or instance.organizational_unit_id in units
        named = not units or (inside and _passes(instance.account, accounts, chosen))
        united = instance.account in accounts and chosen in ("", "UNION")
        if instance.region in regions and (named or united):
            found.append(instance)
    return found


def remove_units(stack_set: StackSet, request: Json) -> None:
    """Accounts that join a unit get the stack no longer, once the whole unit was deleted from the set."""
    units, accounts, _ = _targets(request)
    for unit in units if not accounts else ():
        left = [region for region in stack_set.units.get(unit, []) if region not in request["Regions"]]
        stack_set.units[unit] = left


def _targets(request: Json) -> tuple[list[str], list[str], str]:
    targets = part(request, "DeploymentTargets")
    units: list[str] = targets.get("OrganizationalUnitIds") or []
    accounts: list[str] = targets.get("Accounts") or []
    return units, accounts, targets.get("AccountFilterType") or ""


def _passes(account: str, accounts: list[str], chosen: str) -> bool:
    return {"INTERSECTION": account in accounts, "DIFFERENCE": account not in accounts}.get(chosen, True)


Places = dict[str, list[str]]
"""The units above each account."""


def places(organization: Organization) -> Places:
    return {account: organization.ancestors(account) for account in organization.members()}


def moves(stack_set: StackSet, before: Places, now: Places, management: str) -> tuple[list[Instance], list[Instance]]:
    """Instances to make and to delete because accounts have moved.

    Automatic deployments do not consider account filters (User Guide, "Enable or disable automatic deployments").
    """
    joined: list[Instance] = []
    left: list[Instance] = []
    for account in before.keys() | now.keys():
        old, new = before.get(account, []), now.get(account, [])
        if old == new or account == management:
            continue
        for unit in (unit for unit in stack_set.units if unit in new and unit not in old):
            fresh = (region for region in stack_set.units[unit] if (account, region) not in stack_set.instances)
            joined += [Instance(stack_set.stack_set_id, account, region, unit) for region in fresh]
        kept = {unit for unit in stack_set.units if unit in new}
        for instance in stack_set.instances.values():
            if instance.account == account and instance.organizational_unit_id not in new:
                successor = next((unit for unit in kept if instance.region in stack_set.units[unit]), None)
                instance.organizational_unit_id = successor or instance.organizational_unit_id
                left += [] if successor else [instance]
    return joined, left
