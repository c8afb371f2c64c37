"""How a version ends, and a hub; what a product is made of is in the golden graph."""

import datetime as dt
from collections.abc import Callable

import pulumi_aws as aws
import pytest

from hub.program import run
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.recorder import Mocks

FRAUD = "fraud-detector-realtime"


@pytest.mark.parametrize(
    ("lifecycle", "guidance", "active", "protected"),
    [
        ({"state": "deprecated"}, "DEPRECATED", True, True),
        ({"state": "retired"}, "DEPRECATED", False, False),
        ({"deprecated_on": DAY}, "DEPRECATED", True, True),
        ({"retires_on": DAY}, "DEPRECATED", False, False),
        ({"deprecated_on": DAY + dt.timedelta(days=1)}, "DEFAULT", True, True),
    ],
)
def test_a_first_version_comes_to_its_end_like_any_other(
    mocks: Mocks,
    catalog_copy: CatalogCopy,
    monkeypatch: pytest.MonkeyPatch,
    lifecycle: dict[str, object],
    guidance: str,
    active: bool,  # noqa: FBT001 - a value of the table
    protected: bool,  # noqa: FBT001 - likewise
) -> None:
    catalog_copy.end(FRAUD, "1.0.0", **lifecycle)
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks.deploy(run)

    version = mocks.one(aws.servicecatalog.ProvisioningArtifact, f"{FRAUD}-eu-central-1-1.0.0")
    assert (guidance, active) == (version.inputs["guidance"], version.inputs["active"])
    assert protected is version.protect


def test_protection_can_be_turned_off_to_take_a_hub_down(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(protect="false")

    assert [] == [resource.name for resource in mocks.resources if resource.protect]
    assert mocks.all(aws.servicecatalog.Product)
