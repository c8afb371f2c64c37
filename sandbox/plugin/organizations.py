"""Organizations: DelegatedAdministrator."""

from datetime import datetime

from .failure import Failure, Gone, doing, tolerating
from .schema import Operation, Resource, computed, length, matching, required
from .wire import State


def timestamp(moment: datetime) -> str:
    """A moment as RFC 3339."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class DelegatedAdministrator(Resource):
    """An account that acts for the management account in one service."""

    pulumi_type = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
    properties = {
        "accountId": required(replaces=True, check=matching(r"\d{12}", "must be an account id of 12 digits")),
        "servicePrincipal": required(replaces=True, check=length(1, 128)),
        **{
            name: computed()
            for name in ("arn", "delegationEnabledDate", "email", "joinedMethod", "joinedTimestamp", "name", "status")
        },
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
            more: dict[str, str] = {}
            while True:
                page = op.call("organizations", "list_delegated_administrators", ServicePrincipal=service, **more)
                for found in page["DelegatedAdministrators"]:
                    if found["Id"] == account:
                        return {
                            "accountId": account,
                            "servicePrincipal": service,
                            "arn": found["Arn"],
                            "delegationEnabledDate": timestamp(found["DelegationEnabledDate"]),
                            "email": found["Email"],
                            "joinedMethod": found["JoinedMethod"],
                            "joinedTimestamp": timestamp(found["JoinedTimestamp"]),
                            "name": found["Name"],
                            "status": found["Status"],
                        }
                if not page.get("NextToken"):
                    raise Gone("empty result")
                more = {"NextToken": page["NextToken"]}

    def delete(self, op: Operation) -> None:
        account, service = op.id.split("/")
        with doing(f"deleting {self.title} ({op.id})"), tolerating("AccountNotRegisteredException"):
            op.call("organizations", "deregister_delegated_administrator", AccountId=account, ServicePrincipal=service)
