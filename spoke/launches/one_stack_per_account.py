"""The other spoke stacks beside this one."""

from pathlib import Path

from shared.errors import ConfigError
from shared.stack.stack_file import stack_files


def refuse_second_stack(account_id: str, *, own: str, folder: Path) -> None:
    """Refuse to work for an account that another stack's settings name.

    Args:
        account_id: The account.
        own: The name of the stack's own settings file.
        folder: Where the settings files are.

    Raises:
        ConfigError: names the other file.
    """
    for other in stack_files(folder, "spoke"):
        # Every spoke looks at all others: reading YAML of a thousand files would cost more than the run itself.
        if other.path.name != own and other.mentions(account_id) and other.account == account_id:
            raise second_stack(account_id, own=own, other=other.path.name)


def second_stack(account_id: str, *, own: str, other: str) -> ConfigError:
    """Word why two stacks may not be of one account: both would make the same roles and associations.

    Destroying one of them would cut off the other.
    """
    return ConfigError(
        f"the account {account_id} is that of {other} already. There is one spoke stack per account, because two "
        f"would make the same roles: put all launches into one of the files.",
        code="second-stack",
        place=own,
    )
