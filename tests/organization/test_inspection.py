"""What the preview of the organization's stack says of the organization, line by line."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from organization import inspection
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
Look = Callable[..., list[str]]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Carry the preflight out in an organization where some things are otherwise, and give its lines."""

    def look(*, delegates: Any = (), stack_sets: bool = False, hub: str = HUB, **calls: Any) -> list[str]:  # noqa: ANN401 - answers of AWS
        lines = heard(monkeypatch)
        account = FakeAccount(MANAGEMENT, {"list_delegated_administrators": delegates}, {**CALLS, **calls})
        monkeypatch.setattr(inspection, "AccountSession", always(account))
        settings = OrganizationSettings(
            account_id=MANAGEMENT, hub_account_id=hub, region="eu-central-1", stack_sets=stack_sets
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
