"""What a run that died was doing is brought in line with the account."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, cast

import pytest
from tenacity import wait_none

from fleet.engine import Engine, Finished
from fleet.errors import EngineError
from fleet.run.pending_operations import (
    _identity,  # pyright: ignore[reportPrivateUsage] - the id of each kind of resource
    _taken_over,  # pyright: ignore[reportPrivateUsage] - what becomes of each kind of operation
    reconcile_pending,
)
from fleet.store.states import State
from shared.aws.session import AccountSession
from spoke.config import SpokeSettings
from tests.support.fake_account import FakeAccount, MissingError, always, denied
from tests.support.fleet.making import NOTHING, OneState
from tests.support.refused import refused

URN = "urn:pulumi:spoke-a::model-catalog-spoke"
ROLE: Mapping[str, Any] = {
    "urn": f"{URN}::aws:iam/role:Role::scorer-launch",
    "type": "aws:iam/role:Role",
    "custom": True,
    "inputs": {"name": "ModelCatalogLaunch-scorer"},
}
COMPONENT: Mapping[str, Any] = {
    "urn": f"{URN}::modelcatalog:spoke:ProductRoles::scorer",
    "type": "modelcatalog:spoke:ProductRoles",
    "custom": False,
}
UNKNOWN: Mapping[str, Any] = {
    "urn": f"{URN}::aws:s3/bucket:Bucket::other",
    "type": "aws:s3/bucket:Bucket",
    "custom": True,
    "inputs": {},
}
SETTINGS = SpokeSettings.model_validate({"accountId": "333344445555", "aws:region": "eu-central-1"})


def account(**calls: Any) -> AccountSession:  # noqa: ANN401 - whatever AWS answers
    """Give an account in which these calls answer."""
    return cast("AccountSession", FakeAccount("333344445555", {}, calls))


@pytest.mark.parametrize(
    ("kind", "inputs", "identity"),
    [
        ("aws:iam/role:Role", {"name": "Launch"}, "Launch"),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "Launch", "name": "catalog"}, "Launch:catalog"),
        (
            "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation",
            {"principalArn": "arn:aws:iam::1:role/a", "portfolioId": "port-1", "principalType": "IAM_PATTERN"},
            "en,arn:aws:iam::1:role/a,port-1,IAM_PATTERN",
        ),
        (
            "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation",
            {"principalArn": "arn:aws:iam::1:role/a", "portfolioId": "port-1"},
            "en,arn:aws:iam::1:role/a,port-1,IAM",
        ),
        ("aws:s3/bucket:Bucket", {"bucket": "b"}, None),
    ],
)
def test_most_resources_have_an_id_that_follows_from_their_inputs(
    kind: str, inputs: Mapping[str, str], identity: str | None
) -> None:
    assert identity == _identity({"type": kind, "inputs": inputs}, account())


def test_a_stack_is_looked_up_by_its_name() -> None:
    asked: list[dict[str, str]] = []

    def describe(arguments: dict[str, str]) -> dict[str, Any]:
        asked.append(arguments)
        return {"Stacks": [{"StackId": "arn:stack"}]}

    resource = {"type": "aws:cloudformation/stack:Stack", "inputs": {"name": "accepted", "region": "eu-west-1"}}

    assert "arn:stack" == _identity(resource, account(describe_stacks=describe))
    assert [{"StackName": "accepted"}] == asked
    assert None is _identity(resource, account(describe_stacks=always(denied("DescribeStacks"))))


def test_a_launch_is_looked_up_until_aws_has_come_to_an_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.run.pending_operations.wait_exponential", always(wait_none()))
    statuses = ["UNDER_CHANGE", "PLAN_IN_PROGRESS", "TAINTED", "never"]

    def describe(arguments: dict[str, str]) -> dict[str, Any]:
        assert {"Name": "search"} == arguments
        return {"ProvisionedProductDetail": {"Id": "pp-1", "Status": statuses.pop(0)}}

    assert "pp-1" == _identity(LAUNCH, account(describe_provisioned_product=describe))
    assert ["never"] == statuses


def test_a_launch_that_is_not_there_has_no_id() -> None:
    assert None is _identity(LAUNCH, account(describe_provisioned_product=MissingError()))


LAUNCH: dict[str, Any] = {
    "type": "aws:servicecatalog/provisionedProduct:ProvisionedProduct",
    "inputs": {"name": "search"},
}


def test_what_had_been_made_is_taken_over_with_its_id() -> None:
    resources: list[dict[str, Any]] = []

    assert ["scorer-launch had been created, and was taken into the state"] == taken_over("creating", ROLE, resources)
    assert [{**ROLE, "id": "ModelCatalogLaunch-scorer", "outputs": ROLE["inputs"]}] == resources


def test_what_had_not_been_made_is_forgotten() -> None:
    resources: list[dict[str, Any]] = []

    assert ["other had not been created"] == taken_over("creating", UNKNOWN, resources)
    assert [] == resources


def test_a_component_is_nothing_in_the_account_and_is_kept() -> None:
    resources: list[dict[str, Any]] = []

    assert [] == taken_over("creating", COMPONENT, resources)
    assert [dict(COMPONENT)] == resources


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading"])
def test_what_was_there_before_is_only_compared(kind: str) -> None:
    resources = [{**ROLE, "id": "ModelCatalogLaunch-scorer"}]

    assert [f"{kind} scorer-launch was under way: compared with the account"] == taken_over(kind, ROLE, resources)
    assert 1 == len(resources)


def test_nothing_is_taken_over_twice() -> None:
    resources: list[dict[str, Any]] = []
    pending = [{"type": "creating", "resource": dict(ROLE)}] * 2

    said = list(_taken_over(pending, resources, account()))

    assert (2, 1) == (len(said), len(resources))


class Repaired(Engine):
    """Knows a state with something under way, and takes another in its place."""

    def __init__(self, code: int) -> None:
        super().__init__(Path("nowhere"))
        self._code = code
        self.written: dict[str, Any] = {}

    def exported(self, project: str, stack: str) -> dict[str, Any]:
        """Give the state."""
        del project, stack
        pending = [{"type": "creating", "resource": dict(ROLE)}]
        return {"version": 3, "deployment": {"manifest": {}, "pending_operations": pending}}

    def replace_state(self, project: str, stack: str, file: Path) -> None:
        """Take another state."""
        del project, stack
        self.written = json.loads(file.read_text())

    def refresh(self, stack: str, log: IO[bytes] | None, started: Callable[[int], None]) -> Finished:
        """Compare it with the account."""
        del stack, log, started
        assert self.written
        return Finished(self._code, NOTHING)


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.run.pending_operations.AccountSession", always(account()))


@pytest.mark.usefixtures("signed_in")
def test_a_state_with_something_under_way_is_settled() -> None:
    engine = Repaired(0)

    said = reconcile_pending(
        "spoke-a", SETTINGS, engine, OneState(State(tag="t", pending=("creating scorer-launch",))), None
    )

    assert ["scorer-launch had been created, and was taken into the state"] == said
    assert {"manifest", "resources"} == engine.written["deployment"].keys()
    assert ["ModelCatalogLaunch-scorer"] == [each["id"] for each in engine.written["deployment"]["resources"]]


@pytest.mark.usefixtures("signed_in")
def test_a_state_that_cannot_be_compared_is_told() -> None:
    states = OneState(State(tag="t", pending=("creating scorer-launch",)))

    with refused(EngineError, "refresh-failed") as found:
        reconcile_pending("spoke-a", SETTINGS, Repaired(1), states, None)

    assert "(creating scorer-launch)" in str(found.value)


@pytest.mark.parametrize("state", [None, State(tag="t")])
def test_where_nothing_is_under_way_nothing_is_done(state: State | None) -> None:
    engine = Repaired(1)

    assert [] == reconcile_pending("spoke-a", SETTINGS, engine, OneState(state), None)
    assert {} == engine.written


def taken_over(kind: str, resource: Mapping[str, Any], resources: list[dict[str, Any]]) -> list[str]:
    """Take one operation over."""
    return list(_taken_over([{"type": kind, "resource": dict(resource)}], resources, account()))
