"""A rollout in time: when each wave and each spoke began and ended, and how many ran at once."""

import datetime as dt
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fleet.show.report import ReportedSpoke, ReportedWave, RolloutReport

SCALE: Final = 1000
"""The width of a timeline, in units of the picture."""
_SILENT: Final = dt.timedelta(minutes=2)
_ORDER: Final = {"failed": 0, "interrupted": 1, "running": 2}
_POINTS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A time of something, as a part of the whole.

    Attributes:
        x: Where it begins on the scale.
        width: Never so small that nobody sees it.
    """

    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveLine:
    """A wave, with the counts of what became of its spokes."""

    name: str
    state: str
    spokes: int
    counts: Sequence[tuple[str, int]]
    begun: dt.datetime | None
    took: str
    bar: Bar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokeLine:
    """A spoke; `ending` is `running` while it runs."""

    spoke: ReportedSpoke
    begun: dt.datetime | None
    took: str
    bar: Bar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All of it.

    Attributes:
        state: `running`, `ended`, or `silent` where it said nothing for minutes: it was killed, or cannot write.
        now: The end, or the time of its last word.
        counts: What became of spokes, and how many wait.
        at_once: How many ran, at moments from the first to the last; empty where the report has no times.
    """

    state: str
    begun: dt.datetime | None
    now: dt.datetime | None
    took: str
    counts: Sequence[tuple[str, int]]
    waves: Sequence[WaveLine]
    spokes: Sequence[SpokeLine]
    at_once: Sequence[tuple[dt.datetime, int]]


def timeline_of(report: RolloutReport, now: dt.datetime) -> Timeline:
    """Place a rollout in time; `now` is when somebody looks."""
    running = report.state == "running"
    silent = running and report.written is not None and now - report.written > _SILENT
    spokes = [
        *report.spokes,
        *(
            ReportedSpoke(stack=each.stack, why=each.why, ending="running", wave=each.wave, begun=each.begun)
            for each in report.running
        ),
    ]
    end = report.ended or report.written or max((each.ended for each in spokes if each.ended), default=None)
    begun = Counter(each.wave for each in spokes if each.begun)
    ordered = sorted(spokes, key=_place)
    counts = Counter(each.ending for each in ordered)
    if running:
        counts["waiting"] = sum(max(0, wave.spokes - begun[wave.name]) for wave in report.waves)
    else:
        counts["not started"] = len(report.not_begun)
    return Timeline(
        state="silent" if silent else report.state,
        begun=report.begun,
        now=end,
        took=_took(report.begun, end),
        counts=[(name, count) for name, count in counts.items() if count],
        waves=[_wave(each, spokes, report.begun, end) for each in report.waves],
        spokes=[
            SpokeLine(
                spoke=each,
                begun=each.begun,
                took=f"{each.seconds:.1f} s" if each.seconds else _took(each.begun, each.ended or end),
                bar=_bar(each.begun, each.ended or end, report.begun, end),
            )
            for each in ordered
        ],
        at_once=at_once(spokes, end),
    )


def at_once(spokes: Iterable[ReportedSpoke], end: dt.datetime | None) -> list[tuple[dt.datetime, int]]:
    """Count how many ran, whenever that changed; where that was too often, the most in each part of the time."""
    changes: Counter[dt.datetime] = Counter()
    for each in spokes:
        if each.begun and (until := each.ended or end):
            changes[each.begun] += 1
            changes[until] -= 1
    found, count = list[tuple[dt.datetime, int]](), 0
    for moment, change in sorted(changes.items()):
        count += change
        found.append((moment, count))
    return found if len(found) <= _POINTS else _thinned(found)


def _thinned(points: Sequence[tuple[dt.datetime, int]]) -> list[tuple[dt.datetime, int]]:
    """Give the most in each part of the time."""
    begin, (end, last) = points[0][0], points[-1]
    step, left, count = (end - begin) / _POINTS, deque(points), 0
    found: list[tuple[dt.datetime, int]] = []
    for place in range(_POINTS):
        most = count
        while left and left[0][0] < begin + step * (place + 1):
            _, count = left.popleft()
            most = max(most, count)
        found.append((begin + step * place, most))
    return [*found, (end, last)]


def _place(spoke: ReportedSpoke) -> tuple[int, bool, dt.datetime, str]:
    moment = spoke.begun or dt.datetime.min.replace(tzinfo=dt.UTC)
    return _ORDER.get(spoke.ending, len(_ORDER)), spoke.begun is None, moment, spoke.stack


def _wave(
    wave: ReportedWave, spokes: Sequence[ReportedSpoke], start: dt.datetime | None, end: dt.datetime | None
) -> WaveLine:
    until = wave.ended or (end if wave.begun else None)
    return WaveLine(
        name=wave.name,
        state="ended" if wave.ended else "running" if wave.begun else "not begun",
        spokes=wave.spokes,
        counts=sorted(Counter(each.ending for each in spokes if each.wave == wave.name).items()),
        begun=wave.begun,
        took=_took(wave.begun, until),
        bar=_bar(wave.begun, until, start, end),
    )


def _bar(
    begun: dt.datetime | None, ended: dt.datetime | None, start: dt.datetime | None, end: dt.datetime | None
) -> Bar | None:
    if not (begun and ended and start and end) or end <= start:
        return None
    whole = (end - start) / SCALE
    x = min(max(0.0, (begun - start) / whole), SCALE - 4.0)
    return Bar(x=round(x, 1), width=round(min(max(4.0, (ended - begun) / whole), SCALE - x), 1))


def _took(begun: dt.datetime | None, ended: dt.datetime | None) -> str:
    """Say how long something took."""
    if not (begun and ended):
        return ""
    seconds = max(0, round((ended - begun).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
