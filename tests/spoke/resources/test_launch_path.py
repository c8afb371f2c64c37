"""The launch path of a launch: awaited where AWS is slow, and told apart where it will never come."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi_aws as aws
import pytest

from shared.aws import session
from shared.errors import ConfigError, LaunchError
from spoke.resources import launch_path
from tests.support.fake_account import FakeAccount, always
from tests.support.offers import ACCOUNT
from tests.support.recorder import Mocks, RefusedError, refusing
from tests.support.refused import refused

WHERE = "launches[0] (scoring)"
NONE_YET = "describing Service Catalog Launch Paths: couldn't find resource (6 retries)"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/teams/Deployer"
SHARED: Mapping[str, Any] = {
    "list_accepted_portfolio_shares": [{"Id": "port-online"}],
    "list_principals_for_portfolio": [{"PrincipalARN": DEPLOYER}],
}


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what takes AWS minutes take tests none."""
    monkeypatch.setattr(launch_path, "_PAUSES", ())
    monkeypatch.setattr(launch_path, "_LONGEST_PAUSE", 0.001)
    monkeypatch.setattr(launch_path, "PATIENCE", 0.3)
    monkeypatch.setattr(launch_path, "_DOUBT", 0.03)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, Any]], None]:
    """Let the account's lists answer like this."""

    def answer(listings: Mapping[str, Any]) -> None:
        fake = FakeAccount(ACCOUNT, listings, {})
        monkeypatch.setattr(session, "AccountSession", always(fake))

    return answer


