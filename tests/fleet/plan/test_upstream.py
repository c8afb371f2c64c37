"""Which of the stacks before the spokes would change, by what the checkout says."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.comparison import Kind
from fleet.plan.hub_parts import CatalogParts
from fleet.plan.inventory import Inventory
from fleet.plan.upstream import read_upstream
from fleet.plan.upstream_inventory import CATALOG, Before
from fleet.plan.upstream_verdicts import notes_on_upstream, upstream_verdicts
from fleet.store.records import CorruptRecord
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fleet.making import HUB_ACCOUNT, Member, fleet, organization
from tests.support.fleet.upstream import (
    ALL,
    CODE,
    looked_again,
    planned,
    run_once,
    upstream_of,
    write_settings,
    write_upstream,
)

EMBEDDER = "products/text-embedder-serverless"
Edit = tuple[str, list[str]]
"""A method of the catalog's copy, and what it is called with."""


@pytest.fixture
def copy(tmp_path: Path) -> CatalogCopy:
    """Give the catalog of the checkout."""
    return write_upstream(tmp_path)


@pytest.fixture
def before(tmp_path: Path, copy: CatalogCopy) -> Inventory:
    """Give everything as it is right after it was run."""
    del copy
    return run_once(planned(tmp_path))


def changed(found: Inventory) -> dict[str, tuple[str, ...]]:
    """Give the stacks that would run, with the reasons."""
    return {stack: each.reasons for stack, each in upstream_verdicts(found).items() if each.kind is not Kind.UNCHANGED}


def test_the_organization_comes_first_and_then_the_hubs_stacks(tmp_path: Path, copy: CatalogCopy) -> None:
    del copy
    found = upstream_verdicts(planned(tmp_path))

    assert list(ALL) == list(found)
    assert ["organization", "hubs", "hubs"] == [each.wave for each in found.values()]
    assert {Kind.NEW} == {each.kind for each in found.values()}


def test_nothing_changes_where_nothing_did(before: Inventory, tmp_path: Path) -> None:
    assert {} == changed(looked_again(before, tmp_path))


@pytest.mark.parametrize(
    ("edit", "stacks", "reason"),
    [
        (("add_version", ["text-embedder-serverless", "1.0.1"]), {"hub"}, "version 1.0.1 of"),
        (("replace", [f"{EMBEDDER}/product.yaml", "owner: ", "owner: The "]), {"hub"}, "product text-emb"),
        (("write", [f"{EMBEDDER}/1.0.0.card.yaml", "anew: 1"]), {"hub"}, "version 1.0.0 of text-embedder"),
        (("write", [f"{EMBEDDER}/1.0.0.yaml", "anew: 1"]), {"hub"}, "version 1.0.0 of text-embedder"),
        (("write", [f"{EMBEDDER}/launch-policy.json", "[]"]), {"hub"}, "product text-embedder-serverless"),
        (("write", ["prices.yaml", "anew: 1"]), {"hub", "hub-batch"}, "prices.yaml changed"),
        (("write", ["marker.yaml", "anew: 1"]), {"hub", "hub-batch"}, "marker.yaml changed"),
        (("replace", ["portfolios.yaml", "key: batch-inference", "key: batches"]), {"hub-batch"}, "portf"),
    ],
)
def test_a_change_of_the_catalog_concerns_the_stack_that_publishes_it(
    before: Inventory,
    tmp_path: Path,
    copy: CatalogCopy,
    edit: Edit,
    stacks: set[str],
    reason: str,
) -> None:
    how, words = edit
    getattr(copy, how)(*words)

    found = changed(looked_again(before, tmp_path))

    assert stacks == found.keys()
    assert all(any(each.startswith(reason) for each in reasons) for reasons in found.values()), found


