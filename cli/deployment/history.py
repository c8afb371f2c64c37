"""`model-catalog fleet history`: what ran where on a day, who ever ran a version, who moved it."""

import csv
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cli.deployment.history_bundle import write_bundle
from cli.deployment.known_names import refuse_unknown
from cli.exit_codes import reached
from cli.verbs import print_json
from fleet.show.history import Move, Stay, columns, document, moves_of, of_product, show_moves, show_stays, stays_of
from fleet.show.recorded import read_recorded
from fleet.show.tables import console
from fleet.store.history import Chain
from shared.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the history.

    Attributes:
        stack: Only of this stack; a spoke's may be without `spoke-`.
        day: What ran on it, by UTC.
        product: Only this one, by any key that it had, or by what AWS calls it.
    """

    stack: str = ""
    day: str = ""
    product: str = ""
    version: str = ""

    @property
    def is_of_times(self) -> bool:
        """Whether it asks what ran, and not what was done."""
        return bool(self.day or self.product or self.version)


def show_history(question: Question, *, form: str, bundle: Path | None) -> int:
    """Answer from the history, or write the bundle for an auditor; not reached where the history is not whole.

    Args:
        question: What is asked.
        form: `table`, `csv` or `json`.
        bundle: The file to write.

    Raises:
        CatalogError: the question names no day, or what nobody knows, or the history is out of reach.
    """
    root = Path.cwd()
    stack = _full(question.stack, root)
    recorded = read_recorded(root, stack)
    records, chains, problems = recorded.records, recorded.chains, recorded.problems
    asked = partial(refuse_unknown, root, stack=stack)
    if stack and not any(chain.events for chain in chains):
        asked()
    if bundle:
        write_bundle(bundle, chains, records, root)
        events = sum(len(chain.stored) for chain in chains)
        print(f"{bundle}: {events} events of {len(chains)} stacks; {'not whole' if problems else 'the chain is whole'}")
    elif question.is_of_times:
        stays = _stays(chains, question)
        if not stays:
            asked(product=question.product, version=question.version)
        _answer(stays, Stay, form, lambda: show_stays(stays, console()))
    else:
        moves = sorted((move for chain in chains for move in moves_of(chain)), key=lambda move: (move.when, move.stack))
        _answer(moves, Move, form, lambda: show_moves(moves, console()))
    for stack in sorted(name for name, found in records.items() if found.event is None):
        if question.stack in ("", stack, stack.removeprefix("spoke-")):
            print(f"note: {stack} was last deployed by a release that wrote no history", file=sys.stderr)
    if recorded.note:
        print(f"note: {recorded.note}", file=sys.stderr)
    for problem in problems:
        print(f"the history is not whole: {problem}", file=sys.stderr)
    return reached(reached=not problems)


def _full(stack: str, root: Path) -> str:
    """Give the full name of a stack that may be named without `spoke-`."""
    if not stack or stack.partition("-")[0] in ("hub", "organization", "spoke"):
        return stack
    return stack if (root / f"Pulumi.{stack}.yaml").exists() else f"spoke-{stack}"


def _stays(chains: Sequence[Chain], question: Question) -> list[Stay]:
    day = _day(question.day)
    names = of_product(chains, question.product) if question.product else set[str]()
    return sorted(
        (
            stay
            for chain in chains
            for stay in stays_of(chain)
            if (day is None or stay.is_on(day))
            and (not names or {stay.product, stay.product_id} & names)
            and question.version in ("", stay.version)
        ),
        key=lambda stay: (stay.account, stay.stack, stay.launch, stay.since),
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigError(
            f"invalid value {text!r}. Expected a day, for example 2026-11-26.", code="invalid-day", place="--on"
        ) from None


def _answer(found: Sequence[Move | Stay], kind: type[Move] | type[Stay], form: str, table: Callable[[], None]) -> None:
    rows = [document(each) for each in found]
    if form == "json":
        print_json(rows)
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(columns(kind))
        writer.writerows([row[name] for name in columns(kind)] for row in rows)
    else:
        table()
