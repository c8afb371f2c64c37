"""A spoke's program takes no other hub's contract than the one that is trusted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.catalog import contract
from shared.errors import ConfigError, ContractError
from spoke import program
from tests.support.offers import HUB_ACCOUNT, HUB_STACK
from tests.support.recorder import Mocks
from tests.support.refused import refused
from tests.support.signing import ED25519, ISSUED, OTHER

OWN = "organization/model-catalog-spoke/spoke-research"
PIN = {"accountId": HUB_ACCOUNT}
SIGNING = {**PIN, "contractKeys": [ED25519.public]}
Deploy = Callable[..., Mocks]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of the settings, where fleet.yaml is."""
    monkeypatch.setattr(program, "SETTINGS_FOLDER", tmp_path)
    return tmp_path


def publish(mocks: Mocks, offer: dict[str, Any], *, name: str = HUB_STACK, account: str = HUB_ACCOUNT) -> None:
    """Let a stack publish an offer."""
    mocks.stacks[name] = {"catalog": contract.publish(account, offer)}


def sign(mocks: Mocks, offer: dict[str, Any], *, issued: str = ISSUED, before: str = "") -> None:
    """Let the hub sign, and this stack have been deployed with what was signed before."""
    mocks.stacks[HUB_STACK] = {"catalog": ED25519.signed(contract.publish(HUB_ACCOUNT, offer), issued)}
    mocks.stacks[OWN] = {"contract": {"issued": {"hub": before}}} if before else {}


@pytest.mark.parametrize("pin", [None, PIN])
def test_a_stack_of_the_spokes_own_is_no_hub(deploy: Deploy, mocks: Mocks, offer: dict[str, Any], pin: object) -> None:
    """Whoever edits a spoke's settings and its state had `Action: *` on a launch role by this."""
    evil = "organization/model-catalog-spoke/spoke-evil"
    publish(mocks, offer, name=evil)

    with refused(ContractError, "hub-not-trusted", f"hubStack {evil}"):
        deploy(hubStack=evil, **({"hub": pin} if pin else {"hub": {"accountId": HUB_ACCOUNT}}))
    assert [] == mocks.resources


def test_another_accounts_hub_is_refused_before_anything_is_made(
    deploy: Deploy, mocks: Mocks, offer: dict[str, Any]
) -> None:
    publish(mocks, offer, account="999988887777")

    with refused(ContractError, "hub-of-another-account", HUB_STACK):
        deploy(hub=PIN)
    assert not [each for each in mocks.resources if each.type.startswith("aws:")]


def test_with_a_key_only_what_it_signed_is_taken(deploy: Deploy, mocks: Mocks, offer: dict[str, Any]) -> None:
    publish(mocks, offer)
    mocks.stacks[OWN] = {}
    with refused(ContractError, "contract-not-signed", HUB_STACK):
        deploy(hub=SIGNING)

    sign(mocks, offer)
    with refused(ContractError, "contract-not-signed", HUB_STACK):
        deploy(hub={**PIN, "contractKeys": [OTHER.public]})
    assert {"hub": ISSUED} == deploy(hub={**PIN, "contractKeys": [OTHER.public, ED25519.public]}).exports["contract"][
        "issued"
    ]


def test_a_contract_that_was_put_back_is_refused(deploy: Deploy, mocks: Mocks, offer: dict[str, Any]) -> None:
    sign(mocks, offer, before="2026-11-27T00:00:00.000+00:00")
    with refused(ContractError, "contract-older", HUB_STACK):
        deploy(hub=SIGNING)

    sign(mocks, offer, before=ISSUED)
    deploy(hub=SIGNING)


def test_what_fleet_yaml_asks_for_the_settings_cannot_leave_out(
    deploy: Deploy, mocks: Mocks, offer: dict[str, Any], folder: Path
) -> None:
    (folder / "fleet.yaml").write_text(f'hub: {{accountId: "{HUB_ACCOUNT}", contractKeys: [{ED25519.public}]}}\n')
    publish(mocks, offer)
    mocks.stacks[OWN] = {}

    with refused(ContractError, "contract-not-signed", HUB_STACK) as found:
        deploy()
    assert "fleet.yaml asks for that" in str(found.value)


def test_a_fleet_yaml_that_was_cut_takes_no_pin_away(
    deploy: Deploy, mocks: Mocks, offer: dict[str, Any], folder: Path
) -> None:
    (folder / "fleet.yaml").touch()
    publish(mocks, offer)

    with refused(ConfigError, "file-empty", "fleet.yaml"):
        deploy()
    assert not [each for each in mocks.resources if each.type.startswith("aws:")]
