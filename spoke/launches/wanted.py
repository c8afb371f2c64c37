"""The launches of a spoke: its own, and those that launches.yaml asks for, each with what it leaves to defaults.

Who wins, key by key (docs/operations/many-accounts.md): what the spoke may override, then the launch as it is written,
then defaults for its product, then defaults for all; of two entries the later one; and last the template's default.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from pydantic.alias_generators import to_camel

from shared.catalog.contract import Contract, Product, Version
from shared.collecting import Mistakes
from shared.errors import LaunchError
from shared.spelling import meant
from spoke.config import Launch, Override, SpokeSettings
from spoke.launches.accounts_file import ACCOUNTS_FILE, AccountFacts
from spoke.launches.defaults import Defaulted, Offered
from spoke.launches.holds import Hold, Holds
from spoke.launches.launches_file import LAUNCHES_FILE, NO_PLATFORM, Entry, Platform
from spoke.launches.origin import KeyOrigin, Origin
from spoke.launches.resolution import offered, region_catalog
from spoke.launches.version_selection import select_version

_NAMED: Final = ("parameters", "tags")
"""Keys of a launch whose parts are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLaunches:
    """What an account wants to have, with its parameters as they are written: sources are not asked yet.

    Attributes:
        settings: Those of the spoke, with all launches.
        origins: Who asks for each launch, by its name.
        applied: What launches of the spoke's own have from defaults, by their names.
        versions: The version of each launch, as far as the hub offers it.
        chosen: The product and the number that each launch's settings mean, as far as the hub offers them.
        held: Launches that stay at another version for now, with what their settings say.
        facts: What is known of the account; None where nobody wrote it down.
        notes: What the spoke's owner should know, and that stops nothing.
    """

    settings: SpokeSettings
    origins: Mapping[str, Origin]
    applied: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    versions: Mapping[str, Version] = field(default_factory=dict[str, Version])
    chosen: Mapping[str, tuple[Product, str]] = field(default_factory=dict[str, tuple[Product, str]])
    held: Mapping[str, tuple[Hold, str]] = field(default_factory=dict[str, tuple[Hold, str]])
    facts: AccountFacts | None = None
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> Iterator[str]:
        """Say what stands elsewhere than in the spoke's own settings, in one line each."""
        yield from self.notes
        for name, origin in self.origins.items():
            if origin.entry:
                yield f"{name}: asked for by {origin}"
            for key, each in origin.keys.items():
                yield f"{name}: {key} from {each.line} ({each.why})"


def gather(
    settings: SpokeSettings,
    contract: Contract,
    day: dt.date,
    *,
    where: str,
    platform: Platform = NO_PLATFORM,
    holds: Holds | None = None,
) -> WantedLaunches:
    """Put together what a spoke asks for itself and what launches.yaml asks for in its account.

    Args:
        settings: The spoke's own.
        contract: What the hub offers, which tells what a version has defaults for.
        day: The day whose states of versions count.
        where: The spoke's settings file, for messages.
        platform: What the platform team's files say.
        holds: Launches that stay at a version for now.

    Raises:
        LaunchError: the files do not go together; all that does not is told.
    """
    return _Gathering(settings, contract, day, where, platform).whole(holds or {})


class _Reaching(NamedTuple):
    """An entry that is for the account: its position, and by what."""

    position: int
    entry: Entry
    why: str


