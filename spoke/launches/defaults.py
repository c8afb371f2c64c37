"""What launches have that they do not say themselves, from the defaults of launches.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.catalog.contract import Product, Version
from spoke.config import Launch
from spoke.launches.launches_file import LAUNCHES_FILE, Platform, ProductDefaults
from spoke.launches.origin import KeyOrigin
from spoke.parameter_sources import Source


@dataclass(frozen=True, slots=True)
class Offered:
    """What the hub offers to a launch.

    Attributes:
        key: The product's.
        number: That of the version that is launched.
        region: Where.
    """

    key: str
    product: Product
    number: str
    region: str

    @property
    def keys(self) -> frozenset[str]:
        """Those that its product has, or had at first."""
        return frozenset((self.key, self.product.original_key))

    @property
    def version(self) -> Version:
        """The one that is launched."""
        return self.product.versions[self.number]

    @property
    def parameters(self) -> frozenset[str]:
        """Those that a launch may set: what the version brings is none of them."""
        model = self.version.model
        brought = {*model.values(self.region), *model.parameters.model_dump().values()} if model else set[str]()
        return frozenset(self.version.parameters.keys() - brought)


class Defaulted:
    """A launch, while it is given defaults. What it says itself stays, and what is given later goes before.

    Attributes:
        origins: Where its keys are from that it did not have itself.
    """

    def __init__(self, launch: Launch, found: Offered | None) -> None:
        """Take the launch, and what the hub offers to it; parameters are given by that alone."""
        self._launch = launch
        self._found = found
        self._given: dict[str, dict[str, Any]] = {"parameters": {}, "tags": {}}
        self._timeout = ""
        self.origins: dict[str, KeyOrigin] = {}

    def take(self, entries: Iterable[int], platform: Platform, whose: str) -> None:
        """Take those of entries, by their positions: first what is for all, then what is for the product."""
        positions = list(entries)
        for index in positions:
            self._take(platform.entries[index].defaults, ("defaults",), index, platform, whose)
        for index in positions:
            for product, each in platform.entries[index].defaults.products.items():
                if self._found and product in self._found.keys:
                    self._take(each, ("defaults", "products", product), index, platform, whose)

    def _take(self, each: ProductDefaults, path: tuple[str, ...], index: int, platform: Platform, whose: str) -> None:
        def note(*keys: str) -> None:
            key = ".".join(keys)
            self.origins[key] = KeyOrigin(
                place=f"{LAUNCHES_FILE}: entries[{index}].{'.'.join((*path, *keys))} {whose}",
                line=platform.line(index, *path, *keys),
                why=f"default of {platform.entries[index].name}",
            )

        offered = self._found.parameters if self._found else frozenset[str]()
        for name, value in each.parameters.items():
            if name in offered and name not in self._launch.parameters:
                self._given["parameters"][name] = value
                note("parameters", name)
        for name, value in each.tags.items():
            if name not in self._launch.tags:
                self._given["tags"][name] = value
                note("tags", name)
        if each.timeout and "timeout" not in self._launch.model_fields_set:
            self._timeout = each.timeout
            note("timeout")

    @property
    def applied(self) -> Mapping[str, Any]:
        """What the launch has by now that it does not say itself, as plain data; empty where that is nothing."""
        given = {
            key: {
                name: value.model_dump(mode="json") if isinstance(value, Source) else value
                for name, value in part.items()
            }
            for key, part in self._given.items()
            if part
        }
        return {**given, "timeout": self._timeout} if self._timeout else given

    @property
    def launch(self) -> Launch:
        """The launch with all that it was given."""
        if not self.applied:
            return self._launch
        update = {key: {**value, **getattr(self._launch, key)} for key, value in self._given.items()}
        timeout = self._timeout or self._launch.timeout
        return self._launch.model_copy(update={**update, "timeout": timeout})
