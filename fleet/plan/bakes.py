"""Which versions bake in which waves, and which launches stay where they are meanwhile. Nothing is asked here.

A launch that would move to a higher version stays at its own until that version has passed every earlier wave that
bakes and that it comes to. One that has arrived at a version which did not pass goes back, where the settings say so.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fleet.plan.bake_settings import BakeSettings
from fleet.plan.inventory import Inventory
from fleet.plan.spokes import named
from fleet.plan.waves import Members
from fleet.store.bakes import BakeResult
from fleet.store.records import DeployedLaunch, Record
from shared.catalog.contract import Product
from shared.catalog.versions import is_higher
from spoke.launches.holds import Hold, Holds
from spoke.launches.wanted import WantedLaunches

_TIME: Final = "%Y-%m-%d %H:%M UTC"


class Release(NamedTuple):
    """A version of a product, by the key that the product had at first."""

    product: str
    number: str

    def __str__(self) -> str:
        """Write it as people name it."""
        return f"{self.product} {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A launch of a wave that runs a version.

    Attributes:
        moved: It had a lower one before: what is new, or was taken back, did not come by itself.
    """

    stack: str
    launch: DeployedLaunch
    since: dt.datetime
    moved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Baking:
    """A version in a wave, before it is judged.

    Attributes:
        arrivals: The launches that run it, and that moved to it, if any did.
        waiting: The stacks of later waves that would move to it.
    """

    wave: str
    settings: BakeSettings
    release: Release
    arrivals: Sequence[Arrival]
    waiting: Sequence[str]

    @property
    def arrived(self) -> dt.datetime:
        """When the last launch had moved to it."""
        return max(each.since for each in self.arrivals)

    @property
    def until(self) -> dt.datetime:
        """When its time has passed."""
        return self.arrived + self.settings.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Bakes:
    """What waves come to.

    Attributes:
        open: Versions that are to be judged.
        holds: Launches that stay at a version, by stack and name.
        notes: What a person should know of it.
    """

    open: Sequence[Baking] = ()
    holds: Mapping[str, Holds] = field(default_factory=dict[str, Holds])
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """A launch that would move to another version.

    Attributes:
        now: The version that it runs.
        had: It has run the other one already.
        current: Its record is of the last run of its stack.
    """

    stack: str
    name: str
    release: Release
    now: str
    had: bool
    current: bool


def weigh(inventory: Inventory, waves: Sequence[Members], wanted: Mapping[str, WantedLaunches]) -> Bakes:
    """Say what bakes, and what stays where it is meanwhile; nothing where no wave bakes.

    Args:
        inventory: With the records, and with what was judged.
        waves: In their order.
        wanted: What spokes ask for, as far as that can be said.
    """
    if not any(members.wave.bake for members in waves):
        return Bakes()
    return _Weighing(inventory, waves, wanted).whole()


