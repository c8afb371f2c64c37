"""What a proof refuses before it makes anything."""

import pytest

from cli.errors import NotReachedError
from cli.proving.checks import refuse_accounts, refuse_catalog, refuse_tools
from cli.proving.cost import estimate, refuse_expensive, total
from cli.proving.parties import Parties
from cli.proving.record import Process, Record, find_run, left_on_aws
from cli.proving.rehearsal import ACCOUNTS
from cli.proving.run import Options, prove, remove
from shared.errors import ConfigError
from tests.support.proving import MARK, PROFILES, World
from tests.support.refused import refused

ALL = list(ACCOUNTS.values())


def test_the_spokes_unit_is_found_where_all_is_as_it_has_to_be(still: World) -> None:
    assert still.unit == refuse_accounts(still.parties, ALL)
    refuse_catalog(still.parties, still.items(), [])


@pytest.mark.parametrize("said", [[], ALL[:2], [*ALL, "999900001111"]])
def test_nothing_begins_where_not_exactly_these_accounts_are_said_to_be_throw_away(
    still: World, said: list[str]
) -> None:
    with refused(ConfigError, "proof-not-confirmed", "--throw-away"):
        refuse_accounts(still.parties, said)


@pytest.mark.usefixtures("still")
def test_three_profiles_have_to_be_of_three_accounts() -> None:
    parties = Parties({**PROFILES, "spoke": PROFILES["hub"]}, "")
    with refused(ConfigError, "proof-accounts-alike", "--hub"):
        refuse_accounts(parties, ALL)


@pytest.mark.usefixtures("still")
def test_the_management_account_has_to_be_one() -> None:
    parties = Parties({**PROFILES, "management": PROFILES["hub"], "hub": PROFILES["management"]}, "")
    with refused(ConfigError, "proof-not-management", "--management"):
        refuse_accounts(parties, ALL)


def test_a_spoke_has_to_be_in_a_unit(world: World) -> None:
    organizations = world.client("management", "organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.move_account(AccountId=ACCOUNTS["spoke"], SourceParentId=world.unit, DestinationParentId=root)

    with refused(ConfigError, "proof-spoke-without-unit", "--spoke"):
        refuse_accounts(world.parties, ALL)


def test_an_example_account_is_refused_on_aws(still: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.proving.checks.is_rehearsed", lambda: False)
    with refused(ConfigError, "proof-example-account", "--hub"):
        refuse_accounts(still.parties, ALL)


def test_the_stand_in_is_refused_on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.proving.checks.is_rehearsed", lambda: False)
    with refused(ConfigError, "proof-with-stand-in", "--plugin"):
        refuse_tools("stand-in")


@pytest.mark.usefixtures("still")
def test_a_region_without_the_models_image_is_refused() -> None:
    with refused(ConfigError, "proof-region", "--region"):
        refuse_accounts(Parties(PROFILES, "eu-north-1"), ALL)


def test_accounts_that_hold_a_portfolio_or_a_launch_role_are_refused(world: World) -> None:
    world.client("spoke", "servicecatalog").create_portfolio(DisplayName="anybody's", ProviderName="x")
    with refused(ConfigError, "proof-accounts-in-use", "--throw-away") as found:
        refuse_catalog(world.parties, world.items(), [])
    assert "portfolio anybody's (port-" in str(found.value)
    assert f"in {ACCOUNTS['spoke']}" in str(found.value)


def test_a_launch_role_is_a_sign_of_a_catalog_too(world: World) -> None:
    world.role("hub", "ModelCatalogLaunch-churn")
    with refused(ConfigError, "proof-accounts-in-use"):
        refuse_catalog(world.parties, world.items(), [])


def test_other_roles_and_buckets_are_nobodys_business(world: World) -> None:
    world.role("hub", "somebody")
    refuse_catalog(world.parties, world.items(), [])


def test_an_organization_that_shares_already_is_refused(world: World) -> None:
    world.client("management", "servicecatalog").enable_aws_organizations_access()
    with refused(ConfigError, "proof-organization-in-use", "--management") as found:
        refuse_catalog(world.parties, world.items(), [])
    assert "trusted access is ENABLED" in str(found.value)


@pytest.mark.usefixtures("folder")
def test_a_run_that_was_not_removed_comes_first(still: World) -> None:
    record = still.proof().record
    record.on = "AWS"
    record.intend("hub", "bucket", f"{MARK}-x")

    assert [record.run] == left_on_aws()
    with refused(ConfigError, "proof-left"):
        refuse_catalog(still.parties, [], left_on_aws())


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with refused(ConfigError, "proof-profile-unknown", "--management"):
        Parties(PROFILES, "eu-central-1")


def test_credentials_of_nobody_are_refused(world: World) -> None:
    world.client("management", "organizations").close_account(AccountId=ACCOUNTS["spoke"])
    with refused(ConfigError, "proof-without-access", "--spoke"):
        Parties(PROFILES, "")


def test_the_estimate_is_below_the_limit_and_a_lower_limit_is_kept() -> None:
    costs = estimate(tests=True)

    assert 0.5 < total(costs) < 5
    assert total(estimate(tests=False)) < total(costs)
    refuse_expensive(costs, 5)
    with refused(ConfigError, "proof-too-expensive", "--limit"):
        refuse_expensive(costs, 0.5)


def test_a_step_that_cannot_be_left_out_is_refused() -> None:
    with refused(ConfigError, "proof-step-unknown", "--skip"):
        prove(Options(profiles=PROFILES, throw_away=ALL, skip=["destroy"]))


@pytest.mark.usefixtures("folder")
def test_a_run_that_nobody_knows_is_refused() -> None:
    with refused(ConfigError, "proof-unknown", "RUN"):
        find_run("2026-11-27-000000")


@pytest.mark.usefixtures("folder")
def test_a_run_that_goes_on_is_not_removed_under_its_feet(still: World) -> None:
    record = still.proof().record
    record.process = Process.this()
    record.save()

    with refused(NotReachedError, "proof-running"):
        remove(record.run)


@pytest.mark.usefixtures("folder")
def test_a_run_is_removed_from_its_own_accounts_alone(still: World) -> None:
    record = still.proof().record
    record.accounts = {**record.accounts, "spoke": "444455556666"}
    record.save()

    with refused(ConfigError, "proof-other-accounts"):
        remove(record.run)


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_none_of_a_runs_is_refused(still: World) -> None:
    record: Record = still.proof().record
    record.save()
    (record.folder / "proof.json").write_text('{"run": 1}')

    with refused(ConfigError, "proof-unreadable"):
        find_run(record.run)
