"""Everything that a plan is made from, read at the same time."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from fleet.engine import Engine
from fleet.errors import StateError
from fleet.plan.fingerprint import code_parts
from fleet.plan.hub_contracts import Hubs
from fleet.plan.neighbours import Neighbours, look_around
from fleet.plan.parameter_values import AskedValues, ParameterValues, RecordedValues
from fleet.plan.settings import FILE, FleetSettings, read_settings
from fleet.plan.spokes import Spoke, read_spokes, required_spokes
from fleet.plan.upstream_inventory import Before, look_before
from fleet.store.bakes import BakeResult, Bakes
from fleet.store.locations import locations_of, states_at
from fleet.store.records import CorruptRecord, Record, Records
from fleet.store.states import States
from fleet.store.storage import Storage
from shared.aws.organization import Organization
from shared.aws.session import Session, error_text
from shared.catalog.lifecycle import as_of
from shared.errors import UnreachableError
from spoke.launches.contract_dependencies import Parts
from spoke.launches.launches_file import NO_PLATFORM, Platform, read_platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """A fleet as it is at one moment.

    Attributes:
        spokes: By stack.
        organization: None where it could not be read; `unread` says why.
        records: Of success, by stack.
        tags: Those of the stacks' states, by stack.
        code: The parts of a fingerprint that all spokes have in common.
        day: The day whose states of versions count.
        platform: What the platform team's files say.
        values: Knows values of launches' parameters that come from elsewhere.
        bakes: What became of versions in waves; nothing where no wave bakes.
        neighbours: Stacks that another repository runs, and what stacks have that share an account.
        moved: The accounts that a spoke's resources are in, where the settings name another one than its record.
        before: The stacks that come before the spokes.
    """

    root: Path
    settings: FleetSettings
    spokes: Mapping[str, Spoke]
    organization: Organization | None
    unread: str
    records: Mapping[str, Record | CorruptRecord]
    tags: Mapping[str, str]
    hubs: Hubs
    code: Parts
    day: dt.date
    platform: Platform = NO_PLATFORM
    values: ParameterValues = field(default_factory=RecordedValues)
    moved: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    neighbours: Neighbours = field(default_factory=Neighbours)
    bakes: Sequence[BakeResult] = ()
    before: Before = field(default_factory=Before)


def collect(root: Path, *, recorded: bool = False, asks_aws: bool = True) -> Inventory:
    """Look at everything.

    Args:
        root: The project's folder.
        recorded: What was recorded will do: it is no matter that AWS does not answer.
        asks_aws: Whether the organization is asked at all.

    Raises:
        CatalogError: a setting is wrong, no hub was ever deployed, or backend or records are out of reach.
    """
    settings, platform = read_settings(root), read_platform(root)
    locations = locations_of(settings.records)
    engine = Engine(root)
    with ThreadPoolExecutor() as workers:
        organization = workers.submit(read_organization, settings, tolerant=recorded) if asks_aws else None
        states = states_at(locations.backend, engine)
        tags = workers.submit(states.tags)
        spokes = read_spokes(root)
        before = workers.submit(
            look_before, root, locations.backend, engine, ask=settings.hubs and asks_aws and not recorded
        )
        if not (spokes or before.result().stacks):
            spokes = required_spokes(root)
        names = {name for spoke in spokes.values() if spoke.settings for name in spoke.settings.hub_stacks}
        names = names or ({"hub"} if spokes else set[str]())
        hubs = workers.submit(Hubs, engine, names)
        storage = Storage(locations.records)
        records = Records(storage).all()
        bakes = Bakes(storage).all() if any(wave.bake for wave in settings.waves) else []
        found, unread = organization.result() if organization else (None, "AWS is not asked")
        if names and not hubs.result().published() and not (settings.hubs and before.result().stacks):
            raise hubs.result().problems[0]
        return Inventory(
            root=root,
            settings=settings,
            spokes=spokes,
            organization=found,
            unread=unread,
            records=records,
            tags=tags.result(),
            hubs=hubs.result(),
            code=code_parts(root),
            day=as_of(),
            platform=platform,
            values=RecordedValues() if recorded else AskedValues(engine),
            moved={stack: _accounts(states, stack) for stack in _of_other_accounts(spokes, records)},
            neighbours=look_around(spokes, tags.result(), records, states),
            bakes=bakes,
            before=before.result(),
        )


def _of_other_accounts(spokes: Mapping[str, Spoke], records: Mapping[str, Record | CorruptRecord]) -> list[str]:
    """List the spokes whose settings name another account than they were deployed to when that last succeeded."""
    return [
        stack
        for stack, spoke in spokes.items()
        if spoke.account and isinstance(record := records.get(stack), Record) and record.account != spoke.account
    ]


def _accounts(states: States, stack: str) -> Collection[str]:
    try:
        state = states.read(stack)
    except StateError:  # its run tells it, and settles it
        return ()
    return state.accounts if state else ()


def read_organization(settings: FleetSettings, *, tolerant: bool = False) -> tuple[Organization | None, str]:
    """Read the organization; None where it cannot be read, and why.

    Raises:
        UnreachableError: AWS does not answer, and that is not tolerated.
    """
    try:
        found = Organization(Session(role=settings.organization.assume_role))
        _ = (found.management, found.accounts)  # what cannot be read is told now
    except UnreachableError as problem:
        if not tolerant:
            raise
        return None, str(problem)
    except (BotoCoreError, ClientError) as problem:
        return None, (
            f"the organization's accounts cannot be listed with the credentials at hand. Use those of the management "
            f"account or of a delegated administrator, or set organization.assumeRole in {FILE}. AWS says: "
            f"{error_text(problem)}"
        )
    return found, ""
