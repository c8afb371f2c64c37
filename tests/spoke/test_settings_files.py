"""The settings that come with the project fit the catalog that comes with it: hub and spokes together."""

import contextlib
import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
import yaml

from hub import program as hub
from shared.stack.names import HUB_PROJECT, SPOKE_PROJECT
from spoke import program as spoke
from tests.support.hub_stack import ORGANIZATION, all_approved
from tests.support.paths import ROOT
from tests.support.recorder import Mocks, recording

SPOKES = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in ROOT.glob("Pulumi.spoke-*.yaml"))


@pytest.fixture(scope="session")
def catalog() -> dict[str, Any]:
    """Give what the hub exports with its own settings."""
    with (
        contextlib.chdir(ROOT / "hub"),
        all_approved(),
        recording(HUB_PROJECT, "hub", settings_of("hub")) as mocks,
    ):
        mocks.answers = {
            "getCallerIdentity": lambda _: {"arn": "arn:aws:sts::222233334444:assumed-role/Deployer/session"},
            "getOrganization": lambda _: {**ORGANIZATION, "roots": [{"id": "r-root"}]},
            "getOrganizationalUnits": lambda _: {"children": [unit("Workloads"), unit("Research"), unit("Production")]},
            "getProvisioningArtifacts": lambda _: {
                "provisioningArtifactDetails": [{"name": "1.0.0", "id": "pa-first"}]
            },
        }
        mocks.made["aws:servicecatalog/provisioningArtifact:ProvisioningArtifact"] = lambda name, _: {
            "provisioningArtifactId": f"pa-{name}"
        }
        mocks.deploy(hub.run)
        return mocks.exports["catalog"]


@pytest.mark.parametrize("stack", SPOKES)
def test_every_launch_in_a_settings_file_is_offered(mocks: Mocks, catalog: dict[str, Any], stack: str) -> None:
    settings = settings_of(stack)
    pulumi.runtime.set_all_config(settings)
    mocks.stacks["organization/model-catalog-hub/hub"] = {"catalog": catalog}
    names = [product["name"] for product in catalog["regions"]["eu-central-1"]["portfolios"].values()]
    mocks.answers["getLaunchPaths"] = lambda _: {"summaries": [{"name": name, "pathId": name} for name in names]}

    mocks.deploy(spoke.run)
    launches = json.loads(settings[f"{SPOKE_PROJECT}:launches"])

    assert launches
    assert {launch["name"] for launch in launches} == mocks.exports["launches"].keys()
    assert len(launches) == len(mocks.all(aws.servicecatalog.ProvisionedProduct))


def test_the_spokes_between_them_use_every_portfolio_and_both_kinds_of_share(catalog: dict[str, Any]) -> None:
    offered = catalog["regions"]["eu-central-1"]
    launched = {
        launch["product"] for stack in SPOKES for launch in json.loads(settings_of(stack)[f"{SPOKE_PROJECT}:launches"])
    }
    kinds = {share["type"] for portfolio in offered["portfolios"].values() for share in portfolio["shares"]}

    assert {offered["products"][key]["portfolio"] for key in launched} == offered["portfolios"].keys()
    assert {"ACCOUNT", "ORGANIZATIONAL_UNIT"} <= kinds


def settings_of(stack: str) -> dict[str, str]:
    """Read a stack's settings as the CLI hands them to the program."""
    values = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def unit(name: str) -> dict[str, str]:
    """Write a unit of the organization."""
    return {"id": f"ou-{name.lower()}", "name": name}
