"""The settings of all accounts of a unit, written by one command."""

import time
from pathlib import Path

import pytest

from cli.accounts import new_spokes
from cli.accounts.new_spokes import spoke_name
from cli.exit_codes import ExitCode
from shared.aws.organization import MemberAccount
from shared.stack.stack_file import settings_of, stack_files
from spoke.config import SpokeSettings
from tests.support.command_line import Command, Ended
from tests.support.fake_account import always
from tests.support.fleet.making import MANAGEMENT, Member, organization

HUB = "222233334444"
SETTINGS = f"config:\n  aws:region: eu-west-1\n  model-catalog-hub:accountId: '{HUB}'\n"
ORGANIZATION = f"""\
config:
  aws:region: eu-west-1
  model-catalog-organization:accountId: "{MANAGEMENT}"
  model-catalog-organization:hubAccountId: "{HUB}"
  model-catalog-organization:deployers:
    units: [Workloads]
    trust: {{permissionSets: [ModelPlatform]}}
    leaveOut: ["000000000002"]
"""
MEMBERS = (
    Member(id="000000000001", name="Fraud & Risk (EU)", unit="Workloads/Research"),
    Member(id="000000000002", name="Forschung Zürich", unit="Workloads/Research/Deep"),
    Member(id="000000000003", name="old", unit="Workloads/Research", status="SUSPENDED"),
    Member(id="000000000004", name="elsewhere", unit="Workloads/Production"),
    Member(id=MANAGEMENT, name="management", unit="Workloads/Research"),
    Member(id=HUB, name="hub", unit="Workloads/Research"),
)
UNIT = ("--from-organization", "--unit", "Workloads/Research")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the settings of a hub, and an organization to read."""
    (tmp_path / "Pulumi.hub.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    consists_of(monkeypatch, *MEMBERS)
    return tmp_path


def consists_of(monkeypatch: pytest.MonkeyPatch, *members: Member) -> None:
    """Let the organization have these accounts."""
    monkeypatch.setattr(new_spokes, "read_organization", always((organization(*members), "")))


def written(folder: Path) -> dict[str, str]:
    """Give the accounts of the spokes, by name."""
    return {each.stack: each.account for each in stack_files(folder, "spoke")}


def test_every_active_account_of_the_unit_gets_settings_that_a_spoke_reads(folder: Path, command: Command) -> None:
    ended = command("spoke", "new", *UNIT)

    assert ExitCode.DONE == ended.code
    assert {
        "spoke-fraud-risk-eu": "000000000001",
        "spoke-forschung-zurich": "000000000002",
    } == written(folder)
    settings = settings_of(SpokeSettings, "spoke-fraud-risk-eu", folder=folder)
    assert ("eu-west-1", ["arn:aws:iam::000000000001:role/ModelCatalogDeployer"]) == (settings.region, settings.roles)
    assert settings.hub
    assert HUB == settings.hub.account_id
    assert "left out 000000000003, old: is SUSPENDED" in ended.out
    assert f"left out {MANAGEMENT}, management: is the management account" in ended.out
    assert f"left out {HUB}, hub: is the hub's" in ended.out
    assert "2 of 5 accounts have got settings" in ended.out
    assert "elsewhere" not in ended.out


def test_a_second_run_writes_what_has_joined_and_touches_nothing_else(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = command("spoke", "new", *UNIT)
    edited = folder / "Pulumi.spoke-fraud-risk-eu.yaml"
    edited.write_text(f"{edited.read_text()}# mine\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    consists_of(monkeypatch, *MEMBERS, Member(id="000000000009", name="new", unit="Workloads/Research"))

    ended = command("spoke", "new", *UNIT)

    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"Pulumi.spoke-new.yaml"} == after.keys() - before.keys()
    assert before == {name: after[name] for name in before}
    assert "left out 000000000001, Fraud & Risk (EU): has Pulumi.spoke-fraud-risk-eu.yaml" in ended.out


def test_a_dry_run_writes_nothing(folder: Path, command: Command) -> None:
    ended = command("spoke", "new", *UNIT, "--dry-run")

    assert (0, {}) == (ended.code, written(folder))
    assert "would write Pulumi.spoke-fraud-risk-eu.yaml: 000000000001, Fraud & Risk (EU)" in ended.out
    assert "2 of 5 accounts would get settings" in ended.out


def test_accounts_that_would_have_one_name_are_told_and_the_others_written(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Pulumi.spoke-search.yaml").write_text("config: {model-catalog-spoke:accountId: '000000000008'}\n")
    names = {"1": "Data Team", "2": "data-team", "3": "Search", "4": "other"}
    members = [Member(id=f"00000000000{number}", name=name, unit="Lab") for number, name in names.items()]
    consists_of(monkeypatch, *members)

    ended = command("spoke", "new", "--from-organization", "--unit", "Lab")

    assert ExitCode.NOT_REACHED == ended.code
    assert {"spoke-search": "000000000008", "spoke-other": "000000000004"} == written(folder)
    clash = "000000000001, 000000000002 would all be data-team. Name it: model-catalog spoke new NAME 00000000000"
    assert all(f"{clash}{number}" in ended.out for number in "12")
    assert "000000000003, Search: Pulumi.spoke-search.yaml is another account's. Name it: " in ended.out


def test_where_deployers_come_from_the_organizations_stack_their_boundary_is_named(
    folder: Path, command: Command
) -> None:
    (folder / "Pulumi.organization.yaml").write_text(ORGANIZATION)

    _ = command("spoke", "new", *UNIT)
    _ = command("spoke", "new", "outside", "000000000007")

    boundaries = {
        each.stack: each.settings(SpokeSettings).permissions_boundary for each in stack_files(folder, "spoke")
    }
    assert {
        "spoke-fraud-risk-eu": "arn:aws:iam::000000000001:policy/ModelCatalogBoundary",
        "spoke-outside": "arn:aws:iam::000000000007:policy/ModelCatalogBoundary",
        "spoke-forschung-zurich": None,
    } == boundaries, "an account that is left out has a deployer that was made by hand"


def test_where_deployers_make_no_roles_the_hubs_are_named(folder: Path, command: Command) -> None:
    (folder / "Pulumi.organization.yaml").write_text(f"{ORGANIZATION}    makeRoles: false\n")

    _ = command("spoke", "new", *UNIT)

    found = {each.stack: each.settings(SpokeSettings) for each in stack_files(folder, "spoke")}
    assert {"spoke-fraud-risk-eu": "existing", "spoke-forschung-zurich": "create"} == {
        stack: settings.launch_roles for stack, settings in found.items()
    }
    assert {None} == {settings.permissions_boundary for settings in found.values()}


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Research", "research"),
        ("  ml--Ops_2 ", "ml-ops-2"),
        ("2024 archive", "2024-archive"),
        ("研究", "012345678901"),
        ("x" * 60, "x" * 40),
        ("a" * 39 + " b", "a" * 39),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}B", "ab"),
    ],
)
def test_a_name_is_made_of_the_accounts(name: str, made: str) -> None:
    assert made == spoke_name(MemberAccount("012345678901", name, "", frozenset(), "ACTIVE"))


def test_a_unit_that_is_none_is_refused(folder: Path, command: Command) -> None:
    ended = command("spoke", "new", "--from-organization", "--unit", "Workloads/Reserach")

    assert (2, ("unit-unknown", "spoke new: --unit")) == (ended.code, ended.refusal)
    assert {} == written(folder)


def test_an_organization_that_cannot_be_read_is_told(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_spokes, "read_organization", always((None, "cannot be listed")))

    assert ("organization-unread", "spoke new") == command("spoke", "new", *UNIT).refusal
    assert {} == written(folder)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--from-organization"],
        ["--unit", "Workloads"],
        ["name", "000000000001", *UNIT],
        ["name", "000000000001", "--dry-run"],
    ],
)
def test_an_account_or_a_unit_is_named_and_not_both(folder: Path, command: Command, words: list[str]) -> None:
    ended: Ended = command("spoke", "new", *words)

    assert ExitCode.MISTAKE == ended.code
    assert "--from-organization with --unit" in " ".join(ended.err.split())
    assert {} == written(folder)


def test_three_hundred_accounts_are_written_in_seconds(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    consists_of(
        monkeypatch, *(Member(id=f"{number:012}", name=f"Team {number}", unit="Teams") for number in range(300))
    )

    begun = time.process_time()
    _ = command("spoke", "new", "--from-organization", "--unit", "Teams")

    assert 300 == len(written(folder))
    assert time.process_time() - begun < 10


def test_spokes_may_be_called_by_their_accounts_ids(folder: Path, command: Command) -> None:
    """So a stack set knows whose state is whose."""
    ended = command("spoke", "new", *UNIT, "--by-id")

    assert ExitCode.DONE == ended.code
    assert {"spoke-000000000001": "000000000001", "spoke-000000000002": "000000000002"} == written(folder)
