"""The command behind `make verify-catalog`: what it says, and whose credentials it wants."""

import re
from pathlib import Path

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.registry import BUCKET, EMBEDDER, FRAUD, SETTINGS, Run
from tests.support.sandbox.accounts import HUB, MANAGEMENT, PRODUCTION, REGION, RESEARCH


def test_the_sandboxs_models_are_approved_and_may_be_pulled(run: Run) -> None:
    code, output, errors = run()

    assert (0, "") == (code, errors)
    for line in (
        "demand-forecaster-batch 1.0.0: demand-forecaster/1 is Approved",
        "fraud-detector-realtime 1.0.0: fraud-detector/1 is Approved",
        "fraud-detector-realtime 1.1.0: fraud-detector/2 is Approved",
        "text-embedder-serverless 1.0.0: text-embedder/1 is Approved",
        f"repository sagemaker-xgboost in {REGION}: not checked: owned by 492215442770",
        "no problems",
    ):
        assert line in output.splitlines()
    granted = re.search(rf"^bucket {BUCKET}: granted to (.*)$", output, re.MULTILINE)
    assert granted
    assert set(granted[1].split(", ")) == {
        "unit Workloads/Research",
        "unit Workloads/Production",
        f"account {RESEARCH}",
        f"account {PRODUCTION}",
    }


def test_credentials_of_another_account_are_refused_by_name(run: Run) -> None:
    code, output, errors = run(account=MANAGEMENT)

    assert (2, "") == (code, output)
    assert f"account {MANAGEMENT}, and the model registry is in {HUB}. Use credentials of that account" in errors


def test_a_product_of_another_registry_is_said_not_to_be_checked(run: Run, catalog_copy: CatalogCopy) -> None:
    text = (catalog_copy.folder / EMBEDDER).read_text()
    catalog_copy.write(EMBEDDER, text.replace(HUB, RESEARCH))
    card = "products/text-embedder-serverless/1.0.0.card.yaml"
    catalog_copy.write(card, (catalog_copy.folder / card).read_text().replace(HUB, RESEARCH))

    code, output, _ = run()

    assert 0 == code
    assert f"text-embedder-serverless: not checked: its registry is in {RESEARCH}, whose credentials it" in output
    assert "text-embedder-serverless 1.0.0" not in output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            None,
            r"Pulumi\.hub\.yaml: does not exist\. The stacks here are: none\.",
        ),
        ("a: [", r"Pulumi\.hub\.yaml: is not YAML"),
        ("[]", r"Pulumi\.hub\.yaml: config: is missing"),
        ("config: {aws:region: eu-central-1}", r"Pulumi\.hub\.yaml: accountId: is missing"),
        (
            SETTINGS.read_text().replace("target: Workloads/Research", "target: Workloads/Nowhere"),
            r"the organization has no unit 'Workloads/Nowhere': 'Nowhere' is not among the units there",
        ),
    ],
)
def test_settings_that_are_wrong_are_one_line(run: Run, tmp_path: Path, text: str | None, message: str) -> None:
    (tmp_path / "Pulumi.hub.yaml").unlink()
    if text is not None:
        (tmp_path / "Pulumi.hub.yaml").write_text(text)

    code, _, errors = run()

    assert 2 == code
    assert re.match(f"error: .*{message}", errors)
    assert 1 == errors.count("\n")


def test_a_catalog_that_is_wrong_is_one_line(run: Run, catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(FRAUD, "group: fraud-detector", "group: other")

    code, output, errors = run()

    assert (2, "") == (code, output)
    assert "versions[0].model_package: invalid value" in errors


def test_aws_that_cannot_be_reached_is_one_line(run: Run) -> None:
    code, _, errors = run(url="http://127.0.0.1:1")

    assert 3 == code
    assert errors.startswith("error: AWS_ENDPOINT_URL: http://127.0.0.1:1 does not answer")
    assert 1 == errors.count("\n")
