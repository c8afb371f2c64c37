"""The settings that every stack has, and what is said about a mistake in them."""

import json

import pulumi
import pytest

from shared.errors import ConfigError
from shared.stack.engine_settings import load_settings
from shared.stack.settings import AccountSettings
from tests.support.refused import refused

GOOD = {"aws:region": "eu-central-1", "model-catalog-hub:accountId": "222233334444"}
ROLE = "arn:aws:iam::222233334444:role/teams/Deployer"


def test_settings_are_read_by_their_names_in_the_stacks_file() -> None:
    settings = load(**{"model-catalog-hub:assumeRole": ROLE})

    assert ("222233334444", "eu-central-1") == (settings.account_id, settings.region)
    assert [ROLE] == settings.roles


def test_without_a_role_the_credentials_at_hand_serve() -> None:
    assert [] == load().roles


def test_pulumis_own_settings_are_none_of_the_stacks_business() -> None:
    assert "222233334444" == load(**{"pulumi:tags": "{}"}).account_id


@pytest.mark.parametrize("key", ["model-catalog-hb:shares", "model-catalog-spoke:launches", "aws:profile"])
def test_a_key_that_nobody_reads_is_refused(key: str) -> None:
    """A misspelt namespace would otherwise take everything away that the setting stands for."""
    with refused(ConfigError, "unknown-key", f"Pulumi.hub.yaml: {key}"):
        load(**{key: "[]"})


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("accountId", "22223333444", "invalid-value"),
        ("accountId", f"{0o12345670123}", "invalid-value"),  # written 012345670123
        ("accountId", "1.1E+11", "invalid-value"),
        ("accountId", "[222233334444]", "invalid-value"),
        ("assumeRole", "Deployer", "invalid-value"),
        ("assumeRole", ROLE.replace("222233334444", "333344445555"), "role-of-another-account"),
        ("acountId", "222233334444", "unknown-key"),
        ("region", "eu-central-1", "unknown-key"),
    ],
)
def test_a_mistake_is_named_with_its_key(key: str, value: str, code: str) -> None:
    with refused(ConfigError, code, f"Pulumi.hub.yaml: {key}"):
        load(**{f"model-catalog-hub:{key}": value})


def test_a_mistake_is_told_with_an_example() -> None:
    """YAML takes an account's digits for a number."""
    with refused(ConfigError, "invalid-value") as found:
        load(**{"model-catalog-hub:accountId": "1.1E+11"})
    assert 'Expected twelve digits, in quotes so that YAML keeps them as text, for example "222233334444".' in str(
        found.value
    )


def test_a_missing_account_is_named() -> None:
    pulumi.runtime.set_all_config({"aws:region": "eu-central-1"})

    with refused(ConfigError, "missing-key", "Pulumi.hub.yaml: accountId"):
        load_settings(AccountSettings)


def test_a_missing_region_is_named() -> None:
    pulumi.runtime.set_all_config({"model-catalog-hub:accountId": "222233334444"})

    with refused(ConfigError, "missing-key", "Pulumi.hub.yaml: aws:region"):
        load_settings(AccountSettings)


def test_a_region_that_is_none_is_named() -> None:
    with refused(ConfigError, "invalid-value", "Pulumi.hub.yaml: aws:region"):
        load(**{"aws:region": "Frankfurt"})


def test_settings_come_from_the_engine_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CLI hands them over in a variable of the environment."""
    pulumi.runtime.set_all_config({})
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(GOOD))

    assert "222233334444" == load_settings(AccountSettings).account_id


def load(**changed: str) -> AccountSettings:
    """Load good settings with some of them changed."""
    pulumi.runtime.set_all_config({**GOOD, **changed})
    return load_settings(AccountSettings)
