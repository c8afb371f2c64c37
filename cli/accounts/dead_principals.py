"""Finds principals that were deleted after they got access.

They count against the portfolio's hundred, and keep it from being deleted. The hub's stack and those of spokes are
looked at alike.
"""

from cli.exit_codes import ExitCode, reached
from cli.stacks import contract_of, project_of, trusts_for
from cli.verbs import print_json
from hub.config import HubSettings
from shared.aws.portfolio_principals import dead_principals, remove_principal
from shared.aws.session import AccountSession
from shared.stack.settings import AccountSettings
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings


def clean(stack: str, *, remove: bool, as_json: bool) -> int:
    """List them, and remove them where that is wanted; not reached while there are any.

    Raises:
        CatalogError: settings, contract or credentials are not fit for it.
    """
    settings, hubs = _settings(stack)
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    found: list[dict[str, object]] = []
    for dead in dead_principals(account, contract_of(hubs, trusts_for(settings, stack))):
        if remove:
            remove_principal(account, dead)
        found.append({"portfolio": dead.key, "region": dead.region, "principal": dead.identity, "removed": remove})
        if not as_json:
            outcome = "was removed" if remove else "is gone, and counts still"
            print(f"{dead.key} in {dead.region}: {dead.identity} {outcome}")
    if as_json:
        print_json(found)
    elif not found:
        print(f"{stack}: nobody has access who is gone")
    elif not remove:
        print(f"Remove them: model-catalog spoke dead-principals {stack} --remove")
    return reached(reached=remove) if found else ExitCode.DONE


def _settings(stack: str) -> tuple[AccountSettings, list[str]]:
    """Give a stack's settings, and the hub's stacks whose portfolios it uses."""
    if project_of(stack, among=("hub", "spoke")) == "hub":
        return settings_of(HubSettings, stack), [stack]
    spoke = settings_of(SpokeSettings, stack)
    return spoke, spoke.hub_stacks
