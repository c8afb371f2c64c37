"""What `fleet propose` does: pins, targets, proposals, and where they are kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console

from cli.exit_codes import ExitCode
from cli.proposals.branches import Branches
from cli.proposals.description import describe
from cli.proposals.details import catalog_here
from cli.proposals.patches import Patches
from cli.proposals.pins import pins_of
from cli.proposals.placing import Described, Placement
from cli.proposals.proposal import planned_with, proposals_of
from cli.proposals.repository import Repository
from cli.proposals.targets import ByHand, Move, target_of
from cli.verbs import print_json
from fleet.commands import planned
from fleet.plan.verdicts import FleetPlan, Kind
from fleet.show.tables import Column, show

_COLUMNS: Final = (
    Column("branch"),
    Column("from"),
    Column("to"),
    Column("spokes", 1),
    Column("status", 2, wraps=True),
)


def propose(root: Path, console: Console, *, out: Path | None, push: bool, dry_run: bool, as_json: bool) -> int:
    """Write the proposals, and tell of them.

    Args:
        root: The project's folder.
        console: For the table.
        out: The folder for patches; without it there are branches.
        push: The remote's branches count, and what is written is pushed.
        dry_run: Nothing is written; it is said what would be.
        as_json: The index in place of the table.

    Raises:
        CatalogError: the fleet cannot be read, or git failed.
    """
    plan = planned(root, recorded=True)
    described, by_hand = _described(plan)
    kept = Patches(out) if out else Branches(Repository(root), push=push)
    placement = replace(kept.place(described, write=not dry_run), by_hand=by_hand)
    document = placement.document(str(plan.inventory.day))
    if isinstance(kept, Patches) and not dry_run:
        kept.index(document)
    if as_json:
        return print_json(document)
    _tell(placement, plan, console)
    return ExitCode.DONE


def _described(plan: FleetPlan) -> tuple[list[Described], list[ByHand]]:
    bad = {(each.product, each.version) for each in plan.inventory.bakes if not each.passed}
    found = [target for pin in pins_of(plan) if (target := target_of(pin, plan.inventory.day, bad))]
    proposals, stuck = proposals_of([each for each in found if isinstance(each, Move)], plan.inventory.root)
    by_hand = [
        *(each for each in found if isinstance(each, ByHand)),
        *(
            ByHand(pin=move.pin, key=move.key, running=move.running, why=move.why, reason=str(problem))
            for move, problem in stuck
        ),
    ]
    if not proposals:
        return [], by_hand
    after, catalog = planned_with(plan, proposals), catalog_here()
    return [Described(proposal=each, description=describe(each, plan, after, catalog)) for each in proposals], by_hand


def _tell(placement: Placement, plan: FleetPlan, console: Console) -> None:
    rows = [
        (
            proposal.branch,
            " and ".join(dict.fromkeys(move.running for move in proposal.moves)),
            " and ".join(dict.fromkeys(move.target for move in proposal.moves)),
            str(len({each.user.verdict.spoke.stack for move in proposal.moves for each in move.launches})),
            f"{placed.status}: {placed.note}" if placed.note else str(placed.status),
        )
        for placed in placement.placed
        for proposal in [placed.described.proposal]
    ]
    show(console, _COLUMNS, rows)
    for line in _lines(placement, plan):
        console.print(line, markup=False, soft_wrap=True)


def _lines(placement: Placement, plan: FleetPlan) -> Iterator[str]:
    for closed in placement.closed:
        yield f"closed: {closed.branch}: {closed.reason}"
    for each in placement.by_hand:
        yield f"by hand: {each.pin.place}: {each.key} {each.running}: {each.reason}"
        yield from (f"  {why}" for why in each.why)
    refused = sum(verdict.kind is Kind.REFUSED for verdict in plan.verdicts.values())
    if refused:
        yield f"not looked at: {refused} spokes that a plan refuses (model-catalog fleet plan)"
    if not (placement.placed or placement.closed or placement.by_hand):
        yield "nothing to propose: every spoke runs what is newest, or follows it by a range"
