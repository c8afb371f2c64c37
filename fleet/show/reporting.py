"""What a plan and a rollout came to, for people and for machines."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from fleet.plan.spokes import named
from fleet.plan.upstream_verdicts import UpstreamVerdict
from fleet.plan.verdicts import FleetPlan, Kind, Verdict
from fleet.run.rollout import Result
from fleet.run.tasks import Outcome, RunStatus
from fleet.show.asked import asked_for, asked_in_words, entries_in_words
from fleet.show.report import LastLook
from fleet.show.tables import Column, show

_SHOWN: Final = 40
_LINE: Final = 160
_COLUMNS: Final = (Column("wave", 2), Column("spoke"), Column("verdict"), Column("why", 1, wraps=True))
_STYLES: Final = {Kind.REFUSED: "bold red", Kind.CHANGED: "yellow", Kind.NEW: "yellow", Kind.LEFT_OUT: "dim"}


def show_plan(plan: FleetPlan, console: Console) -> None:
    """Print who would change and why, in the order of the waves."""
    for note in plan.notes:
        console.print(f"note: {note}", markup=False)
    changing = [each for each in (*plan.upstream.values(), *_in_order(plan)) if each.kind is not Kind.UNCHANGED]
    shown = changing[:_SHOWN] if console.is_terminal else changing
    rows = [[each.wave, each.stack, Text(each.kind, _STYLES[each.kind]), "\n".join(each.reasons)] for each in shown]
    show(console, _COLUMNS, rows)
    if len(changing) > len(shown):
        console.print(f"and {len(changing) - len(shown)} more: --json shows all of them")
    if plan.without_spoke:
        accounts = [f"{account.id} ({account.name})" for account in plan.without_spoke]
        console.print(f"accounts without a spoke: {named(accounts)}", markup=False, soft_wrap=True)
    if plan.without_account:
        console.print(f"spokes without an account in the organization: {named(plan.without_account)}", soft_wrap=True)
    for line in entries_in_words(plan):
        console.print(line, markup=False, soft_wrap=True)
    if plan.upstream:
        _count("stacks before the spokes", plan.upstream.values(), console)
    if plan.verdicts or not plan.upstream:
        _count("spokes", plan.verdicts.values(), console)


def _count(what: str, verdicts: Collection[Verdict | UpstreamVerdict], console: Console) -> None:
    counts = Counter(verdict.kind for verdict in verdicts)
    console.print(f"{len(verdicts)} {what}: {', '.join(f'{counts[kind]} {kind}' for kind in Kind if counts[kind])}")


def explain(verdict: Verdict | UpstreamVerdict, plan: FleetPlan, console: Console) -> None:
    """Print why one stack would run, or not."""
    say = console.print
    record = plan.inventory.records.get(verdict.stack)
    say(f"{verdict.stack}: {verdict.kind}", markup=False)
    for reason in verdict.reasons or (
        "its fingerprint is that of its last success, and nobody updated its stack since",
    ):
        say(f"  {reason}", markup=False, soft_wrap=True)
    finished = getattr(record, "finished", None)
    say(f"  wave {verdict.wave}; last success {f'{finished:%Y-%m-%d %H:%M} UTC' if finished else 'unknown'}")
    for line in asked_in_words(verdict, plan.inventory.root) if isinstance(verdict, Verdict) else ():
        say(f"  {line}", markup=False, soft_wrap=True)
    for name, part in sorted(verdict.parts.items()):
        old = getattr(record, "parts", {}).get(name)
        say(f"  {'=' if old == part else '~' if old else '+'} {name}", markup=False, soft_wrap=True)


def plan_document(plan: FleetPlan) -> dict[str, Any]:
    """Give a plan as plain data."""
    return {
        "day": plan.inventory.day.isoformat(),
        "contracts": {name: found.contract.content_hash for name, found in plan.inventory.hubs.published().items()},
        "upstream": [
            {
                "stack": verdict.stack,
                "account": verdict.account_id,
                "stage": verdict.wave,
                "verdict": verdict.kind,
                "reasons": list(verdict.reasons),
                "fingerprint": verdict.fingerprint if verdict.parts else None,
            }
            for verdict in plan.upstream.values()
        ],
        "spokes": [
            {
                "stack": verdict.spoke.stack,
                "account": verdict.spoke.account,
                "unit": verdict.account.unit if verdict.account else None,
                "wave": verdict.wave,
                "verdict": verdict.kind,
                "reasons": list(verdict.reasons),
                "fingerprint": verdict.fingerprint if verdict.parts else None,
                "launches": asked_for(verdict, plan.inventory.root),
                "left_out": [
                    {"launch": each.launch, "entry": each.entry, "reason": each.reason}
                    for each in (verdict.spoke.settings.opt_out if verdict.spoke.settings else ())
                ],
            }
            for verdict in _in_order(plan)
        ],
        "accounts_without_spoke": [
            {"id": each.id, "name": each.name, "unit": each.unit} for each in plan.without_spoke
        ],
        "spokes_without_account": list(plan.without_account),
        "notes": list(plan.notes),
    }


def show_result(result: Result, look: LastLook, unchanged: int, console: Console) -> None:
    """Print what a rollout came to."""
    say, outcomes = console.print, result.outcomes.values()
    _show_failed([each for each in outcomes if each.status is RunStatus.FAILED], console)
    stale = [verdict for verdict in look.behind if verdict.stack in result.outcomes and _is_good(result, verdict)]
    if stale:
        say("\n[bold red]out of date again[/]: roll out once more")
        for verdict in stale[:_SHOWN]:
            say(f"  {verdict.stack}: {'; '.join(verdict.reasons)}", markup=False, soft_wrap=True)
    if look.problem:
        say(f"the result could not be checked: {look.problem}", markup=False, soft_wrap=True)
    used = Counter(each.contract for each in outcomes if each.contract and each.stack.startswith("spoke-"))
    for contract, count in used.items():
        say(f"{count} deployed with the contract {contract[:19]}…", markup=False)
    if result.stopped:
        say(f"stopped: {result.stopped}", markup=False)
    if result.not_begun:
        say(f"not started: {named(result.not_begun)}")
    counts = {str(status): count for status, count in Counter(each.status for each in outcomes).items()}
    counts |= {"unchanged": unchanged, "not started": len(result.not_begun)}
    say(", ".join(f"{count} {what}" for what, count in counts.items() if count))
    ran = [each for each in outcomes if each.tries]
    if ran:
        say(
            f"a stack took {sum(each.cost.cpu_seconds for each in ran) / len(ran):.2f} s of CPU on average, and its "
            f"largest process {max(each.cost.peak_mib for each in ran):.0f} MiB at most"
        )


def _show_failed(failed: Sequence[Outcome], console: Console) -> None:
    if failed:
        console.print("\n[bold red]failed[/]")
    for outcome in failed:
        console.print(f"  {outcome.stack}: {_shortened(outcome.reason)}", markup=False, soft_wrap=True)
        if outcome.log:
            console.print(f"    {outcome.log}", markup=False, soft_wrap=True)


def _shortened(reason: str) -> str:
    """Give what fits on a line or two: the whole of it stands where the spoke ended."""
    first, _, more = reason.partition("\n")
    return f"{first[:_LINE]} …" if more or len(first) > _LINE else first


def _is_good(result: Result, verdict: Verdict | UpstreamVerdict) -> bool:
    return result.outcomes[verdict.stack].is_good


def _in_order(plan: FleetPlan) -> list[Verdict]:
    place = {members.wave.name: number for number, members in enumerate(plan.waves)}
    return sorted(plan.verdicts.values(), key=lambda each: (place.get(each.wave, len(place)), each.spoke.stack))
