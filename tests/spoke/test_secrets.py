"""What a spoke's program does with secrets: they reach the engine as such, and no output tells them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from shared.errors import ConfigError
from shared.secret_value import Secret
from shared.stack import engine_settings
from spoke.resources.failed_launch import FailureReport
from tests.support.recorder import Mocks
from tests.support.refused import refused
from tests.support.spoke_stack import LAUNCH, SETTINGS, as_settings

KEY = "model-catalog-spoke:launches"
PARAMETERS = {**LAUNCH["parameters"], "Token": "hush"}


@pytest.fixture
def deploy_secret(deploy: Callable[..., Mocks], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a callable
    """Deploy with a secret as the engine hands it over: in plain text, and the whole setting marked."""

    def run(written: object) -> Mocks:
        file = {"config": {KEY: written}}
        (tmp_path / "Pulumi.spoke-research.yaml").write_text(json.dumps(file))
        monkeypatch.setattr(engine_settings, "SETTINGS_FOLDER", tmp_path)
        monkeypatch.setattr(engine_settings, "is_config_secret", KEY.__eq__)
        return deploy(launches=[{**LAUNCH, "parameters": PARAMETERS}])

    return run


def test_a_secret_is_an_input_and_the_outputs_tell_what_is_none(deploy_secret: Callable[[object], Mocks]) -> None:
    mocks = deploy_secret([{**LAUNCH, "parameters": {**PARAMETERS, "Token": {"secure": "v1:x"}}}])

    [launched] = mocks.all(aws.servicecatalog.ProvisionedProduct)
    secret = launched.inputs["provisioningParameters"]
    given = {each["key"]: each["value"] for each in secret["value"]}
    exported = mocks.exports["launches"]  # an output that holds a secret arrives as one, with the mark around it
    told = exported["value"]["scoring"]
    assert "hush" == given["Token"]
    assert (["Token"], {key: str(value) for key, value in LAUNCH["parameters"].items()}) == (
        told["secret_parameters"],
        told["parameters"],
    )
    assert "hush" not in json.dumps(told, default=str)


def test_without_secrets_the_outputs_are_as_before(deploy: Callable[..., Mocks]) -> None:
    assert not {"parameters", "secret_parameters"} & deploy().exports["launches"]["scoring"].keys()


def test_a_secret_that_the_file_does_not_hold_is_refused(deploy_secret: Callable[[object], Mocks]) -> None:
    with refused(ConfigError, "secret-of-another-file", KEY):
        deploy_secret([])


def test_a_setting_that_is_encrypted_as_a_whole_is_refused(deploy_secret: Callable[[object], Mocks]) -> None:
    with refused(ConfigError, "setting-encrypted", "launches"):
        deploy_secret({"secure": "v1:x"})


@pulumi.runtime.test  # pyright: ignore[reportUnknownMemberType] - untyped in the SDK
async def test_a_reason_that_repeats_a_secret_is_told_without_it() -> None:
    report = FailureReport({})
    hook = report.expect("scoring", {}, [Secret("v1:x", "hush")])
    failed: Any = type("Args", (), {"failed_operation": "create", "errors": ["the value hush is not fit"]})

    callback: Any = hook.callback
    await callback(failed)

    assert "the value (hidden) is not fit" == report.outputs["launches"]["scoring"]["reason"]


def test_the_settings_of_the_tests_are_the_usual_ones() -> None:
    assert KEY in as_settings(SETTINGS)
