"""How the hub rolls roles out: as a stack set that avoids what goes wrong with stack sets."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from shared.errors import ConfigError
from tests.support.catalog_copy import FIRST, CatalogCopy
from tests.support.recorder import Mocks
from tests.support.refused import refused


def test_every_trap_of_stack_sets_is_avoided(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launchRoles={"units": ["Workloads/Research", "ou-a1b2-c3d4e5f6"]}, regions=["eu-west-1"])
    stack_set = mocks.one(aws.cloudformation.StackSet).inputs
    instances = mocks.one(aws.cloudformation.StackInstances)

    assert ["eu-central-1"] == instances.inputs["regions"]
    assert ["CAPABILITY_NAMED_IAM"] == stack_set["capabilities"]
    assert {"DELEGATED_ADMIN"} == {stack_set["callAs"], instances.inputs["callAs"]}
    assert {"enabled": True, "retainStacksOnAccountRemoval": True} == stack_set["autoDeployment"]
    assert instances.inputs["retainStacks"] is True
    assert {"organizationalUnitIds": ["ou-research", "ou-a1b2-c3d4e5f6"]} == instances.inputs["deploymentTargets"]
    first = mocks.all(aws.servicecatalog.PortfolioShare)[0]
    assert instances.urn in mocks.before(first)


def test_a_small_template_is_handed_over_as_it_always_was(
    deploy: Callable[..., Mocks], catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog_copy.keep(*FIRST)
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks = deploy(launchRoles={"units": ["Workloads"]})
    stack_set = mocks.one(aws.cloudformation.StackSet).inputs

    assert "templateUrl" not in stack_set
    assert 6 == len(json.loads(stack_set["templateBody"])["Resources"])
    assert [] == [stored.name for stored in mocks.all(aws.s3.BucketObjectv2) if stored.name.startswith("roles")]


def test_a_template_that_is_too_long_to_be_handed_over_goes_into_the_hubs_own_bucket(
    deploy: Callable[..., Mocks], catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dozen products make it so long."""
    for name in FIRST:
        statements = [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:${{Partition}}:s3:::{each:0>60}/*"}
            for each in range(70)
        ]
        for role in ("launch", "execution"):
            catalog_copy.write(
                f"products/{name}/{role}-policy.json", json.dumps(statements[: 40 if role[0] == "l" else 60])
            )
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks = deploy(launchRoles={"units": ["Workloads"]}, regions=["eu-west-1"])

    stack_set = mocks.one(aws.cloudformation.StackSet)
    [stored] = [each for each in mocks.all(aws.s3.BucketObjectv2) if each.name.startswith("roles")]
    text: str = stored.inputs["source"].text
    assert isinstance(stored.inputs["source"], pulumi.StringAsset)
    assert 51_200 < len(text)
    assert f"templates/roles/{hashlib.sha256(text.encode()).hexdigest()}.template" == stored.inputs["key"]
    assert "templateBody" not in stack_set.inputs
    bucket = "model-catalog-templates-eu-central-1-0a1b2c3"
    assert f"https://{bucket}.s3.example.com/{stored.inputs['key']}" == stack_set.inputs["templateUrl"]
    assert stored.urn in mocks.before(mocks.all(aws.servicecatalog.PortfolioShare)[0])


def test_roles_go_only_when_protection_is_off(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(launchRoles={"units": ["Workloads"]}, protect="false")

    assert mocks.one(aws.cloudformation.StackInstances).inputs["retainStacks"] is False


@pytest.mark.parametrize(
    ("setting", "code", "place"),
    [
        ({"units": []}, "invalid-value", ".units"),
        ({"units": ["Workloads//Research"]}, "invalid-value", ".units[0]"),
        ({"units": ["/Workloads"]}, "invalid-value", ".units[0]"),
        ({"units": ["Nowhere"]}, "unit-unknown", ""),
        ({}, "missing-key", ".units"),
        ({"units": ["Workloads"], "boundary": "a b"}, "invalid-value", ".boundary"),
    ],
)
def test_a_rollout_that_makes_no_sense_is_refused(
    deploy: Callable[..., Mocks], setting: dict[str, Any], code: str, place: str
) -> None:
    with refused(ConfigError, code, f"Pulumi.hub.yaml: launchRoles{place}"):
        deploy(launchRoles=setting)
