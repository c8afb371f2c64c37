"""The only reader of `Pulumi.<stack>.yaml`, for whoever needs a stack's settings without the engine.

It hands them over as the engine does to a program, and the same code checks them then: what a program takes, a command
takes, and what one refuses, the other refuses in the same words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypeVar, cast

import yaml

from shared.as_written import check_as_written
from shared.collecting import Mistakes, together
from shared.documents import read_file, reason_of
from shared.errors import ConfigError, Mistake
from shared.secret_value import OtherSettingsError, decrypted, marked
from shared.spelling import meant
from shared.stack.engine_yaml import as_text, plain_text, read
from shared.stack.names import project_of
from shared.stack.settings import AccountSettings, check_settings, structured

S = TypeVar("S", bound=AccountSettings)

_TEXT: Final = "tag:yaml.org,2002:str"
_MAP: Final = "tag:yaml.org,2002:map"
_SALTS: Final = ("encryptionsalt:", "encryptedkey:")
_CORRECT: Final = "Correct it there; such files are UTF-8 text."
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
        self._read_as_another: yaml.Node | None = None

    @cached_property
    def given(self) -> Mapping[str, str]:
        """The settings as the engine hands them to a program: text by full keys, lists and maps as JSON.

        Raises:
            ConfigError: the file cannot be read, is not YAML, is beyond a limit, or holds no settings.
        """
        name = self.path.name
        try:
            content, self._read_as_another = read(read_file(self.path))
            config = cast("dict[str, object]", content).get("config") if isinstance(content, dict) else None
            if not isinstance(config, dict):
                raise ConfigError(
                    "is missing, or no map. Write the stack's settings below it.",
                    code="missing-key",
                    place=f"{name}: config",
                )
            project = project_of(self.stack)
            for key in cast("dict[object, object]", content):
                if str(key).startswith((f"{project}:", "aws:")):
                    raise ConfigError(
                        "stands beside config, where nobody reads it. Move it below config, two spaces to the right.",
                        code="setting-beside-config",
                        place=f"{name}: {key}",
                    )
            return {
                key if ":" in key else f"{project}:{key}": as_text(value)
                for key, value in cast("dict[str, object]", config).items()
            }
        except OSError as problem:
            raise ConfigError(
                f"cannot be read ({problem.strerror}). Add the file, or correct its name.",
                code="file-unreadable",
                place=name,
            ) from None
        except yaml.YAMLError as problem:
            raise ConfigError(
                f"is not YAML: {reason_of(problem)}. {self._below_the_salt or _CORRECT}",
                code="file-not-yaml",
                place=name,
            ) from None
        except Mistake as mistake:
            raise ConfigError(str(mistake), code=mistake.code, place=name) from None
        except (TypeError, ValueError, RecursionError):
            raise ConfigError(
                "has a key or a value that no setting can have. Keys are text, and values are text, numbers, truth "
                "values, and lists and maps of these: correct it.",
                code="setting-impossible",
                place=name,
            ) from None

    @property
    def secrets_provider(self) -> str:
        """What encrypts the stack's secrets, by Pulumi's own key of the file: `awskms://…`; empty without one."""
        try:
            content, _ = read(read_file(self.path))
        except (OSError, yaml.YAMLError, Mistake, TypeError, ValueError, RecursionError):
            return ""  # what is wrong with the file is said where it is read for its settings
        found = cast("dict[str, object]", content).get("secretsprovider") if isinstance(content, dict) else None
        return found if isinstance(found, str) else ""

    @property
    def _below_the_salt(self) -> str:
        """Say where to write what somebody wrote at the file's end, where Pulumi has put a key of its own."""
        lines = self._bytes.decode(errors="replace").splitlines()
        found = next((index for index, line in enumerate(lines) if line.startswith(_SALTS)), None)
        if found is None or not any(line.strip() for line in lines[found + 1 :]):
            return ""
        key = lines[found].partition(":")[0]
        return f"Line {found + 1}, {key}, is Pulumi's own: move it to the end, below what was added after it."

    def decrypted(self, key: str, text: str) -> object:
        """Give a setting that somebody decrypted, with its secrets marked as such.

        `pulumi.Config.get_secret_object` makes a secret of the whole setting, and `get_object` gives all of it in plain
        text. Which parts are secret the file alone says.

        Args:
            key: In full.
            text: The decrypted setting; a list or map as JSON.

        Raises:
            ConfigError: it is not the file's.
        """
        written = marked(structured(self.given.get(key, "")))
        try:
            return decrypted(written, structured(text) if isinstance(written, dict | list) else text)
        except OtherSettingsError:
            raise ConfigError(
                "is not what the file holds, so nobody can say which of it is secret. Run Pulumi without "
                "--config-file.",
                code="secret-of-another-file",
                place=f"{self.path.name}: {key}",
            ) from None

    def settings(self, model: type[S]) -> S:
        """Check the settings.

        Raises:
            ConfigError: names the file and the key, what was found and what is wanted.
        """
        return self.settings_from(model, self.given)

    def settings_from(self, model: type[S], given: Mapping[str, object], in_use: Mapping[str, str] | None = None) -> S:
        """Check settings that are in use, as they arrived and as they stand in the file.

        Args:
            model: The shape of the settings.
            given: What is to be checked.
            in_use: The same as text; what the file does not hold is from elsewhere, and taken as it is.

        Raises:
            ConfigError: names the file and each key, what was found and what is wanted.
        """
        mistakes = Mistakes()
        with mistakes:
            self._check_as_written(model, self.given if in_use is None else in_use)
        with mistakes:
            valid = check_settings(model, given, project=project_of(self.stack), where=self.path.name)
            if not mistakes.found:
                return valid
        raise together(mistakes.found)

    def _check_as_written(self, model: type[AccountSettings], given: Mapping[str, str]) -> None:
        """Refuse text without quotes that arrives as another. Raises ConfigError."""
        own = self.given
        project = project_of(self.stack)
        config = next((part for key, part in _entries(self._read_as_another) if key == "config"), None)
        full = ((key if ":" in key else f"{project}:{key}", node) for key, node in _entries(config))
        settings = [
            (yaml.ScalarNode(_TEXT, key.removeprefix(f"{project}:"), style='"'), node)
            for key, node in full
            if given.get(key) == own.get(key)
        ]
        check_as_written(model, yaml.MappingNode(_MAP, settings), plain_text, where=self.path.name, error=ConfigError)

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


def _entries(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))


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
    there = sorted(StackFile(path).stack for path in folder.glob("Pulumi.*.yaml"))
    if "/" in stack:
        raise ConfigError(
            f"invalid value {stack!r}. Expected the name of a stack. The stacks here are: "
            f"{', '.join(there) or 'none'}.",
            code="stack-unknown",
            place="STACK",
        )
    if not file.path.exists():
        raise ConfigError(
            f"does not exist.{meant(stack, there)} The stacks here are: {', '.join(there) or 'none'}.",
            code="stack-unknown",
            place=file.path.name,
        )
    return file.settings(model)
