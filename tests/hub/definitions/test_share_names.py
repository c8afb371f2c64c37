"""Shares whose targets give them one name."""

import pytest

from hub.config import ShareSetting
from hub.definitions.share_names import share_names
from shared.errors import ConfigError
from tests.support.refused import refused

UNIT = "ORGANIZATIONAL_UNIT"


def test_a_share_has_the_name_that_it_always_had() -> None:
    shares = [
        share("online", "ORGANIZATION"),
        share("online", UNIT, "Workloads/Research"),
        share("batch", UNIT, "ou-a1b2-c3d4e5f6"),
        share("batch", "ACCOUNT", "333344445555"),
    ]

    assert [
        "live-organization",
        "live-organizational-unit-workloads-research",
        "batch-organizational-unit-ou-a1b2-c3d4e5f6",
        "batch-account-333344445555",
    ] == share_names(shares, {"online": "live", "batch": "batch"}, where="Pulumi.hub.yaml")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Workloads/Research", "Workloads/research"),
        ("Workloads/Research", "Workloads-Research"),
        ("a/b-c", "a-b/c"),
    ],
)
def test_units_whose_names_differ_in_case_or_a_slash_alone_are_refused(first: str, second: str) -> None:
    shares = [share("online", UNIT, first), share("batch", UNIT, first), share("online", UNIT, second)]

    with refused(ConfigError, "share-names-collide", "Pulumi.hub.yaml: shares[2]"):
        _ = share_names(shares, {"online": "online", "batch": "batch"}, where="Pulumi.hub.yaml")


def test_a_portfolio_and_a_type_may_add_up_to_those_of_another_share() -> None:
    shares = [
        share("online", "ORGANIZATION_MEMBER_ACCOUNT", "333344445555"),
        share("online-organization-member", "ACCOUNT", "333344445555"),
    ]

    with refused(ConfigError, "share-names-collide", "shares[1]"):
        _ = share_names(shares, {each.portfolio: each.portfolio for each in shares}, where="Pulumi.hub.yaml")


def share(portfolio: str, kind: str, target: str | None = None) -> ShareSetting:
    """Give a share's settings."""
    return ShareSetting.model_validate({"portfolio": portfolio, "type": kind, "target": target})
