"""What registries say of the versions that a hub offers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from fleet.plan import approvals as module
from fleet.plan.approvals import Approvals, withdrawn
from fleet.plan.comparison import Kind
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.upstream_inventory import CATALOG
from fleet.plan.upstream_verdicts import notes_on_upstream, upstream_verdicts
from tests.support.catalog_copy import DAY
from tests.support.fake_account import denied
from tests.support.fleet.upstream import looked_again, planned, run_once, settings_of, write_upstream

EMBEDDER = "text-embedder-serverless"


class FakeSession:
    """Answers for a registry that approves some packages, or lets nobody ask."""

    approved: Sequence[str] | None = ()
    asked: Sequence[Any] = ()

    def __init__(self, *, region: str, role: str | None) -> None:
        type(self).asked = [*self.asked, (region, role)]

    def pages(self, service: str, operation: str, result: str, region: str, **arguments: Any) -> list[Any]:  # noqa: ANN401 - as a session has it
        """List."""
        assert ("sagemaker", "list_model_packages") == (service, operation)
        assert "Approved" == arguments["ModelApprovalStatus"]
        del result, region
        if self.approved is None:
            raise denied(operation)
        return [{"ModelPackageArn": each} for each in self.approved]


Approve = Callable[[Path], Approvals]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[FakeSession]:
    """Give a registry that approves everything, and a checkout."""
    write_upstream(tmp_path)

    class Session(FakeSession):
        approved = packages(tmp_path)

    monkeypatch.setattr(module, "Session", Session)
    return Session


def packages(root: Path) -> list[str]:
    """Give the packages of all that is active."""
    catalog = CatalogParts(root / CATALOG, DAY)
    return [package for stack in ("hub", "hub-batch") for _, _, package in catalog.active(settings_of(root, stack))]


def asked(root: Path) -> Approvals:
    """Ask the registries of both stacks."""
    approvals, catalog = Approvals(), CatalogParts(root / CATALOG, DAY)
    approvals.ask((settings_of(root, stack), catalog) for stack in ("hub", "hub-batch"))
    return approvals


def test_a_registry_is_asked_once_for_all_that_it_approves(session: type[FakeSession], tmp_path: Path) -> None:
    before = run_once(planned(tmp_path, approvals=asked(tmp_path)))

    assert [("eu-central-1", None)] == session.asked
    assert {Kind.UNCHANGED} == {each.kind for each in upstream_verdicts(before).values()}


def test_an_approval_that_is_withdrawn_runs_the_stack_that_offers_the_version(
    session: type[FakeSession], tmp_path: Path
) -> None:
    before = run_once(planned(tmp_path, approvals=asked(tmp_path)))
    session.approved = [each for each in packages(tmp_path) if "text-embedder" not in each]

    after = looked_again(before, tmp_path, approvals=asked(tmp_path))
    found = upstream_verdicts(after)
    again = upstream_verdicts(run_once(after))

    reason = f"{EMBEDDER} 1.0.0 is no longer approved in the model registry"
    assert {"hub": (reason,)} == {stack: each.reasons for stack, each in found.items() if each.reasons}
    assert {Kind.UNCHANGED} == {each.kind for each in again.values()}


def test_a_registry_that_cannot_be_asked_counts_as_at_the_last_run(session: type[FakeSession], tmp_path: Path) -> None:
    session.approved = []
    before = run_once(planned(tmp_path, approvals=asked(tmp_path)))
    session.approved = None

    found = looked_again(before, tmp_path, approvals=asked(tmp_path))

    verdicts = upstream_verdicts(found)
    assert {Kind.UNCHANGED} == {each.kind for each in verdicts.values()}
    [note] = notes_on_upstream(found, verdicts)
    assert "eu-central-1 is not asked, so approvals count as at the last run: An error occurred (AccessDenied" in note


@pytest.mark.usefixtures("session")
def test_a_run_records_what_it_found_withdrawn_as_its_contract_has_it(tmp_path: Path) -> None:
    catalog, settings = CatalogParts(tmp_path / CATALOG, DAY), settings_of(tmp_path, "hub")
    states = {f"{product} {number}": "active" for product, number, _ in catalog.active(settings)}
    states[f"{EMBEDDER} 1.0.0"] = "deprecated"
    products: dict[str, Any] = {}
    for name, state in states.items():
        product, _, number = name.partition(" ")
        products.setdefault(product, {"versions": {}})["versions"][number] = {"state": state}

    found = withdrawn(catalog, settings, {"regions": {"eu-central-1": {"products": products}}})

    assert {f"approval of {EMBEDDER} 1.0.0": "withdrawn"} == found
    assert {} == withdrawn(catalog, settings, {})
