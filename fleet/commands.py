"""What the commands do: inventory, choice, work, report."""

import datetime as dt
import random
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from fleet.errors import SettingsError
from fleet.notify.channels import channels_of
from fleet.notify.telling import Telling
from fleet.notify.trace_export import exporting
from fleet.notify.traces import Tracing
from fleet.plan.inventory import collect
from fleet.plan.settings import Wave
from fleet.plan.spoke_selection import (
    SpokeFilter,
    divide,
    refuse_before_earlier_waves,
    refuse_unknown_waves,
    select_spokes,
)
from fleet.plan.verdicts import FleetPlan, Kind, make_plan
from fleet.run.executors import workforce
from fleet.run.judging import Judgement, settle
from fleet.run.rollout import Approver, Request, Result, Rollout, UpstreamRollout
from fleet.run.tasks import Operation
from fleet.show.drift import compare, show_drift
from fleet.show.ending_versions import without_endings_in_use
from fleet.show.progress import Lines, Screen
from fleet.show.report import Journal, LastLook, folder_name
from fleet.show.reporting import show_result
from fleet.store.locations import locations_of
from shared.aws.caller import refuse_to_change_as_viewer
from shared.aws.lifetime import lifetime
from shared.catalog.lifecycle import refuse_to_look_ahead
from shared.catalog.version_terms import version_terms
from shared.errors import CatalogError


def planned(root: Path, *, recorded: bool = False) -> FleetPlan:
    """Look at everything, or where AWS does not answer at what was recorded, and make a plan. Raises CatalogError."""
    return make_plan(collect(root, recorded=recorded))


def roll_out(
    root: Path,
    choice: SpokeFilter,
    console: Console,
    *,
    force: bool,
    dry_run: bool,
    approved: Sequence[str],
    again: Sequence[str] = (),
    scheduler: str | None = None,
) -> int:
    """Roll a plan out, and give the exit code: 0 only if every wanted spoke is where it is wanted.

    Before, versions that bake are judged. What waits for one is where it is wanted; one that did not do well is not.

    Raises:
        CatalogError: something is wrong before anything runs.
    """
    if not dry_run:
        refuse_to_look_ahead()
        refuse_to_change_as_viewer()
    begun = dt.datetime.now(dt.UTC)
    plan = planned(root)
    export = None if dry_run else exporting()
    refuse_unknown_waves(plan, approved, where="--approve")
    plan, judged = settle(plan, choice.waves, again, begun, write=not dry_run)
    spokes, first = divide(plan, choice)
    stacks = frozenset[str]() if first and choice.only and not spokes.only else select_spokes(plan, spokes)
    if choice.waves and not dry_run:
        refuse_before_earlier_waves(plan, choice.waves)
    plan = without_endings_in_use(plan, root, first, forced=force)
    _tell_beforehand(plan, judged, begun, console)
    request = Request(
        wanted=stacks | first,
        operation=Operation.PREVIEW if dry_run else Operation.UP,
        forced=force,
        begun=begun,
        locations=locations_of(plan.inventory.settings.records),
        logs=folder_name(begun),
        judged=judged.results,
        traced=export is not None,
    )
    channels = [] if dry_run else channels_of(plan.inventory.settings.notifications)
    board = Screen(console) if console.is_terminal else Lines(console)
    journal = Journal(board, plan, request, root)
    telling = Telling(journal, plan, request, channels)
    tracing = Tracing(telling, plan, request, export)
    with workforce(scheduler) as workers, board if isinstance(board, Screen) else nullcontext():
        approver = _approver(approved, board)
        result = UpstreamRollout(plan, request, workers, tracing, approver).run()
        if result.outcomes and stacks and not (dry_run or result.stopped):
            plan = planned(root)
            journal.replan(plan, request)
            telling.replan(plan)
            tracing.replan(plan)
        Rollout(plan, request, workers, tracing, approver, result).run()
    look = LastLook()
    if result.outcomes and not dry_run:
        try:
            look = _last_look(root, request.wanted, result)
        except CatalogError as problem:
            look = LastLook(problem=str(problem))
        except KeyboardInterrupt:
            look = LastLook(problem="interrupted")
    unchanged = sum(stack not in result.outcomes for stack in request.wanted) - len(result.not_begun)
    show_result(result, look, unchanged, console)
    if problem := journal.close(result, look):
        console.print(problem, markup=False, soft_wrap=True)
    good = all(outcome.is_good for outcome in result.outcomes.values())
    reached = good and not (look.behind or look.problem or result.not_begun or result.stopped or judged.is_bad)
    for problem in telling.close(result, look, reached=reached) + tracing.close(result, reached=reached):
        console.print(f"warning: {problem}", markup=False, soft_wrap=True)
    return 0 if reached else 1


