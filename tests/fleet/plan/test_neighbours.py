"""Stacks of one account, and stacks that another repository runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import SettingsError
from fleet.plan.inventory import Inventory
from fleet.plan.neighbours import Neighbours, look_around
from fleet.plan.spoke_selection import SpokeFilter, select_spokes
from fleet.plan.verdicts import Kind, make_plan
from fleet.store.records import Record
from fleet.store.states import StoredStates
from fleet.store.storage import Storage
from spoke.launches.claims import Claim
from tests.support.fleet.making import LAUNCH, RECORD, STATES, deployed, inventory, spoke
from tests.support.refused import refused

A, B = "300000000001", "300000000002"
KEYS = ("scorer", "embedder")
ROLE = Claim("role", "ModelCatalogLaunch-embedder")


def two(folder: Path, neighbours: Neighbours | None = None, **second: object) -> Inventory:
    """Make an inventory of two spokes of one account, neither of them deployed."""
    made = [spoke(folder, "a", A), spoke(folder, "b", A, **second)]
    return inventory(folder, {each.stack: each for each in made}, neighbours=neighbours or Neighbours())


def refused_for(found: Inventory) -> dict[str, str]:
    """Give the first reason of each spoke that would be refused."""
    verdicts = make_plan(found).verdicts.values()
    return {each.spoke.stack: each.reasons[0] for each in verdicts if each.kind is Kind.REFUSED}


def test_two_that_would_set_up_the_same_are_both_refused_while_neither_is_deployed(tmp_path: Path) -> None:
    found = refused_for(two(tmp_path))

    assert ["spoke-a", "spoke-b"] == list(found)
    for own, other in (("a", "b"), ("b", "a")):
        assert found[f"spoke-{own}"].startswith(
            f"a run would be refused: Pulumi.spoke-{own}.yaml: portfolios: the role"
        )
        assert f"is that of spoke-{other}, a stack of the same account" in found[f"spoke-{own}"]


def test_whoever_is_deployed_stays_and_the_other_is_refused(tmp_path: Path) -> None:
    """A name of a launch is one of the things; roles and access are others."""
    alone = deployed(inventory(tmp_path, {"spoke-a": spoke(tmp_path, "a", A)}))
    everything = frozenset(
        {
            *(Claim("role", f"ModelCatalog{kind}-{key}") for kind in ("Launch", "Execution") for key in KEYS),
            Claim("launch", "search", "eu-central-1"),
        }
    )
    both = {**alone.spokes, "spoke-b": spoke(tmp_path, "b", A)}
    found = make_plan(
        inventory(
            tmp_path,
            both,
            records=alone.records,
            tags=alone.tags,
            neighbours=Neighbours(deployed={"spoke-a": everything}),
        )
    )

    assert Kind.UNCHANGED is found.verdicts["spoke-a"].kind
    assert Kind.REFUSED is found.verdicts["spoke-b"].kind


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"portfolios": [], "namePrefix": "risk-", "launches": [{**LAUNCH, "name": "risk-search"}]}, ""),
        ({"portfolios": ["batch"], "launches": []}, ""),
        ({"portfolios": []}, "the launch search in eu-central-1 is that of spoke-"),
        ({"portfolios": [], "launches": [{**LAUNCH, "region": "eu-west-1"}]}, ""),
        ({"portfolios": ["online"], "launches": []}, "the role ModelCatalogLaunch-scorer is that of spoke-"),
    ],
)
def test_two_stacks_of_an_account_are_told_apart_by_what_they_would_have(
    tmp_path: Path, second: dict[str, Any], words: str
) -> None:
    found = refused_for(two(tmp_path, **second))

    assert bool(words) is bool(found)
    assert all(words in reason for reason in found.values())


def test_what_a_stack_elsewhere_has_is_its_own(tmp_path: Path) -> None:
    """Its settings are in another repository, so what is deployed is all that is known."""
    neighbours = Neighbours(elsewhere={"spoke-risk": A}, deployed={"spoke-risk": [ROLE]})
    found = inventory(tmp_path, {"spoke-a": spoke(tmp_path, "a", A)}, neighbours=neighbours)

    assert "ModelCatalogLaunch-embedder is that of spoke-risk" in refused_for(found)["spoke-a"]
    assert "run from another repository, and left alone here: spoke-risk" in make_plan(found).notes
    elsewhere = Neighbours(elsewhere={"spoke-risk": B}, deployed={"spoke-risk": [ROLE]})
    assert {} == refused_for(inventory(tmp_path, found.spokes, neighbours=elsewhere))


def write(storage: Storage, stack: str, account: str, *roles: str) -> None:
    """Write the state of a stack that made roles in an account."""
    provider = {
        "type": "pulumi:providers:aws",
        "urn": "urn::account",
        "inputs": {"allowedAccountIds": json.dumps([account])},
    }
    made = [
        {"type": "aws:iam/role:Role", "urn": f"urn::{name}", "custom": True, "inputs": {"name": name}} for name in roles
    ]
    resources = [provider, *made]
    storage.write(f"{STATES}/{stack}.json", json.dumps({"checkpoint": {"latest": {"resources": resources}}}).encode())


def around(storage: Storage, spokes: Inventory, **records: Record) -> Neighbours:
    """Look around in a backend."""
    states = StoredStates(storage)
    told = {f"spoke-{name}": record for name, record in records.items()}
    return look_around(spokes.spokes, states.tags(), told, states)


def test_stacks_of_the_backend_without_settings_here_are_found_with_their_accounts(
    tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = inventory(tmp_path, {"spoke-a": spoke(tmp_path, "a", A)})
    write(storage, "spoke-a", A, "ModelCatalogLaunch-scorer")
    write(storage, "spoke-risk", A, ROLE.name)
    write(storage, "spoke-far", B, "ModelCatalogLaunch-far")
    write(storage, "spoke-gone", B)
    storage.write(f"{STATES}/spoke-torn.json", b"{")

    found = around(storage, here)

    assert {"spoke-far": B, "spoke-risk": A, "spoke-torn": ""} == found.elsewhere
    assert {"spoke-a", "spoke-risk"} == found.deployed.keys()
    assert [ROLE] == list(found.deployed["spoke-risk"])

    record = RECORD.model_copy(
        update={"stack": "spoke-far", "account": B, "state": StoredStates(storage).tags()["spoke-far"]}
    )
    read = list[str]()
    before = StoredStates.read

    def noted(self: StoredStates, stack: str) -> object:
        read.append(stack)
        return before(self, stack)

    monkeypatch.setattr(StoredStates, "read", noted)
    assert found == around(storage, here, far=record)
    assert "spoke-far" not in read, "a record of the last run tells the account"


def test_a_fleet_of_one_stack_an_account_reads_no_state(
    tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"spoke-a": spoke(tmp_path, "a", A), "spoke-b": spoke(tmp_path, "b", B)}
    for stack, each in made.items():
        write(storage, stack, each.account, ROLE.name)
    monkeypatch.setattr(StoredStates, "read", None)

    assert Neighbours() == around(storage, inventory(tmp_path, made))


def test_who_asks_for_a_stack_that_is_run_from_elsewhere_is_told_so(tmp_path: Path) -> None:
    neighbours = Neighbours(elsewhere={"spoke-risk": B})
    plan = make_plan(inventory(tmp_path, {"spoke-a": spoke(tmp_path, "a", A)}, neighbours=neighbours))

    with refused(SettingsError, "spoke-elsewhere", "--only"):
        select_spokes(plan, SpokeFilter(only=["risk"]))
    assert {"spoke-a"} == select_spokes(plan, SpokeFilter())
