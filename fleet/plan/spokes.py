"""The spokes of a checkout: one for each Pulumi.spoke-*.yaml."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, cast

import yaml

from fleet.errors import SettingsError
from shared.errors import CatalogError, ConfigError
from shared.stack.names import SPOKE_PROJECT
from shared.validation import validate
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Parts, digest

_PREFIX: Final = "spoke-"
_NAMESPACE: Final = f"{SPOKE_PROJECT}:"


@dataclass(frozen=True, slots=True)
class Spoke:
    """A spoke as its settings file has it.

    Attributes:
        stack: The stack's name, such as spoke-research.
        account: Its account, as far as the file says so.
        settings: None where they are wrong.
        problem: What is wrong with them.
        parts: The settings part by part, digested.
    """

    stack: str
    account: str
    settings: SpokeSettings | None
    problem: str
    parts: Parts

    @property
    def file(self) -> str:
        """The name of its settings file."""
        return f"Pulumi.{self.stack}.yaml"


def read_spokes(root: Path) -> dict[str, Spoke]:
    """Read the settings of all spokes, in the order of their names."""
    files = sorted(root.glob(f"Pulumi.{_PREFIX}*.yaml"))
    return {spoke.stack: spoke for spoke in map(read_spoke, files)}


def read_spoke(file: Path) -> Spoke:
    """Read one spoke's settings. What is wrong with them is kept: it concerns no other spoke."""
    stack = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    account, raw = "", dict[str, Any]()
    try:
        raw = _config(file)
        account = str(raw.get(f"{_NAMESPACE}accountId", ""))
        given = {key.removeprefix(_NAMESPACE): value for key, value in raw.items() if not key.startswith("pulumi:")}
        settings = validate(SpokeSettings, given, where=file.name, error=ConfigError)
    except CatalogError as problem:
        return Spoke(stack, account, None, str(problem), {})
    return Spoke(stack, account, settings, "", _parts(settings, raw))


def chosen(spokes: Iterable[str], patterns: Iterable[str], *, where: str) -> set[str]:
    """Give the spokes that somebody names, with or without `spoke-`; `*` stands for any text.

    Raises:
        SettingsError: a name fits no spoke.
    """
    known = list(spokes)
    found: set[str] = set()
    for pattern in patterns:
        full = pattern if pattern.startswith(_PREFIX) else f"{_PREFIX}{pattern}"
        fitting = {stack for stack in known if fnmatchcase(stack, full)}
        if not fitting:
            near = ", ".join(known[:8]) + (f" and {len(known) - 8} more" if len(known) > 8 else "")  # noqa: PLR2004 - as many as fit on a line
            raise SettingsError(f"{where}: found {pattern!r}, which is no spoke. The spokes are: {near or 'none'}.")
        found |= fitting
    return found


def _config(file: Path) -> dict[str, Any]:
    try:
        content: object = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    except OSError as problem:
        raise ConfigError(f"{file.name}: cannot be read ({problem.strerror}).") from None
    except yaml.YAMLError as problem:
        raise ConfigError(f"{file.name}: is not YAML: {' '.join(str(problem).split())}.") from None
    config = cast("dict[str, object]", content).get("config") if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise ConfigError(f"{file.name}: config is missing. It holds the stack's settings.")
    return {str(key): value for key, value in cast("dict[object, Any]", config).items()}


def _parts(settings: SpokeSettings, raw: Mapping[str, Any]) -> Parts:
    """Digest the settings as they are understood, so that a comment or another order of keys means nothing."""
    fields = settings.model_dump(mode="json")
    launches: list[dict[str, Any]] = fields.pop("launches")
    engine = {
        key: json.loads(json.dumps(value, default=str)) for key, value in raw.items() if key.startswith("pulumi:")
    }
    return {
        **{f"setting {name}": digest(value) for name, value in {**fields, **engine}.items()},
        **{f"launch {launch['name']}": digest(launch) for launch in launches},
    }
