"""A catalog whose hub reads a registry."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.registry import PACKAGES, SETTINGS
from tests.support.sandbox.accounts import HUB
from tests.support.sandbox.process import Sandbox

PENDING = f"{PACKAGES}/fraud-detector/3"


@pytest.fixture
def project(sandbox: Sandbox, catalog: CatalogCopy, tmp_path: Path) -> CatalogCopy:
    """Give the catalog beside the hub's settings, whose role reads the registry."""
    assert sandbox.url
    (tmp_path / "Pulumi.hub.yaml").write_text(SETTINGS.read_text())
    return catalog


@pytest.fixture
def approval(sandbox: Sandbox) -> Iterator[None]:
    """Let somebody approve the pending package."""
    role = f"arn:aws:iam::{HUB}:role/OrganizationAccountAccessRole"
    reviewer = sandbox.client_with("sagemaker", sandbox.assume(role, "111122223333", "ana"))
    reviewer.update_model_package(
        ModelPackageArn=PENDING, ModelApprovalStatus="Approved", ApprovalDescription="Reviewed on October's holdout."
    )
    yield
    reviewer.update_model_package(ModelPackageArn=PENDING, ModelApprovalStatus="PendingManualApproval")
