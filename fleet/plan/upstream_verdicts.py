"""Which of the stacks before the spokes would change, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fleet.plan.comparison import Kind, compare, in_words
from fleet.plan.fingerprint import fingerprint_of
from fleet.plan.hub_parts import APPROVAL, END
from fleet.plan.inventory import Inventory
from fleet.plan.share_units import UNITS, unit_part
from fleet.plan.spokes import named
from fleet.plan.upstream import Upstream
from fleet.store.records import Record
from hub.config import HubSettings
from shared.errors import CatalogError
from spoke.launches.contract_dependencies import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamVerdict:
    """What a plan says of one of these stacks; the names are those of a spoke's verdict.

    Attributes:
        reasons: In words, each a sentence's worth.
        parts: All that its result depends on; empty where that cannot be said.
    """

    upstream: Upstream
    kind: Kind
    reasons: tuple[str, ...]
    parts: Parts

    @property
    def stack(self) -> str:
        """Its name."""
        return self.upstream.stack

    @property
    def wave(self) -> str:
        """The stage of a rollout that it is run in."""
        return self.upstream.stage

    @property
    def region(self) -> str:
        """Where it works; empty where its settings are wrong."""
        return self.upstream.settings.region if self.upstream.settings else ""

    @property
    def account_id(self) -> str:
        """Its account; empty where its file names none that can be read."""
        return self.upstream.account

    @property
    def fingerprint(self) -> str:
        """One name for all that the result depends on."""
        return fingerprint_of(self.parts)


def upstream_verdicts(inventory: Inventory) -> dict[str, UpstreamVerdict]:
    """Compare the fingerprint of each with that of its last success, in their order.

    Where rollouts do not run them, those alone are compared that have a record: of the others nobody asks.
    """
    wanted = inventory.before.stacks.keys() if inventory.settings.hubs else inventory.records.keys()
    return {stack: _verdict(each, inventory) for stack, each in inventory.before.stacks.items() if stack in wanted}


def notes_on_upstream(inventory: Inventory, verdicts: Mapping[str, UpstreamVerdict]) -> Iterator[str]:
    """Say what a person should know of them as a whole."""
    before = inventory.before
    first = [stack for stack in verdicts if stack in before.tags and stack not in inventory.records]
    if first:
        yield f"nothing is recorded of {named(first)} yet: they run once, and from then on where they changed"
    for registry, reason in (before.approvals.unasked if before.approvals else {}).items():
        yield f"the model registry of {registry} is not asked, so approvals count as at the last run: {reason}"
    changed = [stack for stack, each in verdicts.items() if each.kind not in (Kind.UNCHANGED, Kind.LEFT_OUT)]
    if changed and not inventory.settings.hubs:
        yield (
            f"not where it is wanted, and not run by a rollout: {named(changed)}. Deploy it: model-catalog stack up "
            f"{changed[0]}; or let rollouts do so: hubs: true in fleet.yaml"
        )


def _verdict(upstream: Upstream, inventory: Inventory) -> UpstreamVerdict:
    record = inventory.records.get(upstream.stack)
    recorded = record.parts if isinstance(record, Record) else dict[str, str]()
    try:
        if upstream.settings is None:
            return _refused(upstream, upstream.problem)
        parts = {**upstream.parts, **_from_elsewhere(upstream.settings, inventory, recorded)}
    except CatalogError as problem:
        return _refused(upstream, str(problem))
    kind, reasons = compare(
        inventory.before.tags.get(upstream.stack), record, lambda record: _differences(record.parts, parts)
    )
    return UpstreamVerdict(upstream=upstream, kind=kind, reasons=reasons, parts=parts)


def _refused(upstream: Upstream, problem: str) -> UpstreamVerdict:
    reasons = (f"a run would be refused: {problem}",)
    return UpstreamVerdict(upstream=upstream, kind=Kind.REFUSED, reasons=reasons, parts={})


def _from_elsewhere(settings: object, inventory: Inventory, recorded: Parts) -> Parts:
    """Give the parts that no file says. Raises CatalogError."""
    before = inventory.before
    if not isinstance(settings, HubSettings) or before.catalog is None:
        return {}
    units = unit_part(settings, inventory.organization) if inventory.organization else None
    if units is None:
        units = {name: part for name, part in recorded.items() if name == UNITS}
    if before.approvals:
        return {**units, **before.approvals.of(settings, before.catalog, recorded)}
    return {**units, **{name: part for name, part in recorded.items() if name.startswith(APPROVAL)}}


def _differences(before: Parts, now: Parts) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if name.startswith(END):
            yield f"{name.removeprefix(END)} is {new or 'active again'}"
        elif name.startswith(APPROVAL):
            if new is None and f"{END}{name.removeprefix(APPROVAL)}" in now:
                continue  # its end is told, and nobody asks for it any more
            yield f"{name.removeprefix(APPROVAL)} is {'no longer' if new else 'again'} approved in the model registry"
        else:
            yield in_words(name, old, new)
