"""Which spokes would change, and why, without running any of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fleet.plan.account_facts import notes_on_accounts, notes_on_entries, offer_of
from fleet.plan.bakes import Baking, weigh
from fleet.plan.comparison import Kind, compare
from fleet.plan.differences import differences
from fleet.plan.fingerprint import fingerprint_of
from fleet.plan.inventory import Inventory
from fleet.plan.neighbours import Apart
from fleet.plan.spokes import Spoke, named
from fleet.plan.upstream_verdicts import UpstreamVerdict, notes_on_upstream, upstream_verdicts
from fleet.plan.waves import Members, assign, in_stages
from fleet.store.records import Record
from shared.aws.organization import MemberAccount
from shared.collecting import together
from shared.errors import CatalogError
from shared.stack.own_state import refuse_other_account
from spoke.config import SpokeSettings
from spoke.launches.accounts_file import ACCOUNTS_FILE
from spoke.launches.contract_dependencies import Excerpts, Parts
from spoke.launches.holds import Holds
from spoke.launches.resolution import ResolvedLaunch
from spoke.launches.sources import Values
from spoke.launches.wanted import WantedLaunches


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a plan says of one spoke.

    Attributes:
        reasons: In words, each a sentence's worth.
        problem: Why a run would be refused, where one would.
        parts: All that its result depends on; empty where that cannot be said.
        contract: The hash of the contract that the plan was made with.
        wanted: What it asks for, with who asks for each launch; None where that cannot be said.
        resolved_launches: Its launches, as the hub offers them.
    """

    spoke: Spoke
    wave: str
    account: MemberAccount | None
    kind: Kind
    reasons: tuple[str, ...] = ()
    problem: CatalogError | None = None
    parts: Parts
    contract: str = ""
    wanted: WantedLaunches | None = None
    resolved_launches: tuple[ResolvedLaunch, ...] = ()

    @property
    def holds(self) -> Holds:
        """Launches that stay at a version for now, whatever their settings say."""
        return {name: hold for name, (hold, _) in self.wanted.held.items()} if self.wanted else {}

    @property
    def fingerprint(self) -> str:
        """One name for all that the result depends on."""
        return fingerprint_of(self.parts)

    @property
    def stack(self) -> str:
        """The spoke's stack."""
        return self.spoke.stack

    @property
    def region(self) -> str:
        """Where it works; empty where its settings are wrong."""
        return self.spoke.settings.region if self.spoke.settings else ""

    @property
    def account_id(self) -> str:
        """The spoke's account; empty where its file names none that can be read."""
        return self.spoke.account


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPlan:
    """The verdicts of all spokes, and of the stacks that come before them.

    Attributes:
        upstream: Of the organization's and the hub's stacks, in their order.
        waves: In their order.
        without_spoke: Active accounts of the organization that no spoke is for.
        without_account: Spokes whose account is not of the organization.
        notes: What a person should know of the plan as a whole.
        baking: Versions that are to be judged before they go on to the next wave.
    """

    inventory: Inventory
    upstream: Mapping[str, UpstreamVerdict] = field(default_factory=dict[str, UpstreamVerdict])
    verdicts: Mapping[str, Verdict]
    waves: Sequence[Members]
    without_spoke: Sequence[MemberAccount]
    without_account: Sequence[str]
    notes: Sequence[str]
    baking: Sequence[Baking] = ()

    def verdict_of(self, stack: str) -> Verdict | UpstreamVerdict:
        """Give what it says of a stack."""
        return self.upstream.get(stack) or self.verdicts[stack]

    @property
    def stages(self) -> Sequence[Members]:
        """The stages of a rollout before its waves: their stacks run side by side, and none stops another one."""
        return in_stages({stack: each.wave for stack, each in self.upstream.items()})


