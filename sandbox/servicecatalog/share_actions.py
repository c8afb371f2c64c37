"""Actions on organization shares take their time, one after the other."""

from sandbox.servicecatalog.call import Call
from sandbox.servicecatalog.errors import InvalidStateException
from sandbox.servicecatalog.model import Portfolio, Share, ShareAction

START_SECONDS = 1.0
SECONDS = 6.0
"""Virtual time that a share action takes."""


def refuse_parallel(call: Call) -> None:
    """One action at a time in an account and region (message from terraform-provider-aws issue 24729)."""
    if any(
        action.account == call.account and action.status in ("NOT_STARTED", "IN_PROGRESS")
        for action in call.state.share_actions.values()
    ):
        raise InvalidStateException("Cannot process more than one portfolio share action at the same time")


def start_action(call: Call, portfolio: Portfolio, share: Share, *, remove: bool = False) -> ShareAction:
    """Begin to create, update or remove a share to a node of the organization."""
    action = ShareAction(call.new_id("share-"), portfolio.id, call.account, share.principal)
    call.state.share_actions[action.token] = action
    organization = call.world.organization

    def finish() -> None:
        covered = [a for a in organization.members() if organization.covers(share.principal, a)]
        covered = [account for account in covered if account != portfolio.account]
        action.failed = [account for account in covered if organization.status(account) == "SUSPENDED"]
        action.successful = [account for account in covered if account not in action.failed]
        if remove:
            action.failed = []
            portfolio.shares = [other for other in portfolio.shares if other is not share]
        else:
            share.failed = set(action.failed)
            share.complete = True
        action.status = "COMPLETED_WITH_ERRORS" if action.failed else "COMPLETED"

    call.world.clock.after(START_SECONDS, lambda: setattr(action, "status", "IN_PROGRESS"))
    call.world.clock.after(SECONDS, finish)
    return action
