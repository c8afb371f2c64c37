"""Keeps a stack in the account that it was deployed to.

Its state knows the account, because the stack's only provider refuses credentials of any other. A refresh or an update
with another account finds nothing of what is there, and forgets it.
"""

from collections.abc import Collection

from shared.errors import ConfigError


def refuse_other_account(stack: str, deployed: Collection[str], account: str) -> None:
    """Refuse a stack whose settings name another account than its state.

    Args:
        stack: The stack's name.
        deployed: The accounts that its resources are in.
        account: That of its settings.

    Raises:
        ConfigError: says how to stay, and how to move.
    """
    others = sorted(set(deployed) - {account})
    if others:
        raise ConfigError(
            f"invalid value {account!r}. {stack} is deployed to {others[0]}, where all that it made is. Nothing was "
            f"changed. Put {others[0]} back. For {account}, write another stack: model-catalog spoke new. To give up "
            f"what is in {others[0]}, destroy the stack before: model-catalog stack destroy {stack}",
            code="account-of-another-deployment",
            place=f"Pulumi.{stack}.yaml: accountId",
        )
