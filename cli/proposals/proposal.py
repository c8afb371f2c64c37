"""Puts the moves of a team together: one proposal for each team and product, and the files as they would be."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cli.proposals.targets import Move
from cli.yaml_text import replace as replace_text
from fleet.plan.parameter_values import RecordedValues
from fleet.plan.spokes import read_spoke
from fleet.plan.verdicts import FleetPlan, make_plan
from shared.errors import CatalogError
from shared.files import write_file
from spoke.launches.accounts_file import ACCOUNTS_FILE
from spoke.launches.launches_file import LAUNCHES_FILE, read_platform

PREFIX: Final = "upgrades/"
"""How the names of all branches of proposals begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one team is proposed for one product.

    Attributes:
        moves: In the order of files.
        before: The files that change, as they are.
        after: The same as they would be.
    """

    team: str
    key: str
    moves: Sequence[Move]
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def branch(self) -> str:
        """Derives from team and product: when the target moves on, the branch moves with it."""
        return f"{PREFIX}{self.team}/{self.key}"

    @property
    def title(self) -> str:
        """What it does, in a line."""
        targets = " and ".join(dict.fromkeys(move.target for move in self.moves))
        return f"{self.key} {targets} for {self.team}"

    @property
    def digest(self) -> str:
        """By what it is known again: the changes and their reasons, whatever the day."""
        content = [[move.pin.file, move.pin.path, move.pin.written, move.new, *move.why] for move in self.moves]
        return f"sha256:{hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}"


def proposals_of(moves: Iterable[Move], root: Path) -> tuple[list[Proposal], list[tuple[Move, CatalogError]]]:
    """Group moves, and give beside them those whose file cannot be changed as it is written."""
    grouped: dict[tuple[str, str], list[Move]] = {}
    for move in moves:
        grouped.setdefault((move.pin.team, move.key), []).append(move)
    found: list[Proposal] = []
    stuck: list[tuple[Move, CatalogError]] = []
    for (team, key), those in sorted(grouped.items()):
        before, after, made = dict[str, str](), dict[str, str](), list[Move]()
        for move in those:
            file = move.pin.file
            text = after.get(file) or (root / file).read_bytes().decode()
            try:
                changed = replace_text(text, move.pin.path, move.new, where=file)
            except CatalogError as problem:
                stuck.append((move, problem))
                continue
            before.setdefault(file, text)
            after[file] = changed
            made.append(move)
        if made:
            found.append(Proposal(team=team, key=key, moves=made, before=before, after=after))
    return found, stuck


def planned_with(plan: FleetPlan, proposals: Iterable[Proposal]) -> FleetPlan:
    """Plan as if all that is proposed were merged.

    Raises:
        CatalogError: the files would not go together.
    """
    inventory, texts = plan.inventory, dict[str, str]()
    for proposal in proposals:
        several = texts.keys() & proposal.after.keys()
        texts |= {file: text for file, text in proposal.after.items() if file not in several}
        for move in proposal.moves:
            file = move.pin.file
            if file in several:  # which another proposal changes, too
                texts[file] = replace_text(texts[file], move.pin.path, move.new, where=file)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for name in (LAUNCHES_FILE, ACCOUNTS_FILE):
            if (inventory.root / name).exists():
                write_file(place / name, (inventory.root / name).read_bytes())
        for name, text in texts.items():
            write_file(place / name, text)
        changed = [read_spoke(place / name) for name in texts if name != LAUNCHES_FILE]
        spokes = {**inventory.spokes, **{each.stack: each for each in changed}}
        return make_plan(replace(inventory, spokes=spokes, platform=read_platform(place), values=RecordedValues()))
