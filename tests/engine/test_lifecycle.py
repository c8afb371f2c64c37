"""A version from its publication to its end, with a spoke at each stage, on the real engine."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.stage import HUB, RESEARCH, Stage

FRAUD = "fraud-detector-realtime"
TEXT = "text-embedder-serverless"
SETTINGS = "Pulumi.spoke-research.yaml"
DEPRECATED, RETIRED = "2026-11-13", "2026-11-20"
"""All of it has come to pass: a day that has not may be looked at, and not deployed."""
BEFORE, DEPRECATION, RETIREMENT = "AS_OF=2026-11-02", f"AS_OF={DEPRECATED}", f"AS_OF={RETIRED}"
LAUNCH = "name: fraud-scoring-previous\n      product: fraud-detector-realtime\n      version: "
MODELS = ("2026-09-01", "2026-10-06")
END = {"deprecated_on": DEPRECATED, "retires_on": RETIRED, "replacement": "1.1.0", "reason": "Too slow."}
LATE = """\
    - name: late
      product: fraud-detector-realtime
      version: 1.0.0
"""


@pytest.fixture(scope="module")
def catalog(stage: Stage) -> Stage:
    """A stage with a hub and one spoke."""
    for stack in ("organization", "hub", "spoke-research"):
        _ = stage.up(stack)
    return stage


@pytest.fixture(scope="module")
def content(catalog: Stage) -> CatalogCopy:
    """The catalog's files in the copied project."""
    return CatalogCopy(catalog.project / "hub" / "catalog")


def test_the_first_version_of_a_product_from_its_announced_end_to_its_removal(
    catalog: Stage, content: CatalogCopy, edit: Callable[[str, str, str], None]
) -> None:
    """Each step is what one of the people involved sees on a day; a later one begins where an earlier one ended."""
    content.end(FRAUD, "1.0.0", **END)
    the_end_is_announced_and_nothing_changes_yet(catalog)
    a_deprecated_version_serves_those_who_run_it(catalog, edit)
    a_deprecated_version_takes_no_new_launch(catalog)
    a_retired_version_runs_on_and_takes_no_update(catalog, edit)
    a_version_in_use_is_not_let_go(catalog)
    a_launch_moves_to_the_replacement(catalog, edit)
    a_version_that_nobody_uses_is_let_go(catalog, content)
    a_launch_follows_its_range(catalog, content)


def test_a_version_that_breaks_its_users_is_refused_before_it_is_published(
    catalog: Stage, content: CatalogCopy
) -> None:
    content.add_version(TEXT, "1.1.0")
    content.replace(f"products/{TEXT}/1.1.0.yaml", "AllowedValues: [2048, 3072,", "AllowedValues: [3072,")

    refused = "version 1.1.0: the parameter MemorySizeInMB no longer allows 2048"
    checked = catalog.run("python", "-m", "cli", "models", "check")  # as `make check` does
    assert checked.returncode == 1
    assert refused in checked.stdout
    assert refused in catalog.refuse("preview-hub")

    content.remove_version(TEXT, "1.1.0")


def the_end_is_announced_and_nothing_changes_yet(catalog: Stage) -> None:
    printed = catalog.succeed("preview-hub", BEFORE)
    assert f"{FRAUD} 1.0.0 will be deprecated on {DEPRECATED}, in 11 days" in printed
    assert "guidance" not in printed
    for target in ("up-hub", "destroy-hub", "up-spoke-research", "rollout"):
        assert "MODEL_CATALOG_AS_OF: 2999-01-01 has not come." in catalog.refuse(target, "AS_OF=2999-01-01")
    words = ("pulumi", "-C", "hub", "-s", "hub", "up", "--yes", "--skip-preview")
    past_the_front_door = catalog.run(*words, variables={"MODEL_CATALOG_AS_OF": "2999-01-01"})
    assert past_the_front_door.returncode != 0
    assert "MODEL_CATALOG_AS_OF: 2999-01-01 has not come." in past_the_front_door.stdout


def a_deprecated_version_serves_those_who_run_it(catalog: Stage, edit: Callable[[str, str, str], None]) -> None:
    assert "[diff: ~guidance]" in catalog.succeed("up-hub", DEPRECATION)
    assert ("DEPRECATED", True) == version(catalog, "1.0.0")

    edit(SETTINGS, f"{LAUNCH}1.0.0\n", f"{LAUNCH}1.0.0\n      parameters:\n        MinInstanceCount: 2\n")
    printed = catalog.succeed("up-spoke-research", DEPRECATION)
    end = f"1.0.0 is deprecated since {DEPRECATED} and will be retired on {RETIRED} (Too slow). Use 1.1.0 instead."
    assert f"(fraud-scoring-previous): {end}" in printed
    assert "1 updated" in printed
    assert "deprecated" == catalog.outputs("spoke-research")["launches"]["fraud-scoring-previous"]["state"]


def a_deprecated_version_takes_no_new_launch(catalog: Stage) -> None:
    undo = catalog.edit(SETTINGS, "launches:\n", f"launches:\n{LATE}")
    # The second run has no preview that would stop it first.
    for target, flags in (("preview-spoke-research", ""), ("up-spoke-research", "FLAGS=--skip-preview")):
        printed = catalog.refuse(target, DEPRECATION, *([flags] if flags else []))
        assert f"launches[0] (late): a new launch is refused: 1.0.0 is deprecated since {DEPRECATED}" in printed
        assert "Use 1.1.0 instead." in printed
    undo()
    scanned = catalog.client("servicecatalog", RESEARCH).scan_provisioned_products()["ProvisionedProducts"]
    assert "late" not in [each["Name"] for each in scanned]


