"""Fleets made by hand: spokes, their organization, their hub and what is known of them; no engine and no account."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.engine import Cost, Engine
from fleet.errors import EngineError
from fleet.plan.fingerprint import fingerprint_of
from fleet.plan.hub_contracts import Hubs
from fleet.plan.inventory import Inventory
from fleet.plan.settings import FleetSettings
from fleet.plan.spokes import Spoke, read_spoke
from fleet.plan.verdicts import make_plan
from fleet.store.records import ContractRef, DeployedLaunch, Record
from fleet.store.states import State, StoredStates
from fleet.store.storage import Storage
from shared.aws.organization import Organization
from shared.catalog import contract
from shared.stack.names import SPOKE_PROJECT
from tests.support.catalog_copy import DAY
from tests.support.fake_account import always, denied
from tests.support.offers import OFFER

HUB_ACCOUNT, MANAGEMENT = "222233334444", "111122223333"
LAUNCH: Mapping[str, Any] = {"name": "search", "product": "embedder", "version": "1.0.0"}
CODE: Mapping[str, str] = {"code of spoke and shared": "c0de", "locked dependencies": "10c"}
HUB = "organization/model-catalog-hub/hub"
STATES = ".pulumi/stacks/model-catalog-spoke"
FINISHED = dt.datetime(2026, 10, 6, 12, 30, tzinfo=dt.UTC)
NOTHING = Cost(seconds=0, cpu_seconds=0, peak_mib=0)
RECORD = Record(
    stack="spoke-a",
    account="333344445555",
    fingerprint="f1",
    parts={"setting region": "1", "launch search": "2"},
    state="tag",
    finished=FINISHED,
    contract=ContractRef(hub="organization/model-catalog-hub/hub", content_hash="sha256:1"),
    launches=[
        DeployedLaunch(
            name="search",
            product="embedder",
            product_id="prod-embedder",
            version="1.0.0",
            region="eu-west-1",
            status="AVAILABLE",
            since=FINISHED,
        )
    ],
    cost=NOTHING,
)
"""Of a spoke that runs one model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account of a pretended organization, in the unit with this path of names."""

    id: str
    name: str = "somebody"
    unit: str = ""
    status: str = "ACTIVE"
    tags: Mapping[str, str] | None = None


class FakeOrganizations:
    """Answers as a session that may read the organization does.

    Attributes:
        asked: The operations that were called, with what they were called for.
        refused: Operations that it may not call.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self.asked: list[tuple[str, str]] = []
        self.refused: set[str] = set()

    def client(self, service: str) -> Any:  # noqa: ANN401 - as a session has it
        """Give itself: it has the calls that are no listings."""
        assert "organizations" == service
        return self

    def describe_organization(self) -> dict[str, Any]:
        """Give the management account."""
        return {"Organization": {"Id": "o-made", "MasterAccountId": MANAGEMENT}}

    def describe_account(self, AccountId: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """Give one account."""
        return {"Account": self._listed(*(member for member in self._members if member.id == AccountId))[0]}

    def pages(self, _service: str, operation: str, _result: str, **arguments: str) -> list[dict[str, Any]]:
        """Answer a listing."""
        [about] = [*arguments.values()] or [""]
        self.asked.append((operation, about))
        if operation in self.refused:
            raise denied(operation)
        match operation:
            case "list_roots":
                return [{"Id": "r-root"}]
            case "list_accounts":
                return self._listed(*self._members)
            case "list_accounts_for_parent":
                return self._listed(*(member for member in self._members if unit_id(member.unit) == about))
            case "list_organizational_units_for_parent":
                paths = {"/".join(parts[:depth]) for parts in self._units() for depth in range(1, len(parts) + 1)}
                below = [path for path in sorted(paths) if unit_id(path.rpartition("/")[0]) == about]
                return [{"Id": unit_id(path), "Name": path.rpartition("/")[2]} for path in below]
            case _:
                [member] = [each for each in self._members if each.id == about]
                return [{"Key": key, "Value": value} for key, value in (member.tags or {}).items()]

    @staticmethod
    def _listed(*members: Member) -> list[dict[str, Any]]:
        return [{"Id": each.id, "Name": each.name, "Status": each.status} for each in members]

    def _units(self) -> list[list[str]]:
        return [each.unit.split("/") for each in self._members if each.unit]


def unit_id(path: str) -> str:
    """Give the id of the unit with this path, or of the root."""
    return f"ou-{path.lower().replace('/', '-')}" if path else "r-root"


def organization(*members: Member) -> Organization:
    """Read a pretended organization."""
    session: Any = FakeOrganizations(members)
    return Organization(session)


class FakeEngine(Engine):
    """Knows the outputs of some hubs, and runs nothing."""

    def __init__(self, hubs: Mapping[str, Mapping[str, Any] | EngineError]) -> None:
        super().__init__(Path("nowhere"))
        self._hubs = hubs

    def outputs(self, project: str, stack: str) -> dict[str, Any]:
        """Give a hub's outputs."""
        assert "hub" == project
        found = self._hubs[stack]
        if isinstance(found, EngineError):
            raise found
        return dict(found)


class OneState(StoredStates):
    """A backend with one state, or with one that cannot be read."""

    def __init__(self, found: State | Exception | None) -> None:
        self._state = found  # and no storage: nothing is asked of one

    def read(self, stack: str) -> State | None:
        """Read it."""
        assert "spoke-a" == stack
        if isinstance(self._state, Exception):
            raise self._state
        return self._state


def offer() -> dict[str, Any]:
    """Give what the hub offers, to be changed."""
    return deepcopy(dict(OFFER))


def hubs(offered: Mapping[str, Any] | None = None) -> Hubs:
    """Read one hub that offers this."""
    published = {"catalog": contract.publish(HUB_ACCOUNT, offered or OFFER), "published_on": "2026-10-01"}
    return Hubs(FakeEngine({"hub": published}), ["hub"])


def write_spoke(folder: Path, name: str, account: str, **settings: object) -> Path:
    """Write a spoke's settings file."""
    given = {"accountId": account, "launches": [dict(LAUNCH)], **settings}
    config = {"aws:region": "eu-central-1", **{f"{SPOKE_PROJECT}:{key}": value for key, value in given.items()}}
    file = folder / f"Pulumi.spoke-{name}.yaml"
    file.write_text(yaml.safe_dump({"config": config}))
    return file


def write_state(
    storage: Storage,
    stack: str,
    *,
    hub: str = HUB,
    content_hash: str = "sha256:1",
    project: str = SPOKE_PROJECT,
    **launches: Mapping[str, Any],
) -> None:
    """Write the state of a spoke with launches, each as its program gives it; an id is made of the product's key."""
    outputs = {"launches": launches, "contract": {"hub": hub, "content_hash": content_hash}}
    resources: list[dict[str, Any]] = [{"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": outputs}]
    for name, launch in launches.items():
        resources.append(
            {
                "type": "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
                "urn": f"urn:pulumi:{stack}::model-catalog-spoke::any::{name}",
                "id": f"pp-{name}",
                "inputs": {"productId": launch.get("product_id", f"prod-{launch['product']}")},
            }
        )
    storage.write(
        f".pulumi/stacks/{project}/{stack}.json",
        json.dumps({"checkpoint": {"latest": {"resources": resources}}}).encode(),
    )


def spoke(folder: Path, name: str, account: str, **settings: object) -> Spoke:
    """Make a spoke."""
    return read_spoke(write_spoke(folder, name, account, **settings))


def spokes(folder: Path, **accounts: str) -> dict[str, Spoke]:
    """Make spokes by their short names, each of an account."""
    made = [spoke(folder, name, account) for name, account in accounts.items()]
    return {each.stack: each for each in made}


def fleet(*waves: Mapping[str, Any], **settings: object) -> FleetSettings:
    """Make the settings of a fleet; without waves, all spokes are in one."""
    given = {**settings, **({"waves": [dict(wave) for wave in waves]} if waves else {})}
    return FleetSettings.model_validate(given, by_alias=True, by_name=False)


def inventory(folder: Path, made: Mapping[str, Spoke], **changed: Any) -> Inventory:  # noqa: ANN401 - any part of an inventory
    """Make an inventory of spokes that were never deployed, but for what is given."""
    usual = Inventory(
        root=folder,
        settings=fleet(),
        spokes=made,
        organization=None,
        unread="",
        records={},
        tags={},
        hubs=hubs(),
        code=CODE,
        day=DAY,
    )
    return replace(usual, **changed)


def deployed(before: Inventory) -> Inventory:
    """Give the inventory as it is right after every spoke was deployed by a fleet."""
    plan = make_plan(before)
    records = {
        stack: Record(
            stack=stack,
            account=verdict.spoke.account,
            fingerprint=fingerprint_of(verdict.parts),
            parts=verdict.parts,
            state=f"tag-{stack}",
            finished=FINISHED,
            contract=ContractRef(hub=HUB, content_hash=verdict.contract),
            launches=[
                DeployedLaunch(
                    name=resolved.launch.name,
                    product=resolved.key,
                    product_id=resolved.product.id,
                    version=resolved.choice.number,
                    region=resolved.region,
                    status="AVAILABLE",
                    since=FINISHED,
                )
                for resolved in verdict.resolved_launches
            ],
            cost=NOTHING,
        )
        for stack, verdict in plan.verdicts.items()
        if verdict.parts
    }
    return replace(before, records=records, tags={stack: f"tag-{stack}" for stack in records})


def recorded(found: Inventory, stack: str) -> Record:
    """Give the record of a spoke, which has to have one."""
    record = found.records[stack]
    assert isinstance(record, Record)
    return record


def answer(monkeypatch: pytest.MonkeyPatch, outputs: Mapping[str, Mapping[str, Any] | EngineError]) -> None:
    """Let an inventory find hubs with these outputs."""
    monkeypatch.setattr("fleet.plan.inventory.Engine", always(FakeEngine(outputs)))
