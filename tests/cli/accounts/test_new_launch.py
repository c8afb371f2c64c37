"""A launch is written only when the hub offers all of it, and all that is missing is told at once."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.exit_codes import ExitCode
from fleet.engine import Engine
from shared.catalog import contract
from tests.support.command_line import Command
from tests.support.fake_account import always

SETTINGS = """\
# Ours.
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "333344445555"
  model-catalog-spoke:launches: []
"""
PARAMETERS: Mapping[str, Any] = {
    "ModelDataUrl": {"type": "String", "description": "Where the model is.", "constraint_description": "An object."},
    "Count": {"type": "Number", "description": "How many.", "min_value": "1", "max_value": "9"},
    "Environment": {"type": "String", "default": "development", "allowed_values": ["development", "staging"]},
}
HIDDEN: Mapping[str, Any] = {**PARAMETERS, "ApiKey": {"type": "String", "no_echo": "true"}}
ROLE: Mapping[str, Any] = {"name": "r", "services": [], "policy": {"Version": "2012-10-17", "Statement": []}}


def version(number: str, state: str = "active") -> dict[str, Any]:
    """Write a version as a hub publishes it."""
    return {
        "id": f"pa-{number}",
        "state": state,
        "released": "2026-09-01",
        "description": "A version.",
        "template_sha256": "0" * 64,
        "parameters": PARAMETERS,
    }


SCORER: Mapping[str, Any] = {
    "id": "prod-scorer",
    "name": "The scorer",
    "portfolio": "online",
    "owner": "Risk",
    "description": "A model.",
    "tags": {},
    "launch_role": ROLE,
    "execution_role": ROLE,
    "versions": {"1.9.0": version("1.9.0"), "1.10.0": version("1.10.0"), "2.0.0": version("2.0.0", "deprecated")},
}
SECRETIVE: Mapping[str, Any] = {
    **SCORER,
    "id": "prod-secretive",
    "versions": {"1.0.0": {**version("1.0.0"), "id": "pa-s", "parameters": HIDDEN}},
}
OFFER: Mapping[str, Any] = {
    "eu-central-1": {
        "portfolios": {"online": {"id": "port-1", "name": "Online", "shares": []}},
        "products": {"scorer": SCORER, "secretive": SECRETIVE},
    }
}
GIVEN = ["--parameter", "ModelDataUrl=s3://models/a=b.tar.gz", "--parameter", "Count=2"]


@pytest.fixture(autouse=True)
def spoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the settings of a spoke, whose hub offers a scorer."""
    published = {"catalog": contract.publish("222233334444", OFFER)}
    monkeypatch.setattr(Engine, "outputs", always(published))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "Pulumi.spoke-research.yaml"
    path.write_text(SETTINGS)
    return path


@pytest.fixture
def new_launch(command: Command) -> Callable[..., Any]:
    """Give a way to add a launch of the scorer."""
    return lambda *words: command("spoke", "new-launch", "research", *words)


def launches(path: Path) -> list[dict[str, Any]]:
    """Read the launches of a spoke's settings."""
    return yaml.safe_load(path.read_text())["config"]["model-catalog-spoke:launches"]


def test_a_launch_of_the_newest_active_version_is_written(spoke: Path, new_launch: Callable[..., Any]) -> None:
    ended = new_launch("scorer", *GIVEN)

    assert (0, "") == (ended.code, ended.err)
    assert "Next:\nmodel-catalog stack preview spoke-research\n" in ended.out
    assert spoke.read_text().startswith("# Ours.\n")
    values = {"ModelDataUrl": "s3://models/a=b.tar.gz", "Count": "2"}
    assert [{"name": "scorer", "product": "scorer", "version": "1.10.0", "parameters": values}] == launches(spoke)


def test_name_version_and_region_may_be_said(spoke: Path, new_launch: Callable[..., Any]) -> None:
    words = ["--name", "fraud", "--version", "~1.9", "--region", "eu-central-1"]

    assert 0 == new_launch("scorer", *GIVEN, *words).code
    [found] = launches(spoke)
    assert ("fraud", "~1.9", "eu-central-1") == (found["name"], found["version"], found["region"])