class _Weighing:
    def __init__(self, inventory: Inventory, waves: Sequence[Members], wanted: Mapping[str, WantedLaunches]) -> None:
        self._inventory, self._waves, self._wanted = inventory, waves, wanted
        self._bad = {Release(each.product, each.version): each for each in inventory.bakes if not each.passed}
        self._passed = {(each.wave, Release(each.product, each.version)) for each in inventory.bakes if each.passed}
        self._coming = [each for stack in wanted for each in self._coming_to(stack)]
        self._holds: dict[str, dict[str, Hold]] = {}
        self._waiting: dict[tuple[str, Release], list[str]] = {}
        self._stuck: list[str] = []

    def whole(self) -> Bakes:
        """Weigh everything."""
        index_of = {stack: index for index, members in enumerate(self._waves) for stack in members.stacks}
        arrived = [dict(self._arrived(members)) if members.wave.bake else {} for members in self._waves]
        for each in self._coming:
            bad = self._bad.get(each.release)
            if bad and (each.current or bad.taken_back):
                self._hold(each, f"{each.release.number} {_fate(bad)}", lasting=bad.taken_back and each.had)
            elif not bad and each.current:
                self._wait(each, index_of[each.stack], arrived)
        for stack, wanted in self._wanted.items():
            self._take_back(stack, wanted)
        pairs = zip(self._waves, arrived, strict=True)
        open_ = [each for members, those in pairs for each in self._open(members, those)]
        return Bakes(open=open_, holds=self._holds, notes=[*self._notes(open_)])

    def _records(self, stack: str) -> dict[str, DeployedLaunch]:
        record = self._inventory.records.get(stack)
        return {each.name: each for each in record.launches} if isinstance(record, Record) else {}

    def _coming_to(self, stack: str) -> Iterator[_Coming]:
        """List the launches of a stack that would move to a higher version of the same product."""
        record = self._inventory.records.get(stack)
        if not isinstance(record, Record):
            return
        launches = self._records(stack)
        for name, (product, number) in self._wanted[stack].chosen.items():
            now = launches.get(name)
            if now and self._is_of(now, product) and _is_up(product, now.version, number):
                yield _Coming(
                    stack=stack,
                    name=name,
                    release=Release(product.original_key, number),
                    now=now.version,
                    had=now.before == number,
                    current=self._inventory.tags.get(stack) == record.state,
                )

    @staticmethod
    def _is_of(launch: DeployedLaunch, product: Product) -> bool:
        return launch.product_id == product.id if launch.product_id else launch.product == product.original_key

    def _arrived(self, members: Members) -> Iterator[tuple[Release, list[Arrival]]]:
        """Group what runs in a wave by version; of each those that moved to it, if any did."""
        found: dict[Release, list[Arrival]] = {}
        for stack in members.stacks:
            record = self._inventory.records.get(stack)
            for launch in record.launches if isinstance(record, Record) else ():
                known = self._inventory.hubs.product_of(launch)
                if known and isinstance(record, Record):
                    product, since = known[1], launch.since or record.finished
                    moved = _is_up(product, launch.before, launch.version)
                    arrival = Arrival(stack=stack, launch=launch, since=since, moved=moved)
                    found.setdefault(Release(product.original_key, launch.version), []).append(arrival)
        for release, those in found.items():
            yield release, [each for each in those if each.moved] or those

    def _wait(self, each: _Coming, index: int, arrived: Sequence[Mapping[Release, Sequence[Arrival]]]) -> None:
        """Let a launch wait for the first of the earlier waves that its version has not passed."""
        for members, those in zip(self._waves[:index], arrived[:index], strict=True):
            wave, bake = members.wave, members.wave.bake
            if bake is None or (wave.name, each.release) in self._passed:
                continue
            if each.release in those:
                baking = self._baking(members, bake, each.release, those[each.release])
                self._hold(each, f"{each.release.number} bakes in {wave.name} until {baking.until:{_TIME}}")
            elif any(one.release == each.release and one.stack in members.stacks for one in self._coming):
                self._hold(each, f"{each.release.number} comes to {wave.name} first, and bakes there for {bake.time}")
            else:
                continue
            self._waiting.setdefault((wave.name, each.release), []).append(each.stack)
            return

    def _take_back(self, stack: str, wanted: WantedLaunches) -> None:
        """Let launches go back from a version that was taken back to the one that they had before."""
        launches = self._records(stack)
        for name, (product, number) in wanted.chosen.items():
            bad, now = self._bad.get(Release(product.original_key, number)), launches.get(name)
            if not (bad and bad.taken_back and now and now.version == number and now.before):
                continue
            before = product.versions.get(now.before)
            if before and not _is_up(product, now.before, number):
                continue
            if before is None or before.state_on(self._inventory.day) == "retired":
                gone = "retired" if before else "no longer offered"
                self._stuck.append(f"{name} of {stack} cannot go back to {now.before}, which is {gone}")
            else:
                hold = Hold(version=now.before, instead_of=number, reason=f"{number} {_fate(bad)}", lasting=True)
                self._holds.setdefault(stack, {})[name] = hold

    def _hold(self, each: _Coming, reason: str, *, lasting: bool = False) -> None:
        hold = Hold(version=each.now, instead_of=each.release.number, reason=reason, lasting=lasting)
        self._holds.setdefault(each.stack, {})[each.name] = hold

    def _baking(self, members: Members, bake: BakeSettings, release: Release, arrivals: Sequence[Arrival]) -> Baking:
        waiting = self._waiting.get((members.wave.name, release), [])
        return Baking(wave=members.wave.name, settings=bake, release=release, arrivals=arrivals, waiting=tuple(waiting))

    def _open(self, members: Members, arrived: Mapping[Release, Sequence[Arrival]]) -> Iterator[Baking]:
        """List what is to be judged in a wave: what moved there, and what others wait for."""
        bake, name = members.wave.bake, members.wave.name
        for release, arrivals in arrived.items():
            judged = release in self._bad or (name, release) in self._passed
            asked = (name, release) in self._waiting or any(each.moved for each in arrivals)
            if bake and asked and not judged:
                yield self._baking(members, bake, release, arrivals)

    def _notes(self, open_: Sequence[Baking]) -> Iterator[str]:
        for baking in open_:
            others = f"; waiting for it: {_stacks(baking.waiting)}" if baking.waiting else ""
            yield f"{baking.release} bakes in {baking.wave} until {baking.until:{_TIME}}{others}"
        for release, bad in self._bad.items():
            held = sorted(stack for stack, holds in self._holds.items() if self._is_without(stack, holds, release))
            if held:
                yield (
                    f"{release} {_fate(bad)}; without it: {_stacks(held)}. To try it again: model-catalog fleet up "
                    f"--again {release.product}@{release.number}"
                )
        yield from self._stuck

    def _is_without(self, stack: str, holds: Holds, release: Release) -> bool:
        """Whether a launch of a stack stays without a version."""
        meant = map(self._wanted[stack].chosen.__getitem__, holds)
        return release in (Release(product.original_key, number) for product, number in meant)


def _is_up(product: Product, before: str, after: str) -> bool:
    """Whether a move between two versions that are offered goes up."""
    return {before, after} <= product.versions.keys() and is_higher(after, before)


def _fate(bad: BakeResult) -> str:
    what = "was taken back" if bad.taken_back else "was stopped"
    return f"{what} in {bad.wave} on {bad.judged:%Y-%m-%d} ({bad.why})"


def _stacks(stacks: Sequence[str]) -> str:
    return named(dict.fromkeys(stacks), 3)