def a_retired_version_runs_on_and_takes_no_update(catalog: Stage, edit: Callable[[str, str, str], None]) -> None:
    _ = catalog.succeed("up-hub", RETIREMENT)
    assert ("DEPRECATED", False) == version(catalog, "1.0.0")
    printed = catalog.succeed("up-spoke-research", RETIREMENT)
    assert f"(fraud-scoring-previous): 1.0.0 is retired since {RETIRED} (Too slow). Use 1.1.0 instead." in printed
    assert "AVAILABLE" == catalog.outputs("spoke-research")["launches"]["fraud-scoring-previous"]["status"]

    edit(SETTINGS, "MinInstanceCount: 2", "MinInstanceCount: 3")
    printed = catalog.refuse("preview-spoke-research", RETIREMENT)
    assert f"(fraud-scoring-previous): an update is refused: 1.0.0 is retired since {RETIRED}" in printed


def a_version_in_use_is_not_let_go(catalog: Stage) -> None:
    printed = catalog.refuse("remove-version", f"PRODUCT={FRAUD}", "VERSION=1.0.0", RETIREMENT)
    assert f"{FRAUD} 1.0.0 is still in use: fraud-scoring-previous in spoke-research (eu-central-1)" in printed


def a_version_that_nobody_uses_is_let_go(catalog: Stage, content: CatalogCopy) -> None:
    _ = catalog.succeed("remove-version", f"PRODUCT={FRAUD}", "VERSION=1.0.0", RETIREMENT)
    content.remove_version(FRAUD, "1.0.0")
    printed = catalog.succeed("up-hub", RETIREMENT)
    assert "2 deleted" in printed  # the version and its template
    assert ["1.1.0", "no version"] == sorted(versions(catalog))


def a_launch_moves_to_the_replacement(catalog: Stage, edit: Callable[[str, str, str], None]) -> None:
    edit(SETTINGS, f"{LAUNCH}1.0.0", f"{LAUNCH}~1.1")
    printed = catalog.succeed("up-spoke-research", RETIREMENT)
    assert "fraud-scoring-previous moves from 1.0.0 to 1.1.0, the newest of ~1.1" in printed
    archives = [f"s3://model-catalog-artifacts-hub/fraud-detector/{day}/model.tar.gz" for day in MODELS]
    assert f"fraud-scoring-previous: model {' -> '.join(archives)}" in printed
    assert "is retired" not in printed


def a_launch_follows_its_range(catalog: Stage, content: CatalogCopy) -> None:
    content.add_version(FRAUD, "1.1.1")
    _ = catalog.succeed("lock")
    _ = catalog.succeed("up-hub", RETIREMENT)

    printed = catalog.succeed("preview-spoke-research", RETIREMENT)
    assert "fraud-scoring-previous moves from 1.1.0 to 1.1.1, the newest of ~1.1" in printed
    assert "fraud-scoring moves" not in printed


def test_the_marker_of_a_product_can_never_be_launched(catalog: Stage) -> None:
    portfolio = catalog.outputs("hub")["portfolio_id"]["eu-central-1"]["online-inference"]
    access = {"PortfolioId": portfolio, "PrincipalARN": f"arn:aws:iam::{RESEARCH}:user/administrator"}
    client = catalog.client("servicecatalog", RESEARCH)
    client.associate_principal_with_portfolio(**access, PrincipalType="IAM")
    product = catalog.outputs("hub")["product_id"]["eu-central-1"][FRAUD]
    listed = catalog.client("servicecatalog", HUB).list_provisioning_artifacts(ProductId=product)
    [marker] = [each["Id"] for each in listed["ProvisioningArtifactDetails"] if each["Name"] == "no version"]

    with pytest.raises(client.exceptions.InvalidParametersException, match="This is no version of the model"):
        launch(client, product, marker)

    client.disassociate_principal_from_portfolio(**access)


def launch(client: Any, product: str, artifact: str) -> None:  # noqa: ANN401 - boto3 makes its clients at run time
    """Launch an artifact, as soon as the new principal has a path."""
    deadline = time.monotonic() + 10
    while True:
        try:
            client.provision_product(ProductId=product, ProvisioningArtifactId=artifact, ProvisionedProductName="never")
        except client.exceptions.ResourceNotFoundException:
            assert time.monotonic() < deadline, "the principal got no launch path"
            time.sleep(0.05)
        else:
            return


def version(stage: Stage, number: str) -> tuple[str, bool]:
    """Guidance and activity of a version of the fraud detector, as AWS has them."""
    found = versions(stage)[number]
    return found["Guidance"], found["Active"]


def versions(stage: Stage) -> dict[str, dict[str, Any]]:
    """All artifacts of the fraud detector by name, as AWS has them."""
    client = stage.client("servicecatalog", HUB)
    product = stage.outputs("hub")["product_id"]["eu-central-1"][FRAUD]
    listed = client.list_provisioning_artifacts(ProductId=product)["ProvisioningArtifactDetails"]
    return {artifact["Name"]: artifact for artifact in listed}