def test_the_portfolio_is_asked_for_where_several_may_reach_the_account_and_written(
    spoke: Path, new_launch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = deepcopy(dict(OFFER))
    shares = [{"type": "ORGANIZATION", "target": "o-a1b2c3d4e5"}]
    for key in ("online", "batch"):
        offer["eu-central-1"]["portfolios"][key] = {"id": f"port-{key}", "name": key, "shares": shares}
    offer["eu-central-1"]["products"]["scorer"]["portfolios"] = {"batch": {"tags": {}}}
    monkeypatch.setattr(Engine, "outputs", always({"catalog": contract.publish("222233334444", offer)}))

    assert "portfolio-not-named" == _refusal(new_launch("scorer", *GIVEN))[0]
    assert 0 == new_launch("scorer", *GIVEN, "--portfolio", "batch").code

    [launch] = launches(spoke)
    assert "batch" == launch["portfolio"]


def test_all_that_has_no_default_is_asked_for_at_once(spoke: Path, new_launch: Callable[..., Any]) -> None:
    ended = new_launch("scorer")

    assert ExitCode.MISTAKE == ended.code
    assert [
        "error: The scorer 1.10.0 has no defaults for these. Give each:",
        "  --parameter ModelDataUrl=…  Where the model is.",
        "  --parameter Count=…  How many. 1 to 9",
    ] == ended.err.splitlines()
    assert SETTINGS == spoke.read_text()


def test_what_the_version_brings_is_neither_asked_for_nor_taken(
    monkeypatch: pytest.MonkeyPatch, spoke: Path, new_launch: Callable[..., Any]
) -> None:
    model = {
        "package": "scorer/1",
        "archive": {"uri": "s3://models/scorer.tar.gz"},
        "parameters": {"archive": "ModelDataUrl"},
    }
    versions = {"1.10.0": {**version("1.10.0"), "model": model}}
    offer = deepcopy(dict(OFFER))
    offer["eu-central-1"]["products"]["scorer"]["versions"] = versions
    monkeypatch.setattr(Engine, "outputs", always({"catalog": contract.publish("222233334444", offer)}))

    assert ("parameter-of-the-version", "parameters.ModelDataUrl") == _refusal(new_launch("scorer", *GIVEN))
    assert 0 == new_launch("scorer", "--parameter", "Count=2").code
    assert [{"Count": "2"}] == [found["parameters"] for found in launches(spoke)]


def _refusal(ended: Any) -> tuple[str, str]:  # noqa: ANN401 - as the fixture gives it
    code, place = ended.refusal
    return code, place.rpartition(": ")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], ("PRODUCT", "'nothing'")),
        (["scorer", *GIVEN, "--version", "3.0.0"], ("version", "'3.0.0'")),
        (["scorer", *GIVEN, "--parameter", "Count=10"], ("parameters.Count", "'10'")),
        (["scorer", *GIVEN, "--parameter", "Size=1"], ("parameters", "'Size'")),
        (["scorer", "--parameter", "Count"], ("--parameter", "'Count'")),
        (["scorer", *GIVEN, "--name", "a b"], ("name", "'a b'")),
        (["scorer", *GIVEN, "--region", "eu-west-1"], ("region", "'eu-west-1'")),
    ],
)
def test_what_the_hub_does_not_offer_is_refused_and_nothing_is_written(
    spoke: Path, new_launch: Callable[..., Any], words: list[str], said: tuple[str, str]
) -> None:
    place, value = said

    ended = new_launch(*words)

    assert ExitCode.MISTAKE == ended.code
    assert f"{place}: " in ended.err
    assert value in ended.err
    assert SETTINGS == spoke.read_text()


def test_a_second_launch_needs_another_name(spoke: Path, new_launch: Callable[..., Any]) -> None:
    new_launch("scorer", *GIVEN)
    before = spoke.read_text()

    ended = new_launch("scorer", *GIVEN)

    assert ExitCode.MISTAKE == ended.code
    assert ("launch-exists", "--name") == ended.refusal
    assert before == spoke.read_text()


