"""Writes the description of a proposal: why, what a rollout does, what a month costs, what changes for a user."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cli.proposals.details import Details, details_of
from cli.proposals.proposal import Proposal
from cli.proposals.targets import Move, Moved
from fleet.plan.verdicts import FleetPlan, Verdict
from fleet.show.markdown import cell, table
from hub.definitions.model import Catalog
from shared.catalog.cost import Estimate, together
from spoke.launches.cost import estimate_launch

_HEAD: Final = ("wave", "spoke", "launch", "region", "from", "to", "a month now", "then")
_MOST_ROWS: Final = 100
_MOST_CHARACTERS: Final = 60_000
"""GitHub takes 65,536 of them (source: its API's own answer, "body is too long")."""


def describe(proposal: Proposal, plan: FleetPlan, after: FleetPlan, catalog: Catalog | None) -> str:
    """Write it in Markdown.

    Args:
        proposal: Any.
        plan: Of the fleet as it is.
        after: Of the fleet with all proposals.
        catalog: None where its files are not here.
    """
    text = "\n\n".join(filter(None, _parts(proposal, plan, after, catalog))) + "\n"
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}\n\n… and more: it is cut here.\n"


def marker(digest: str) -> str:
    """Give the line that nobody sees, by which a pull request is known again."""
    return f"<!-- model-catalog proposal {digest} -->"


def _parts(proposal: Proposal, plan: FleetPlan, after: FleetPlan, catalog: Catalog | None) -> Iterator[str]:
    day = plan.inventory.day
    yield marker(proposal.digest)
    yield "\n".join(f"- {cell(line)}" for line in dict.fromkeys(why for move in proposal.moves for why in move.why))
    yield "\n".join(
        f"- {move.running} is {what} on {date}, in {days} days (counted from {day})."
        for move in _first_of_each(proposal.moves)
        for what, date, days in move.left
    )
    yield from _launches([each for move in proposal.moves for each in move.launches])
    yield from _rollout(proposal, after)
    for move in _first_of_each(proposal.moves):
        yield from _between(move, details_of(catalog, move.key, move.product, move.running, move.target))
    yield "\n".join(_own_models(proposal))
    yield (
        "Written by `model-catalog fleet propose`, which keeps this branch up to date and closes it when it is no "
        "longer needed. Once somebody else has committed on it, it is left alone."
    )


def _launches(moved: Sequence[Moved]) -> Iterator[str]:
    yield table(_HEAD, map(_row, moved[:_MOST_ROWS]))
    if len(moved) > _MOST_ROWS:
        yield f"and {len(moved) - _MOST_ROWS} more."
    now = [found for each in moved if (found := estimate_launch(each.user.resolved))]
    then = [found for each in moved if (found := estimate_launch(each.after))]
    if now or then:
        yield f"Together: {_sum(now)} a month now, {_sum(then)} then (estimate, list prices)."


def _row(each: Moved) -> tuple[str, ...]:
    before, after = each.user.resolved, each.after
    costs = [_sum([found]) if (found := estimate_launch(those)) else "" for those in (before, after)]
    verdict = each.user.verdict
    names = (verdict.wave, verdict.spoke.stack, before.launch.name, before.region)
    return (*names, before.choice.number, after.choice.number, *costs)


def _sum(found: list[Estimate]) -> str:
    return together(found).partition(" a month")[0] if found else "nothing"


def _rollout(proposal: Proposal, after: FleetPlan) -> Iterator[str]:
    """Say what a rollout does then in the spokes, as `fleet plan` does."""
    launches: dict[str, set[str]] = {}
    for move in proposal.moves:
        for each in move.launches:
            launches.setdefault(each.user.verdict.spoke.stack, set()).add(each.after.launch.name)
    rows = [(each.wave, stack, str(each.kind), why) for stack, each, why in _reasons(launches, after)]
    yield "**What a rollout does once it is merged**"
    yield table(("wave", "spoke", "", "why"), rows[:_MOST_ROWS])


def _reasons(launches: dict[str, set[str]], after: FleetPlan) -> Iterator[tuple[str, Verdict, str]]:
    for stack, names in launches.items():
        verdict = after.verdicts[stack]
        words = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, names))})(?![\w.-])")
        about = [reason for reason in verdict.reasons if words.search(reason)]
        yield stack, verdict, "; ".join(about or verdict.reasons)


def _between(move: Move, details: Details) -> Iterator[str]:
    yield f"**What changes from {move.running} to {move.target}**"
    yield table(("what", "name", "change"), details.changes) if details.changes else "Nothing but the number."
    if not any(what == "permission" for what, _, _ in details.changes):
        yield "No permission changes."
    if details.card:
        yield "**Model card**"
        yield table(("what", "name", "change"), details.card)
    if details.breaking:
        yield (
            f"Not every launch that {move.running} accepts is accepted by {move.target}; those above are. "
            + "; ".join(cell(f"{name} {reason}") for name, reason in details.breaking)
        )


def _own_models(proposal: Proposal) -> Iterator[str]:
    for move in proposal.moves:
        for each in move.launches:
            if each.after.model and each.after.model.own:
                name = each.after.launch.name
                yield f"- {name} goes on with a model of its own (`ownModel`): only its template moves."


def _first_of_each(moves: Sequence[Move]) -> list[Move]:
    """Give one move for each pair of versions."""
    return list({(move.running, move.target): move for move in reversed(moves)}.values())[::-1]
