"""Judges versions whose time in a wave has passed, or that do not do well before: they go on, or are taken back."""

import datetime as dt
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from fleet.errors import SettingsError
from fleet.plan.bakes import Arrival, Baking
from fleet.plan.verdicts import FleetPlan, Kind, make_plan
from fleet.run.events import caller
from fleet.run.gate import Seen, look_at
from fleet.store.bakes import BakeResult, Bakes
from fleet.store.locations import locations_of
from fleet.store.storage import Storage
from shared.aws.session import Session

_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of the versions that bake.

    Attributes:
        results: Those that go on, and those that do not.
        open: Why others cannot be judged, although their time has passed.
    """

    results: Sequence[BakeResult] = ()
    open: Sequence[str] = ()

    @property
    def is_bad(self) -> bool:
        """Whether somebody should look: a version did not do well, or cannot be judged."""
        return bool(self.open) or any(not each.passed for each in self.results)


def settle(
    plan: FleetPlan, waves: Collection[str], again: Sequence[str], now: dt.datetime, *, write: bool
) -> tuple[FleetPlan, Judgement]:
    """Judge what bakes, and plan with what has become of it.

    Args:
        plan: As things were.
        waves: Only what bakes in these, where any are named.
        again: Versions that did not pass and are tried again, as `product@version`.
        now: The time.
        write: Without it, nothing is kept.

    Raises:
        SettingsError: a version is to be tried again that was never judged bad.
        CatalogError: what became of versions cannot be read or written.
    """
    inventory = plan.inventory
    if not (plan.baking or again):
        return plan, Judgement()
    bakes = Bakes(Storage(locations_of(inventory.settings.records).records))
    forgotten = [each for text in again for each in _bad(text, inventory.bakes)]
    for each in forgotten if write else ():
        bakes.forget(each)
    known = [each for each in inventory.bakes if each not in forgotten]
    if forgotten:
        plan = make_plan(replace(inventory, bakes=known))
    judged = judge(plan, waves, now) if plan.baking else Judgement()
    if judged.results:
        if write:
            judged = replace(judged, results=[bakes.write(each) for each in judged.results])
        plan = make_plan(replace(inventory, bakes=[*known, *judged.results]))
    return plan, judged


def _bad(text: str, known: Sequence[BakeResult]) -> list[BakeResult]:
    bad = {f"{each.product}@{each.version}": each for each in known if not each.passed}
    found = [each for each in known if not each.passed and text == f"{each.product}@{each.version}"]
    if not found:
        raise SettingsError(
            f"invalid value {text!r}. Versions that did not do well in a wave: {', '.join(sorted(bad)) or 'none'}.",
            code="version-not-bad",
            place="--again",
        )
    return found


def judge(plan: FleetPlan, waves: Collection[str], now: dt.datetime) -> Judgement:
    """Look at every version that bakes; nothing is changed.

    Args:
        plan: With the versions that bake.
        waves: Only these, where any are named.
        now: The time.
    """
    results: list[BakeResult] = []
    open_: list[str] = []
    for baking in plan.baking:
        if waves and baking.wave not in waves:
            continue
        seen = _seen(baking, plan)
        bad = {each.stack for each in seen if each.bad}
        wave = next(members.wave for members in plan.waves if members.wave.name == baking.wave)
        unsure = [reason for each in seen for reason in each.open]
        if len(bad) > wave.tolerated(len({each.stack for each in seen})):
            reasons = [reason for each in seen for reason in each.bad]
            results.append(_result(baking, now, passed=False, reasons=reasons))
        elif now < baking.until:
            continue
        elif unsure:
            open_.append(f"{baking.release} does not go on from {baking.wave}: {'; '.join(unsure)}")
        else:
            results.append(_result(baking, now, passed=True))
    return Judgement(results=results, open=open_)


def _seen(baking: Baking, plan: FleetPlan) -> list[Seen]:
    """Look at all launches that a version has come to, but those of accounts that are suspended or closed."""

    def look(arrival: Arrival) -> Seen:
        verdict = plan.verdicts[arrival.stack]
        if verdict.spoke.settings is None:
            return Seen(arrival.stack, open=[verdict.spoke.problem])
        return look_at(arrival, verdict.spoke.settings, baking.settings.alarms, baking.until)

    asked = [each for each in baking.arrivals if plan.verdicts[each.stack].kind is not Kind.LEFT_OUT]
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        return list(workers.map(look, asked))


def _result(baking: Baking, now: dt.datetime, *, passed: bool, reasons: Sequence[str] = ()) -> BakeResult:
    return BakeResult(
        wave=baking.wave,
        product=baking.release.product,
        version=baking.release.number,
        arrived=baking.arrived,
        judged=now,
        passed=passed,
        taken_back=not passed and baking.settings.on_failed == "take_back",
        reasons=list(reasons),
        actor=caller(Session().region),
    )
