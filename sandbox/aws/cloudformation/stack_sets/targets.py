"""Which accounts a request means, and what becomes of those that join a unit or leave it."""

from sandbox.aws.cloudformation.stack_sets.model import Instance, StackSet
from sandbox.aws.cloudformation.stack_sets.requirements import invalid
from sandbox.aws.documents import Json, part
from sandbox.aws.organization import Organization


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
