"""Who runs what: every launch of every spoke stack, as it was last deployed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.engine import Engine
from fleet.plan.hub_contracts import Hubs
from fleet.plan.settings import FleetSettings, read_settings
from fleet.plan.spokes import Spoke, read_spokes
from fleet.store.deployments import Deployment, deployments_of
from fleet.store.locations import states_at
from fleet.store.records import CorruptRecord, DeployedLaunch, Record, Records
from fleet.store.storage import Storage, backend_url, is_cloud
from shared.aws.organization import Organization
from shared.catalog.lifecycle import as_of
from shared.catalog.versions import releases_after


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchInUse:
    """A launch of a stack.

    Attributes:
        deployed: As it was last deployed.
        product: The key that its product has today; the one it had then, where no hub publishes it any more.
        original_key: The key that its product had at first, which nobody can change; None where the hub that would
            know it cannot be read.
        state: Of its version, on the day of the question.
        reason: Why its version comes to an end; empty where it does not.
        newest: The newest version that it could run on that day; empty where nobody can say.
        behind: How many releases after its own could be launched on that day; None where nobody can say.
        deprecated_on: When its version is to be deprecated, or was; None where that is not set.
        retires_on: When its version is to retire, or did; None where that is not set.
    """

    stack: str
    deployed: DeployedLaunch
    product: str
    original_key: str | None
    state: str
    reason: str = ""
    newest: str = ""
    behind: int | None = None
    deprecated_on: dt.date | None = None
    retires_on: dt.date | None = None

    def is_of(self, product: str, version: str) -> bool:
        """Say whether it is of a product, by its key of today or its first one, and of a version; both can be empty."""
        return product in ("", self.product, self.original_key) and version in ("", self.deployed.version)

    def document(self) -> Mapping[str, Any]:
        """Give it as plain data."""
        launch = self.deployed.model_dump(mode="json")
        return {
            "stack": self.stack,
            "launch": launch["name"],
            "product": self.product,
            **{name: launch[name] for name in ("version", "region", "status")},
            "state": self.state,
            "estimated_monthly_cost": launch["estimated_monthly_cost"],
        }


def launches_of(root: Path, *, stack: str = "", identified: bool = False) -> list[LaunchInUse]:
    """List the launches of all spoke stacks of the backend, or of one.

    Args:
        root: The checkout.
        stack: Where it is given, only this one's.
        identified: Each of them has to have its `original_key`.

    Raises:
        CatalogError: the backend, a record or a state cannot be read, or a hub that has to be.
    """
    known = known_of(root, stack=stack)
    for deployment in known.deployments.values():
        if deployment.problem:
            raise deployment.problem
    launches = [
        in_use(name, launch, known.hubs, known.day)
        for name, deployment in known.deployments.items()
        for launch in deployment.launches
    ]
    if identified and any(launch.original_key is None for launch in launches):
        raise known.hubs.problems[0]
    return launches


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of stacks, and what their hubs publish.

    Attributes:
        spokes: Those that have settings here.
        organization: None where nobody has read it.
        day: The day whose states of versions count.
    """

    settings: FleetSettings
    spokes: Mapping[str, Spoke]
    deployments: Mapping[str, Deployment]
    hubs: Hubs
    day: dt.date
    organization: Organization | None = None


def known_of(root: Path, *, stack: str = "") -> Known:
    """Read what is remembered of all spoke stacks of the backend, or of one.

    Raises:
        CatalogError: the backend or a record cannot be read.
    """
    settings, engine, backend = read_settings(root), Engine(root), backend_url()
    states = states_at(backend, engine)
    tags = states.tags()
    without_records = settings.records is None and is_cloud(backend)
    records = None if without_records else Records(Storage(settings.records or backend))
    asked = [name for name in sorted(tags) if stack in ("", name)]
    found = deployments_of(asked, tags=tags, records=_read(records, stack), states=states)
    spokes = read_spokes(root)
    hubs = Hubs(engine, _hub_names(spokes.values(), found))
    spokes = {name: spoke for name, spoke in spokes.items() if stack in ("", name)}
    return Known(settings=settings, spokes=spokes, deployments=found, hubs=hubs, day=as_of())


def _read(records: Records | None, stack: str) -> Mapping[str, Record | CorruptRecord]:
    """Read all records, or one: whoever may deploy a single spoke may read no other."""
    if records is None:
        return {}
    if not stack:
        return records.all()
    found = records.of(stack)
    return {stack: found} if found else {}


def in_use(stack: str, launch: DeployedLaunch, hubs: Hubs, day: dt.date) -> LaunchInUse:
    """Put a launch beside what the hubs publish on a day."""
    found = hubs.product_of(launch)
    if found is None:
        original = None if hubs.problems else launch.product
        return LaunchInUse(stack=stack, deployed=launch, product=launch.product, original_key=original, state="unknown")
    key, product = found
    state, reason = "unknown", ""
    numbers = {version.id: number for number, version in product.versions.items()}
    launch = launch.model_copy(update={"version": numbers.get(launch.version, launch.version)})
    active = [number for number, each in product.versions.items() if each.state_on(day) == "active"]
    version = product.versions.get(launch.version)
    if version:
        state, reason = version.state_on(day), version.reason or ""
    return LaunchInUse(
        stack=stack,
        deployed=launch,
        product=key,
        original_key=product.original_key,
        state=state,
        reason=reason,
        newest=product.newest_on(day) or "",
        behind=len(releases_after(launch.version, active)) if version else None,
        deprecated_on=version.deprecated_on if version else None,
        retires_on=version.retires_on if version else None,
    )


def _hub_names(spokes: Iterable[Spoke], deployments: Mapping[str, Deployment]) -> Iterable[str]:
    """Name the hubs of all spokes here, and those of stacks whose settings are elsewhere."""
    names = {name for spoke in spokes if spoke.settings for name in spoke.settings.hub_stacks}
    for deployment in deployments.values():
        for name in deployment.contract.hub.split(", ") if deployment.contract else ():
            if name.rpartition("/")[2] not in names:
                names.add(name)
    return {name for name in names if name} or {"hub"}
