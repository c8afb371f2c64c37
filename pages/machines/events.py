"""What happens to versions, and when: they are published, deprecated and retired, which is announced beforehand."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hub.definitions.lifecycle import FORESIGHT
from pages.index.model import Index, IndexedProduct
from pages.index.version import IndexedVersion

Kind = Literal["published", "deprecated", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens to a version on a day.

    Attributes:
        identity: The same for the same event, whatever the catalog is called and wherever it is published.
    """

    kind: Kind
    on: dt.date
    product: IndexedProduct
    version: IndexedVersion

    @property
    def identity(self) -> uuid.UUID:
        """Follows from the model package, whose ARN is nobody else's, and what happens to it."""
        name = f"{self.version.model.package}#{self.product.original_key}/{self.version.version}/{self.kind}"
        return uuid.uuid5(uuid.NAMESPACE_URL, name)

    @property
    def announced_on(self) -> dt.date:
        """The day on which it becomes news: the ends of versions thirty days before."""
        return self.on if self.kind == "published" else max(self.version.life.released, self.on - FORESIGHT)

    @property
    def title(self) -> str:
        """Say what happens."""
        return f"{self.product.name} {self.version.version} is {self.kind}"

    def announcement(self, day: dt.date) -> str:
        """Say what happens, or will."""
        is_coming = self.on > day
        return f"{self.title.replace(' is ', ' will be ')} on {self.on}" if is_coming else self.title

    @property
    def text(self) -> str:
        """Say what that means for who uses it."""
        life = self.version.life
        if self.kind == "published":
            return f"{self.version.description} {self.version.card.summary}"
        means = {
            "deprecated": "No new launch of it is made; launches of it may be updated.",
            "retired": "No launch of it is made or updated; what runs goes on running.",
        }[self.kind]
        instead = f" Use {life.replacement} instead." if life.replacement else ""
        return f"{means}{instead} {life.reason or ''}".rstrip()


def events(index: Index) -> list[Event]:
    """List all events, oldest first."""
    found = [event for product, version in index.versions() for event in _of(product, version)]
    return sorted(found, key=lambda each: (each.on, each.product.key, each.version.version, each.kind))


def _of(product: IndexedProduct, version: IndexedVersion) -> Iterator[Event]:
    life = version.life
    days: tuple[tuple[Kind, dt.date | None], ...] = (
        ("published", life.released),
        ("deprecated", life.deprecated_on),
        ("retired", life.retires_on),
    )
    for kind, on in days:
        if on is not None:
            yield Event(kind=kind, on=on, product=product, version=version)
