"""The organization's accounts, and which of them are below a unit."""

from collections.abc import Mapping
from functools import cached_property

from shared.aws.session import AccountSession


class Accounts:
    """Accounts of the organization and their status, as a delegated administrator may read them."""

    def __init__(self, account: AccountSession) -> None:
        self._account = account

    def status(self, account: str) -> str | None:
        """Give an account's status, such as ACTIVE; None for one that is not of the organization."""
        return self._all.get(account)

    def below(self, node: str) -> Mapping[str, str]:
        """List the accounts in a unit and in the units below it, or in the organization, with their status."""
        if node.startswith("o-"):
            return self._all
        children = self._account.pages(
            "organizations", "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=node
        )
        here = self._account.pages("organizations", "list_accounts_for_parent", "Accounts", ParentId=node)
        found = {str(item["Id"]): str(item["Status"]) for item in here}
        for child in children:
            found.update(self.below(child["Id"]))
        return found

    @cached_property
    def _all(self) -> Mapping[str, str]:
        listed = self._account.pages("organizations", "list_accounts", "Accounts")
        return {str(item["Id"]): str(item["Status"]) for item in listed}
