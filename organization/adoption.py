"""What the organization has already of what its stack makes: somebody may have delegated Service Catalog by hand."""

from organization.settings import SERVICE_PRINCIPAL, STACK_SETS, OrganizationSettings
from shared.aws.session import AccountSession
from shared.stack.import_file import ADMINISTRATOR, SERVICE_ACCESS, Component, ImportFile


def find_in_organization(settings: OrganizationSettings, account: AccountSession, file: ImportFile) -> None:
    """Look for the hub as a delegated administrator, and for stack sets' trusted access.

    That of Service Catalog is not taken over: the provider cannot import it, and turns it on once more without harm.

    Raises:
        ClientError: AWS does not tell.
    """
    wanted = {SERVICE_PRINCIPAL: ("SharingAccess", "sharing")}
    if settings.stack_sets:
        wanted[STACK_SETS] = ("RolloutAccess", "rollout")
        trusted = account.pages("organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals")
        if STACK_SETS in {each["ServicePrincipal"] for each in trusted}:
            parent = Component(type="modelcatalog:organization:RolloutAccess", name="rollout")
            file.add(SERVICE_ACCESS, "rollout-access", STACK_SETS, parent=parent, what="trusted access")
    for service, (kind, name) in wanted.items():
        delegates = account.pages(
            "organizations", "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=service
        )
        if settings.hub_account_id in {each["Id"] for each in delegates}:
            parent = Component(type=f"modelcatalog:organization:{kind}", name=name)
            identity = f"{settings.hub_account_id}/{service}"
            file.add(ADMINISTRATOR, f"{name}-hub", identity, parent=parent, what="delegated administrator")