def test_a_dry_run_prints_the_file_and_writes_nothing(spoke: Path, new_launch: Callable[..., Any]) -> None:
    ended = new_launch("scorer", *GIVEN, "--dry-run")

    assert "    - name: scorer\n" in ended.out
    assert SETTINGS == spoke.read_text()


def test_a_hidden_parameter_is_left_out_and_the_command_that_sets_it_is_told(
    spoke: Path, new_launch: Callable[..., Any]
) -> None:
    ended = new_launch("secretive", *GIVEN)

    command = "pulumi -C spoke -s spoke-research config set --secret --path"
    assert (0, "") == (ended.code, ended.err)
    assert f"{command} 'model-catalog-spoke:launches[0].parameters.ApiKey'" in ended.out
    assert "ApiKey" not in launches(spoke)[0]["parameters"]


def test_a_secret_in_the_command_line_is_refused_without_being_repeated(
    spoke: Path, new_launch: Callable[..., Any]
) -> None:
    before = spoke.read_text()

    ended = new_launch("secretive", *GIVEN, "--parameter", "ApiKey=hush-hush")

    assert 2 == ended.code
    assert "a command line is read by others" in ended.err
    assert "hush-hush" not in ended.err + ended.out
    assert before == spoke.read_text()


def test_a_new_launch_of_a_version_that_is_deprecated_is_refused(spoke: Path, new_launch: Callable[..., Any]) -> None:
    ended = new_launch("scorer", *GIVEN, "--version", "2.0.0")

    assert ("version-not-active", "version") == _refusal(ended)
    assert SETTINGS == spoke.read_text()


def test_the_price_of_what_is_asked_for_is_told(
    monkeypatch: pytest.MonkeyPatch, new_launch: Callable[..., Any]
) -> None:
    cost = {"kind": "instances", "currency": "USD", "date": "2026-11-24", "count": "Count", "instance_type": "Type"}
    kinds = {"Type": {"type": "String", "default": "ml.m5.large", "allowed_values": ["ml.m5.large"]}}
    priced = {
        **version("1.10.0"),
        "parameters": {**PARAMETERS, **kinds},
        "cost": {**cost, "hours": "730", "prices": {"ml.m5.large": "0.1"}},
    }
    offer = deepcopy(dict(OFFER))
    offer["eu-central-1"]["products"]["scorer"]["versions"] = {"1.10.0": priced}
    monkeypatch.setattr(Engine, "outputs", always({"catalog": contract.publish("222233334444", offer)}))

    ended = new_launch("scorer", *GIVEN)

    assert "scorer: about 146 USD a month" in ended.out
    assert "other: about 146 USD a month" in new_launch("scorer", *GIVEN, "--name", "other", "--dry-run").err


def test_at_a_terminal_it_asks_for_what_has_no_default_until_the_answer_is_allowed(
    monkeypatch: pytest.MonkeyPatch, spoke: Path, new_launch: Callable[..., Any]
) -> None:
    answers = iter(["s3://models/a.tar.gz", "10", "3"])
    asked: list[str] = []

    def prompt(text: str, **_: object) -> str:
        asked.append(text)
        return next(answers)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", prompt)

    ended = new_launch("scorer")

    assert ["ModelDataUrl: Where the model is.", "Count: How many. 1 to 9", "Count: How many. 1 to 9"] == asked
    assert "It must be at most 9." in ended.err
    assert [{"ModelDataUrl": "s3://models/a.tar.gz", "Count": "3"}] == [each["parameters"] for each in launches(spoke)]


def test_a_name_begins_as_the_settings_say(spoke: Path, new_launch: Callable[..., Any]) -> None:
    spoke.write_text(SETTINGS.replace("config:\n", "config:\n  model-catalog-spoke:namePrefix: risk-\n"))

    refused = new_launch("scorer", *GIVEN, "--name", "fraud")
    assert ("launch-name-without-prefix", "--name") == refused.refusal
    assert "For example: risk-fraud" in refused.err
    assert [] == launches(spoke)

    assert 0 == new_launch("scorer", *GIVEN).code
    assert 0 == new_launch("scorer", *GIVEN, "--name", "risk-fraud").code
    assert ["risk-scorer", "risk-fraud"] == [each["name"] for each in launches(spoke)]
