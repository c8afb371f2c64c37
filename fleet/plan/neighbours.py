"""Stacks that share an account, and stacks that lie in no file of this checkout.

Another repository may run a stack of the same project and backend (docs/operations/teams.md). It is known by its state
and its record, and whoever runs spokes here leaves it alone. What two stacks of an account would both have, the one
that is not deployed with it is refused.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from fleet.errors import FleetError
from fleet.plan.spokes import Spoke
from fleet.store.records import CorruptRecord, Record
from fleet.store.states import State, States
from fleet.store.storage import StorageError
from shared.catalog.contract import Contract
from shared.errors import CatalogError
from spoke.launches.claims import Claim, claimed, claims_of
from spoke.launches.portfolios import roles_in_use, wanted_portfolios
from spoke.launches.resolution import ResolvedLaunch

_READERS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Stacks beside those of the settings files here, and what those have that share an account.

    Attributes:
        elsewhere: The account of each deployed stack without settings here; empty where nobody can say.
        deployed: What each stack has whose account another one has too.
    """

    elsewhere: Mapping[str, str] = field(default_factory=dict[str, str])
    deployed: Mapping[str, Collection[Claim]] = field(default_factory=dict[str, Collection[Claim]])


def look_around(
    spokes: Mapping[str, Spoke],
    tags: Mapping[str, str],
    records: Mapping[str, Record | CorruptRecord],
    states: States,
) -> Neighbours:
    """Look for them; a state is read only where neither settings nor a record tell, or where an account is shared."""
    with ThreadPoolExecutor(_READERS) as readers:
        others = sorted(tags.keys() - spokes.keys())
        told = {stack: _recorded(tags[stack], records.get(stack)) for stack in others}
        untold = [stack for stack in others if not told[stack]]
        read = dict(zip(untold, readers.map(partial(_state, states), untold), strict=True))
        elsewhere = {stack: told[stack] or _account(read[stack]) for stack in others}
        # What was destroyed has left an empty state, and is nobody's neighbour.
        elsewhere = {stack: account for stack, account in elsewhere.items() if account or read[stack] is None}
        sharing = _sharing(_accounts(spokes, elsewhere))
        there = [stack for stack in sharing if stack in tags]
        unread = [stack for stack in there if stack not in read]
        read |= dict(zip(unread, readers.map(partial(_state, states), unread), strict=True))
        deployed = {stack: state.claims if (state := read[stack]) else () for stack in there}
        return Neighbours(elsewhere=elsewhere, deployed=deployed)


class Apart:
    """Holds the spokes of one account against each other."""

    def __init__(self, neighbours: Neighbours, spokes: Mapping[str, Spoke]) -> None:
        """Take what is deployed, and the spokes with settings here."""
        self._deployed = neighbours.deployed
        self._accounts = _accounts(spokes, neighbours.elsewhere)
        self._sharing = set(_sharing(self._accounts))
        self._planned: dict[str, list[Claim]] = {}

    def plan(self, spoke: Spoke, contract: Contract, resolved_launches: Collection[ResolvedLaunch]) -> None:
        """Take what a spoke would have. Raises LaunchError."""
        if spoke.stack in self._sharing and spoke.settings:
            wanted = wanted_portfolios(spoke.settings, contract, list(resolved_launches), where=spoke.file)
            roles = roles_in_use(spoke.settings, contract, wanted, resolved_launches, where=spoke.file)
            self._planned[spoke.stack] = list(claims_of(spoke.settings, wanted, roles, resolved_launches))

    def problems(self, spoke: Spoke) -> list[CatalogError]:
        """Say what a spoke would have that another stack of its account has, once for each of these."""
        found: dict[str, CatalogError] = {}
        for claim, other in self._taken(spoke.stack):
            _ = found.setdefault(other, claimed(claim, other, where=spoke.file))
        return list(found.values())

    def _taken(self, stack: str) -> Iterator[tuple[Claim, str]]:
        own = self._deployed.get(stack, ())
        others = [each for each in sorted(self._sharing - {stack}) if self._accounts[each] == self._accounts[stack]]
        for claim in self._planned.get(stack, ()):
            for other in others:
                # Two that are not deployed yet are both refused: nobody can say whose it is to be.
                wanted = claim not in own and claim in self._planned.get(other, ())
                if wanted or claim in self._deployed.get(other, ()):
                    yield claim, other


def _accounts(spokes: Mapping[str, Spoke], elsewhere: Mapping[str, str]) -> dict[str, str]:
    return {**{stack: spoke.account for stack, spoke in spokes.items()}, **elsewhere}


def _sharing(accounts: Mapping[str, str]) -> list[str]:
    """List the stacks whose account another one has too."""
    counted = Counter(accounts.values())
    return [stack for stack, account in accounts.items() if account and counted[account] > 1]


def _recorded(tag: str, record: Record | CorruptRecord | None) -> str:
    """Give the account by a record that is of the stack's last run."""
    return record.account if isinstance(record, Record) and record.state == tag else ""


def _state(states: States, stack: str) -> State | None:
    try:
        return states.read(stack)
    except (FleetError, *StorageError):
        return None  # whoever asks for this stack is told


def _account(state: State | None) -> str:
    return next(iter(state.accounts), "") if state else ""
