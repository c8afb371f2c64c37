"""Settings that a hub refuses, and how it says so."""

from collections.abc import Callable

import pulumi_aws as aws
import pytest

from shared.errors import ConfigError
from tests.support.recorder import Mocks

SHARE = {"portfolio": "online-inference", "type": "ACCOUNT", "target": "444455556666"}


@pytest.mark.parametrize(
    ("share", "message"),
    [
        (
            SHARE | {"type": "EVERYBODY"},
            r"shares\[0\]\.type: found 'EVERYBODY'. Expected ACCOUNT, ORGANIZATION, .* for example ORGANIZATIONAL_UNIT",
        ),
        (SHARE | {"target": 444455556666}, r"shares\[0\]\.target: found 444455556666 \(a number.* without quotes\)"),
        (SHARE | {"target": "44445555666"}, r"found target '44445555666'. A share of type ACCOUNT needs an account id"),
        (SHARE | {"target": None}, r"found no target. A share of type ACCOUNT needs an account id, for example"),
        (
            SHARE | {"type": "ORGANIZATION_MEMBER_ACCOUNT", "target": "ou-a1b2-c3d4e5f6"},
            r"found target 'ou-a1b2-c3d4e5f6'. A share of type ORGANIZATION_MEMBER_ACCOUNT needs an account id of the",
        ),
        (
            SHARE | {"type": "ORGANIZATION"},
            r"found target '444455556666'. A share of type ORGANIZATION needs the organization's id, .* or no target",
        ),
        (
            SHARE | {"type": "ORGANIZATIONAL_UNIT", "target": "Workloads//Research"},
            r"found target 'Workloads//Research'. .*UNIT needs a unit's id, .*or its path.*Workloads/Research",
        ),
        (SHARE | {"portfolio": "Online"}, r"shares\[0\]\.portfolio: found 'Online'. Expected lower-case words"),
        ({"type": "ORGANIZATION"}, r"shares\[0\]\.portfolio is missing. Expected lower-case words joined by hyphens"),
        (SHARE | {"principal": "444455556666"}, r"shares\[0\]\.principal is not a known key. Remove it, or correct"),
    ],
)
def test_a_share_that_makes_no_sense_is_refused(
    deploy: Callable[..., Mocks], mocks: Mocks, share: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^Pulumi\.hub\.yaml: .*{message}"):
        deploy(shares=[share])

    assert [] == mocks.resources


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"shares": [SHARE, SHARE]}, "online-inference is shared twice with 444455556666 as ACCOUNT. Remove one"),
        (
            {"regions": ["Frankfurt"]},
            r"regions\[0\]: found 'Frankfurt'. Expected .* AWS region, for example eu-central-1",
        ),
        ({"regions": "eu-west-1"}, "regions: found 'eu-west-1'"),
        ({"protect": "perhaps"}, "protect: found 'perhaps'"),
        (
            {"principals": [{"portfolio": "online-inference", "arn": "PlatformEngineer"}]},
            r"principals\[0\]\.arn: found 'PlatformEngineer'. Expected the full ARN of an IAM role, user or group",
        ),
        ({"share": []}, "share is not a known key. Remove it, or correct its spelling"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    deploy: Callable[..., Mocks], mocks: Mocks, changed: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^Pulumi\.hub\.yaml: .*{message}"):
        deploy(**changed)

    assert [] == mocks.resources


def test_a_region_that_is_named_twice_is_one_region(deploy: Callable[..., Mocks]) -> None:
    mocks = deploy(regions=["eu-west-1", "eu-central-1", "eu-west-1"])

    assert {"eu-central-1", "eu-west-1"} == mocks.exports["product_id"].keys()
    assert 2 == len(mocks.all(aws.s3.Bucket))
