"""accounts.yaml is written from the organization, for the accounts of spokes."""

from pathlib import Path

import pytest

from fleet.errors import AccountsError
from fleet.plan import account_facts
from fleet.plan.account_facts import write_accounts
from shared.errors import ConfigError
from spoke.launches.accounts_file import AccountFacts, read_accounts_file
from tests.support.fake_account import always
from tests.support.fleet.making import Member, organization, unit_id, write_spoke
from tests.support.refused import refused

A, B, OTHER = "300000000001", "300000000002", "300000000009"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a checkout with two spokes."""
    write_spoke(tmp_path, "a", A)
    write_spoke(tmp_path, "b", B)
    return tmp_path


def there(monkeypatch: pytest.MonkeyPatch, *members: Member) -> None:
    """Let the organization consist of these."""
    found = organization(*members) if members else None
    monkeypatch.setattr(account_facts, "read_organization", always((found, "it is out of reach")))


def test_units_and_tags_of_spokes_accounts_are_written_and_nobody_elses(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there(
        monkeypatch,
        Member(id=A, unit="Workloads/Research", tags={"tier": "gold", "cost": "0123"}),
        Member(id=B),
        Member(id=OTHER, unit="Workloads"),
    )

    told, good = write_accounts(root, check=False)

    assert good
    assert told == [
        f"accounts.yaml: {A} is new",
        f"accounts.yaml: {B} is new",
        "wrote accounts.yaml: 2 accounts. Next: model-catalog fleet plan",
    ]
    units = sorted(map(unit_id, ("Workloads", "Workloads/Research")))
    assert {
        A: AccountFacts(unit="Workloads/Research", unit_ids=units, tags={"tier": "gold", "cost": "0123"}),
        B: AccountFacts(),
    } == read_accounts_file(root)


def test_a_second_time_nothing_is_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there(monkeypatch, Member(id=A, unit="Workloads"), Member(id=B))
    _ = write_accounts(root, check=False)
    before = (root / "accounts.yaml").stat().st_mtime_ns

    told, good = write_accounts(root, check=False)

    assert (["accounts.yaml: 2 accounts, up to date"], True) == (told, good)
    assert before == (root / "accounts.yaml").stat().st_mtime_ns


def test_a_check_tells_what_changed_and_writes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there(monkeypatch, Member(id=A, unit="Workloads", tags={"tier": "gold"}), Member(id=B))
    _ = write_accounts(root, check=False)
    before = (root / "accounts.yaml").read_text()
    there(monkeypatch, Member(id=A, unit="Sandbox", tags={"tier": "iron"}))

    told, good = write_accounts(root, check=True)

    assert not good
    assert f"accounts.yaml: {A} was in the unit Workloads, and is in Sandbox" in told
    assert f"accounts.yaml: {A} has the tag tier=iron, which was gold" in told
    assert f"not of the organization, and left out: {B}" in told
    assert before == (root / "accounts.yaml").read_text()


def test_an_organization_that_cannot_be_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there(monkeypatch)

    with refused(AccountsError, "organization-unread"):
        write_accounts(root, check=False)

    assert not (root / "accounts.yaml").exists()


def test_a_file_that_somebody_broke_is_not_written_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there(monkeypatch, Member(id=A))
    (root / "accounts.yaml").write_text("accounts: {a: {}}")

    with refused(ConfigError, "invalid-value"):
        write_accounts(root, check=False)
