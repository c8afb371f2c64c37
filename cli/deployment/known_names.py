"""Refuses questions about a stack, a product or a version that nobody knows: "none" would be a wrong answer to them.

Known is what stands in the checkout, what hubs publish, and what only records and history remember, such as a spoke
that was off-boarded and a product that retired. It is looked at where nothing was found, and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cli.verbs import stacks
from fleet.plan.hub_contracts import Hubs
from fleet.plan.spokes import named
from fleet.show.recorded import Recorded, read_recorded
from hub.definitions.lock_document import LOCK_FILE, read_lock
from hub.definitions.outline import outlines
from shared.errors import CatalogError, ConfigError
from shared.spelling import meant

_CATALOG: Final = Path("hub/catalog")
_PREFIX: Final = "spoke-"
_NAMED: Final = 12


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What may be asked about.

    Attributes:
        versions: By product, whatever it is called or was.
        ids: What AWS calls products, with all that each is called or was.
    """

    stacks: set[str] = field(default_factory=set[str])
    versions: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    ids: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def add(self, product: str, versions: Iterable[str], identity: str = "") -> None:
        """Add a product by one of its names, with some of its versions."""
        self.versions.setdefault(product, set()).update(versions)
        if identity:
            self.ids.setdefault(identity, set()).add(product)

    def refuse(self, *, stack: str = "", product: str = "", version: str = "") -> None:
        """Refuse what is not known; each may be empty, and a stack's name is a full one.

        Raises:
            ConfigError: it names what there is.
        """
        if stack and stack not in self.stacks:
            short = {name.removeprefix(_PREFIX) for name in self.stacks}  # what all have in common is no likeness
            text = _unknown(stack.removeprefix(_PREFIX), "spoke or other stack", "stacks", short)
            raise ConfigError(text, code="stack-unknown", place="--spoke")
        if product and product not in self.versions.keys() | self.ids.keys():
            text = _unknown(product, "product", "products", self.versions)
            raise ConfigError(text, code="product-unknown", place="--product")
        asked = self._names_of(product) if product else self.versions
        numbers = {number for name in asked for number in self.versions[name]}
        if version and version not in numbers:
            of = f"versions of {product}" if product else "versions"
            raise ConfigError(_unknown(version, "version", of, numbers), code="version-unknown", place="--version")

    def _names_of(self, product: str) -> set[str]:
        """Give all that a product is called or was, of one of these names or of what AWS calls it."""
        others = [names for identity, names in self.ids.items() if product in {identity, *names}]
        return ({product} & self.versions.keys()).union(*others)


def refuse_unknown(
    root: Path,
    *,
    stack: str = "",
    product: str = "",
    version: str = "",
    launched: Iterable[tuple[str, str]] = (),
    hubs: Hubs | None = None,
) -> None:
    """Refuse to have found nothing of what nobody knows; where a part of the history cannot be read, nobody can say.

    Args:
        root: The checkout.
        stack: Its full name.
        product: By any of its names.
        version: Its number.
        launched: Products and their versions that are known besides.
        hubs: What they publish is known, too.

    Raises:
        ConfigError: it is not known; what there is, is named.
        CatalogError: the history is out of reach.
    """
    recorded = read_recorded(root)
    if recorded.problems or recorded.note:
        return
    known = KnownNames({*stacks()})
    _add_catalog(known, root / _CATALOG)
    _add_recorded(known, recorded)
    for product_, number in launched:
        known.add(product_, [number])
    for each in hubs.published().values() if hubs else ():
        for region in each.contract.regions.values():
            for key, offered in region.products.items():
                known.add(key, offered.versions, offered.id)
                known.add(offered.original_key, offered.versions)
    known.refuse(stack=stack, product=product, version=version)


def _add_catalog(known: KnownNames, folder: Path) -> None:
    """Add what the files say, as far as they can be read: whose mistakes they have is another question."""
    for outline in outlines(folder):
        numbers = [str(entry.get("version", "")) for entry in outline.versions]
        for name in {outline.key, outline.original_key} - {""}:
            known.add(name, numbers)
    try:
        lock = read_lock(folder / LOCK_FILE)
    except CatalogError:
        return
    published: list[Mapping[str, Iterable[str]]] = [lock.templates, lock.removed]
    for products in published:
        for product, numbers in products.items():
            known.add(product, numbers)


def _add_recorded(known: KnownNames, recorded: Recorded) -> None:
    known.stacks.update(recorded.records, (chain.stack for chain in recorded.chains))
    of_records = [launch for record in recorded.records.values() for launch in record.launches]
    of_events = [launch for chain in recorded.chains for event in chain.events for launch in event.launches]
    for launch in (*of_records, *of_events):
        known.add(launch.product, [launch.version], launch.product_id)


def _unknown(given: str, what: str, several: str, known: Iterable[str]) -> str:
    names = sorted(known)
    there = f"The {several} are: {named(names, _NAMED)}." if names else f"There are no {several} yet."
    return f"invalid value {given!r}: no such {what}.{meant(given, names)} {there}"
