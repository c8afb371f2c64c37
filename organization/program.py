"""Turns on Service Catalog's trusted access and makes the hub its delegated administrator."""

from typing import Final

import pulumi
import pulumi_aws as aws

from organization.deployer_rollout import DeployerRollout
from organization.deployer_template import deployer_template
from organization.settings import SERVICE_PRINCIPAL, STACK_SETS, OrganizationSettings
from shared.stack.engine_settings import load_settings
from shared.stack.organization_units import OrganizationUnits
from shared.stack.provider import account_provider, confirm_account

_THERE: Final = "AccountAlreadyRegisteredException"
_UNREADABLE: Final = "the management account may, with docs/iam/organization-deployers.json"


class SharingAccess(pulumi.ComponentResource):
    """Trusted access for Service Catalog, and the hub as its delegated administrator.

    Both are protected and stay when the stack is destroyed: turning access off, or removing the delegated
    administrator, ends every share of the organization (source: Service Catalog API reference,
    DisableAWSOrganizationsAccess and DeletePortfolioShare). The order matters: an administrator can only be
    delegated while access is on (source: Service Catalog Administrator Guide, "Sharing a portfolio").

    Type: modelcatalog:organization:SharingAccess
    """

    def __init__(self, name: str, *, hub_account_id: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelcatalog:organization:SharingAccess", name, None, opts)
        lasting = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        access = aws.servicecatalog.OrganizationsAccess(f"{name}-access", enabled=True, opts=lasting)
        self.administrator = aws.organizations.DelegatedAdministrator(
            f"{name}-hub",
            account_id=hub_account_id,
            service_principal=SERVICE_PRINCIPAL,
            opts=pulumi.ResourceOptions.merge(lasting, _after(access, name)),
        )
        self.register_outputs({"hub_account": self.administrator.account_id})


class RolloutAccess(pulumi.ComponentResource):
    """Stack sets' trusted access, and the hub as their delegated administrator.

    CloudFormation also wants its access activated by its own call, for which the provider has no resource; it is
    made once by hand (docs/operations/rolling-out-roles.md).

    Type: modelcatalog:organization:RolloutAccess
    """

    def __init__(self, name: str, *, hub_account_id: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("modelcatalog:organization:RolloutAccess", name, None, opts)
        lasting = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        access = aws.organizations.AwsServiceAccess(f"{name}-access", service_principal=STACK_SETS, opts=lasting)
        _ = aws.organizations.DelegatedAdministrator(
            f"{name}-hub",
            account_id=hub_account_id,
            service_principal=STACK_SETS,
            opts=pulumi.ResourceOptions.merge(lasting, _after(access, name)),
        )
        self.register_outputs({})


def _after(access: pulumi.Resource, name: str) -> pulumi.ResourceOptions:
    """Delegate once there is access, and say what to do where somebody has delegated before."""
    hook = pulumi.ErrorHook(f"{name}-delegated-before", _tell_of_adoption)
    return pulumi.ResourceOptions(depends_on=[access], hooks=pulumi.ResourceHookBinding(on_error=[hook]))


def _tell_of_adoption(args: pulumi.ErrorHookArgs) -> bool:
    if _THERE in " ".join(args.errors):
        pulumi.log.error(
            f"{args.name}: the hub is a delegated administrator already, and not by this stack. Take that over: "
            f"model-catalog stack adopt {pulumi.get_stack()}"
        )
    return False


def run() -> None:
    """Deploy the organization's stack."""
    settings = load_settings(OrganizationSettings)
    where = f"Pulumi.{pulumi.get_stack()}.yaml"
    deployers = settings.deployers
    template = deployer_template(settings, deployers, where=where) if deployers else ""
    if pulumi.runtime.is_dry_run():
        # What it asks AWS with takes a third of a second to load, which an update shall not wait for.
        from organization.inspection import preflight  # noqa: PLC0415

        preflight(settings, where=where)
    provider = account_provider(settings)
    _ = confirm_account(provider, settings)
    nodes = OrganizationUnits(pulumi.InvokeOptions(provider=provider), where=where, remedy=_UNREADABLE)
    units = [nodes.find(unit, setting="deployers") for unit in deployers.units] if deployers else []
    opts = pulumi.ResourceOptions(providers=[provider])
    access = SharingAccess("sharing", hub_account_id=settings.hub_account_id, opts=opts)
    if settings.stack_sets:
        _ = RolloutAccess("rollout", hub_account_id=settings.hub_account_id, opts=opts)
    if deployers:
        _ = DeployerRollout(
            "deployers", template=template, units=units, region=settings.region, keep=deployers.keep, opts=opts
        )
    pulumi.export("hub_account", access.administrator.account_id)
