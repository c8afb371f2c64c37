"""A contract is taken from the hub that is trusted, and signed where that is asked for; from nobody else."""

import base64
import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog import contract
from shared.catalog.signature import Signature, signature_in
from shared.catalog.trust import Trust, admit, refuse_older
from shared.errors import ContractError
from tests.support.offers import HUB_ACCOUNT, OFFER
from tests.support.refused import refused
from tests.support.signing import ED25519, ISSUED, OTHER, P256, P384, Pair
from tests.support.strategies import examples

HUB = "organization/model-catalog-hub/hub"
FILE = "Pulumi.spoke-x.yaml"
PUBLISHED = contract.publish(HUB_ACCOUNT, OFFER)


def trust(*keys: str, account: str = HUB_ACCOUNT, project: str = "model-catalog-hub") -> Trust:
    """Trust a hub."""
    return Trust(where=FILE, project=project, account=account, keys=keys)


@pytest.mark.parametrize("name", ["hub", "hub-next", HUB, "organization/model-catalog-hub/hub-next"])
def test_a_stack_of_the_hubs_project_is_read(name: str) -> None:
    trust().confirm_reference(name, "organization")
    trust(account="").confirm_reference(name, "organization")


@pytest.mark.parametrize(
    "name",
    ["organization/model-catalog-spoke/spoke-evil", "organization/other/hub", "model-catalog-spoke/hub", "me/hub"],
)
@pytest.mark.parametrize("account", ["", HUB_ACCOUNT])
def test_a_stack_of_another_project_is_refused_even_where_no_hub_is_pinned(name: str, account: str) -> None:
    with refused(ContractError, "hub-not-trusted", f"{FILE}: hubStack {name}"):
        trust(account=account).confirm_reference(name, "organization")


def test_a_pinned_hub_is_of_the_stacks_own_organization_unless_the_pin_names_another() -> None:
    other = "platform/model-catalog-hub/hub"

    with refused(ContractError, "hub-not-trusted"):
        trust().confirm_reference(other, "organization")
    trust(project="platform/model-catalog-hub").confirm_reference(other, "organization")
    with refused(ContractError, "hub-not-trusted"):
        trust(project="platform/model-catalog-hub").confirm_reference(HUB, "organization")


def test_a_contract_of_another_account_is_refused_before_anything_of_it_is_read() -> None:
    """What follows is no contract at all, and nobody looks."""
    with refused(ContractError, "hub-of-another-account", HUB):
        admit([trust()], {"hub_account": "999988887777", "regions": 7}, HUB)


@pytest.mark.parametrize("pair", [ED25519, P256, P384])
def test_a_contract_that_is_signed_with_one_of_the_keys_is_taken(pair: Pair) -> None:
    taken = admit([trust(OTHER.public, pair.public)], crossed(pair.signed(PUBLISHED)), HUB)

    assert taken.signature
    assert ISSUED == taken.signature.issued
    assert OFFER.keys() == taken.regions.keys()


def test_who_asks_for_no_signature_takes_a_signed_contract_too() -> None:
    assert admit([trust()], ED25519.signed(PUBLISHED), HUB).signature


def altered(document: dict[str, Any], **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - any part
    """Change parts of a contract, as somebody would who can write the hub's state: the hash fits again."""
    whole = {**deepcopy(document), **changed}
    return {**whole, "content_hash": contract.content_hash(whole)}


SIGNED = ED25519.signed(PUBLISHED)
SIGNATURE: dict[str, str] = SIGNED["signature"]


@pytest.mark.parametrize(
    "document",
    [
        PUBLISHED,
        OTHER.signed(PUBLISHED),
        altered(SIGNED, regions={}),
        altered(SIGNED, schema_version="1.3"),
        altered(SIGNED, extra="x"),
        altered(SIGNED, signature={**SIGNATURE, "issued": "2027-01-01T00:00:00+00:00"}),
        altered(SIGNED, signature={**SIGNATURE, "issued": "tomorrow"}),
        altered(SIGNED, signature={**SIGNATURE, "issued": "2026-11-26T09:00:00.000"}),
        altered(SIGNED, signature={**SIGNATURE, "value": ""}),
        altered(SIGNED, signature={**SIGNATURE, "value": "!"}),
        altered(SIGNED, signature={**SIGNATURE, "value": base64.b64encode(bytes(64)).decode()}),
        altered(SIGNED, signature={**SIGNATURE, "key": "sha256:0"}),
        altered(SIGNED, signature={**SIGNATURE, "key": ["x"]}),
        altered(SIGNED, signature={}),
        altered(SIGNED, signature="x"),
        altered(SIGNED, signature=None),
        altered(PUBLISHED, signature=OTHER.signed(PUBLISHED)["signature"] | {"key": SIGNATURE["key"]}),
        altered(SIGNED, extra="\ud800"),
    ],
)
def test_no_other_contract_is_taken(document: dict[str, Any]) -> None:
    with refused(ContractError, "contract-not-signed", HUB):
        admit([trust(ED25519.public)], document, HUB)


@examples
@given(st.recursive(st.none() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of), max_leaves=8))
def test_whatever_is_exported_is_taken_or_refused(document: Any) -> None:  # noqa: ANN401 - whatever
    with pytest.raises(ContractError):
        admit([trust(ED25519.public)], document, HUB)


def test_every_one_of_several_has_to_admit_it() -> None:
    """What a spoke's settings leave out, fleet.yaml may ask for."""
    with refused(ContractError, "contract-not-signed"):
        admit([trust(), trust(ED25519.public)], PUBLISHED, HUB)


def test_a_reader_of_an_older_release_finds_the_hash_of_a_signed_contract_right() -> None:
    """It takes everything but the hash for the content."""
    content = {key: part for key, part in SIGNED.items() if key != "content_hash"}

    assert SIGNED["content_hash"] == contract.content_hash(content)


@pytest.mark.parametrize(
    ("before", "older"),
    [
        ("", False),
        (ISSUED, False),
        ("2026-11-26T10:00:00.000+01:00", False),
        ("2026-11-26T09:00:00.001+00:00", True),
        ("2026-11-26T09:30:00.000+00:00", True),
    ],
)
def test_a_contract_that_was_signed_before_the_one_that_is_deployed_is_refused(before: str, older: bool) -> None:  # noqa: FBT001 - a case
    published = admit([trust(ED25519.public)], SIGNED, HUB)

    if not older:
        refuse_older(HUB, published, before)
        return
    with refused(ContractError, "contract-older", HUB):
        refuse_older(HUB, published, before)


def test_what_is_no_signature_is_none() -> None:
    assert signature_in({}) is None
    assert signature_in({"signature": SIGNATURE}) == Signature.model_validate(SIGNATURE)


def crossed(document: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Take a contract over a stack reference."""
    return json.loads(json.dumps(document))
