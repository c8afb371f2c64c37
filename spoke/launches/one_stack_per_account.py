"""The other spoke stacks beside this one."""

from pathlib import Path

from pydantic import BaseModel, Field, ValidationError
from yaml import YAMLError, safe_load

from shared.errors import ConfigError


class _Config(BaseModel):
    account_id: str | None = Field(default=None, alias="model-catalog-spoke:accountId")


class _Settings(BaseModel):
    config: _Config = _Config()


def refuse_second_stack(account_id: str, *, own: str, folder: Path) -> None:
    """Refuse to work for an account that another stack's settings name.

    Both would make the same roles and associations, and destroying one would cut off the other.

    Args:
        account_id: The account.
        own: The name of the stack's own settings file.
        folder: Where the settings files are.

    Raises:
        ConfigError: names the other file.
    """
    for other in sorted(folder.glob("Pulumi.spoke-*.yaml")):
        # Every spoke looks at all others: reading YAML of a thousand files would cost more than the run itself.
        if other.name != own and _mentions(other, account_id) and _account_of(other) == account_id:
            raise ConfigError(
                f"{own}: the account {account_id} is that of {other.name} already. There is one spoke stack per "
                f"account, because two would make the same roles: put all launches into one of the files."
            )


def _mentions(settings: Path, account_id: str) -> bool:
    try:
        return account_id.encode() in settings.read_bytes()
    except OSError:
        return False  # it says so itself when it is used


def _account_of(settings: Path) -> str | None:
    try:
        return _Settings.model_validate(safe_load(settings.read_text())).config.account_id
    except (OSError, YAMLError, ValidationError):
        return None  # it says so itself when it is used
