"""What a hub publishes arrives at a spoke unaltered, or not at all."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.catalog import contract
from shared.errors import ContractError
from tests.support.offers import product, version
from tests.support.refused import refused
from tests.support.strategies import examples, offers

HUB = "organization/model-catalog-hub/hub"
VERSION = version("pa-1", {"Size": {"type": "Number", "description": "How many.", "default": "1", "max_value": "9"}})
PRODUCT = product("scorer", "online", {"1.0.0": VERSION})
OFFER: Mapping[str, Any] = {
    "eu-central-1": {
        "portfolios": {"online": {"id": "port-1", "name": "Online", "shares": [{"type": "ACCOUNT", "target": "1"}]}},
        "products": {"scorer": PRODUCT},
    }
}
Path = tuple[str | int, ...]
SIZE: Path = ("regions", "eu-central-1", "products", "scorer", "versions", "1.0.0", "parameters", "Size")


@examples
@given(offers())
def test_whatever_a_hub_offers_a_spoke_reads(offer: dict[str, Any]) -> None:
    published = contract.publish("222233334444", offer)

    read = contract.parse(crossed(published), source=HUB)

    assert offer == read.model_dump(mode="json", exclude_none=True)["regions"]
    assert "222233334444" == read.hub_account


@examples
@given(offers())
def test_everything_that_is_published_is_text(offer: dict[str, Any]) -> None:
    """A number would cross a stack reference as a float."""
    published = contract.publish("222233334444", offer)

    assert {str} == {type(leaf) for _, leaf in leaves(published)}


@examples
@given(offers(), st.randoms(use_true_random=False), st.text(max_size=5))
def test_no_part_can_be_altered_unnoticed(offer: dict[str, Any], random: Any, text: str) -> None:  # noqa: ANN401 - Hypothesis's own class
    published = contract.publish("222233334444", offer)
    path, leaf = random.choice(list(leaves(published)))
    assume(text != leaf)

    with pytest.raises(ContractError, match=HUB):
        contract.parse(replaced(published, path, text), source=HUB)


@examples
@given(offers())
def test_publishing_twice_gives_the_same_hash_whatever_the_order(offer: dict[str, Any]) -> None:
    turned = json.loads(json.dumps(offer), object_pairs_hook=lambda pairs: dict(reversed(pairs)))

    assert contract.publish("1", offer)["content_hash"] == contract.publish("1", turned)["content_hash"]


def test_the_hash_is_made_in_one_way_for_good() -> None:
    """Hub and spokes may be of different releases."""
    document = contract.publish("222233334444", OFFER)

    assert content_hash(document) == document["content_hash"]


def test_another_offer_has_another_hash() -> None:
    before = contract.publish("222233334444", OFFER)["content_hash"]

    assert before != contract.publish("222233334445", OFFER)["content_hash"]
    assert before.startswith("sha256:")


@pytest.mark.parametrize("value", [None, "catalog", ["catalog"], 1.0])
def test_a_hub_that_exports_no_catalog_is_refused(value: object) -> None:
    with refused(ContractError, "catalog-not-exported", f"stack {HUB}"):
        contract.parse(value, source=HUB)


@pytest.mark.parametrize("version", ["0.9", "2.0", "10.0", "", "(none)"])
def test_another_major_version_is_refused(version: str) -> None:
    document = contract.publish("222233334444", OFFER) | {"schema_version": version}

    with refused(ContractError, "catalog-of-another-version", HUB):
        contract.parse(document, source=HUB)


def test_a_contract_of_version_1_2_is_read_and_its_versions_bring_no_model() -> None:
    document = {**contract.publish("222233334444", OFFER), "schema_version": "1.2"}
    document["content_hash"] = content_hash(document)

    read = contract.parse(crossed(document), source=HUB)

    assert read.regions["eu-central-1"].products["scorer"].versions["1.0.0"].model is None


def test_a_document_without_a_version_is_refused() -> None:
    with refused(ContractError, "catalog-of-another-version", HUB):
        contract.parse({"regions": {}}, source=HUB)


REQUIRED: list[Path] = [
    ("content_hash",),
    ("hub_account",),
    ("regions",),
    ("regions", "eu-central-1", "portfolios"),
    ("regions", "eu-central-1", "products"),
    ("regions", "eu-central-1", "portfolios", "online", "id"),
    ("regions", "eu-central-1", "products", "scorer", "launch_role", "policy"),
    ("regions", "eu-central-1", "products", "scorer", "versions", "1.0.0", "id"),
    (*SIZE, "type"),
]


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_a_missing_field_is_named(path: Path) -> None:
    document = contract.publish("222233334444", OFFER)
    del at(document, path[:-1])[path[-1]]

    with refused(ContractError, "catalog-damaged", HUB) as found:
        contract.parse(document, source=HUB)
    assert f"{'.'.join(map(str, path))} is missing" in str(found.value)


def test_a_field_of_another_kind_is_named() -> None:
    """A hub that published a number would have it arrive as a float."""
    path: Path = (
        "regions",
        "eu-central-1",
        "products",
        "scorer",
        "versions",
        "1.0.0",
        "parameters",
        "Size",
        "max_value",
    )
    document = replaced(contract.publish("222233334444", OFFER), path, 9.0)

    with refused(ContractError, "catalog-damaged", HUB) as found:
        contract.parse(document, source=HUB)
    assert "parameters.Size.max_value has an invalid value" in str(found.value)


@pytest.mark.parametrize("day", [1788220800.0, "September", "2026-09-31"])
def test_a_day_that_is_none_is_named(day: object) -> None:
    path: Path = ("regions", "eu-central-1", "products", "scorer", "versions", "1.0.0", "released")
    document = replaced(contract.publish("222233334444", OFFER), path, day)

    with refused(ContractError, "catalog-damaged", HUB) as found:
        contract.parse(document, source=HUB)
    assert "products.scorer.versions.1.0.0.released has an invalid value" in str(found.value)


def test_days_are_written_as_text_and_read_as_days() -> None:
    document = contract.publish("222233334444", OFFER)
    [version] = contract.parse(document, source=HUB).regions["eu-central-1"].products["scorer"].versions.values()

    assert "2026-09-01" == at(document, (*SIZE[:-2], "released"))
    assert dt.date(2026, 9, 1) == version.released


def test_names_in_the_document_stay_as_spokes_of_older_releases_know_them() -> None:
    version: Path = SIZE[1:-2]
    rule = {"kind": "instances", "currency": "USD", "date": "2026-10-01", "most": "Max", "scales": "On"}
    cost: dict[str, Any] = {**rule, "prices": {}}
    offer = replaced(OFFER, (*version, "cost"), cost)
    document = contract.publish("222233334444", replaced(offer, (*version[:3], "first_key"), "classifier"))
    product = contract.parse(document, source=HUB).regions["eu-central-1"].products["scorer"]

    assert cost == at(document["regions"], (*version, "cost"))
    assert "classifier" == at(document["regions"], (*version[:3], "first_key")) == product.original_key
    found = product.versions["1.0.0"].cost
    assert found
    assert ("Max", "On") == (found.max_count, found.autoscaling)


def test_a_hub_that_does_not_say_original_keys_never_changed_one() -> None:
    """Releases before the one that let keys change did not publish them."""
    document = contract.publish("222233334444", OFFER)
    for part in document["regions"]["eu-central-1"].values():
        for entry in part.values():
            del entry["first_key"]
    document["content_hash"] = content_hash(document)
    region = contract.parse(document, source=HUB).regions["eu-central-1"]

    assert ("online", "scorer") == (region.portfolios["online"].original_key, region.products["scorer"].original_key)


def test_an_altered_document_is_refused_with_its_hash() -> None:
    path: Path = ("regions", "eu-central-1", "products", "scorer", "id")
    published = contract.publish("222233334444", OFFER)

    with refused(ContractError, "catalog-altered", HUB):
        contract.parse(replaced(published, path, "prod-2"), source=HUB)


ADDED: list[Path] = [(), ("regions", "eu-central-1"), ("regions", "eu-central-1", "products", "scorer")]


@pytest.mark.parametrize("path", ADDED, ids=lambda path: ".".join(map(str, path)) or "top")
def test_a_field_that_a_newer_hub_added_is_overlooked(path: Path) -> None:
    document = contract.publish("222233334444", OFFER) | {"schema_version": "1.7"}
    at(document, path)["added"] = {"in": "1.7"}
    document["content_hash"] = content_hash(document)

    read = contract.parse(document, source=HUB)

    assert "prod-scorer" == read.regions["eu-central-1"].products["scorer"].id


def test_a_field_that_was_added_on_the_way_is_not_overlooked() -> None:
    document = contract.publish("222233334444", OFFER) | {"added": "by somebody"}

    with refused(ContractError, "catalog-altered", HUB):
        contract.parse(document, source=HUB)


def test_a_parameter_of_a_hidden_value_says_so() -> None:
    path: Path = (*SIZE[1:], "no_echo")
    read = contract.parse(contract.publish("1", replaced(OFFER, path, "true")), source=HUB)

    assert "true" == read.regions["eu-central-1"].products["scorer"].versions["1.0.0"].parameters["Size"].no_echo


def test_a_hub_cannot_publish_what_a_spoke_could_not_read() -> None:
    with pytest.raises(ValidationError, match=r"regions\.eu-central-1\.products"):
        contract.publish("222233334444", {"eu-central-1": {"portfolios": {}}})


def content_hash(document: Mapping[str, Any]) -> str:
    """Hash a document by the contract's rule: compact JSON with sorted keys, without the hash itself."""
    content = {key: part for key, part in document.items() if key != "content_hash"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def crossed(document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any document
    """Send a document through a stack's state, as JSON."""
    return json.loads(json.dumps(document))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, object]]:  # noqa: ANN401 - any document
    """Give what is neither a map nor a list in a document, with its place."""
    if isinstance(value, dict):
        for key, part in cast("dict[str, Any]", value).items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(cast("list[Any]", value)):
            yield from leaves(part, (*path, index))
    else:
        yield path, value


def at(document: Any, path: Path) -> Any:  # noqa: ANN401 - any document
    """Give the part of a document at a place."""
    for step in path:
        document = document[step]
    return document


def replaced(document: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    """Copy a document with another value at a place."""
    copy = deepcopy(dict(document))
    at(copy, path[:-1])[path[-1]] = value
    return copy
