"""A hub's stack without an engine, in an account that answers as AWS does."""

import contextlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Final
from unittest import mock

from hub.definitions.model import Catalog
from hub.program import run
from shared.stack.names import HUB_PROJECT
from tests.support.paths import ROOT
from tests.support.recorder import Mocks, RefusedError, full_settings, recording

HUB = ROOT / "hub"
SETTINGS: Mapping[str, object] = {
    "accountId": "222233334444",
    "principals": [
        {"portfolio": "online-inference", "arn": "arn:aws:iam::222233334444:role/team/PlatformEngineer"},
    ],
    "shares": [
        {"portfolio": "online-inference", "type": "ORGANIZATION"},
        {"portfolio": "batch-inference", "type": "ORGANIZATIONAL_UNIT", "target": "Workloads/Production"},
        {"portfolio": "online-inference", "type": "ORGANIZATION_MEMBER_ACCOUNT", "target": "444455556666"},
        {"portfolio": "batch-inference", "type": "ACCOUNT", "target": "333344445555"},
    ],
}
UNITS = {"r-root": ["Workloads", "Security"], "ou-workloads": ["Research", "Production"]}

ORGANIZATION: Final = {
    "id": "o-a1b2c3d4e5",
    "arn": "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5",
}
"""The organization that the mocks' hub is in."""


def deployed(settings: Mapping[str, object], folder: Path = HUB) -> Mocks:
    """Deploy a hub; the catalog is in this folder."""
    with contextlib.chdir(folder), all_approved(), recording(HUB_PROJECT, "hub", as_settings(settings)) as mocks:
        pretend_aws(mocks)
        mocks.deploy(run)
        return mocks


@contextlib.contextmanager
def all_approved() -> Generator[None]:
    """Let the hub's gate approve whatever it is shown, and AWS hold no other templates, without asking anybody."""

    def approve(_settings: object, catalog: Catalog, _asked: object, *, where: str) -> Catalog:  # noqa: ARG001 - as the gate's
        return catalog

    asking = ("ask_registry", "begin_comparison", "refuse_other_templates")
    with (
        mock.patch("hub.program.approved", approve),
        mock.patch.multiple("hub.program", **dict.fromkeys(asking, mock.DEFAULT)),
    ):
        yield


def as_settings(values: Mapping[str, object]) -> dict[str, str]:
    """Write settings as the CLI hands them to the program."""
    return full_settings(HUB_PROJECT, values)


def pretend_aws(mocks: Mocks) -> None:
    """Let the mocks answer as AWS does in the hub's account."""
    mocks.made = {
        "aws:s3/bucket:Bucket": _bucket,
        "aws:servicecatalog/portfolio:Portfolio": lambda name, _: {"id": f"port-{name}"},
        "aws:servicecatalog/product:Product": lambda name, _: {"id": f"prod-{name}"},
        "aws:servicecatalog/provisioningArtifact:ProvisioningArtifact": lambda name, inputs: {
            "id": f"pa-{name}:{inputs['productId']}",
            "provisioningArtifactId": f"pa-{name}",
        },
    }
    mocks.answers = {
        "getCallerIdentity": lambda _: {
            "id": "222233334444",
            "accountId": "222233334444",
            "arn": "arn:aws:sts::222233334444:assumed-role/Deployer/session",
            "userId": "AROAEXAMPLE:session",
        },
        "getRole": lambda asked: {"uniqueId": f"AROA-{asked['name']}"},
        "getOrganization": lambda _: {**ORGANIZATION, "roots": [{"id": "r-root", "name": "Root"}]},
        "getOrganizationalUnits": _units,
        "getProvisioningArtifacts": lambda asked: _versions(mocks, asked),
    }


def _bucket(name: str, _: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "bucket": f"{name}-0a1b2c3",
        "arn": f"arn:aws:s3:::{name}-0a1b2c3",
        "bucketRegionalDomainName": f"{name}-0a1b2c3.s3.example.com",
    }


def _units(asked: Mapping[str, Any]) -> dict[str, Any]:
    names = UNITS.get(asked["parentId"], [])
    return {"children": [{"id": f"ou-{name.lower()}", "name": name} for name in names]}


def _versions(mocks: Mocks, asked: Mapping[str, Any]) -> dict[str, Any]:
    """List the first version, which came with the product, and the later ones that are there already."""
    product = next(
        made for made in mocks.all("aws:servicecatalog/product:Product") if f"prod-{made.name}" == asked["productId"]
    )
    name = product.inputs["provisioningArtifactParameters"]["name"]
    if mocks.preview:
        raise RefusedError(f"there is no product {asked['productId']}")
    return {"provisioningArtifactDetails": [{"name": name, "id": f"pa-{product.name}-{name}"}]}
