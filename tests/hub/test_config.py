"""Settings that a hub refuses, and how it says so."""

import json
from collections.abc import Callable

import pulumi_aws as aws
import pytest

from shared.errors import ConfigError
from tests.support.recorder import Mocks
from tests.support.refused import refused

KEY = "arn:aws:kms:eu-central-1:222233334444:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BOUNDARY = "arn:aws:iam::222233334444:policy/CompanyBoundary"
SHARE = {"portfolio": "online-inference", "type": "ACCOUNT", "target": "444455556666"}


@pytest.mark.parametrize(
    ("share", "code", "place"),
    [
        (SHARE | {"type": "EVERYBODY"}, "invalid-value", ".type"),
        (SHARE | {"target": 444455556666}, "invalid-value", ".target"),
        (SHARE | {"target": "44445555666"}, "share-target-invalid", ""),
        (SHARE | {"target": None}, "share-target-missing", ""),
        (SHARE | {"type": "ORGANIZATION_MEMBER_ACCOUNT", "target": "ou-a1b2-c3d4e5f6"}, "share-target-invalid", ""),
        (SHARE | {"type": "ORGANIZATION"}, "share-target-invalid", ""),
        (SHARE | {"type": "ORGANIZATIONAL_UNIT", "target": "Workloads//Research"}, "share-target-invalid", ""),
        ({"portfolio": "online-inference", "type": "ORGANIZATION", "revoking": True}, "share-not-revocable", ""),
        (SHARE | {"principals": True}, "principals-not-shareable", ""),
        (SHARE | {"portfolio": "Online"}, "invalid-value", ".portfolio"),
        ({"type": "ORGANIZATION"}, "missing-key", ".portfolio"),
        (SHARE | {"principal": "444455556666"}, "unknown-key", ".principal"),
    ],
)
def test_a_share_that_makes_no_sense_is_refused(
    deploy: Callable[..., Mocks], mocks: Mocks, share: dict[str, object], code: str, place: str
) -> None:
    with refused(ConfigError, code, f"Pulumi.hub.yaml: shares[0]{place}"):
        deploy(shares=[share])

    assert [] == mocks.resources


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"shares": [SHARE, SHARE]}, "duplicate-share", "shares"),
        ({"regions": ["Frankfurt"]}, "invalid-value", "regions[0]"),
        ({"regions": "eu-west-1"}, "invalid-value", "regions"),
        ({"protect": "perhaps"}, "invalid-value", "protect"),
        (
            {"principals": [{"portfolio": "online-inference", "arn": "PlatformEngineer"}]},
            "invalid-value",
            "principals[0].arn",
        ),
        ({"share": []}, "unknown-key", "share"),
        ({"tags": {"model-catalog-hub": "mine"}}, "tag-reserved", "tags.model-catalog-hub"),
        ({"tags": {"aws:team": "mine"}}, "tag-reserved", "tags.aws:team"),
        ({"tags": {f"tag-{number}": "x" for number in range(10)}}, "invalid-value", "tags"),
        (
            {"templateKeys": [KEY.replace("eu-central-1", "eu-west-1")]},
            "template-keys-of-other-regions",
            "templateKeys",
        ),
        ({"templateKeys": [KEY, KEY]}, "template-keys-of-other-regions", "templateKeys"),
        ({"templateKeys": ["alias/templates"]}, "invalid-value", "templateKeys[0]"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    deploy: Callable[..., Mocks], mocks: Mocks, changed: dict[str, object], code: str, place: str
) -> None:
    with refused(ConfigError, code, f"Pulumi.hub.yaml: {place}"):
        deploy(**changed)

    assert [] == mocks.resources


def test_a_region_that_is_named_twice_is_one_region(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(regions=["eu-west-1", "eu-central-1", "eu-west-1"])

    assert {"eu-central-1", "eu-west-1"} == mocks.exports["product_id"].keys()
    assert 2 == len(mocks.all(aws.s3.Bucket))


def test_what_a_company_asks_for_is_on_all_that_the_hub_makes_and_in_its_contract(deploy: Callable[..., Mocks]) -> None:
    made = deploy(tags={"cost-center": "platform"}, permissionsBoundary=BOUNDARY)

    [provider] = made.all("pulumi:providers:aws")
    assert "platform" == json.loads(provider.inputs["defaultTags"])["tags"]["cost-center"]
    assert {BOUNDARY} == {each.inputs["permissionsBoundary"] for each in made.all(aws.iam.Role)}
    products = made.exports["catalog"]["regions"]["eu-central-1"]["products"].values()
    assert {"platform"} == {each["tags"]["cost-center"] for each in products}
