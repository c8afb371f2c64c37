"""The settings of the organization's stack."""

from typing import Final

from organization.deployer_settings import DeployersSetting
from shared.aws.arn import AccountId
from shared.stack.settings import AccountSettings

SERVICE_PRINCIPAL: Final = "servicecatalog.amazonaws.com"
STACK_SETS: Final = "member.org.stacksets.cloudformation.amazonaws.com"


class OrganizationSettings(AccountSettings):
    """The settings of the organization's stack.

    Attributes:
        hub_account_id: The account that will own and share the portfolios.
        stack_sets: Whether the hub also rolls roles out to the organization's accounts by stack sets.
        deployers: Whose accounts get a deployer by a stack set of this stack; without it, none does.
    """

    hub_account_id: AccountId
    stack_sets: bool = False
    deployers: DeployersSetting | None = None
