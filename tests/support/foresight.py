"""A product that five spokes launch by different versions, for who looks ahead at a change of it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from fleet.store.storage import Storage
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Ended
from tests.support.fleet.making import STATES

FRAUD: Final = "fraud-detector-realtime"
LAUNCHES: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "follows": ("~1.1", {"InstanceType": "ml.m5.large"}),
    "pinned": ("1.1.0", {}),
    "small": ("^1", {}),
    "old": ("1.0.0", {}),
    "narrow": ("~1.0", {}),
}
"""By spoke: the version that it asks for, and its parameters."""
RULE: Final = """\
Rules:
  NoSmallInstances:
    Assertions:
      - Assert: !Not [!Contains [[ml.t2.medium], !Ref InstanceType]]
        AssertDescription: Small instances answer too slowly.

Conditions:
"""
"""A rule of a template, before the section that it stands in front of."""
FILE: Final = f"products/{FRAUD}/1.1.1.yaml"


def write_next(catalog: CatalogCopy) -> None:
    """Add a version to the files that refuses small instances and says more."""
    catalog.add_version(FRAUD, "1.1.1", description="Large instances only.")
    catalog.replace(FILE, "Conditions:\n", RULE)
    catalog.replace(FILE, "        Image: !Sub\n", "        Environment: {LEVEL: info}\n        Image: !Sub\n")


def read(ended: Ended) -> dict[str, Any]:
    """Read what was printed for machines."""
    assert (0, "") == (ended.code, ended.err)
    return json.loads(ended.out)


def outcomes(ended: Ended) -> dict[str, str]:
    """Give what becomes of each spoke."""
    return {each["stack"].removeprefix("spoke-"): each["outcome"] for each in read(ended)["spokes"]}


def spoke(ended: Ended, name: str) -> dict[str, Any]:
    """Give what becomes of one spoke."""
    return next(each for each in read(ended)["spokes"] if each["stack"] == f"spoke-{name}")


def write_state_of(storage: Storage, stack: str, product: str, artifact: str, parameters: Mapping[str, str]) -> None:
    """Write the state of a spoke with one launch."""
    launch: dict[str, Any] = {
        "type": "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
        "urn": f"urn:pulumi:{stack}::model-catalog-spoke::any::scoring",
        "id": "pp-scoring",
        "inputs": {
            "name": "scoring",
            "region": "eu-central-1",
            "productId": product,
            "provisioningArtifactId": artifact,
            "provisioningParameters": [{"key": key, "value": value} for key, value in parameters.items()],
        },
    }
    content = {"checkpoint": {"latest": {"resources": [launch]}}}
    storage.write(f"{STATES}/{stack}.json", json.dumps(content).encode())
