"""What a run is given on its way, and what it is refused for."""

from collections.abc import Mapping
from typing import Any

import pytest

from fleet.errors import FleetError
from fleet.run import preparation as module
from fleet.run.preparation import Kept, Preparation, kept_by, prepare
from fleet.store.states import LaunchedResource, State
from spoke.config import SpokeSettings
from spoke.launches.resolution import resolve_launches
from tests.support.catalog_copy import DAY
from tests.support.fake_account import MissingError, always
from tests.support.launched import FakeCatalog, FakeSession, item
from tests.support.offers import OFFER, read
from tests.support.refused import refused
from tests.support.spoke_stack import settings

URN = "urn:pulumi:spoke-research::scoring"
LAUNCH, EXECUTION = "ModelCatalogLaunch-scorer", "ModelCatalogExecution-scorer"
FAILED = {"Status": "ERROR", "StatusMessage": "no\n such role"}
ALL = Kept(roles=[LAUNCH, EXECUTION], regions=["eu-central-1"])
NONE = Kept(roles=[], regions=["eu-central-1"])


def state(*, in_doubt: bool) -> State:
    """Give the state of a spoke with roles and a launch."""
    launched = LaunchedResource(
        urn=URN,
        id="pp-1",
        name="scoring",
        region="eu-central-1",
        product_id="prod-scorer",
        artifact_id="pa-1",
        in_doubt=in_doubt,
    )
    return State(tag="t", launched={"scoring": launched}, roles=(LAUNCH, EXECUTION))


def prepared(
    monkeypatch: pytest.MonkeyPatch, catalog: FakeCatalog | None, found: State | None, kept: Kept | None = ALL
) -> Preparation:
    """Prepare a run of a spoke; without a catalog AWS must not be asked."""
    sign_in = always(FakeSession(catalog)) if catalog else None
    monkeypatch.setattr(module, "AccountSession", sign_in)
    return prepare("spoke-research", found, settings(), kept)


def test_where_nothing_is_in_doubt_aws_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in (None, state(in_doubt=False)):
        assert Preparation() == prepared(monkeypatch, None, found)


def test_a_launch_that_failed_when_it_was_launched_is_replaced_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalog = FakeCatalog()
    catalog.details["pp-1"] = FAILED

    found = prepared(monkeypatch, catalog, state(in_doubt=True))

    assert ["--replace", URN] == found.options
    [note] = found.notes
    assert "scoring failed when it was launched, and AWS takes no update of it (no such role)." in note


@pytest.mark.parametrize(
    "detail",
    [
        {"Status": "AVAILABLE"},
        {"Status": "TAINTED", "LastSuccessfulProvisioningRecordId": "rec-1"},
        {"Status": "ERROR", "LastSuccessfulProvisioningRecordId": "rec-1"},
    ],
    ids=["works", "failed update", "worked once"],
)
def test_what_has_ever_worked_is_not_replaced(monkeypatch: pytest.MonkeyPatch, detail: Mapping[str, str]) -> None:
    catalog = FakeCatalog()
    catalog.details["pp-1"] = dict(detail)

    assert [] == prepared(monkeypatch, catalog, state(in_doubt=True)).options


def test_what_failed_to_be_launched_and_to_be_terminated_is_replaced_too(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = FakeCatalog()
    catalog.details["pp-1"] = {"Status": "TAINTED"}

    assert ["--replace", URN] == prepared(monkeypatch, catalog, state(in_doubt=True)).options


def test_what_is_gone_is_left_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = FakeCatalog()

    def gone(**_: str) -> dict[str, Any]:
        problem = MissingError()
        problem.response["Error"] = {"Code": "ResourceNotFoundException"}
        raise problem

    monkeypatch.setattr(catalog, "describe_provisioned_product", gone)

    assert [] == prepared(monkeypatch, catalog, state(in_doubt=True)).options


@pytest.mark.parametrize("kept", [NONE, Kept(roles=[LAUNCH], regions=["eu-central-1"])], ids=["both", "execution"])
def test_a_role_that_a_launch_needs_which_no_stack_declares_does_not_go(
    monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> None:
    catalog = FakeCatalog([item(), item(Id="pp-2", Name="mine")])
    catalog.details["pp-2"] = {"LaunchRoleArn": f"arn:aws:iam::333344445555:role/{LAUNCH}"}

    with refused(FleetError, "roles-in-use", "spoke-research") as problem:
        prepared(monkeypatch, catalog, state(in_doubt=False), kept)
    assert "\n  mine (pp-2) in eu-central-1, AVAILABLE, launched by arn:aws:sts" in str(problem.value)
    assert EXECUTION in str(problem.value)


def test_a_role_that_nobody_else_needs_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where somebody launches by roles of their own, or without one."""
    catalog = FakeCatalog([item(), item(Id="pp-2"), item(Id="pp-3")])
    catalog.details["pp-2"] = {"LaunchRoleArn": "arn:aws:iam::333344445555:role/ModelCatalogLaunch-embedder"}
    catalog.details["pp-3"] = {}

    assert [] == prepared(monkeypatch, catalog, state(in_doubt=False), NONE).options


def test_without_a_word_on_what_is_kept_no_role_is_thought_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Preparation() == prepared(monkeypatch, None, state(in_doubt=False), None)


def kept(asked: SpokeSettings) -> Kept:
    """Say what a run with these settings keeps."""
    contract = read(OFFER)
    return kept_by(asked, contract, resolve_launches(asked, contract, DAY, where="here"), where="here")


def test_the_roles_of_every_product_within_reach_are_kept() -> None:
    found = kept(settings())

    assert {LAUNCH, EXECUTION} <= set(found.roles)
    assert set(read(OFFER).regions) <= set(found.regions)
    assert not kept(settings(launches=[])).roles
    assert not kept(settings(launchRoles="existing")).roles


@pytest.mark.parametrize(
    "asked", [{"portfolios": []}, {"existingRoles": ["scorer"]}, {"launchRoles": "existing"}], ids=str
)
def test_a_stack_does_not_delete_what_its_own_launches_need(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    """It would find the roles there, since it has made them itself, and delete them afterwards."""
    with refused(FleetError, "own-roles-in-use", "spoke-research") as found:
        prepared(monkeypatch, None, state(in_doubt=False), kept(settings(**asked)))

    assert f"would delete {EXECUTION} and {LAUNCH}, which it made" in str(found.value)
    assert not kept(settings()).needed
