"""The contracts that hubs would publish, in place of those that they have published."""

import datetime as dt
from collections.abc import Mapping

from fleet.plan.hub_contracts import Hubs, Published
from shared.catalog.contract import Contract
from shared.catalog.divided_contract import merge
from shared.errors import ContractError
from spoke.config import SpokeSettings


class ProposedHubs(Hubs):
    """Hubs as they would be; which of them a spoke trusts they say as they are today."""

    def __init__(self, contracts: Mapping[str, Contract], day: dt.date, today: Hubs | None = None) -> None:
        """Take what they would publish.

        Args:
            contracts: By the names that spokes have for the hubs' stacks.
            day: When they would run.
            today: What they have published; None where nobody can ask.
        """
        self._today = today
        self._merged = {}
        self._exported = {}
        self._found = {**(today.published() if today else {}), **{n: Published(c, day) for n, c in contracts.items()}}

    def contract(self, settings: SpokeSettings, *, where: str, issued: Mapping[str, str] | None = None) -> Contract:
        """Give what the hub of a spoke would publish.

        Args:
            settings: Those of the spoke.
            where: Their file, for messages.
            issued: When each contract was signed that the spoke was deployed with last, by the hub's stack.

        Raises:
            CatalogError: the spoke would not take what the hub publishes today, or the hub is none of these.
        """
        if self._today:
            _ = self._today.contract(settings, where=where, issued=issued)
        key = tuple(settings.hub_stacks)
        for name in key:
            if name not in self._found:
                raise ContractError(
                    "is no hub of which anything is known here: it was never deployed on this backend, and this "
                    "checkout has no settings of it. Check hubStack.",
                    code="hub-unknown",
                    place=f"{where}: hubStack {name}",
                )
        if key not in self._merged:
            self._merged[key] = merge({name: self._published(name).contract for name in key})
        return self._merged[key]
