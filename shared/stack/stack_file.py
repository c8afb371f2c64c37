"""The only reader of `Pulumi.<stack>.yaml`, for whoever needs a stack's settings without the engine.

It hands them over as the engine does to a program, and the same code checks them then: what a program takes, a command
takes, and what one refuses, the other refuses in the same words.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeVar, cast

import yaml

from shared.documents import parse_yaml, read_file, reason_of
from shared.errors import ConfigError, Mistake
from shared.stack.engine_yaml import EngineLoader
from shared.stack.names import project_of
from shared.stack.settings import AccountSettings, check_settings

S = TypeVar("S", bound=AccountSettings)

_ACCOUNT: Final = re.compile(r"""accountId["']?\s*:\s*["']?([0-9]{12})\b""")


class StackFile:
    """A stack's settings file.

    Attributes:
        path: Where it is.
        stack: The stack's name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")

    @cached_property
    def given(self) -> Mapping[str, str]:
        """The settings as the engine hands them to a program: text by full keys, lists and maps as JSON.

        Raises:
            ConfigError: the file cannot be read, is not YAML, is beyond a limit, or holds no settings.
        """
        name = self.path.name
        try:
            content = parse_yaml(read_file(self.path), EngineLoader)
            config = cast("dict[str, object]", content).get("config") if isinstance(content, dict) else None
            if not isinstance(config, dict):
                raise ConfigError(
                    "is missing. It holds the stack's settings.", code="missing-key", place=f"{name}: config"
                )
            project = project_of(self.stack)
            return {
                key if ":" in key else f"{project}:{key}": _as_text(value)
                for key, value in cast("dict[str, object]", config).items()
            }
        except OSError as problem:
            raise ConfigError(f"cannot be read ({problem.strerror}).", code="file-unreadable", place=name) from None
        except yaml.YAMLError as problem:
            raise ConfigError(f"is not YAML: {reason_of(problem)}.", code="file-not-yaml", place=name) from None
        except Mistake as mistake:
            raise ConfigError(str(mistake), code=mistake.code, place=name) from None
        except (TypeError, ValueError, RecursionError):
            raise ConfigError(
                "has a key or a value that no setting can have.", code="setting-impossible", place=name
            ) from None

    def settings(self, model: type[S]) -> S:
        """Check the settings.

        Raises:
            ConfigError: names the file and the key, what was found and what is wanted.
        """
        return check_settings(model, self.given, project=project_of(self.stack), where=self.path.name)

    @property
    def account(self) -> str:
        """The account that the file is for; empty where it names none that can be read.

        A file with mistakes is for an account all the same.
        """
        try:
            found = self.given.get(f"{project_of(self.stack)}:accountId", "")
        except ConfigError:
            match = _ACCOUNT.search(self._bytes.decode(errors="replace"))
            return match[1] if match else ""
        return found if re.fullmatch("[0-9]{12}", found) else ""

    def mentions(self, text: str) -> bool:
        """Say whether a text stands in the file, which is quicker to find out than what the file says."""
        return text.encode() in self._bytes

    @cached_property
    def _bytes(self) -> bytes:
        try:
            return read_file(self.path)
        except (OSError, Mistake):
            return b""


def stack_files(folder: Path, kind: Literal["hub", "spoke"]) -> Sequence[StackFile]:
    """List the settings files of the hub's stacks, or of the spokes, in the order of their names."""
    names = ["Pulumi.hub.yaml", "Pulumi.hub-*.yaml"] if kind == "hub" else ["Pulumi.spoke-*.yaml"]
    return [StackFile(path) for path in sorted(path for name in names for path in folder.glob(name))]


def settings_of(model: type[S], stack: str, *, folder: Path = Path()) -> S:
    """Read the settings of a stack by its name.

    Raises:
        ConfigError: the file cannot be read, or its settings are wrong.
    """
    file = StackFile(folder / f"Pulumi.{stack}.yaml")
    if not file.path.exists():
        there = sorted(StackFile(path).stack for path in folder.glob("Pulumi.*.yaml"))
        raise ConfigError(
            f"does not exist. The stacks here are: {', '.join(there) or 'none'}.",
            code="stack-unknown",
            place=file.path.name,
        )
    return file.settings(model)


def _as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool() | list() | dict():
            return json.dumps(value, ensure_ascii=False, allow_nan=False)
        case _:
            return str(value)
