"""What a preview of a spoke looks at."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.catalog.contract import Contract, Product
from shared.stack.names import origin_tags
from spoke.config import SpokeSettings
from spoke.launches.portfolios import Place, Wanted
from spoke.launches.resolution import ResolvedLaunch


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightScope:
    """What the stack is about to do.

    Attributes:
        published_on: The day of the hub's last run; None where the hub does not say.
    """

    settings: SpokeSettings
    contract: Contract
    published_on: dt.date | None
    day: dt.date
    hub: str
    where: str
    resolved_launches: Sequence[ResolvedLaunch]
    wanted: Mapping[Place, Wanted]
    products: Mapping[str, Product]

    @property
    def tags(self) -> dict[str, str]:
        """Those of all that the stack makes."""
        return origin_tags(self.where)
