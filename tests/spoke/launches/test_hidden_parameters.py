"""Values of parameters that a template hides, and values that settings keep secret."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.plan.spokes import read_spoke
from hub.definitions.templates import read_template
from shared.errors import LaunchError
from shared.secret_value import Secret
from spoke.launches.cost import cost_output
from spoke.launches.origin import Origin
from spoke.launches.parameters import check_rules, refuse_plain_secrets
from spoke.launches.resolution import resolve_launches
from tests.support.catalog_copy import DAY
from tests.support.offers import read
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH, SETTINGS, resolved, settings

DATA = {"ModelDataUrl": "s3://models/scorer.tar.gz"}


def test_a_hidden_value_in_plain_text_is_refused_with_the_command_that_encrypts_it(offer: dict[str, Any]) -> None:
    asked = settings(launches=[LAUNCH, {**LAUNCH, "name": "second", "parameters": {**DATA, "Token": "hush"}}])

    with refused(LaunchError, "parameter-in-plain-text", "launches[1] (second): parameters.Token") as found:
        resolve_launches(asked, read(offer), DAY, where="Pulumi.spoke-research.yaml")

    command = "pulumi -C spoke -s spoke-research config set --secret --path"
    assert f"{command} 'model-catalog-spoke:launches[1].parameters.Token'" in str(found.value)
    assert "hush" not in str(found.value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{{resolve:secretsmanager:token}}",
        "{{resolve:ssm-secure:/token:1}}",
        "{{resolve:ssm:/token}}",
        Secret("v1:x"),
        Secret("v1:x", "hush"),
    ],
)
def test_a_secret_and_the_name_of_one_are_let_through(offer: dict[str, Any], value: str | Secret) -> None:
    parameters = offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]["parameters"]
    offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]["parameters"] = {
        **parameters,
        "Token": {"type": "String", "no_echo": "true"},
    }

    assert value == resolved(offer, parameters={**DATA, "Token": value}).parameters["Token"]


def test_a_value_that_was_not_decrypted_is_checked_by_whoever_decrypts_it(offer: dict[str, Any]) -> None:
    resolved(offer, parameters={**DATA, "Token": Secret("v1:x"), "Environment": Secret("v1:y")})

    with refused(LaunchError, "parameter-invalid", "parameters.Environment") as found:
        resolved(offer, parameters={**DATA, "Environment": Secret("v1:y", "moon")})
    assert "moon" not in str(found.value)


def test_a_rule_on_a_value_that_is_not_told_is_left_to_whoever_knows_it(offer: dict[str, Any]) -> None:
    equals = {"Fn::Equals": [{"Ref": "Token"}, "hush"]}
    offer["eu-central-1"]["products"]["scorer"]["rules"] = {"R": {"assertions": [{"demand": equals}]}}

    notes = resolved(offer, parameters={**DATA, "Token": Secret("v1:x")}).notes

    assert ["the rule R looks at Token, whose value is not told here."] == [
        note.partition(": ")[2][-55:] for note in notes
    ] or ("the rule R looks at Token, whose value is not told here." in notes[0])
    with refused(LaunchError, "rule-broken"):
        resolved(offer, parameters={**DATA, "Token": Secret("v1:x", "other")})
    resolved(offer, parameters={**DATA, "Token": Secret("v1:x", "hush")})


def test_the_contract_does_not_tell_the_default_of_a_hidden_parameter(tmp_path: Path, offer: dict[str, Any]) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "Parameters: {Token: {Type: String, NoEcho: true, Default: hush}, Size: {Type: Number, Default: 1}}\n"
        "Resources: {A: {Type: 'AWS::SNS::Topic'}}\n"
    )
    told = {name: each.published() for name, each in read_template(path).parameters.items()}

    assert ("****", "1") == (told["Token"].default, told["Size"].default)
    versions = offer["eu-central-1"]["products"]["scorer"]["versions"]
    versions["1.1.0"]["parameters"] = {name: each.model_dump(exclude_none=True) for name, each in told.items()}
    found = resolved(offer, parameters={})
    equals = {"Fn::Equals": [{"Ref": "Token"}, "****"]}
    offer["eu-central-1"]["products"]["scorer"]["rules"] = {"R": {"assertions": [{"demand": {"Fn::Not": [equals]}}]}}
    assert {} == dict(found.parameters)
    assert "whose value is not told here" in resolved(offer, parameters={}).notes[0]


def test_a_cost_that_follows_from_a_secret_is_unknown(offer: dict[str, Any]) -> None:
    cost = {
        "kind": "instances",
        "currency": "USD",
        "date": "2026-09-01",
        "instance_type": "Environment",
        "count": "InstanceCount",
        "hours": "730",
        "prices": {"staging": "1", "development": "2"},
    }
    offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]["cost"] = cost

    found = cost_output(resolved(offer, parameters={**DATA, "Environment": Secret("v1:y", "staging")}))

    assert "Environment is not told" == found["unknown"]
    assert "staging" not in str(found)


def test_another_secret_is_another_part_of_the_fingerprint_and_its_value_is_in_none(tmp_path: Path) -> None:
    """What is digested is what the file holds: a digest of a short secret would tell it to whoever tries all."""

    def part(cipher: str) -> str:
        launch = {**LAUNCH, "parameters": {**DATA, "Token": {"secure": cipher}}}
        config = {f"model-catalog-spoke:{key}": value for key, value in {**SETTINGS, "launches": [launch]}.items()}
        path = tmp_path / "Pulumi.spoke-x.yaml"
        path.write_text(yaml.safe_dump({"config": {"aws:region": "eu-central-1", **config}}))
        spoke = read_spoke(path)
        assert spoke.settings, spoke.problem
        assert spoke.settings.launches[0].parameters["Token"] == Secret(cipher)
        return spoke.parts["launch scoring"]

    assert part("v1:a:b") == part("v1:a:b") != part("v1:c:d")


def test_what_the_version_brings_is_no_secret_of_the_settings(offer: dict[str, Any]) -> None:
    version = read(offer).regions["eu-central-1"].products["scorer"].versions["1.1.0"]

    refuse_plain_secrets({"InstanceCount": "2"}, version, Origin.own("x", 0, "scoring"))
    assert [] == check_rules({}, read(offer).regions["eu-central-1"].products["scorer"], version, "x")
