"""The settings file of a new spoke."""

from pathlib import Path

import pytest
import yaml

from cli.accounts.new_spoke import hub_region, write_settings
from cli.exit_codes import ExitCode
from shared.errors import ConfigError
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from tests.support.command_line import Command
from tests.support.refused import refused
from tests.support.signing import ED25519

KEY = ED25519.public
HUB = "config:\n  aws:region: eu-west-1\n"


def test_what_is_written_is_what_a_spoke_reads(tmp_path: Path) -> None:
    path = write_settings("trading", "666677778888", "eu-central-1", folder=tmp_path)
    config = yaml.safe_load(path.read_text())["config"]
    settings = SpokeSettings.model_validate({key.rpartition(":")[2]: value for key, value in config.items()})

    assert tmp_path / "Pulumi.spoke-trading.yaml" == path
    assert ("666677778888", "eu-central-1") == (settings.account_id, settings.region)
    assert ["arn:aws:iam::666677778888:role/ModelCatalogDeployer"] == settings.roles
    assert [] == settings.launches


def test_an_account_that_begins_with_a_zero_keeps_it(tmp_path: Path) -> None:
    path = write_settings("trading", "012345670123", "eu-central-1", folder=tmp_path)

    assert "012345670123" == yaml.safe_load(path.read_text())["config"]["model-catalog-spoke:accountId"]


@pytest.mark.parametrize(
    ("name", "account", "region", "key"),
    [
        ("", "666677778888", "eu-west-1", "name"),
        ("My Team", "666677778888", "eu-west-1", "name"),
        ("team", "66667777888", "eu-west-1", "account"),
        ("team", "", "eu-west-1", "account"),
        ("team", "666677778888", "Ireland", "region"),
        ("team", "666677778888", "", "region"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, account: str, region: str, key: str
) -> None:
    with refused(ConfigError, "invalid-value", f"spoke new: {key}"):
        write_settings(name, account, region, folder=tmp_path)

    assert [] == list(tmp_path.iterdir())


def test_a_spoke_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = write_settings("trading", "666677778888", "eu-central-1", folder=tmp_path)
    before = path.read_text()

    with refused(ConfigError, "spoke-exists", "Pulumi.spoke-trading.yaml"):
        write_settings("trading", "777788889999", "eu-west-1", folder=tmp_path)

    assert before == path.read_text()


@pytest.mark.parametrize(("text", "region"), [(HUB, "eu-west-1"), ("config: {}\n", "")])
def test_the_hubs_region_is_read_from_its_settings(tmp_path: Path, text: str, region: str) -> None:
    (tmp_path / "Pulumi.hub.yaml").write_text(text)

    assert region == hub_region(tmp_path)


@pytest.mark.parametrize("text", ["config:\n", "- a list\n", "", "config: ["])
def test_a_hub_whose_settings_are_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.hub.yaml").write_text(text)

    with pytest.raises(ConfigError, match=r"^Pulumi\.hub\.yaml: (config:? is missing|is not YAML)"):
        _ = hub_region(tmp_path)


def test_without_a_hub_there_is_no_region_to_take(tmp_path: Path) -> None:
    assert "" == hub_region(tmp_path)


def test_the_command_takes_the_hubs_region_and_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    (tmp_path / "Pulumi.hub.yaml").write_text(HUB)
    monkeypatch.chdir(tmp_path)

    ended = command("spoke", "new", "trading", "666677778888")

    assert 0 == ended.code
    assert "aws:region: eu-west-1" in (tmp_path / "Pulumi.spoke-trading.yaml").read_text()
    assert "Next: model-catalog spoke new-launch trading PRODUCT" in ended.out


def test_the_command_ends_with_an_error_where_it_wrote_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    (tmp_path / "Pulumi.hub.yaml").write_text(HUB)
    monkeypatch.chdir(tmp_path)

    ended = command("spoke", "new", "trading", "1")

    assert ExitCode.MISTAKE == ended.code
    assert ("invalid-value", "spoke new: account") == ended.refusal
    assert ["Pulumi.hub.yaml"] == [path.name for path in tmp_path.iterdir()]


def test_the_hub_beside_it_is_pinned_with_the_key_that_it_signs_with(tmp_path: Path) -> None:
    hub = f"config:\n  model-catalog-hub:accountId: '222233334444'\n  model-catalog-hub:signing: {{publicKey: {KEY}}}\n"
    (tmp_path / "Pulumi.hub.yaml").write_text(hub)

    write_settings("trading", "666677778888", "eu-central-1", folder=tmp_path)

    pin = settings_of(SpokeSettings, "spoke-trading", folder=tmp_path).hub
    assert pin
    assert ("222233334444", [KEY]) == (pin.account_id, pin.contract_keys)


def test_a_stack_beside_another_one_sets_nothing_up_and_has_names_of_its_own(tmp_path: Path) -> None:
    """Without being told so, an account that another stack has is taken for a mistake."""
    write_settings("trading", "666677778888", "eu-central-1", folder=tmp_path)
    with refused(ConfigError, "second-stack", "Pulumi.spoke-risk.yaml") as found:
        write_settings("risk", "666677778888", "eu-central-1", folder=tmp_path)
    assert "Pulumi.spoke-trading.yaml" in str(found.value)
    assert "--beside" in str(found.value)

    write_settings("risk", "666677778888", "eu-central-1", folder=tmp_path, beside=True)

    settings = settings_of(SpokeSettings, "spoke-risk", folder=tmp_path)
    assert ([], "risk-") == (settings.portfolios, settings.name_prefix)


@pytest.mark.parametrize(
    ("hub", "line"),
    [
        ("secretsprovider: awskms:///arn:aws:kms:eu-central-1:222233334444:key/k?region=eu-central-1\n", True),
        ("secretsprovider: passphrase\n", False),
        ("", False),
    ],
)
def test_the_key_of_the_hubs_stack_is_the_spokes(tmp_path: Path, hub: str, line: bool) -> None:  # noqa: FBT001 - a value of the table
    _ = (tmp_path / "Pulumi.hub.yaml").write_text(f"{hub}config: {{'aws:region': eu-central-1}}\n")

    text = write_settings("a", "333344445555", "eu-central-1", folder=tmp_path).read_text()

    assert (hub.removeprefix("secretsprovider: ").strip() if line else None) == yaml.safe_load(text).get(
        "secretsprovider"
    )
