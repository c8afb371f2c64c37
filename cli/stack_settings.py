"""Reads a stack's settings without the engine."""

from pathlib import Path
from typing import Final, TypeVar, cast

import yaml

from hub.config import HubSettings
from shared.errors import ConfigError
from shared.stack.names import HUB_PROJECT, SPOKE_PROJECT
from shared.stack.settings import AccountSettings
from shared.validation import validate
from spoke.config import SpokeSettings

S = TypeVar("S", bound=AccountSettings)
_PROJECTS: Final[dict[type[AccountSettings], str]] = {HubSettings: HUB_PROJECT, SpokeSettings: SPOKE_PROJECT}


def settings_of(model: type[S], stack: str) -> S:
    """Read the settings of a stack of the hub or of a spoke.

    Raises:
        ConfigError: the file cannot be read, or its settings are wrong.
    """
    path = Path(f"Pulumi.{stack}.yaml")
    try:
        content: object = yaml.safe_load(path.read_text())
    except OSError as problem:
        raise ConfigError(f"{path}: cannot be read ({problem.strerror}). Name a stack that is there: STACK=…") from None
    except yaml.YAMLError as problem:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(problem).split())}.") from None
    config = cast("dict[str, object]", content).get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise ConfigError(f"{path}: config is missing. It holds the stack's settings.")
    keys = cast("dict[str, object]", config)
    given = {str(key).removeprefix(f"{_PROJECTS[model]}:"): value for key, value in keys.items()}
    return validate(model, given, where=str(path), error=ConfigError)
