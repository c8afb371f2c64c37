"""What a spoke's preview says of its account, line by line."""

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest

from shared.aws.policies import launch_trust
from shared.errors import PreflightError
from tests.support import spoke_preflight
from tests.support.fake_account import MissingError, always, denied
from tests.support.offers import ACCOUNT, HUB_STACK, OFFER
from tests.support.refused import refused
from tests.support.spoke_preflight import Ids, Look, by_kind, launched, offered, plan, role


def test_another_template_than_the_hub_published_stops_the_preview(look: Look) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(template=offered("1" * 64))

    assert "template of scorer 1.1.0: AWS offers another one (sha256 111111111111…)" in str(found.value)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            {"Info": {"TemplateUrl": "https://s3.amazonaws.com/b/a.yaml"}},
            "https://s3.amazonaws.com/b/a.yaml does not tell its hash",
        ),
        ({"Info": {}}, "AWS names no address of it"),
        (denied("DescribeProvisioningArtifact"), "warning: preflight: templates of the versions: not checked: "),
    ],
    ids=["an address without a hash", "no address", "not allowed"],
)
def test_a_template_that_cannot_be_compared_is_said(look: Look, template: object, words: str) -> None:
    assert 1 == len([line for line in look(template=template) if words in line])


def test_nothing_is_said_of_the_template_of_a_version_that_has_not_arrived(look: Look) -> None:
    assert [] == [line for line in look(template=MissingError()) if "template" in line]


def test_a_new_spoke_hears_what_will_be_made(look: Look) -> None:
    assert [
        f"preflight: account {ACCOUNT}: works as arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/preflight",
        f"preflight: contract 1.4 of {HUB_STACK}: published on 2026-11-01",
        "preflight: portfolio online in eu-central-1: shared with this account by ORGANIZATION",
        "preflight: role ModelCatalogLaunch-scorer: will be made by this stack",
        "preflight: role ModelCatalogExecution-scorer: will be made by this stack",
        "preflight: role ModelCatalogLaunch-embedder: will be made by this stack",
        "preflight: role ModelCatalogExecution-embedder: will be made by this stack",
        f"preflight: template of scorer 1.1.0: as the hub published it (sha256 {'0' * 12}…)",
        "preflight: launch scoring: scorer 1.1.0 (active) is new; parameters, rules and 3 of 50 tags are valid",
        "preflight: launch path of scoring: will be there once this stack has access to 'Online models'",
        "preflight: access to online in eu-central-1: 0 of 100 principals",
    ] == look(list_launch_paths=MissingError(), list_principals_for_portfolio=MissingError())