def _none(times: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Answer so many times as the provider does where AWS shows no path, and then with one."""
    left = iter(range(times))

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        if next(left, None) is not None:
            raise RefusedError(NONE_YET)
        return {"summaries": [{"name": "Online models", "pathId": f"lpv3-{asked['productId']}"}]}

    return answer


def test_a_path_that_comes_late_is_waited_for(
    deploy: Callable[..., Mocks],
    mocks: Mocks,
    account: Callable[[Mapping[str, Any]], None],
    said: list[str],
) -> None:
    """Finding: given up after 34 seconds, where AWS takes minutes."""
    account(SHARED)
    mocks.answers["getLaunchPaths"] = _none(4)

    deploy()

    assert "lpv3-prod-scorer" == mocks.one(aws.servicecatalog.ProvisionedProduct).inputs["pathId"]
    told = [line for line in said if "AWS shows no launch path to The scorer yet" in line]
    assert 1 == len(told), "once, however often it is looked for"


def test_a_path_through_another_portfolio_is_not_the_one_that_is_waited_for(
    deploy: Callable[..., Mocks], mocks: Mocks, account: Callable[[Mapping[str, Any]], None]
) -> None:
    account(SHARED)
    answers = iter([_paths("Local models")] * 3)
    mocks.answers["getLaunchPaths"] = lambda _: next(answers, _paths("Local models", "Online models"))

    deploy()

    assert "lpv3-1" == mocks.one(aws.servicecatalog.ProvisionedProduct).inputs["pathId"]


@pytest.mark.parametrize(
    ("listings", "code", "words"),
    [
        (
            {**SHARED, "list_accepted_portfolio_shares": []},
            "launch-path-missing",
            "the portfolio 'Online models' is not shared with the account 333344445555",
        ),
        (
            {**SHARED, "list_principals_for_portfolio": []},
            "launch-path-missing",
            f"{DEPLOYER} has lost its access to 'Online models'. Run model-catalog stack refresh spoke-research, then",
        ),
        (SHARED, "launch-path-late", "run model-catalog stack up spoke-research again"),
    ],
)
def test_why_a_path_does_not_come_is_told_apart(
    deploy: Callable[..., Mocks],
    mocks: Mocks,
    account: Callable[[Mapping[str, Any]], None],
    listings: Mapping[str, Any],
    code: str,
    words: str,
) -> None:
    account(listings)
    mocks.answers["getLaunchPaths"] = _none(1_000_000)

    with refused(LaunchError, code, WHERE) as found:
        deploy()

    assert words in str(found.value)
    assert [] == mocks.all(aws.servicecatalog.ProvisionedProduct)


@pytest.mark.parametrize(
    ("principals", "code", "words"),
    [
        (
            [],
            "launch-path-missing",
            "has no access to 'Online models', which is not among the portfolios of this stack",
        ),
        (["arn:aws:iam:::role/teams/*"], "launch-path-late", "run model-catalog stack up spoke-research again"),
    ],
    ids=["nobody", "a pattern that the hub shared"],
)
def test_a_stack_that_sets_nothing_up_is_told_whose_access_it_lacks(
    deploy: Callable[..., Mocks],
    mocks: Mocks,
    account: Callable[[Mapping[str, Any]], None],
    principals: Sequence[str],
    code: str,
    words: str,
) -> None:
    account({**SHARED, "list_principals_for_portfolio": [{"PrincipalARN": arn} for arn in principals]})
    mocks.answers["getLaunchPaths"] = _none(1_000_000)
    roles = [f"ModelCatalog{kind}-scorer" for kind in ("Launch", "Execution")]
    mocks.answers["getRoles"] = lambda _: {"names": roles, "arns": []}

    with refused(LaunchError, code, WHERE) as found:
        deploy(portfolios=[])

    assert words in str(found.value)


def test_what_stands_in_the_way_is_believed_sooner_than_that_aws_is_slow(
    deploy: Callable[..., Mocks], mocks: Mocks, account: Callable[[Mapping[str, Any]], None]
) -> None:
    """AWS's lists may be behind as well, so they are asked more than once."""
    asked = list[Any]()

    def nothing(arguments: dict[str, Any]) -> list[Any]:
        asked.append(arguments)
        return []

    account({**SHARED, "list_accepted_portfolio_shares": nothing})
    mocks.answers["getLaunchPaths"] = _none(1_000_000)

    with refused(LaunchError, "launch-path-missing", WHERE):
        deploy()
    soon = len(mocks.called("getLaunchPaths"))
    account(SHARED)
    with refused(LaunchError, "launch-path-late", WHERE):
        deploy()

    assert len(asked) > 1
    assert len(mocks.called("getLaunchPaths")) - soon > 2 * soon


def test_a_viewer_without_access_is_told_so_at_once_with_the_line_to_write(
    deploy: Callable[..., Mocks],
    mocks: Mocks,
    account: Callable[[Mapping[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A preview of what somebody proposes works as a role that looks, which launches nothing."""
    monkeypatch.setenv("MODEL_CATALOG_VIEWER", "ModelCatalogViewer")
    monkeypatch.setattr(launch_path, "_DOUBT", 1_000)
    account(SHARED)
    mocks.answers["getLaunchPaths"] = _none(1_000_000)

    with refused(LaunchError, "launch-path-missing", WHERE) as found:
        deploy(assumeRole=f"arn:aws:iam::{ACCOUNT}:role/Deployer")

    assert f"{{portfolio: online, arn: arn:aws:iam::{ACCOUNT}:role/ModelCatalogViewer}}" in str(found.value)
    asked = {each["arn"] for each in mocks.called("getSessionContext")}
    assert {f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/model-catalog"} == asked


def test_who_may_not_look_why_waits_all_the_same(
    deploy: Callable[..., Mocks], mocks: Mocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConfigError("no access", code="account-without-access")

    monkeypatch.setattr(session, "AccountSession", refuse)
    mocks.answers["getLaunchPaths"] = _none(2)

    deploy()

    assert 1 == len(mocks.all(aws.servicecatalog.ProvisionedProduct))


def test_a_refusal_is_no_matter_of_waiting(deploy: Callable[..., Mocks], mocks: Mocks) -> None:
    mocks.answers["getLaunchPaths"] = refusing("AccessDeniedException: not authorized: servicecatalog:ListLaunchPaths")

    with refused(LaunchError, "launch-paths-unreadable", WHERE):
        deploy()

    assert 1 == len(mocks.called("getLaunchPaths"))


@pytest.mark.parametrize(
    ("portfolios", "count", "names"),
    [
        (["Local models"], 0, "Local models"),
        (["Online models", "Online models"], 2, "Online models, Online models"),
    ],
)
def test_a_launch_without_exactly_one_path_is_refused(
    deploy: Callable[..., Mocks],
    mocks: Mocks,
    account: Callable[[Mapping[str, Any]], None],
    portfolios: Sequence[str],
    count: int,
    names: str,
) -> None:
    account(SHARED)
    mocks.answers["getLaunchPaths"] = lambda _: _paths(*portfolios)

    with refused(LaunchError, "launch-paths-not-one", WHERE) as found:
        deploy()

    assert f"{count} launch paths to The scorer " in str(found.value)
    assert f"(paths found: {names})" in str(found.value)
    assert [] == mocks.all(aws.servicecatalog.ProvisionedProduct)


def _paths(*portfolios: str) -> dict[str, Any]:
    return {"summaries": [{"name": name, "pathId": f"lpv3-{index}"} for index, name in enumerate(portfolios)]}
