"""A spoke's program with the platform team's files beside its settings, and with values from elsewhere."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest

from shared.aws import session
from shared.errors import ConfigError, LaunchError
from spoke import program
from tests.support.many import FACTS, SCORING, entry, line_with, write_platform
from tests.support.offers import ACCOUNT
from tests.support.recorder import Mocks, Resource
from tests.support.refused import refused

PRODUCT = aws.servicecatalog.ProvisionedProduct
SEARCH = {"name": "search", "product": "embedder", "version": "1.0.0"}
NETWORK = "organization/network/production"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of the settings."""
    monkeypatch.setattr(program, "SETTINGS_FOLDER", tmp_path)
    return tmp_path


class Account:
    """Stands for a session in the spoke's account, with some parameters."""

    def __init__(self, stored: Mapping[str, Mapping[str, Any]]) -> None:
        self._stored = stored
        self.id = ACCOUNT

    def client(self, service: str, region: str) -> Any:  # noqa: ANN401 - a boto3 client
        """Give itself."""
        assert ("ssm", "eu-central-1") == (service, region)
        return self

    def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:  # noqa: N803 - boto3's own names
        """Give those that there are."""
        assert WithDecryption
        usual = {"Version": 1, "Type": "String"}
        return {"Parameters": [{"Name": name, **usual, **self._stored[name]} for name in Names if name in self._stored]}


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Give the parameters of the account, for a test to fill."""
    found: dict[str, dict[str, Any]] = {}

    def sign_in(settings: Any, *, where: str) -> Account:  # noqa: ANN401 - as the real one
        assert (ACCOUNT, "Pulumi.spoke-research.yaml") == (settings.account_id, where)
        return Account(found)

    monkeypatch.setattr(session, "AccountSession", sign_in)
    return found


def scoring(name: str = "scoring", **parameters: object) -> dict[str, Any]:
    return {**SCORING, "name": name, "parameters": {**SCORING["parameters"], **parameters}}


def given(launched: Resource) -> dict[str, Any]:
    """Give the parameters of a provisioned product; where one is secret, all arrive as one secret."""
    found: dict[str, Any] | list[Any] = launched.inputs["provisioningParameters"]
    listed: list[dict[str, Any]] = found["value"] if isinstance(found, dict) else found
    return {each["key"]: each["value"] for each in listed}


def test_a_spoke_without_launches_of_its_own_has_the_platform_team_s(
    deploy: Callable[..., Mocks], folder: Path, said: list[str]
) -> None:
    _ = write_platform(
        folder,
        entry(SCORING, whom={"units": ["Workloads"]}, defaults={"parameters": {"Label": "abc"}, "timeout": "40m"}),
        accounts={ACCOUNT: FACTS},
    )

    mocks = deploy(launches=[])

    assert {"ModelDataUrl": "s3://models/scorer.tar.gz", "Label": "abc"} == given(mocks.one(PRODUCT))
    assert {"scoring"} == mocks.exports["launches"].keys()
    assert f"scoring: asked for by {line_with(folder, 'name: scoring')} (entry baseline: unit Workloads)" in said
    assert f"scoring: parameters.Label from {line_with(folder, 'Label')} (default of baseline)" in said


def test_a_launch_that_moves_from_the_settings_into_the_file_is_declared_as_before(
    deploy: Callable[..., Mocks], folder: Path, mocks: Mocks
) -> None:
    before = deploy(launches=[SCORING]).one(PRODUCT)
    mocks.resources.clear()
    _ = write_platform(folder, entry(SCORING))

    after = deploy(launches=[]).one(PRODUCT)

    assert (before.urn, before.inputs) == (after.urn, after.inputs)


def test_values_come_from_the_account_from_a_stack_and_from_tags(
    deploy: Callable[..., Mocks], folder: Path, mocks: Mocks, stored: dict[str, dict[str, Any]]
) -> None:
    stored["/network/subnets"] = {"Value": "subnet-1a"}
    mocks.stacks[NETWORK] = {"zones": ["a", "b"], "count": 3}
    launch = scoring(
        Subnets={"ssm": "/network/subnets"},
        Zones={"stack": "network/production", "output": "zones"},
        InstanceCount={"stack": NETWORK, "output": "count"},
        Label={"accountTag": "team"},
    )
    _ = write_platform(folder, entry(launch), accounts={ACCOUNT: FACTS})

    found = given(deploy(launches=[]).one(PRODUCT))

    assert ("subnet-1a", "a,b", "3", "risk") == tuple(
        found[name] for name in ("Subnets", "Zones", "InstanceCount", "Label")
    )


def test_a_secure_string_stays_secret(
    deploy: Callable[..., Mocks], stored: dict[str, dict[str, Any]], said: list[str]
) -> None:
    stored["/token"] = {"Value": "hush", "Type": "SecureString"}

    mocks = deploy(launches=[scoring(Token={"ssm": "/token"})])

    assert "value" in mocks.one(PRODUCT).inputs["provisioningParameters"]  # with a secret's mark around it
    assert "hush" == given(mocks.one(PRODUCT))["Token"]
    assert "hush" not in json.dumps(mocks.exports["launches"], default=str)
    assert not any("hush" in line for line in said)


def test_an_output_that_the_other_launch_does_not_have_is_refused(deploy: Callable[..., Mocks]) -> None:
    with refused(LaunchError, "source-without-value", "launches[0] (scoring): parameters.Label") as found:
        deploy(launches=[scoring(Label={"launch": "search", "output": "Name"}), SEARCH])

    assert "It has: EndpointName." in str(found.value)


def test_the_output_of_another_launch_is_what_a_parameter_gets(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.made["aws:servicecatalog/provisionedProduct:ProvisionedProduct"] = lambda name, _: {
        "id": f"pp-{name}",
        "status": "AVAILABLE",
        "outputs": [{"key": "Label", "value": "abc", "description": ""}],
    }
    recorded = deploy(launches=[scoring(Label={"launch": "search", "output": "Label"}), SEARCH])

    launched = {each.name: each for each in recorded.all(PRODUCT)}
    assert "abc" == given(launched["scoring"])["Label"]
    assert launched["search"].urn in recorded.before(launched["scoring"])


def test_an_output_that_the_template_does_not_take_is_refused(deploy: Callable[..., Mocks]) -> None:
    """Labels have six characters at most."""
    with refused(LaunchError, "parameter-invalid", "launches[0] (scoring): parameters.Label"):
        deploy(launches=[scoring(Label={"launch": "search", "output": "EndpointName"}), SEARCH])


def test_what_has_no_value_is_refused_before_anything_is_declared(
    deploy: Callable[..., Mocks], mocks: Mocks, stored: dict[str, dict[str, Any]]
) -> None:
    stored.clear()

    with refused(LaunchError, "source-without-value", "launches[0] (scoring): parameters.Subnets"):
        deploy(launches=[scoring(Subnets={"ssm": "/network/subnets"})])

    assert [] == mocks.resources
    assert [] == mocks.calls


def test_a_stack_without_the_output_is_refused(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.stacks[NETWORK] = {"zones": "a"}

    with refused(LaunchError, "source-without-value", "launches[0] (scoring): parameters.Zones"):
        deploy(launches=[scoring(Zones={"stack": NETWORK, "output": "zone"})])


def test_a_mistake_in_the_platform_team_s_file_is_refused_before_anything_is_declared(
    deploy: Callable[..., Mocks], folder: Path, mocks: Mocks
) -> None:
    (folder / "launches.yaml").write_text("entries: [{name: x, for: {everybody: true}}]")

    with refused(ConfigError, "unknown-key", "launches.yaml: entries[0].for.everybody"):
        deploy()

    assert [] == mocks.resources


def test_an_account_that_is_not_ours_is_refused_before_its_parameters_are_read(
    deploy: Callable[..., Mocks], mocks: Mocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConfigError("no access", code="credentials-of-another-account", place="x")

    monkeypatch.setattr(session, "AccountSession", refuse)

    with refused(ConfigError, "credentials-of-another-account"):
        deploy(launches=[scoring(Subnets={"ssm": "/network/subnets"})])

    assert [] == mocks.resources