@pytest.mark.parametrize(
    "edit",
    [
        ("write", [f"{EMBEDDER}/README.md", "for people"]),
        ("replace", [f"{EMBEDDER}/product.yaml", "owner: ", "# who answers\nowner: "]),
        ("write", ["schemas/product.json", "{}"]),
    ],
)
def test_what_nothing_is_made_of_concerns_nobody(
    before: Inventory, tmp_path: Path, copy: CatalogCopy, edit: Edit
) -> None:
    how, words = edit
    getattr(copy, how)(*words)

    assert {} == changed(looked_again(before, tmp_path))


def test_a_line_of_the_lock_file_belongs_to_its_version(before: Inventory, tmp_path: Path, copy: CatalogCopy) -> None:
    text = (copy.folder / "templates.lock").read_text()
    at = text.index("text-embedder-serverless:")
    old = text[at:].split("1.0.0: ")[1][:64]
    copy.replace("templates.lock", old, "a" * 64)

    assert {"hub": ("version 1.0.0 of text-embedder-serverless changed",)} == changed(looked_again(before, tmp_path))


def test_a_day_changes_the_state_of_a_version_and_no_file(tmp_path: Path, copy: CatalogCopy) -> None:
    copy.end("text-embedder-serverless", "1.0.0", deprecated_on=dt.date(2026, 12, 1), retires_on=dt.date(2027, 3, 1))
    before = run_once(planned(tmp_path))

    def on(day: dt.date) -> dict[str, tuple[str, ...]]:
        catalog = CatalogParts(tmp_path / CATALOG, day)
        return changed(looked_again(before, tmp_path, catalog=catalog, stacks=read_upstream(tmp_path, CODE, catalog)))

    assert {} == on(dt.date(2026, 11, 30))
    assert {"hub": ("text-embedder-serverless 1.0.0 is deprecated",)} == on(dt.date(2026, 12, 1))
    assert {"hub": ("text-embedder-serverless 1.0.0 is retired",)} == on(dt.date(2027, 3, 1))


def test_a_setting_concerns_its_own_stack(before: Inventory, tmp_path: Path) -> None:
    write_settings(tmp_path, "hub-batch", accountId=HUB_ACCOUNT, portfolios=["batch-inference"], protect=False)

    assert {"hub-batch": ("setting protect is new",)} == changed(looked_again(before, tmp_path))


@pytest.mark.parametrize("setting", [{"protect": True}, {"registry": {"unreachable": "warn"}}])
def test_a_setting_that_changes_nothing_of_what_is_made_runs_nothing(
    before: Inventory, tmp_path: Path, setting: dict[str, Any]
) -> None:
    write_settings(tmp_path, "hub-batch", accountId=HUB_ACCOUNT, portfolios=["batch-inference"], **setting)

    assert {} == changed(looked_again(before, tmp_path))


def test_code_of_a_program_concerns_its_stacks(before: Inventory, tmp_path: Path) -> None:
    code = {**CODE, "hub": {"code of hub and shared": "other"}}
    stacks = read_upstream(tmp_path, code, CatalogParts(tmp_path / CATALOG, DAY))

    assert {"hub", "hub-batch"} == changed(looked_again(before, tmp_path, stacks=stacks)).keys()


def test_policies_that_deployers_are_written_from_concern_the_organization(tmp_path: Path, copy: CatalogCopy) -> None:
    del copy
    write_settings(
        tmp_path,
        "organization",
        accountId="111122223333",
        hubAccountId=HUB_ACCOUNT,
        deployers={"units": ["Workloads"], "trust": {"roles": ["arn:aws:iam::111122223333:role/Ci"]}},
    )
    policy = tmp_path / "docs" / "iam" / "spoke-deployer.json"
    policy.parent.mkdir(parents=True)
    policy.write_text("{}")
    before = upstream_of(tmp_path)["organization"]
    policy.write_text('{"more": 1}')

    after = upstream_of(tmp_path)["organization"]

    assert "" == before.problem
    assert {"policies of docs/iam"} == {name for name, part in after.parts.items() if before.parts.get(name) != part}


