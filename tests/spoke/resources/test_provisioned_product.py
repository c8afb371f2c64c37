"""A provisioned product: what a preview knows of it, by which path it goes, and how it ends."""

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws

from shared.errors import LaunchError
from tests.support.recorder import Mocks, unknown
from tests.support.refused import refused


def test_a_preview_of_a_new_spoke_does_not_ask_for_a_path_that_cannot_be_there(previewed: Mocks) -> None:
    launch = previewed.one(aws.servicecatalog.ProvisionedProduct)

    assert [] == previewed.called("getLaunchPaths")
    assert unknown(launch.inputs["pathId"])
    assert "pa-scorer-110" == launch.inputs["provisioningArtifactId"]


def test_a_preview_of_a_new_spoke_shows_what_is_already_known(previewed: Mocks) -> None:
    launch = previewed.exports["launches"]["scoring"]

    assert ("scorer", "1.1.0") == (launch["product"], launch["version"])
    assert unknown(launch["provisioned_product"])
    assert unknown(launch["outputs"])


def test_a_product_that_tells_nothing_has_no_outputs(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.made["aws:servicecatalog/provisionedProduct:ProvisionedProduct"] = _silent

    deploy()

    assert {} == mocks.exports["launches"]["scoring"]["outputs"]


def _silent(name: str, _: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"pp-{name}", "status": "AVAILABLE", "outputs": []}


def test_a_run_that_leaves_a_launch_unusable_fails(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    """After a refresh nothing would be left to do, and the run would be green."""
    mocks.made["aws:servicecatalog/provisionedProduct:ProvisionedProduct"] = _failed

    with refused(LaunchError, "launch-failed", "launches[0] (scoring)"):
        deploy()


def _failed(name: str, _: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"pp-{name}", "status": "ERROR", "outputs": []}


def test_a_run_of_other_resources_alone_says_that_nothing_is_deployed(
    deploy: Callable[..., Mocks], mocks: Mocks
) -> None:
    """As with --target, where the engine leaves a launch out that has never been made."""
    mocks.made["aws:servicecatalog/provisionedProduct:ProvisionedProduct"] = lambda name, _: {"id": f"pp-{name}"}

    launch = deploy().exports["launches"]["scoring"]

    assert ("not deployed", {}) == (launch["status"], launch["outputs"])
