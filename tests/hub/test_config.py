"""Settings that a hub refuses, and how it says so."""

from collections.abc import Callable

import pulumi_aws as aws
import pytest

from shared.errors import ConfigError
from tests.support.recorder import Mocks
from tests.support.refused import refused

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
