"""Who asks for a launch, and for what of it, by file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from shared.errors import CatalogError


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrigin:
    """Where a key of a launch is from that does not stand in the launch itself.

    Attributes:
        place: The file and the key, for messages.
        line: The file and the line; without the line where it is a spoke's own settings, which are not read for it.
        why: In words: an entry's default, or the spoke's own.
        setting: The key in the spoke's own settings; empty where it is not from there.
    """

    place: str
    line: str
    why: str
    setting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who asks for a launch.

    Attributes:
        place: The file and the launch in it, for messages.
        line: The file and the line; without the line where it is the spoke's own.
        entry: The entry of launches.yaml; empty where it is the spoke's own launch.
        why: By what the account is one of the entry's.
        setting: The launch in the spoke's own settings; empty where it is not from there.
        keys: Those of its keys that are from elsewhere, such as parameters.InstanceType.
    """

    place: str
    line: str
    entry: str = ""
    why: str = ""
    setting: str = ""
    keys: Mapping[str, KeyOrigin] = field(default_factory=dict[str, KeyOrigin])

    @classmethod
    def own(cls, where: str, index: int, name: str) -> Self:
        """Give that of a launch of the spoke's own settings."""
        setting = f"launches[{index}]"
        return cls(place=f"{where}: {setting} ({name})", line=where, setting=setting)

    def with_keys(self, keys: Mapping[str, KeyOrigin]) -> "Origin":
        """Give it with more keys that are from elsewhere."""
        return replace(self, keys={**self.keys, **keys})

    def place_of(self, key: str) -> str:
        """Say where a key stands, for messages."""
        return self.keys[key].place if key in self.keys else f"{self.place}: {key}"

    def setting_of(self, key: str) -> str:
        """Give a key as the spoke's own settings have it; empty where it does not stand there."""
        if key in self.keys:
            return self.keys[key].setting
        return f"{self.setting}.{key}" if self.setting else ""

    def located(self, problem: CatalogError) -> CatalogError:
        """Give a mistake in a launch with the place where what is wrong stands."""
        key = problem.place.removeprefix(f"{self.place}: ")
        if key not in self.keys:
            return problem
        text = str(problem).removeprefix(f"{problem.place}: ")
        return type(problem)(text, code=problem.code, place=self.keys[key].place)

    def __str__(self) -> str:
        """Say it to a person."""
        return f"{self.line} (entry {self.entry}: {self.why})" if self.entry else self.line
