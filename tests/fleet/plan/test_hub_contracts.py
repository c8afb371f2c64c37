"""What the hubs have published."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from fleet.errors import EngineError
from fleet.plan.hub_contracts import Hubs
from fleet.store.storage import Storage
from shared.catalog import contract
from shared.errors import CatalogError, ContractError
from spoke.config import SpokeSettings
from tests.support.fleet.making import HUB_ACCOUNT, RECORD, FakeEngine, hubs, offer
from tests.support.refused import refused
from tests.support.signing import ED25519
from tests.support.spoke_stack import settings

GONE = EngineError("pulumi -s hub stack output failed: error: no stack named 'hub' found", code="example")

UNREACHABLE = EngineError("pulumi -s hub stack output failed: no access", code="example")


def reading(*names: str, **changed: object) -> SpokeSettings:
    """Give the settings of a spoke that reads these hubs."""
    return settings(hubStack=list(names), **changed)


def published() -> dict[str, Any]:
    return contract.publish(HUB_ACCOUNT, offer())


def test_a_hub_gives_its_contract_and_the_day_of_its_last_run() -> None:
    [found] = hubs().published().values()

    assert HUB_ACCOUNT == found.contract.hub_account
    assert dt.date(2026, 10, 1) == found.on


def test_a_hub_that_does_not_say_its_day_is_read_too() -> None:
    found = Hubs(FakeEngine({"hub": {"catalog": published()}}), ["hub"])

    assert None is found.published()["hub"].on


SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:…"}


@pytest.mark.parametrize(
    ("kept", "found"),
    [(published(), []), (SECRET, [UNREACHABLE]), ("a text", [UNREACHABLE]), (None, [UNREACHABLE])],
    ids=["plain", "secret", "text", "none"],
)
def test_what_a_hub_published_is_read_where_its_state_lies_and_else_by_pulumi(
    kept: object, found: list[EngineError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "organization/model-catalog-hub/hub"
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    stack = {"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": {"catalog": kept} if kept else {}}
    checkpoint = {"checkpoint": {"latest": {"resources": [stack]}}}
    Storage(tmp_path.as_uri()).write(".pulumi/stacks/model-catalog-hub/hub.json", json.dumps(checkpoint).encode())

    hubs = Hubs(FakeEngine({name: UNREACHABLE}), [name])

    assert found == list(hubs.problems)


def test_each_hub_is_read_once() -> None:
    found = Hubs(FakeEngine({"a": {"catalog": published()}, "b": {"catalog": published()}}), ["b", "a", "b"])

    assert ["a", "b"] == list(found.published())


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({}, ("embedder", "prod-embedder")),
        ({"product": "whatever it was called"}, ("embedder", "prod-embedder")),
        ({"product": "scorer"}, ("embedder", "prod-embedder")),
        ({"product_id": ""}, ("embedder", "prod-embedder")),
        ({"product_id": "", "product": "scorer"}, None),
        ({"product_id": "prod-gone"}, None),
        ({"region": "eu-north-1"}, None),
    ],
)
def test_a_launch_s_product_is_found_by_its_id_and_else_by_its_key(
    names: dict[str, str], found: tuple[str, str] | None
) -> None:
    launch = RECORD.launches[0].model_copy(update=names)

    product = hubs().product_of(launch)

    assert found == (product and (product[0], product[1].id))


def test_a_former_key_serves_where_no_id_was_recorded() -> None:
    renamed = offer()
    products = renamed["eu-west-1"]["products"]
    products["encoder"] = {**products.pop("embedder"), "first_key": "embedder"}

    found = hubs(renamed).product_of(RECORD.launches[0].model_copy(update={"product_id": ""}))

    assert found
    assert "encoder" == found[0]


def test_a_divided_catalog_is_read_as_one() -> None:
    west = {"eu-west-1": offer()["eu-west-1"]}
    central = {"eu-central-1": offer()["eu-central-1"]}
    outputs = {
        name: {"catalog": contract.publish(HUB_ACCOUNT, part)} for name, part in {"a": west, "b": central}.items()
    }

    found = Hubs(FakeEngine(outputs), ["a", "b"]).contract(reading("a", "b"), where="x")

    assert offer().keys() == found.regions.keys()


def test_two_hubs_that_publish_the_same_are_told() -> None:
    found = Hubs(FakeEngine({"a": {"catalog": published()}, "b": {"catalog": published()}}), ["a", "b"])

    with pytest.raises(ContractError, match="a and b"):
        found.contract(reading("a", "b"), where="x")


@pytest.mark.parametrize(
    ("outputs", "kind"),
    [
        (GONE, ContractError),
        (EngineError("out of reach", code="example"), EngineError),
        ({}, ContractError),
        ({"catalog": {"schema_version": "9.0"}}, ContractError),
    ],
)
def test_one_hub_that_cannot_be_read_is_told_to_its_spokes_alone(
    outputs: dict[str, Any] | EngineError, kind: type[CatalogError]
) -> None:
    name = "platform/model-catalog-hub/next"
    found = Hubs(FakeEngine({"hub": {"catalog": published()}, name: outputs}), ["hub", name])

    assert ["hub"] == list(found.published())
    assert HUB_ACCOUNT == found.contract(reading("hub"), where="x").hub_account
    with pytest.raises(kind):
        found.contract(reading(name), where="x")


def test_a_hub_that_was_never_deployed_is_told_with_how_to_deploy_it() -> None:
    name = "platform/model-catalog-hub/next"

    with refused(ContractError, "hub-not-deployed", name) as found:
        Hubs(FakeEngine({name: GONE}), [name]).contract(reading(name), where="x")

    assert "model-catalog stack up next." in str(found.value)


def signing(**changed: object) -> SpokeSettings:
    """Give the settings of a spoke that asks for a signature."""
    return reading("hub", hub={"accountId": HUB_ACCOUNT, "contractKeys": [ED25519.public], **changed})


def test_the_fleet_takes_for_a_spoke_what_the_spoke_would_take() -> None:
    unsigned = Hubs(FakeEngine({"hub": {"catalog": published()}}), ["hub"])
    signed = Hubs(FakeEngine({"hub": {"catalog": ED25519.signed(published())}}), ["hub"])

    assert signed.contract(signing(), where="x").signature
    assert unsigned.contract(reading("hub"), where="x")
    with refused(ContractError, "contract-not-signed"):
        unsigned.contract(signing(), where="x")
    with refused(ContractError, "hub-of-another-account"):
        signed.contract(signing(accountId="999988887777"), where="x")
    with refused(ContractError, "contract-older"):
        signed.contract(signing(), where="x", issued={"hub": "2027-01-01T00:00:00.000+00:00"})


def test_the_fleet_reads_no_stack_of_a_spoke_for_a_hub() -> None:
    evil = "organization/model-catalog-spoke/spoke-evil"

    with refused(ContractError, "hub-not-trusted"):
        Hubs(FakeEngine({evil: {"catalog": published()}}), [evil]).contract(reading(evil), where="x")


def test_what_fleet_yaml_asks_for_holds_whatever_a_spoke_asks_for(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").write_text(f'hub: {{accountId: "{HUB_ACCOUNT}", contractKeys: [{ED25519.public}]}}\n')
    engine = FakeEngine({"hub": {"catalog": published()}})
    engine.root = tmp_path

    found = Hubs(engine, ["hub"])

    assert {} == dict(found.published())
    with refused(ContractError, "contract-not-signed"):
        found.contract(reading("hub"), where="x")
