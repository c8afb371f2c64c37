"""What is different about a spoke since its last success, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from fleet.plan.comparison import in_words
from fleet.store.records import Record
from spoke.launches.contract_dependencies import Parts
from spoke.launches.holds import Hold
from spoke.launches.resolution import ResolvedLaunch

Held = Mapping[str, tuple[Hold, str]]
"""Launches that stay at a version for now, with what their settings say."""

OFFER: Final = "offer of "
"""How the names of those parts begin that stand for what the hub offers to a launch."""

_LAUNCH: Final = "launch "


def differences(record: Record, parts: Parts, resolved_launches: Sequence[ResolvedLaunch], held: Held) -> Iterator[str]:
    """Say what is different since a record was written.

    Args:
        record: Of the last success.
        parts: What the result depends on now.
        resolved_launches: The launches, as the hub offers them.
        held: Launches that stay at a version for now.
    """
    before = {launch.name: launch for launch in record.launches}
    now = {resolved.launch.name: resolved for resolved in resolved_launches}
    for name in sorted(record.parts.keys() | parts.keys()):
        old, new = record.parts.get(name), parts.get(name)
        if old == new:
            continue
        subject = name.removeprefix(_LAUNCH if name.startswith(_LAUNCH) else OFFER)
        if name.startswith(_LAUNCH):
            asks = f" ({now[subject].origin.line})" if subject in now and now[subject].origin.entry else ""
            yield (
                f"{subject} is a new launch{asks}"
                if old is None
                else (f"{subject} is no longer launched" if new is None else f"the settings of {subject} changed{asks}")
            )
        elif name.startswith(OFFER):
            if old is not None and new is not None:
                yield _moved(subject, before[subject].version if subject in before else "", now[subject], held)
        else:
            yield in_words(name, old, new)


def _moved(launch: str, before: str, resolved: ResolvedLaunch, held: Held) -> str:
    if before and launch in held and held[launch][0].lasting and before != resolved.choice.number:
        return f"{launch} goes back from {before} to {resolved.choice.number}: {held[launch][0].reason}"
    if before and before != resolved.choice.number:
        return f"{launch} moves from {before} to {resolved.choice.number}"
    if resolved.choice.state != "active":
        return f"{launch}: {resolved.choice.end}"
    return f"the hub changed what it offers to {launch} ({resolved.key} {resolved.choice.number})"
