"""Fleets made by hand: spokes, their organization, their hub and what is known of them; no engine and no account."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
import yaml

from fleet.engine import Engine
from fleet.errors import EngineError
from fleet.plan.fingerprint import fingerprint_of
from fleet.plan.hub_contracts import Hubs
from fleet.plan.inventory import Survey
from fleet.plan.settings import FleetSettings
from fleet.plan.spokes import Spoke, read_spoke
from fleet.plan.verdicts import make_plan
from fleet.store.records import Cost, Record, Running, Used
from shared.aws.organization import Organization
from shared.catalog import contract
from shared.stack.names import SPOKE_PROJECT
from tests.support.catalog_copy import DAY
from tests.support.fake_account import always
from tests.support.offers import OFFER

HUB_ACCOUNT, MANAGEMENT = "222233334444", "111122223333"
LAUNCH: Mapping[str, Any] = {"name": "search", "product": "embedder", "version": "1.0.0"}
CODE: Mapping[str, str] = {"code of spoke and shared": "c0de", "locked dependencies": "10c"}
FINISHED = dt.datetime(2026, 10, 6, 12, 30, tzinfo=dt.UTC)
NOTHING = Cost(seconds=0, cpu_seconds=0, peak_mib=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account of a pretended organization, in the unit with this path of names."""

    id: str
    name: str = "somebody"
    unit: str = ""
    status: str = "ACTIVE"
    tags: Mapping[str, str] | None = None


class FakeOrganizations:
    """Answers as a client of AWS Organizations does, one item on each page.

    Attributes:
        asked: The operations that were called, with what they were called for.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self.asked: list[tuple[str, str]] = []

    def describe_organization(self) -> dict[str, Any]:
        """Give the management account."""
        return {"Organization": {"MasterAccountId": MANAGEMENT}}

    def describe_account(self, AccountId: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """Give one account."""
        [found] = [member for member in self._members if member.id == AccountId]
        return {"Account": {"Id": found.id, "Status": found.status}}

    def get_paginator(self, operation: str) -> Any:  # noqa: ANN401 - as boto3 has it
        """Give the pages of a listing."""

        def paginate(ParentId: str = "", ResourceId: str = "") -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's own names
            self.asked.append((operation, ParentId or ResourceId))
            yield from self.pages(operation, ParentId, ResourceId)

        return SimpleNamespace(paginate=paginate)

    def pages(self, operation: str, parent: str, resource: str) -> Iterator[dict[str, Any]]:
        """Answer a listing."""
        match operation:
            case "list_roots":
                yield {"Roots": [{"Id": "r-root"}]}
            case "list_accounts_for_parent":
                for each in self._members:
                    if unit_id(each.unit) == parent:
                        yield {"Accounts": [{"Id": each.id, "Name": each.name, "Status": each.status}]}
            case "list_organizational_units_for_parent":
                paths = {"/".join(parts[:depth]) for parts in self._units() for depth in range(1, len(parts) + 1)}
                for path in sorted(paths):
                    if unit_id(path.rpartition("/")[0]) == parent:
                        unit = {"Id": unit_id(path), "Name": path.rpartition("/")[2]}
                        yield {"OrganizationalUnits": [unit]}
            case _:
                [member] = [each for each in self._members if each.id == resource]
                for key, value in (member.tags or {}).items():
                    yield {"Tags": [{"Key": key, "Value": value}]}

    def _units(self) -> list[list[str]]:
        return [each.unit.split("/") for each in self._members if each.unit]


def unit_id(path: str) -> str:
    """Give the id of the unit with this path, or of the root."""
    return f"ou-{path.lower().replace('/', '-')}" if path else "r-root"


def organization(*members: Member) -> Organization:
    """Read a pretended organization."""
    with mock.patch("shared.aws.organization._client", return_value=FakeOrganizations(members)):
        return Organization()


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


def survey(folder: Path, made: Mapping[str, Spoke], **changed: Any) -> Survey:  # noqa: ANN401 - any part of a survey
    """Make a survey of spokes that were never deployed, but for what is given."""
    usual = Survey(
        root=folder,
        settings=fleet(),
        spokes=made,
        organization=None,
        blind="",
        records={},
        tags={},
        hubs=hubs(),
        code=CODE,
        day=DAY,
    )
    return replace(usual, **changed)


def deployed(before: Survey) -> Survey:
    """Give the survey as it is right after every spoke was deployed by a fleet."""
    plan = make_plan(before)
    records = {
        stack: Record(
            stack=stack,
            account=verdict.spoke.account,
            fingerprint=fingerprint_of(verdict.parts),
            parts=verdict.parts,
            state=f"tag-{stack}",
            finished=FINISHED,
            contract=Used(hub="organization/model-catalog-hub/hub", content_hash=verdict.contract),
            launches=[
                Running(
                    name=resolved.launch.name,
                    product=resolved.key,
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


def recorded(found: Survey, stack: str) -> Record:
    """Give the record of a spoke, which has to have one."""
    record = found.records[stack]
    assert isinstance(record, Record)
    return record


def answer(monkeypatch: pytest.MonkeyPatch, outputs: Mapping[str, Mapping[str, Any] | EngineError]) -> None:
    """Let a survey find hubs with these outputs."""
    monkeypatch.setattr("fleet.plan.inventory.Engine", always(FakeEngine(outputs)))