class _Gathering:
    def __init__(
        self, settings: SpokeSettings, contract: Contract, day: dt.date, where: str, platform: Platform
    ) -> None:
        self._settings = settings
        self._account = settings.account_id
        self._contract = contract
        self._day = day
        self._where = where
        self._platform = platform
        self._facts = platform.accounts.get(settings.account_id)
        self._mistakes = Mistakes()
        self._notes: list[str] = []
        self._launches: dict[str, Launch] = {}
        self._origins: dict[str, Origin] = {}

    def whole(self, holds: Holds) -> WantedLaunches:
        """Gather everything. Raises LaunchError."""
        for index, launch in enumerate(self._settings.launches):
            self._launches[launch.name] = launch
            self._origins[launch.name] = Origin.own(self._where, index, launch.name)
        reaching = self._reaching()
        entries = {launch.name: each for each in reaching for launch in each.entry.launches if self._takes(launch)}
        left = self._opted_out("launch", entries)
        for each in reaching:
            self._add(each, left)
        self._override({name: each for name, each in entries.items() if name not in left})
        applied, versions = dict[str, Mapping[str, Any]](), dict[str, Version]()
        chosen, held = dict[str, tuple[Product, str]](), dict[str, tuple[Hold, str]]()
        for name, written in self._launches.items():
            launch, found = written, self._offered(written)
            if found:
                chosen[name] = found.product, found.number
                hold = holds.get(name)
                if hold and hold.instead_of == found.number:
                    launch, held[name] = written.model_copy(update={"version": hold.version}), (hold, written.version)
                    self._notes.append(f"{name}: stays at {hold.version}: {hold.reason}")
                    found = self._offered(launch)
            if found:
                versions[name] = found.version
            defaults = Defaulted(launch, found)
            defaults.take((each.position for each in reaching), self._platform, f"for {name} of {self._account}")
            self._launches[name] = defaults.launch
            self._origins[name] = self._origins[name].with_keys(defaults.origins)
            if defaults.applied and not self._origins[name].entry:
                applied[name] = defaults.applied
        self._mistakes.refuse()
        return WantedLaunches(
            settings=self._settings.model_copy(update={"launches": list(self._launches.values())}),
            origins=self._origins,
            applied=applied,
            versions=versions,
            chosen=chosen,
            held=held,
            facts=self._facts,
            notes=tuple(self._notes),
        )

    def _takes(self, launch: Launch) -> bool:
        """Whether it is this stack that takes it: one with a prefix for names leaves the others to its neighbors."""
        return launch.name.startswith(self._settings.name_prefix or "")

    def _reaching(self) -> list[_Reaching]:
        """List the entries that are for the account, but those that it has opted out of."""
        found: list[_Reaching] = []
        for index, entry in enumerate(self._platform.entries):
            if self._facts is None and any(who.needs_facts for who in (*entry.for_, *entry.exclude)):
                self._mistakes.add(
                    LaunchError(
                        f"is missing, and the entry {entry.name} ({self._platform.line(index)}) goes by units or tags "
                        f"of accounts. Run model-catalog fleet accounts, which asks the organization, and commit it.",
                        code="account-facts-missing",
                        place=f"{ACCOUNTS_FILE}: accounts.{self._account}",
                    )
                )
            elif why := entry.why(self._account, self._facts or AccountFacts()):
                found.append(_Reaching(index, entry, why))
        left = self._opted_out("entry", {each.entry.name: each for each in found})
        return [each for each in found if each.entry.name not in left]

    def _opted_out(self, kind: Literal["entry", "launch"], there: Mapping[str, _Reaching]) -> set[str]:
        """Give the names, of entries or launches, that the spoke leaves out."""
        left = set[str]()
        for index, each in enumerate(self._settings.opt_out):
            name, place = getattr(each, kind), f"{self._where}: optOut[{index}].{kind}"
            if name is None:
                continue
            if name not in there:
                self._notes.append(
                    f"{place}: {LAUNCHES_FILE} asks for no {name!r} here, so nothing is left out.{meant(name, there)}"
                )
            elif not there[name].entry.may_opt_out:
                line = self._platform.line(there[name].position, "mayOptOut")
                self._mistakes.add(
                    LaunchError(
                        f"invalid value {name!r}, which nobody may opt out of ({line}). Remove it, or ask the platform "
                        f"team.",
                        code="opt-out-not-allowed",
                        place=place,
                    )
                )
            else:
                self._notes.append(f"{place}: {name} is left out: {each.reason}")
                left.add(name)
        return left

    def _add(self, reaching: _Reaching, left: set[str]) -> None:
        """Add the launches of an entry."""
        for position, launch in enumerate(reaching.entry.launches):
            path = (reaching.position, "launches", position)
            place = f"{LAUNCHES_FILE}: entries[{reaching.position}].launches[{position}] ({launch.name})"
            if launch.name in left or not self._takes(launch):
                continue
            if other := self._origins.get(launch.name):
                own = f"{self._where}: {other.setting}.name"
                text = (
                    f"{self._platform.line(*path)} asks for it in this account too. Remove the launch here to have the "
                    f"platform team's, and write what differs below overrides; or opt out of theirs: optOut: "
                    f"[{{launch: {launch.name}, reason: …}}]"
                    if other.setting
                    else f"{other.line} asks for a launch of this name in {self._account} too. Exclude the account "
                    f"from one of the entries, or give the launches what differs by defaults."
                )
                self._mistakes.add(
                    LaunchError(text, code="launch-asked-twice", place=own if other.setting else f"{place}: name")
                )
                continue
            self._launches[launch.name] = launch
            self._origins[launch.name] = Origin(
                place=f"{place} for {self._account}",
                line=self._platform.line(*path),
                entry=reaching.entry.name,
                why=reaching.why,
            )

    def _override(self, entries: Mapping[str, _Reaching]) -> None:
        """Put what the spoke has otherwise into the launches of entries, as far as these let it."""
        for index, override in enumerate(self._settings.overrides):
            name, setting = override.launch, f"overrides[{index}]"
            if name not in entries:
                own = " It is the spoke's own: change it there." if name in self._launches else meant(name, entries)
                self._notes.append(
                    f"{self._where}: {setting}.launch: {LAUNCHES_FILE} asks for no launch {name!r} here.{own} Nothing "
                    f"is overridden by it."
                )
                continue
            keys = list(_keys_of(override))
            for key in keys:
                self._confirm(key, entries[name], f"{self._where}: {setting}.{key}")
            launch = self._launches[name]
            given = {key: getattr(override, key) for key in override.model_fields_set - {"launch"}}
            merged = {key: {**getattr(launch, key), **given[key]} for key in _NAMED if key in given}
            self._launches[name] = launch.model_copy(update={**given, **merged})
            self._origins[name] = self._origins[name].with_keys(
                {
                    key: KeyOrigin(
                        place=f"{self._where}: {setting}.{key}",
                        line=self._where,
                        why="overridden",
                        setting=f"{setting}.{key}",
                    )
                    for key in keys
                }
            )

    def _confirm(self, key: str, reaching: _Reaching, place: str) -> None:
        """Refuse what an entry does not let a spoke have otherwise."""
        allowed = reaching.entry.may_override
        if key in allowed or key.partition(".")[0] in allowed:
            return
        line = self._platform.line(reaching.position, "mayOverride")
        self._mistakes.add(
            LaunchError(
                f"may not be overridden. The entry {reaching.entry.name} ({line}) lets a spoke have otherwise: "
                f"{', '.join(allowed) or 'nothing'}. Remove it, or ask the platform team to add {key} to mayOverride.",
                code="override-not-allowed",
                place=place,
            )
        )

    def _offered(self, launch: Launch) -> Offered | None:
        """Find a launch's product and version; None where the hub does not offer them, which is told elsewhere."""
        place, region = self._origins[launch.name].place, self._settings.region_of(launch)
        try:
            catalog = region_catalog(self._contract, region, where=place)
            key, product = offered(catalog.products, launch.product, where=place, what="product")
            choice = select_version(product, launch.version, self._day, where=place)
        except LaunchError:
            return None
        return Offered(key, product, choice.number, region)


def _keys_of(override: Override) -> Iterator[str]:
    """Name the keys that a spoke has otherwise."""
    for name in sorted(override.model_fields_set - {"launch"}):
        if name in _NAMED:
            yield from (f"{name}.{key}" for key in getattr(override, name))
        else:
            yield to_camel(name)
