"""What a hub's preview says of its account and the organization, line by line."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hub.config import HubSettings, ShareSetting
from hub.definitions.load import read_catalog
from hub.inspection import preflight
from hub.inspection.preflight import PreflightScope
from hub.inspection.share_status import Shares, ShareState
from shared.aws.organization import Organization
from shared.errors import PreflightError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fake_account import FakeAccount, MissingError, always, heard
from tests.support.refused import refused

HUB = "222233334444"
STATUS = {HUB: "ACTIVE", "333344445555": "ACTIVE", "444455556666": "ACTIVE", "555566667777": "SUSPENDED"}
BELOW = {"ou-research": ["333344445555"], "ou-all": list(STATUS)}
OWN = [{"Key": "model-catalog-hub", "Value": "hub"}]


def _in_unit(asked: dict[str, str]) -> list[dict[str, str]]:
    if asked["ParentId"] not in BELOW:
        raise ClientError({"Error": {"Code": "ParentNotFoundException", "Message": "none"}}, "ListAccountsForParent")
    return [{"Id": account, "Name": "it", "Status": STATUS[account]} for account in BELOW[asked["ParentId"]]]


LISTINGS: Mapping[str, Any] = {
    "list_accounts": [{"Id": account, "Status": status} for account, status in STATUS.items()],
    "list_accounts_for_parent": _in_unit,
    "list_portfolios": [{"Id": "port-1", "DisplayName": "Online inference models"}],
    "list_portfolio_access": ["333344445555"],
    "describe_portfolio_shares": [{"PrincipalId": "ou-research", "Accepted": True}],
}
CALLS: Mapping[str, Any] = {
    "get_aws_organizations_access_status": {"AccessStatus": "ENABLED"},
    "list_delegated_administrators": {"DelegatedAdministrators": [{"Id": HUB}]},
    "describe_portfolio": {"Tags": OWN},
    "describe_budget": {},
    "validate_template": {},
    "describe_organization": {"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": "111122223333"}},
}
UNIT = (ShareSetting(portfolio="online-inference", type="ORGANIZATIONAL_UNIT", target="Research"), "ou-research")
OTHER = ShareSetting(portfolio="online-inference", type="ORGANIZATION_MEMBER_ACCOUNT", target="444455556666")
Look = Callable[..., list[str]]


def member(account: str) -> tuple[ShareSetting, str]:
    """Share with an account of the organization."""
    return ShareSetting(portfolio="batch-inference", type="ORGANIZATION_MEMBER_ACCOUNT", target=account), account


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, catalog_copy: CatalogCopy) -> Look:
    """Carry the preflight out in an organization where some things are otherwise, and give its lines."""

    def look(
        *,
        targets: list[tuple[ShareSetting, str]] | None = None,
        units: list[str] | None = None,
        calls: dict[str, Any] | None = None,
        keys: list[str] | None = None,
        **listings: Any,  # noqa: ANN401 - whatever a listing answers
    ) -> list[str]:
        lines = heard(monkeypatch)
        account = FakeAccount(HUB, {**LISTINGS, **listings}, {**CALLS, **(calls or {})})
        monkeypatch.setattr(preflight, "AccountSession", always(account))
        monkeypatch.setattr(preflight, "begin_checks", always([]))
        plan = PreflightScope(
            settings=HubSettings.model_validate(
                {"accountId": HUB, "aws:region": "eu-central-1", "templateKeys": keys or []}
            ),
            catalog=read_catalog(catalog_copy.folder, DAY),
            targets=[UNIT] if targets is None else targets,
            units=units or [],
            where="Pulumi.hub.yaml",
        )
        preflight.preflight(plan)
        return lines

    return look


def test_a_hub_hears_that_all_is_well(look: Look) -> None:
    assert [
        f"preflight: account {HUB}: works as arn:aws:sts::{HUB}:assumed-role/Deployer/preflight",
        "preflight: organization: Service Catalog has trusted access",
        f"preflight: organization: {HUB} is a delegated administrator of Service Catalog",
        "preflight: share of online-inference with Research: one account, ACTIVE",
        "preflight: quotas of eu-central-1: 3 of 100 portfolios, 7 of 350 products",
        "preflight: templates in eu-central-1: CloudFormation takes 8 of 8",
        (
            "preflight: model of store-forecaster-multimodel 1.0.0: "
            "s3://model-catalog-artifacts-hub/store-forecaster/2026-10-28/ is a prefix: whatever lies below it is run"
        ),
        (
            "preflight: images by tag: those of 8 versions, whose owners may move the tag, as AWS does for fixes: "
            "141502667606, 246618743249, 257758044811, 492215442770, 683313688378, 763104351884"
        ),
        "preflight: share of online-inference with Research in eu-central-1: arrived",
    ] == look()


def test_a_template_that_nobody_launches_any_more_is_not_held_against_todays_rules(
    look: Look, catalog_copy: CatalogCopy
) -> None:
    catalog_copy.end("fraud-detector-realtime", "1.0.0", state="retired")

    assert "preflight: templates in eu-central-1: CloudFormation takes 7 of 7" in look()


@pytest.mark.parametrize(
    ("changed", "failure"),
    [
        (
            {"calls": {"get_aws_organizations_access_status": {"AccessStatus": "DISABLED"}}},
            "organization: Service Catalog's trusted access is DISABLED. Run model-catalog stack up organization",
        ),
        (
            {"calls": {"list_delegated_administrators": {"DelegatedAdministrators": []}}},
            f"organization: {HUB} is not a delegated administrator of Service Catalog",
        ),
        (
            {"targets": [member("999900001111")]},
            "share of batch-inference with 999900001111: no account of the organization has that id",
        ),
        (
            {"targets": [member("555566667777")]},
            "share of batch-inference with 555566667777: the account is SUSPENDED, and AWS shares with active ones",
        ),
        (
            {
                "targets": [member("444455556666")],
                "calls": {"describe_organization": {"Organization": {"MasterAccountId": "444455556666"}}},
            },
            "share of batch-inference with 444455556666: it is the management account",
        ),
        (
            {"targets": [(UNIT[0], "ou-none"), member("999900001111")]},
            "share of online-inference with Research: the organization has no such unit",
        ),
        (
            {"targets": [(UNIT[0], "ou-none"), member("999900001111")]},
            "share of batch-inference with 999900001111: no account of the organization has that id",
        ),
        (
            {"targets": [(UNIT[0], "ou-all"), (OTHER, "444455556666")]},
            "share of online-inference with 444455556666: 444455556666 would get it by the share with Research too",
        ),
        ({"units": ["ou-all"]}, f"rollout of the roles: the hub {HUB} is in one of the units"),
    ],
)
def test_what_aws_would_refuse_is_refused(look: Look, changed: dict[str, Any], failure: str) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(**changed)

    assert failure in str(found.value)


def test_a_template_that_cloudformation_does_not_take_is_refused(look: Look) -> None:
    error: Any = {"Error": {"Code": "ValidationError", "Message": "Unrecognized resource types: [AWS::SQS::Kew]"}}
    with refused(PreflightError, "checks-failed") as found:
        look(calls={"validate_template": ClientError(error, "ValidateTemplate")})

    assert (
        "template of demand-forecaster-batch 1.0.0 in eu-central-1: Unrecognized resource types: [AWS::SQS::Kew]"
        in str(found.value)
    )


def test_a_budget_that_is_not_there_is_refused(look: Look, catalog_copy: CatalogCopy) -> None:
    first = "    name: Online inference models\n"
    catalog_copy.replace("portfolios.yaml", first, f"{first}    budgets: [models]\n")

    assert "preflight: online-inference: the budget models is there" in look()
    with refused(PreflightError, "checks-failed") as found:
        look(calls={"describe_budget": MissingError()})

    assert f"the account {HUB} has no budget 'models'" in str(found.value)


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        (
            {"targets": [(UNIT[0], "ou-all")], "describe_portfolio_shares": []},
            "share of online-inference with Research: 4 accounts, of which 555566667777 cannot get it",
        ),
        (
            {"calls": {"describe_portfolio": {"Tags": []}}},
            "portfolio online-inference in eu-central-1: port-1 has the same name, 'Online inference models'",
        ),
        (
            {"list_portfolio_access": []},
            "share of online-inference with Research in eu-central-1: not arrived in 333344445555. AWS takes one",
        ),
        (
            {"list_portfolios": [{"Id": f"port-{number}", "DisplayName": f"{number}"} for number in range(98)]},
            "quotas of eu-central-1: 101 portfolios, and AWS takes 100 where it has not raised the quota",
        ),
    ],
)
def test_what_may_go_wrong_is_warned_of(look: Look, changed: dict[str, Any], warning: str) -> None:
    assert [line for line in look(**changed) if line.startswith(f"warning: preflight: {warning}")]


@pytest.mark.parametrize(
    ("kind", "target", "listings", "arrivals"),
    [
        ("ORGANIZATIONAL_UNIT", "ou-research", {}, {"333344445555": ShareState.ARRIVED}),
        ("ORGANIZATIONAL_UNIT", "ou-research", {"list_portfolio_access": []}, {"333344445555": ShareState.MISSING}),
        (
            "ORGANIZATIONAL_UNIT",
            "ou-all",
            {"describe_portfolio_shares": [{"PrincipalId": "ou-all", "Accepted": True}]},
            {
                "333344445555": ShareState.ARRIVED,
                "444455556666": ShareState.MISSING,
                "555566667777": ShareState.SUSPENDED,
            },
        ),
        ("ORGANIZATION_MEMBER_ACCOUNT", "444455556666", {}, {"444455556666": ShareState.UNSHARED}),
        (
            "ACCOUNT",
            "999900001111",
            {"describe_portfolio_shares": [{"PrincipalId": "999900001111", "Accepted": False}]},
            {"999900001111": ShareState.UNACCEPTED},
        ),
        ("ACCOUNT", "999900001111", {}, {"999900001111": ShareState.UNSHARED}),
    ],
)
def test_what_became_of_a_share_is_told_account_by_account(
    kind: str, target: str, listings: dict[str, Any], arrivals: dict[str, ShareState]
) -> None:
    account: Any = FakeAccount(HUB, {**LISTINGS, **listings}, CALLS)
    shares = Shares(account, Organization(account), region="eu-central-1", portfolio="port-1")

    assert arrivals == shares.arrivals(kind, target)


def test_nothing_within_the_organization_is_asked_where_nothing_is_shared_there(look: Look) -> None:
    outside = ShareSetting(portfolio="batch-inference", type="ACCOUNT", target="999900001111")

    said = look(targets=[(outside, "999900001111")], calls={"list_delegated_administrators": MissingError()})

    assert "preflight: share of batch-inference with 999900001111: one account, which accepts it" in said


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_a_key_that_encrypts_nothing_stops_the_preview(look: Look, state: str) -> None:
    key = f"arn:aws:kms:eu-central-1:{HUB}:key/1234abcd"
    lines = look(keys=[key], calls={"describe_key": {"KeyMetadata": {"KeyState": "Enabled"}}})
    assert "preflight: key 1234abcd: encrypts the templates" in lines

    with refused(PreflightError, "checks-failed") as found:
        look(keys=[key], calls={"describe_key": {"KeyMetadata": {"KeyState": state}}})
    assert f"key 1234abcd: is {state}. Enable it, or name another one in templateKeys ({key})" in str(found.value)
