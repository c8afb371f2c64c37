"""The excerpt of the hub's contract that a spoke's result depends on.

Whoever runs many spokes asks it whether a change in the hub means anything to a spoke. What is left out here, such as
a product's description, a model card or a version that nobody launches, changes nothing that the spoke makes.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Final

from pydantic import BaseModel

from shared.catalog.contract import Contract, Product
from spoke.config import Launch, SpokeSettings
from spoke.launches.holds import Holds
from spoke.launches.launches_file import NO_PLATFORM, Platform
from spoke.launches.portfolios import Wanted, roles_in_use, wanted_portfolios
from spoke.launches.resolution import ResolvedLaunch, resolve_launches
from spoke.launches.rights import refuse_excessive_roles
from spoke.launches.sources import Key, Values, check_sources, with_values
from spoke.launches.wanted import WantedLaunches, gather

VALUE: Final = "value of "
"""How the names of those parts begin that stand for values from elsewhere."""

Parts = Mapping[str, str]
"""What a result depends on: the name of each part in words, and a digest of its content."""


def digest(content: object) -> str:
    """Give a short name to plain content: the same for the same content, whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.blake2b(text.encode(errors="backslashreplace"), digest_size=12).hexdigest()


def value_part(key: Key) -> str:
    """Name the part that stands for a parameter's value from elsewhere."""
    launch, parameter = key
    return f"{VALUE}{parameter} of {launch}"


def value_parts(values: Values) -> Parts:
    """Digest values from elsewhere; of a secret, what changes with it."""
    return {value_part(key): digest(found.mark) for key, found in values.items()}


class Excerpts:
    """Cuts the excerpts of many spokes out of one contract. What spokes have in common is digested once.

    Attributes:
        contract: What the hub offers.
        day: The day whose states of versions count.
    """

    def __init__(self, contract: Contract, day: dt.date) -> None:
        self.contract = contract
        self.day = day
        self._digests: dict[tuple[int, str], str] = {}
        self._fit: set[int] = set()

    def wanted(
        self, settings: SpokeSettings, *, where: str, platform: Platform = NO_PLATFORM, holds: Holds | None = None
    ) -> WantedLaunches:
        """Give what a spoke asks for itself, and what launches.yaml asks for in its account.

        Args:
            settings: The spoke's own.
            where: Their file, for messages.
            platform: What the platform team's files say.
            holds: Launches that stay at a version for now.

        Raises:
            LaunchError: the files do not go together, or a source of a parameter cannot be.
        """
        wanted = gather(settings, self.contract, self.day, where=where, platform=platform, holds=holds)
        check_sources(wanted, where=where)
        return wanted

    def of(
        self,
        settings: SpokeSettings,
        *,
        where: str,
        wanted: WantedLaunches | None = None,
        values: Values | None = None,
    ) -> tuple[Parts, list[ResolvedLaunch]]:
        """Give a spoke's excerpt, and its launches as the hub offers them.

        Args:
            settings: The spoke's own.
            where: Their file, for messages.
            wanted: What the spoke asks for in all; without it, what its settings ask for.
            values: Of parameters that come from elsewhere.

        Raises:
            LaunchError: the spoke asks for what the hub does not offer, so a run of it would be refused.
            ContractError: likewise, because of what the hub would have its roles do.
        """
        wanted, values = wanted or self.wanted(settings, where=where), values or {}
        settings = with_values(wanted, values)
        resolved_launches = resolve_launches(settings, self.contract, self.day, where=where, origins=wanted.origins)
        asked = _asked(wanted, values)
        portfolios = wanted_portfolios(settings, self.contract, resolved_launches, where=where)
        in_use = roles_in_use(settings, self.contract, portfolios, resolved_launches, where=where)
        self._confirm_roles(in_use.made, settings)
        return {
            **{
                f"portfolio {each.key} in {each.region}": digest(_portfolio(each, settings.account_id))
                for each in portfolios.values()
            },
            **{f"roles of {key}": self._roles(product, existing=False) for key, product in in_use.made.items()},
            **{f"roles of {key}": self._roles(product, existing=True) for key, product in in_use.expected.items()},
            **{f"offer of {resolved.launch.name}": self._offer(resolved) for resolved in resolved_launches},
            **asked,
        }, resolved_launches

    def _confirm_roles(self, products: Mapping[str, Product], settings: SpokeSettings) -> None:
        """Refuse what a run would refuse; a product that is fit for one spoke is fit for all."""
        unknown = {key: product for key, product in products.items() if id(product) not in self._fit}
        refuse_excessive_roles(unknown, hub=", ".join(settings.hub_stacks))
        self._fit.update(map(id, unknown.values()))

    def _roles(self, product: Product, *, existing: bool) -> str:
        roles = (product.launch_role, product.execution_role)
        if existing:
            return digest([role.name for role in roles])
        return self._once(product, "roles", lambda: [product.original_key, *(_plain(role) for role in roles)])

    def _offer(self, resolved: ResolvedLaunch) -> str:
        product, version = resolved.product, resolved.choice.version
        return digest(
            [
                resolved.key,
                resolved.choice.number,
                resolved.choice.state,
                self._once(product, "terms", lambda: _plain(product, *_TERMS)),
                self._once(version, "version", lambda: _plain(version, *_VERSION)),
            ]
        )

    def _once(self, part: BaseModel, what: str, content: Callable[[], object]) -> str:
        key = (id(part), what)  # the contract keeps its parts alive, so an id is never another's
        if key not in self._digests:
            self._digests[key] = digest(content())
        return self._digests[key]


def _asked(wanted: WantedLaunches, values: Values) -> Parts:
    """Digest what does not stand in the spoke's own settings; nothing where all of it does."""
    return {
        **{
            f"launch {launch.name}": digest(_written(launch, wanted).model_dump(mode="json"))
            for launch in wanted.settings.launches
            if wanted.origins[launch.name].entry
        },
        **{f"defaults of {name}": digest(applied) for name, applied in wanted.applied.items()},
        **value_parts(values),
    }


def _written(launch: Launch, wanted: WantedLaunches) -> Launch:
    """Give a launch as the settings ask for it, whatever version it stays at: what it does stay at is the offer."""
    held = wanted.held.get(launch.name)
    return launch.model_copy(update={"version": held[1]}) if held else launch


_TERMS = ("id", "tags", "rules", "tag_options", "tag_updates", "stack_set")
_VERSION = ("id", "template_sha256", "model", "parameters", "rules")


def _plain(part: BaseModel, *fields: str) -> object:
    return part.model_dump(mode="json", include=set(fields) or None)


def _portfolio(each: Wanted, account: str) -> list[object]:
    portfolio = each.portfolio
    return [portfolio.id, portfolio.name, portfolio.original_key, portfolio.is_shared_with(account)]