@pytest.mark.parametrize("there", [False, True])
def test_quotas_are_asked_for_only_where_a_launch_is_new(look: Look, *, there: bool) -> None:
    """There are thousands, on twenty pages and more."""
    asked, offer = list[Any](), deepcopy(dict(OFFER))
    cost: dict[str, Any] = {
        "kind": "serverless",
        "currency": "USD",
        "date": "2026-11-24",
        "memory": "InstanceCount",
        "prices": {},
    }
    offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]["cost"] = cost

    def quotas(arguments: dict[str, str]) -> Ids:
        asked.append(arguments)
        return []

    look(
        role=role(),
        offer=offer,
        list_service_quotas=quotas,
        search_provisioned_products=launched() if there else [],
    )

    assert (not there) is bool(asked)


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("AVAILABLE", "preflight: launch scoring: scorer 1.1.0 (active) is AVAILABLE"),
        ("TAINTED", "warning: preflight: launch scoring: its last update failed (no capacity). Once the cause is gone"),
        (
            "ERROR",
            "warning: preflight: launch scoring: its last launch failed (no capacity). AWS takes no update of it",
        ),
        ("UNDER_CHANGE", "warning: preflight: launch scoring: is UNDER_CHANGE: AWS takes no other change until"),
    ],
)
def test_the_state_of_what_runs_is_said(look: Look, status: str, line: str) -> None:
    said = look(role=role(), search_provisioned_products=launched(Status=status, StatusMessage="no capacity"))

    assert [line] == [found[: len(line)] for found in said if "launch scoring:" in found]


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"list_accepted_portfolio_shares": []},
        "portfolio online in eu-central-1: not shared with this account. The hub shares it by ORGANIZATION: ask",
    ),
    (
        {"role": role(trust=launch_trust(partition="aws", account="222233334444"))},
        "role ModelCatalogLaunch-scorer: does not let servicecatalog.amazonaws.com assume it on behalf of 3333",
    ),
    ({"role": role(tags=[])}, "role ModelCatalogLaunch-scorer: exists already, and this stack did not make it"),
    (
        {"settings": {"launchRoles": "existing"}},
        "role ModelCatalogLaunch-scorer: does not exist, and scorer needs it. Have it made",
    ),
    (
        {"search_provisioned_products": [{**launched()[0], "Tags": []}]},
        "launch scoring: a provisioned product of this name exists (pp-1), and this stack did not make it",
    ),
    (
        {"list_launch_paths": [{"Id": f"lpv2-{each}", "Name": "Online models"} for each in "12"]},
        "launch path of scoring: 2 portfolios named 'Online models' lead to The scorer in eu-central-1",
    ),
]


@pytest.mark.parametrize(("changed", "failure"), REFUSED)
def test_what_aws_would_refuse_is_refused(look: Look, changed: dict[str, Any], failure: str) -> None:
    with refused(PreflightError, "checks-failed") as found:
        look(**changed)

    assert failure in str(found.value)


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        ({"list_launch_paths": MissingError()}, "launch path of scoring: none, although the deploying role has access"),
        (
            {"list_principals_for_portfolio": [{"PrincipalARN": "AROAEXAMPLEEXAMPLE123"}]},
            "access to online in eu-central-1: AROAEXAMPLEEXAMPLE123: deleted since it was given access",
        ),
        (
            {"list_principals_for_portfolio": [{"PrincipalARN": f"arn:{number}"} for number in range(100)]},
            "access to online in eu-central-1: 100 of 100 principals: no room for another",
        ),
        (
            {"search_provisioned_products": denied("SearchProvisionedProducts")},
            "provisioned products: not checked: An error occurred (AccessDeniedException)",
        ),
    ],
)
def test_what_may_go_wrong_is_warned_of_and_stops_nothing(look: Look, changed: dict[str, Any], warning: str) -> None:
    said = look(role=role(), **changed)

    assert [line for line in said if line.startswith(f"warning: preflight: {warning}")]


def test_an_accepted_share_and_one_to_accept_are_told_apart(look: Look) -> None:
    settings = {"launches": [{"name": "forecast", "product": "forecaster", "version": "1.0.0"}]}
    cases: list[tuple[Ids, str]] = [([{"Id": "port-batch"}], "and accepted"), ([], "this stack accepts it")]
    for imported, words in cases:
        said = look(settings=settings, list_accepted_portfolio_shares=by_kind(imported), list_launch_paths=[])

        assert [line for line in said if "portfolio batch" in line and line.endswith(words)], said


def test_a_hub_that_has_not_run_since_a_version_ended_is_told_of(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = deepcopy(dict(OFFER))
    version = offer["eu-central-1"]["products"]["scorer"]["versions"]["1.1.0"]
    version |= {"deprecated_on": "2026-10-20", "retires_on": "2026-12-01"}
    late = plan({}, offer, published_on=dt.date(2026, 10, 1))
    monkeypatch.setattr(spoke_preflight, "plan", always(late))

    said = look(offer=offer)

    assert [line for line in said if "published on 2026-10-01, 31 days ago" in line]
    assert [line for line in said if "the hub has not run since scorer 1.1.0 became deprecated" in line]
