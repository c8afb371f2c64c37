"""What a spoke's preview says of other stacks of its account."""

import datetime as dt
from typing import Any

import pytest

from shared.errors import PreflightError
from spoke.launches.claims import Claim
from tests.support.offers import ACCOUNT
from tests.support.refused import refused
from tests.support.spoke_preflight import OWN, Look, by_kind, launched, role

OTHER = [{"Key": "model-catalog-spoke", "Value": "spoke-risk"}]
BATCH: dict[str, Any] = {"launches": [{"name": "forecast", "product": "forecaster", "version": "1.0.0"}]}
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/Deployer"
GUEST = f"arn:aws:iam::{ACCOUNT}:role/Guest"
GRANTED = {**BATCH, "principals": [{"portfolio": "batch", "arn": GUEST}]}
TAKEN: list[tuple[dict[str, Any], str]] = [
    (
        {"role": role(tags=OTHER)},
        "Pulumi.spoke-research.yaml: portfolios: the role ModelCatalogLaunch-scorer is that of spoke-risk, a stack of",
    ),
    (
        {"role": role(), "search_provisioned_products": [{**launched()[0], "Tags": OTHER}]},
        "Pulumi.spoke-research.yaml: launches: the launch scoring in eu-central-1 is that of spoke-risk",
    ),
    (
        {"role": role(tags=OTHER), "settings": {"launchRoles": "existing"}},
        f"the access of {DEPLOYER} to port-online in eu-central-1 is that of spoke-risk",
    ),
    (
        {
            "role": role(tags=OTHER),
            "settings": {**BATCH, "launchRoles": "existing"},
            "list_accepted_portfolio_shares": by_kind([{"Id": "port-batch"}]),
        },
        "the accepted share of port-batch in eu-central-1 is that of spoke-risk",
    ),
    (
        {
            "role": role(tags=OTHER),
            "settings": {**GRANTED, "launchRoles": "existing"},
            "list_accepted_portfolio_shares": by_kind([{"Id": "port-batch"}]),
            "list_principals_for_portfolio": [{"PrincipalARN": GUEST}],
        },
        f"the access of {GUEST} to port-batch in eu-central-1 is that of spoke-risk",
    ),
]


@pytest.mark.parametrize(("changed", "failure"), TAKEN)
def test_what_another_stack_of_the_account_has_is_refused_with_both_named(
    look: Look, changed: dict[str, Any], failure: str
) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(**changed)

    assert failure in str(found.value)


def test_roles_of_one_other_stack_are_told_once(look: Look) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(role=role(tags=OTHER), list_principals_for_portfolio=[], list_launch_paths=[])

    assert str(found.value).startswith("1 of ")
    assert str(found.value).endswith("It has made 3 more of these roles.")


def test_what_the_stack_has_itself_is_no_other_stacks(look: Look) -> None:
    own = frozenset({Claim("access", f"{DEPLOYER} to port-online", "eu-central-1")})

    said = look(role=role(tags=OTHER), settings={"launchRoles": "existing"}, deployed=own)

    assert "preflight: role ModelCatalogExecution-scorer: there, made by spoke-risk" in said


def test_what_cannot_be_told_from_its_own_is_a_warning(look: Look) -> None:
    """Pulumi Cloud's states are not looked into."""
    said = look(role=role(tags=OTHER), settings={"launchRoles": "existing"}, deployed=None)

    [line] = [line for line in said if "is that of spoke-risk" in line]
    assert line.startswith("warning: preflight: portfolio online in eu-central-1: this stack's own state cannot be")


def test_a_stack_that_sets_nothing_up_needs_what_the_other_has_set_up(look: Look) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(
            settings={**BATCH, "portfolios": []},
            list_accepted_portfolio_shares=by_kind([]),
            list_launch_paths=[],
            list_principals_for_portfolio=[],
        )
    assert "batch in eu-central-1: shared with this account alone, and not accepted. Deploy the stack that" in str(
        found.value
    )
    assert "role ModelCatalogLaunch-forecaster: does not exist, and forecaster needs it. Deploy the stack" in str(
        found.value
    )

    with refused(PreflightError, "checks-failed") as found:
        look(settings={"portfolios": []}, role=role(tags=OTHER), list_principals_for_portfolio=[], list_launch_paths=[])
    assert "access to online in eu-central-1: the deploying role, arn:aws:sts::" in str(found.value)


def test_a_stack_that_sets_nothing_up_hears_whose_roles_it_launches_by(look: Look) -> None:
    said = look(settings={"portfolios": []}, role=role(tags=OTHER))

    assert "preflight: role ModelCatalogLaunch-scorer: there, and trusts Service Catalog, made by spoke-risk" in said
    assert not [line for line in said if line.startswith("warning")]


def test_access_by_a_pattern_that_the_hub_shared_is_access(look: Look) -> None:
    shared = [{"PrincipalARN": "arn:aws:iam:::role/Deploy*"}]

    said = look(settings={"portfolios": []}, role=role(tags=OTHER), list_principals_for_portfolio=shared)

    assert not [line for line in said if line.startswith("warning")]


def test_a_name_of_another_stack_that_begins_like_ones_own_is_warned_of(look: Look) -> None:
    common = {"Status": "AVAILABLE", "CreatedTime": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}
    names: list[dict[str, Any]] = [
        {"Id": "pp-1", "Name": "scoring", "Tags": OWN, **common},
        {"Id": "pp-2", "Name": "score-risk", "Tags": OTHER, **common},
        {"Id": "pp-3", "Name": "risk", "Tags": OTHER, **common},
        {"Id": "pp-4", "Name": "score-by-hand", "Tags": [], **common},
    ]

    said = look(settings={"namePrefix": "sc"}, role=role(), names=names)

    [line] = [line for line in said if "namePrefix" in line]
    assert line.startswith("warning: preflight: launch score-risk: is spoke-risk's, and begins with sc (namePrefix)")


def test_a_role_of_the_stacks_own_that_it_would_delete_under_its_launches_stops_the_preview(look: Look) -> None:
    roles = ("Launch-scorer", "Execution-scorer", "Launch-embedder", "Execution-embedder")
    made = frozenset(Claim("role", f"ModelCatalog{name}") for name in roles)

    with refused(PreflightError, "checks-failed") as found:
        look(settings={"portfolios": []}, role=role(), deployed=made)
    assert "ModelCatalogLaunch-scorer: this stack made it, and would delete it under its own" in str(found.value)

    said = look(settings={"existingRoles": ["embedder"]}, role=role(), deployed=made)
    assert "warning: preflight: role ModelCatalogLaunch-embedder: this stack made it, and deletes it now" in said


def test_what_the_stack_has_taken_over_is_its_own_whatever_its_tags_still_say(look: Look) -> None:
    roles = ("Launch-scorer", "Execution-scorer", "Launch-embedder", "Execution-embedder")
    taken = {Claim("role", f"ModelCatalog{name}") for name in roles} | {Claim("launch", "scoring", "eu-central-1")}
    there = [{**launched()[0], "Tags": OTHER}]

    said = look(role=role(tags=OTHER), search_provisioned_products=there, deployed=frozenset(taken | ACCESS_THERE))

    assert [line for line in said if "launch scoring: scorer 1.1.0 (active) is AVAILABLE" in line]


ACCESS_THERE = {Claim("access", f"{DEPLOYER} to port-online", "eu-central-1")}