def test_wrong_settings_of_a_stack_are_its_own(before: Inventory, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.hub-batch.yaml").write_text("config: [")

    found = upstream_verdicts(looked_again(before, tmp_path))

    assert [Kind.UNCHANGED, Kind.UNCHANGED, Kind.REFUSED] == [each.kind for each in found.values()]
    assert found["hub-batch"].reasons[0].startswith("a run would be refused: Pulumi.hub-batch.yaml")


def test_a_state_that_somebody_wrote_since_is_told(before: Inventory, tmp_path: Path) -> None:
    tags = {**before.before.tags, "hub": "another"}

    [reason] = changed(looked_again(before, tmp_path, tags=tags))["hub"]

    assert "by somebody else or a run that failed" in reason


def test_a_record_that_cannot_be_read_runs_its_stack(before: Inventory) -> None:
    found = replace(before, records={**before.records, "hub": CorruptRecord(reason="it is not JSON")})

    assert {"hub": ("its record cannot be read: it is not JSON",)} == changed(found)


def test_stacks_of_before_there_were_records_run_once_and_that_is_said_once(before: Inventory) -> None:
    found = replace(before, records={})

    [note] = notes_on_upstream(found, upstream_verdicts(found))

    assert set(ALL) == changed(found).keys()
    assert "nothing is recorded of organization, hub, hub-batch yet: they run once" in note
    assert [] == list(notes_on_upstream(before, upstream_verdicts(before)))


def test_a_rollout_that_runs_no_hub_says_who_is_not_where_they_are_wanted(
    before: Inventory, tmp_path: Path, copy: CatalogCopy
) -> None:
    copy.write("marker.yaml", "anew: 1")
    found = replace(looked_again(before, tmp_path), settings=fleet())

    [note] = notes_on_upstream(found, upstream_verdicts(found))

    assert "not run by a rollout: hub, hub-batch. Deploy it: model-catalog stack up hub; or" in note


def test_a_unit_of_the_same_path_can_be_another_one(tmp_path: Path, copy: CatalogCopy) -> None:
    del copy
    shares = [{"portfolio": "batch-inference", "type": "ORGANIZATIONAL_UNIT", "target": "Live"}]
    write_settings(tmp_path, "hub-batch", accountId=HUB_ACCOUNT, portfolios=["batch-inference"], shares=shares)
    there = organization(Member(id="300000000001", unit="Live"))
    before = replace(run_once(replace(planned(tmp_path), organization=there)), organization=there)

    other = organization(Member(id="300000000001", unit="Live"))
    other._units = lambda parent: {"Live": "ou-new"} if parent == "r-root" else {}  # type: ignore[method-assign]  # pyright: ignore[reportPrivateUsage]

    assert {} == changed(before)
    assert {"hub-batch": ("units of shares changed",)} == changed(replace(before, organization=other))
    assert {} == changed(replace(before, organization=None)), "what cannot be read counts as it was"


def test_a_unit_that_is_not_there_is_refused(tmp_path: Path, copy: CatalogCopy) -> None:
    del copy
    shares = [{"portfolio": "batch-inference", "type": "ORGANIZATIONAL_UNIT", "target": "Nowhere"}]
    write_settings(tmp_path, "hub-batch", accountId=HUB_ACCOUNT, portfolios=["batch-inference"], shares=shares)

    found = upstream_verdicts(replace(planned(tmp_path), organization=organization(Member(id="300000000001"))))

    assert Kind.REFUSED is found["hub-batch"].kind
    assert Kind.NEW is found["hub"].kind


def test_a_repository_without_programs_has_none_of_these_stacks(tmp_path: Path) -> None:
    write_settings(tmp_path, "hub", accountId=HUB_ACCOUNT)

    assert {} == read_upstream(tmp_path, CODE, CatalogParts(tmp_path / CATALOG, DAY))
    assert Before() == Before(stacks={}, tags={})


def test_a_rollout_that_runs_no_hub_says_nothing_of_stacks_that_were_never_recorded(before: Inventory) -> None:
    found = replace(before, records={}, settings=fleet())

    assert {} == upstream_verdicts(found)
    assert [] == list(notes_on_upstream(found, {}))