def _tell_beforehand(plan: FleetPlan, judged: Judgement, begun: dt.datetime, console: Console) -> None:
    for note in plan.notes:
        console.print(f"note: {note}", markup=False)
    if (credentials := lifetime()).until:
        console.print(f"note: credentials {credentials.words(begun)}", markup=False)
    for each in judged.results:
        if each.passed:
            console.print(f"note: {each.product} {each.version} has passed {each.wave}", markup=False)
    for problem in judged.open:
        console.print(f"warning: {problem}", markup=False, soft_wrap=True)
    for verdict in plan.verdicts.values():
        if verdict.kind is Kind.LEFT_OUT:
            console.print(f"left out: {verdict.spoke.stack}: {'; '.join(verdict.reasons)}", markup=False)


def find_drift(
    root: Path, choice: SpokeFilter, sample: str, console: Console | None, scheduler: str | None = None
) -> tuple[list[Mapping[str, Any]], int]:
    """Compare states with accounts; gives what was found, and exit code 1 where something drifted or failed.

    Raises:
        CatalogError: something is wrong before anything runs.
    """
    plan = planned(root)
    stacks = sorted(select_spokes(plan, choice) & plan.inventory.tags.keys())
    stacks = _sampled(stacks, sample)
    backend = locations_of(plan.inventory.settings.records).backend
    terms = version_terms(found.contract for found in plan.inventory.hubs.published().values())
    with workforce(scheduler) as workers:
        found = workers.map(partial(compare, str(root) if workers.is_here else "", backend, terms), stacks)
    if console:
        show_drift(found, len(plan.inventory.tags), console)
    return [each.document() for each in found], int(any(each.changes or each.problem for each in found))


def _last_look(root: Path, stacks: frozenset[str], result: Result) -> LastLook:
    """Look again, at the end: the hub may have changed meanwhile, or an account may be closed by now."""
    after = planned(root)
    known = {**after.upstream, **after.verdicts}
    wanted_still = [known[stack] for stack in sorted(stacks) if stack in known and stack not in result.not_begun]
    return LastLook([verdict for verdict in wanted_still if verdict.kind not in (Kind.UNCHANGED, Kind.LEFT_OUT)])


def _approver(approved: Sequence[str], board: Lines) -> Approver:
    def approve(wave: Wave, spokes: int) -> bool:
        if wave.name in approved:
            return True
        if not sys.stdin.isatty():
            return False
        pausing = board.paused() if isinstance(board, Screen) else nullcontext()
        with pausing:
            return typer.confirm(f"Begin the wave {wave.name} with {spokes} spokes?")

    return approve


def _sampled(stacks: Sequence[str], sample: str) -> list[str]:
    number, most = sample.removesuffix("%"), 100 if sample.endswith("%") else sys.maxsize
    if not number.isdecimal() or not 0 < int(number) <= most:  # of none nobody could say that nothing drifted
        raise SettingsError(
            f"invalid value {sample!r}. Expected a number of spokes, 1 or more, or a share such as 5%.",
            code="invalid-sample",
            place="--sample",
        )
    count = -(-len(stacks) * int(number) // 100) if sample.endswith("%") else int(number)
    return sorted(random.sample(list(stacks), min(count, len(stacks))))
