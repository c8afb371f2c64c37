"""What the preview of the organization's stack says of the organization, line by line."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from organization import inspection
from organization.deployer_settings import DeployersSetting
from organization.settings import OrganizationSettings
from shared.errors import PreflightError
from tests.support.fake_account import FakeAccount, always, heard
from tests.support.refused import refused

MANAGEMENT, HUB = "111122223333", "222233334444"
WHO = f"arn:aws:sts::{MANAGEMENT}:assumed-role/Deployer/preflight"
WHOLE = {"Id": "o-a1b2c3d4e5", "MasterAccountId": MANAGEMENT, "FeatureSet": "ALL"}
CALLS: dict[str, Any] = {
    "describe_organization": {"Organization": WHOLE},
    "describe_account": {"Account": {"Id": HUB, "Name": "hub", "Status": "ACTIVE"}},
    "get_aws_organizations_access_status": {"AccessStatus": "DISABLED"},
}
UNITS: dict[str, Any] = {
    "list_roots": [{"Id": "r-a1b2"}],
    "list_organizational_units_for_parent": lambda asked: (  # pyright: ignore[reportUnknownLambdaType] - as AWS asks
        [{"Id": "ou-a1b2-workload", "Name": "Workloads"}] if asked["ParentId"] == "r-a1b2" else []
    ),
    "list_accounts_for_parent": [
        {"Id": MANAGEMENT, "Name": "management", "Status": "ACTIVE"},
        {"Id": "333344445555", "Name": "research", "Status": "ACTIVE"},
        {"Id": "444455556666", "Name": "production", "Status": "ACTIVE"},
        {"Id": "555566667777", "Name": "old", "Status": "SUSPENDED"},
    ],
}
DEPLOYERS: dict[str, Any] = {"units": ["Workloads"], "trust": {"permission_sets": ["Platform"]}}
LET_IN: dict[str, Any] = {"describe_organizations_access": {"Status": "ENABLED"}}
Look = Callable[..., list[str]]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Carry the preflight out in an organization where some things are otherwise, and give its lines."""

    def look(
        *,
        delegates: Any = (),  # noqa: ANN401 - answers of AWS
        stack_sets: bool = False,
        hub: str = HUB,
        deployers: dict[str, Any] | None = None,
        **calls: Any,  # noqa: ANN401 - as above
    ) -> list[str]:
        lines = heard(monkeypatch)
        listings = {"list_delegated_administrators": delegates, **UNITS}
        account = FakeAccount(MANAGEMENT, listings, {**CALLS, **calls})
        monkeypatch.setattr(inspection, "AccountSession", always(account))
        monkeypatch.setattr(inspection, "begin_checks", always([]))
        settings = OrganizationSettings(
            account_id=MANAGEMENT,
            hub_account_id=hub,
            region="eu-central-1",
            stack_sets=stack_sets,
            deployers=DeployersSetting.model_validate(deployers) if deployers else None,
        )
        inspection.preflight(settings, where="Pulumi.organization.yaml")
        return lines

    return look


def test_an_organization_hears_what_there_is_and_what_will_be_made(look: Look) -> None:
    assert [
        f"preflight: organization o-a1b2c3d4e5: works as {WHO}, in the management account",
        f"preflight: hub {HUB}: hub, ACTIVE",
        "preflight: Service Catalog: trusted access is DISABLED; this stack turns it on",
        f"preflight: delegated administrators of Service Catalog: this stack makes {HUB} one",
    ] == look()


def test_what_is_there_already_is_told_with_who_takes_it_over(look: Look) -> None:
    def delegates(asked: dict[str, str]) -> list[dict[str, str]]:
        return [{"Id": HUB}] if asked["ServicePrincipal"].startswith("servicecatalog") else [{"Id": "999900001111"}]

    lines = look(delegates=delegates, stack_sets=True, get_aws_organizations_access_status={"AccessStatus": "ENABLED"})

    assert "preflight: Service Catalog: has trusted access" in lines
    assert any(f"Service Catalog: {HUB} is one. Where somebody made it so by hand: " in line for line in lines)
    assert f"preflight: delegated administrators of stack sets: this stack makes {HUB} one; 999900001111 stay" in lines


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"describe_organization": {"Organization": {**WHOLE, "MasterAccountId": "9"}}},
            "its management account is 9, and only that one may turn sharing on. Correct accountId",
        ),
        (
            {"describe_organization": {"Organization": {**WHOLE, "FeatureSet": "CONSOLIDATED_BILLING"}}},
            "Enable all features: aws organizations enable-all-features",
        ),
        (
            {"describe_account": ClientError({"Error": {"Code": "AccountNotFoundException", "Message": ""}}, "x")},
            f"hub {HUB}: is no account of the organization. Correct hubAccountId",
        ),
        (
            {"describe_account": {"Account": {"Name": "hub", "Status": "SUSPENDED"}}},
            f"hub {HUB}: is SUSPENDED. Name an account that is ACTIVE",
        ),
    ],
)
def test_what_would_stop_the_first_day_is_refused(look: Look, changed: dict[str, Any], words: str) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(**changed)

    assert words in str(found.value)


def test_the_management_account_had_better_be_no_hub(look: Look) -> None:
    lines = look(hub=MANAGEMENT)

    assert 1 == len([line for line in lines if line.startswith("warning: ") and "Name another one" in line])


def test_an_organization_hears_who_gets_a_deployer_and_who_does_not(look: Look) -> None:
    [line] = [line for line in look(deployers=DEPLOYERS, **LET_IN) if "deployers of accounts" in line]
    [without] = [
        line
        for line in look(deployers={**DEPLOYERS, "leave_out": ["444455556666", HUB]}, **LET_IN)
        if "deployers of accounts" in line
    ]

    assert (
        f"preflight: deployers of accounts: 2 accounts, and those that join later; 1 not ACTIVE; the hub {HUB} is in "
        f"none of the units, and gets its own by hand: model-catalog organization deployers"
    ) == line
    assert "1 accounts, and those that join later; 1 left out; 1 not ACTIVE" in without
    assert "by hand" not in without


def test_stack_sets_that_are_not_let_in_and_units_that_are_none_are_refused(look: Look) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(
            deployers={**DEPLOYERS, "units": ["Workload"]},
            describe_organizations_access={"Status": "DISABLED"},
        )

    assert "(DISABLED). Once: aws cloudformation activate-organizations-access" in str(found.value)
    assert "the organization has no unit 'Workload'" in str(found.value)
