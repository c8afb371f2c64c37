"""Organizations: AwsServiceAccess, DelegatedAdministrator."""

from .failure import Failure, Gone, doing, tolerating
from .properties import pick
from .schema import Operation, Resource, computed, length, matching, outputs, required
from .wire import State

_OUTPUTS = ("arn", "delegationEnabledDate", "email", "joinedMethod", "joinedTimestamp", "name", "status")


class AwsServiceAccess(Resource, of="organizations"):
    """An AWS service's trusted access. Its id is the service principal."""

    properties = {
        "servicePrincipal": required(replaces=True, check=length(1, 128)),
        "dateEnabled": computed(),
    }
    title = "Organizations AWS Service Access"

    def create(self, op: Operation) -> None:
        service = op.new["servicePrincipal"]
        with doing(f"creating {self.title} ({service})"):
            op.call("organizations", "enable_aws_service_access", ServicePrincipal=service)
        op.id = service

    def read(self, op: Operation) -> State:
        with doing(f"reading {self.title} ({op.id})"):
            listed = op.pages("organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals")
            found = next((one for one in listed if one["ServicePrincipal"] == op.id), None)
            if found is None:
                raise Gone("empty result")
        return pick(found, "dateEnabled", "servicePrincipal")

    def delete(self, op: Operation) -> None:
        with doing(f"deleting {self.title} ({op.id})"):
            op.call("organizations", "disable_aws_service_access", ServicePrincipal=op.id)


class DelegatedAdministrator(Resource, of="organizations"):
    """An account that acts for the management account in one service."""

    properties = {
        "accountId": required(replaces=True, check=matching(r"\d{12}", "must be an account id of 12 digits")),
        "servicePrincipal": required(replaces=True, check=length(1, 128)),
        **outputs(*_OUTPUTS),
    }
    title = "Organizations Delegated Administrator"

    def locate(self, op: Operation) -> None:
        if op.id.count("/") != 1:
            raise Failure(f"unexpected format for ID ({op.id}), expected ACCOUNT_ID/SERVICE_PRINCIPAL")

    def create(self, op: Operation) -> None:
        account, service = op.new["accountId"], op.new["servicePrincipal"]
        with doing(f"creating {self.title} ({account}/{service})"):
            op.call("organizations", "register_delegated_administrator", AccountId=account, ServicePrincipal=service)
        op.id = f"{account}/{service}"

    def read(self, op: Operation) -> State:
        account, service = op.id.split("/")
        with doing(f"reading {self.title} ({op.id})"):
            listed = op.pages(
                "organizations",
                "list_delegated_administrators",
                "DelegatedAdministrators",
                ServicePrincipal=service,
            )
            found = next((one for one in listed if one["Id"] == account), None)
            if found is None:
                raise Gone("empty result")
        return {**pick(found, *_OUTPUTS), "accountId": account, "servicePrincipal": service}

    def delete(self, op: Operation) -> None:
        account, service = op.id.split("/")
        with doing(f"deleting {self.title} ({op.id})"), tolerating("AccountNotRegisteredException"):
            op.call("organizations", "deregister_delegated_administrator", AccountId=account, ServicePrincipal=service)
