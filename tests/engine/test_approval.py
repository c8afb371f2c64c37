"""What is published is what the registry approved, and who launches it may pull it, on the real engine."""

import json
from collections.abc import Callable

import pytest

from tests.engine.stage import HUB, PRODUCTION, Stage

PRODUCT = "hub/catalog/products/fraud-detector-realtime/product.yaml"
CARD = "hub/catalog/products/fraud-detector-realtime/1.1.0.card.yaml"
PACKAGES = "arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector"
ROLE = "ModelCatalogExecution-fraud-detector-realtime"


@pytest.fixture(scope="module")
def catalog(stage: Stage) -> Stage:
    """A stage with a hub and one spoke."""
    for stack in ("organization", "hub", "spoke-production"):
        _ = stage.up(stack)
    return stage


def test_an_approval_that_the_registry_does_not_know_of_is_found(
    catalog: Stage, edit: Callable[[str, str, str], None]
) -> None:
    """Whoever writes the catalog's file can write anything; the registry has the last word."""
    verified = catalog.make("verify-catalog", account=HUB)
    edit(PRODUCT, f"{PACKAGES}/2", f"{PACKAGES}/3")
    edit(CARD, f"{PACKAGES}/2", f"{PACKAGES}/3")
    found = catalog.make("verify-catalog", account=HUB)

    assert (0, True) == (verified.returncode, "no problems" in verified.stdout), verified.stdout
    assert found.returncode != 0
    assert f"{PACKAGES}/3 is PendingManualApproval in the registry, not Approved." in found.stdout
    assert "Traceback" not in found.stdout


def test_the_execution_role_of_a_spoke_may_pull_what_the_versions_declare(catalog: Stage) -> None:
    policy = catalog.client("iam", PRODUCTION).get_role_policy(RoleName=ROLE, PolicyName="catalog")["PolicyDocument"]
    by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
    bucket = "arn:aws:s3:::model-catalog-artifacts-hub/fraud-detector"

    assert [
        f"{bucket}/2026-09-01/model.tar.gz",
        f"{bucket}/2026-10-06/model.tar.gz",
    ] == by_sid["ReadDeclaredModels"]["Resource"]
    assert (
        "arn:aws:ecr:eu-central-1:492215442770:repository/sagemaker-xgboost" in by_sid["PullDeclaredImages"]["Resource"]
    )
    assert PRODUCTION in json.dumps(by_sid["ReadCopiesOfModelsInThisAccountOnly"]["Condition"])
