"""A spoke is not begun that the credentials at hand would not outlast, and none is once they have ended."""

import datetime as dt
from dataclasses import replace

import pytest

from fleet.run import credentials as module
from fleet.run.spoke_run import run_spoke
from fleet.run.tasks import Operation, RunStatus
from fleet.store.leases import HeldLease, Leases
from fleet.store.records import Records
from fleet.store.storage import Storage
from shared.aws.lifetime import Lifetime
from tests.support.fake_account import always
from tests.support.fleet.pretended import STACK, Begin

ENDED = (
    "Diagnostics:\n  aws:servicecatalog:ProvisionedProduct (x):\n    error: operation error Service Catalog: "
    "DescribeRecord, ExpiredTokenException: The security token included in the request is expired\n"
)
THROTTLED_AND_ENDED = "error: ThrottlingException: Rate exceeded\n" + ENDED


@pytest.fixture(autouse=True)
def nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ASKED", {})


def have(monkeypatch: pytest.MonkeyPatch, *, minutes: float | None, refused: str = "", temporary: bool = True) -> None:
    """Have credentials that last so long, or of which nobody says when they end."""
    until = None if minutes is None else dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    life = Lifetime(source="a test", until=until, is_renewed=False, is_temporary=temporary)
    monkeypatch.setattr(module, "lifetime", always(life))
    monkeypatch.setattr(module, "expired_reason", always(refused))


@pytest.mark.parametrize(
    ("minutes", "took", "begun"), [(6, 10, True), (4, 10, False), (19, 600, False), (21, 600, True), (None, 600, True)]
)
def test_a_spoke_begins_only_where_its_credentials_outlast_it(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, minutes: float | None, took: float, *, begun: bool
) -> None:
    """Twice as long as last time, and five minutes in any case."""
    task, engine = begin()
    have(monkeypatch, minutes=minutes)

    outcome = run_spoke(replace(task, took=took))

    assert (RunStatus.SUCCEEDED if begun else RunStatus.NOT_STARTED) is outcome.status
    assert begun is ("up" in engine.ran)
    assert begun is (outcome.stops == "")
    if not begun:
        assert "Renew them, and run it again: what is done is not run again" in outcome.stops
        assert [] == engine.ran
        assert isinstance(Leases(Storage(task.locations.records)).acquire(STACK), HeldLease)


def test_nobody_begins_with_credentials_that_have_ended(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables often do not say when they end, so AWS is asked."""
    task, engine = begin()
    have(monkeypatch, minutes=None, refused="ExpiredToken: it has expired")

    outcome = run_spoke(task)

    assert RunStatus.NOT_STARTED is outcome.status
    assert "AWS says: ExpiredToken: it has expired" in outcome.stops
    assert [] == engine.ran


def test_a_users_own_keys_are_not_asked_about(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    task, _ = begin()
    have(monkeypatch, minutes=None, refused="never", temporary=False)

    assert RunStatus.SUCCEEDED is run_spoke(task).status


def test_aws_is_asked_every_few_seconds_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, minutes=None)
    asked = list[str]()

    def ask(region: str) -> str:
        asked.append(region)
        return ""

    monkeypatch.setattr(module, "expired_reason", ask)
    for _ in range(5):
        module.refuse_ending(10, "eu-central-1")
    module.refuse_ending(10, "cn-north-1")

    assert ["eu-central-1", "cn-north-1"] == asked


@pytest.mark.parametrize("said", [ENDED, THROTTLED_AND_ENDED])
def test_a_spoke_whose_credentials_end_is_not_tried_again_and_says_so(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Finding: ExpiredToken was told from throttling by nobody, and the next spoke began."""
    task, engine = begin((255, said))
    have(monkeypatch, minutes=None)

    outcome = run_spoke(task)

    assert (RunStatus.FAILED, 1) == (outcome.status, outcome.tries)
    assert ["create", "up"] == engine.ran
    assert f"the credentials at hand ended while {STACK} ran" in outcome.stops
    assert "the credentials ended while it ran" in outcome.notes
    assert None is Records(Storage(task.locations.records)).of(STACK)


def test_what_failed_for_another_reason_is_blamed_on_credentials_only_where_aws_says_so(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease that could not be renewed, a state that could not be written: neither says why."""
    have(monkeypatch, minutes=None)
    task, _ = begin((255, "error: it broke\n"))
    assert "" == run_spoke(task).stops
    answers = iter(["", "ExpiredToken: it has expired"])
    monkeypatch.setattr(module, "_ASKED", {})
    monkeypatch.setattr(module, "expired_reason", lambda _: next(answers))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    task, _ = begin((255, "error: the lease was lost\n"))

    assert "ended while" in run_spoke(task).stops


def test_a_preview_needs_them_too(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    task, engine = begin(operation=Operation.PREVIEW)
    have(monkeypatch, minutes=1)

    assert RunStatus.NOT_STARTED is run_spoke(task).status
    assert [] == engine.ran
