"""Default tags, and what of the tags that AWS reports belongs to the program."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tags:
    """The provider's rules for tags."""

    defaults: Mapping[str, str]
    ignored_keys: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    def all_of(self, tags: Mapping[str, str]) -> dict[str, str]:
        """What a resource is to carry: default tags overlaid by its own."""
        return self.visible({**self.defaults, **tags})

    def visible(self, remote: Mapping[str, str]) -> dict[str, str]:
        """The tags that this provider looks after."""
        return {
            key: value
            for key, value in remote.items()
            if not key.startswith(("aws:", *self.ignored_prefixes)) and key not in self.ignored_keys
        }

    def own(self, remote: Mapping[str, str], written: Mapping[str, str]) -> dict[str, str]:
        """The tags that do not come from the defaults alone: those that differ, and those also `written`."""
        return {
            key: value
            for key, value in self.visible(remote).items()
            if self.defaults.get(key) != value or key in written
        }


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most calls take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def as_map(tags: list[dict[str, str]]) -> dict[str, str]:
    """Tags as most calls answer them."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What to set (added or changed) and which keys to remove."""
    return {key: value for key, value in new.items() if old.get(key) != value}, [key for key in old if key not in new]
