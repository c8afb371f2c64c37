"""The settings that every stack has, and what is said about a mistake in them."""

import json

import pulumi
import pytest

from shared.errors import ConfigError
from shared.stack.settings import AccountSettings, load_settings

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
    with pytest.raises(
        ConfigError, match=rf"^Pulumi\.hub\.yaml: {key} is not a known key\. The keys here are aws:region"
    ):
        load(**{key: "[]"})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("accountId", "22223333444", r"accountId: found '22223333444'. Expected twelve digits, in quotes"),
        (
            "accountId",
            f"{0o12345670123}",
            r"accountId: found '1402433619'.*example \"222233334444\"",
        ),  # written 012345670123
        (
            "accountId",
            "1.1E+11",
            r"accountId: found '1\.1E\+11'. Expected twelve digits.*example \"222233334444\"",
        ),
        ("accountId", "[222233334444]", r"accountId: found a list. Expected twelve digits"),
        (
            "assumeRole",
            "Deployer",
            r"assumeRole: found 'Deployer'. Expected the ARN of a role in the stack's own",
        ),
        (
            "assumeRole",
            ROLE.replace("222233334444", "333344445555"),
            r"assumeRole arn.* is not of the account 222233334444 in accountId. Name a role of that account",
        ),
        ("acountId", "222233334444", r"acountId is not a known key. Remove it, or correct its spelling"),
        ("region", "eu-central-1", r"region is not a known key. Remove it, or correct its spelling"),
    ],
)
def test_a_mistake_is_named_with_its_key(key: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"^Pulumi\.hub\.yaml: (model-catalog-hub:)?{message}"):
        load(**{f"model-catalog-hub:{key}": value})


def test_a_missing_account_is_named() -> None:
    pulumi.runtime.set_all_config({"aws:region": "eu-central-1"})

    with pytest.raises(ConfigError, match=r"^Pulumi\.hub\.yaml: accountId is missing. Expected twelve digits,"):
        load_settings(AccountSettings)


def test_a_missing_region_is_named() -> None:
    pulumi.runtime.set_all_config({"model-catalog-hub:accountId": "222233334444"})

    with pytest.raises(ConfigError, match=r"^Pulumi\.hub\.yaml: aws:region is missing\. .* for example eu-central-1"):
        load_settings(AccountSettings)


def test_a_region_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^Pulumi\.hub\.yaml: .*region: found 'Frankfurt'. Expected the name of an"):
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
