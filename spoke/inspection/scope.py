"""What a preview of a spoke looks at."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.catalog.contract import Contract
from shared.stack.names import SPOKE_PROJECT, origin_tags
from spoke.config import SpokeSettings
from spoke.launches.claims import Claim
from spoke.launches.portfolios import Place, RolesInUse, Wanted
from spoke.launches.resolution import ResolvedLaunch


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightScope:
    """What the stack is about to do.

    Attributes:
        published_on: The day of the hub's last run; None where the hub does not say.
        deployed: What the stack has of the account already; None where nobody can say.
    """

    settings: SpokeSettings
    contract: Contract
    published_on: dt.date | None
    day: dt.date
    hub: str
    where: str
    resolved_launches: Sequence[ResolvedLaunch]
    wanted: Mapping[Place, Wanted]
    roles: RolesInUse
    deployed: frozenset[Claim] | None

    @property
    def tags(self) -> dict[str, str]:
        """Those of all that the stack makes."""
        return origin_tags(self.where)

    def is_own(self, claim: Claim, tags: Mapping[str, str]) -> bool:
        """Say whether the stack has something already, by tags of its making, or by its state where it took it over."""
        return self.tags.items() <= tags.items() or claim in (self.deployed or ())

    def neighbour(self, tags: Mapping[str, str]) -> str:
        """Name the other stack of a spoke that made something, by its tags; empty where none did."""
        made_by = tags.get(SPOKE_PROJECT, "")
        return "" if made_by in self.tags.values() else made_by
