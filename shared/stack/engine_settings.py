"""Reads the current stack's settings in a program, as the engine hands them over."""

from pathlib import Path
from typing import Final, TypeVar

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from shared.stack.settings import AccountSettings, check_settings
from shared.stack.stack_file import StackFile

S = TypeVar("S", bound=AccountSettings)

SETTINGS_FOLDER: Final = Path("..")
"""Relative to the project's folder, where Pulumi runs a program, as stackConfigDir in Pulumi.yaml says."""


def load_settings(model: type[S]) -> S:
    """Read the current stack's settings.

    The region is Pulumi's own key `aws:region`. A key that the model does not have is refused, since a misspelt
    setting would otherwise be left out in silence. What stands encrypted in the file stays a `Secret`.

    Raises:
        ConfigError: names the stack's file and the key, what was found and what is wanted.
    """
    given: dict[str, str] = {**get_config_env(), **CONFIG.get()}
    file = StackFile(SETTINGS_FOLDER / f"Pulumi.{pulumi.get_stack()}.yaml")
    secret = {key: file.decrypted(key, text) for key, text in given.items() if is_config_secret(key)}
    if file.path.exists():
        return file.settings_from(model, {**given, **secret}, given)
    return check_settings(model, {**given, **secret}, project=pulumi.get_project(), where=file.path.name)