def make_plan(inventory: Inventory) -> FleetPlan:
    """Compare every spoke's fingerprint with that of its last success.

    Raises:
        CatalogError: the waves do not fit the spokes.
    """
    waves = assign(inventory.settings.waves, inventory.spokes, inventory.organization)
    wave_of = {stack: members.wave.name for members in waves for stack in members.stacks}
    excerpts: dict[tuple[str, ...], Excerpts] = {}
    apart = Apart(inventory.neighbours, inventory.spokes)
    first = {
        stack: _asked(spoke, inventory, excerpts, wave_of.get(stack, "")) for stack, spoke in inventory.spokes.items()
    }
    wanted = {stack: each.wanted for stack, each in first.items() if isinstance(each, _Asked)}
    bakes = weigh(inventory, waves, wanted)
    for stack, holds in bakes.holds.items():
        first[stack] = _holding(first[stack], holds, inventory)
    wanted = {stack: each.wanted for stack, each in first.items() if isinstance(each, _Asked)}
    values = inventory.values.of(wanted)
    verdicts = {
        stack: _verdict(each, inventory, apart, values[stack]) if isinstance(each, _Asked) else each
        for stack, each in first.items()
    }
    verdicts = {stack: _apart(verdict, apart) for stack, verdict in verdicts.items()}
    upstream = upstream_verdicts(inventory)
    return FleetPlan(
        inventory=inventory,
        upstream=upstream,
        verdicts=verdicts,
        waves=waves,
        without_spoke=_without_spoke(inventory),
        without_account=_without_account(inventory),
        notes=[
            *_notes(inventory),
            *notes_on_upstream(inventory, upstream),
            *bakes.notes,
            *_notes_on_platform(inventory, wanted),
        ],
        baking=bakes.open,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a spoke asks for, before anybody has asked for values from elsewhere."""

    spoke: Spoke
    settings: SpokeSettings
    wave: str
    account: MemberAccount | None
    contract: str
    excerpts: Excerpts
    wanted: WantedLaunches


def _asked(
    spoke: Spoke, inventory: Inventory, excerpts: dict[tuple[str, ...], Excerpts], wave: str
) -> _Asked | Verdict:
    account = inventory.organization.accounts.get(spoke.account) if inventory.organization else None
    if account and not account.is_active:
        reason = f"the account {account.id} ({account.name}) is {account.status.lower().replace('_', ' ')}"
        return Verdict(spoke=spoke, wave=wave, account=account, kind=Kind.LEFT_OUT, reasons=(reason,), parts={})
    settings = spoke.settings
    if settings is None:
        return Verdict(spoke=spoke, wave=wave, account=account, kind=Kind.REFUSED, reasons=(spoke.problem,), parts={})
    try:
        refuse_other_account(spoke.stack, inventory.moved.get(spoke.stack, ()), settings.account_id)
        record = inventory.records.get(spoke.stack)
        issued = record.contract.issued if isinstance(record, Record) else dict[str, str]()
        contract = inventory.hubs.contract(settings, where=spoke.file, issued=issued)
        cutting = excerpts.setdefault(tuple(settings.hub_stacks), Excerpts(contract, inventory.day))
        wanted = cutting.wanted(settings, where=spoke.file, platform=inventory.platform)
    except CatalogError as problem:
        return _refused(problem, spoke, wave, account)
    return _Asked(
        spoke=spoke,
        settings=settings,
        wave=wave,
        account=account,
        contract=contract.content_hash,
        excerpts=cutting,
        wanted=wanted,
    )


def _holding(asked: "_Asked | Verdict", holds: Holds, inventory: Inventory) -> "_Asked | Verdict":
    """Let launches of a spoke stay at a version."""
    if isinstance(asked, Verdict):
        return asked
    try:
        wanted = asked.excerpts.wanted(asked.settings, where=asked.spoke.file, platform=inventory.platform, holds=holds)
    except CatalogError as problem:
        return _refused(problem, asked.spoke, asked.wave, asked.account)
    return replace(asked, wanted=wanted)


def _refused(problem: CatalogError, spoke: Spoke, wave: str, account: MemberAccount | None) -> Verdict:
    reasons = (f"a run would be refused: {problem}",)
    return Verdict(
        spoke=spoke, wave=wave, account=account, kind=Kind.REFUSED, reasons=reasons, problem=problem, parts={}
    )


def _verdict(asked: _Asked, inventory: Inventory, apart: Apart, values: Values | CatalogError) -> Verdict:
    spoke = asked.spoke
    try:
        if isinstance(values, CatalogError):
            raise values
        excerpt, resolved_launches = asked.excerpts.of(
            asked.settings, where=spoke.file, wanted=asked.wanted, values=values
        )
        apart.plan(spoke, asked.excerpts.contract, resolved_launches)
    except CatalogError as problem:
        return _refused(problem, spoke, asked.wave, asked.account)
    record = inventory.records.get(spoke.stack)
    known = inventory.values.recorded(record.parts) if isinstance(record, Record) else dict[str, str]()
    parts = {**inventory.code, **spoke.parts, **excerpt, **known}
    held = asked.wanted.held
    kind, reasons = compare(
        inventory.tags.get(spoke.stack), record, lambda record: differences(record, parts, resolved_launches, held)
    )
    return Verdict(
        spoke=spoke,
        wave=asked.wave,
        account=asked.account,
        kind=kind,
        reasons=reasons,
        parts=parts,
        contract=asked.contract,
        wanted=asked.wanted,
        resolved_launches=tuple(resolved_launches),
    )


def _apart(verdict: Verdict, apart: Apart) -> Verdict:
    """Refuse a spoke that would have what another stack of its account has."""
    problems = apart.problems(verdict.spoke)
    if not problems:
        return verdict
    reasons = tuple(f"a run would be refused: {problem}" for problem in problems)
    problem = together(problems)
    return replace(verdict, kind=Kind.REFUSED, reasons=reasons, problem=problem, parts={}, resolved_launches=())


def _notes(inventory: Inventory) -> Iterator[str]:
    if inventory.unread:
        yield f"accounts are not looked at: {inventory.unread}"
    if others := list(inventory.neighbours.elsewhere):
        yield f"run from another repository, and left alone here: {named(others)}"
    if unknown := _of_unknown_account(inventory):
        yield f"accounts without a spoke are not listed: {', '.join(unknown)} names no account that can be read"


def _notes_on_platform(inventory: Inventory, wanted: Mapping[str, WantedLaunches]) -> Iterator[str]:
    if inventory.platform.entries:
        yield from notes_on_entries(inventory.platform, wanted, offer_of(inventory))
    try:
        yield from notes_on_accounts(inventory, wanted)
    except CatalogError as problem:
        yield f"{ACCOUNTS_FILE} is not compared: {problem}"


def _of_unknown_account(inventory: Inventory) -> list[str]:
    return [spoke.file for spoke in inventory.spokes.values() if not spoke.account]


def _without_spoke(inventory: Inventory) -> list[MemberAccount]:
    if inventory.organization is None or _of_unknown_account(inventory):
        return []
    served = {*(spoke.account for spoke in inventory.spokes.values()), *inventory.neighbours.elsewhere.values()}
    hubs = {found.contract.hub_account for found in inventory.hubs.published().values()}
    others = {inventory.organization.management, *hubs, *served}
    return [
        account
        for account in inventory.organization.accounts.values()
        if account.is_active and account.id not in others
    ]


def _without_account(inventory: Inventory) -> list[str]:
    if inventory.organization is None:
        return []
    known = inventory.organization.accounts
    return [stack for stack, spoke in inventory.spokes.items() if spoke.account and spoke.account not in known]
