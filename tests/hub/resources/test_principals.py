"""Patterns of principals: only on purpose, and never in silence."""

from collections.abc import Callable

import pulumi_aws as aws
import pytest

from shared.errors import ConfigError
from tests.support.fake_account import heard
from tests.support.recorder import Mocks
from tests.support.refused import refused

PATTERN = "arn:aws:iam:::role/AWSReservedSSO_DataScientist_*"
GRANT = {
    "portfolio": "online-inference",
    "pattern": PATTERN,
    "acknowledgePatternRisk": True,
}


def test_a_pattern_is_associated_and_warned_of(deploy: Callable[..., Mocks], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = heard(monkeypatch)
    mocks = deploy(principals=[GRANT])
    made = mocks.one(aws.servicecatalog.PrincipalPortfolioAssociation)

    assert (PATTERN, "IAM_PATTERN") == (made.inputs["principalArn"], made.inputs["principalType"])
    assert [
        line for line in lines if line.startswith("warning: ") and f"matches {PATTERN} may launch from online" in line
    ]


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"acknowledgePatternRisk": None}, "pattern-not-acknowledged", ""),
        ({"acknowledgePatternRisk": "perhaps"}, "invalid-value", ".acknowledgePatternRisk"),
        ({"pattern": "arn:aws:iam:::*/Name"}, "invalid-value", ".pattern"),
        ({"pattern": "arn:aws:iam::222233334444:role/A*"}, "invalid-value", ".pattern"),
        ({"arn": "arn:aws:iam::222233334444:role/A"}, "grant-not-of-one-principal", ""),
    ],
)
def test_a_pattern_that_aws_or_we_would_not_take_is_refused(
    deploy: Callable[..., Mocks], changed: dict[str, object], code: str, place: str
) -> None:
    with refused(ConfigError, code, f"Pulumi.hub.yaml: principals[0]{place}"):
        deploy(principals=[{key: value for key, value in {**GRANT, **changed}.items() if value is not None}])


def test_more_patterns_than_aws_takes_are_refused(deploy: Callable[..., Mocks]) -> None:
    grants = [{**GRANT, "pattern": f"{PATTERN}{number}"} for number in range(11)]

    with refused(ConfigError, "too-many-patterns", "Pulumi.hub.yaml: principals"):
        deploy(principals=grants)


def test_names_are_shared_with_units_and_the_organization_only(deploy: Callable[..., Mocks]) -> None:
    share = {"portfolio": "online-inference", "type": "ORGANIZATION", "principals": True}
    mocks = deploy(shares=[share])

    assert mocks.one(aws.servicecatalog.PortfolioShare).inputs["sharePrincipals"] is True
    with refused(ConfigError, "principals-not-shareable", "shares[0]"):
        deploy(shares=[{**share, "type": "ACCOUNT", "target": "333344445555"}])
