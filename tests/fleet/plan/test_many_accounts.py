"""A plan with launches for many accounts: who asks for what, and what runs when a value from elsewhere changes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fleet.plan.inventory import Inventory
from fleet.plan.parameter_values import RecordedValues
from fleet.plan.verdicts import Kind, make_plan
from fleet.store.storage import Storage
from spoke.launches.launches_file import NO_PLATFORM
from tests.support.fleet.asking import SUBNETS, ZONES, A, B, C, FakeAccounts, asking, scoring
from tests.support.fleet.making import deployed, inventory, spoke, spokes
from tests.support.many import SCORING, entry, line_with, write_platform


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Give a backend."""
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    return Storage((tmp_path / "backend").as_uri())


def kinds(found: Inventory) -> list[str]:
    return [str(verdict.kind) for verdict in make_plan(found).verdicts.values()]


def test_a_launch_that_the_file_asks_for_is_new_and_its_line_is_told(tmp_path: Path) -> None:
    before = deployed(asking(tmp_path))
    platform = write_platform(tmp_path, entry(SCORING, whom={"units": ["Live"]}))

    plan = make_plan(replace(before, platform=replace(platform, accounts=before.platform.accounts)))

    line = line_with(tmp_path, "name: scoring")
    assert [Kind.CHANGED, Kind.CHANGED, Kind.UNCHANGED] == [each.kind for each in plan.verdicts.values()]
    assert f"scoring is a new launch ({line})" in plan.verdicts["spoke-a"].reasons


def test_a_launch_that_moves_from_the_settings_into_the_file_runs_no_spoke(tmp_path: Path) -> None:
    own = spoke(tmp_path, "a", A, launches=[SCORING])
    before = deployed(inventory(tmp_path, {own.stack: own}))
    moved = spoke(tmp_path, "a", A, launches=[])

    after = replace(before, spokes={moved.stack: moved}, platform=write_platform(tmp_path, entry(SCORING)))

    assert ["unchanged"] == kinds(after)


def test_without_the_file_a_fingerprint_is_what_it_was(tmp_path: Path) -> None:
    """The names of all parts as releases before wrote them; their digests are those of the same content."""
    found = inventory(tmp_path, spokes(tmp_path, a=A))

    parts = make_plan(found).verdicts["spoke-a"].parts

    assert {
        *("code of spoke and shared", "locked dependencies", "launch search", "offer of search", "roles of embedder"),
        *("roles of scorer", "portfolio online in eu-central-1"),
    } == {name for name in parts if not name.startswith("setting ")}
    assert not {"setting overrides", "setting opt_out"} & set(parts)
    assert NO_PLATFORM == found.platform
    assert "1c678464c5739c3f795cf970" == parts["launch search"]


def test_a_default_that_a_launch_does_not_take_runs_no_spoke(tmp_path: Path) -> None:
    before = deployed(asking(tmp_path, entry(SCORING)))
    defaults = {"parameters": {"NobodyHasThis": "x"}, "products": {"embedder": {"timeout": "50m"}}}

    platform = write_platform(tmp_path, entry(SCORING, defaults=defaults))

    assert ["unchanged"] * 3 == kinds(replace(before, platform=platform))


def test_a_changed_default_runs_the_spokes_that_take_it(tmp_path: Path) -> None:
    gold = entry(name="live", whom={"units": ["Live"]}, defaults={"parameters": {"Label": "one"}})
    before = deployed(asking(tmp_path, entry(SCORING), gold))
    changed = {**gold, "defaults": {"parameters": {"Label": "two"}}}

    platform = write_platform(tmp_path, entry(SCORING), changed)

    assert ["changed", "changed", "unchanged"] == kinds(
        replace(before, platform=replace(platform, accounts=before.platform.accounts))
    )


def test_a_changed_subnet_list_runs_exactly_the_spokes_that_it_concerns(tmp_path: Path, accounts: FakeAccounts) -> None:
    before = deployed(asking(tmp_path, entry(scoring(Subnets=SUBNETS))))
    assert ["unchanged"] * 3 == kinds(before)

    accounts.values[B] = {"Value": "subnet-bbb", "Version": 2}
    plan = make_plan(before)

    assert [Kind.UNCHANGED, Kind.CHANGED, Kind.UNCHANGED] == [each.kind for each in plan.verdicts.values()]
    assert ("value of Subnets of scoring changed",) == plan.verdicts["spoke-b"].reasons


def test_only_accounts_are_asked_whose_spokes_take_something_from_there(tmp_path: Path, accounts: FakeAccounts) -> None:
    _ = make_plan(asking(tmp_path, entry(scoring(Subnets=SUBNETS), whom={"accounts": [B]})))
    assert [B] == accounts.asked

    accounts.asked.clear()
    _ = make_plan(asking(tmp_path, entry(SCORING)))
    assert [] == accounts.asked


def test_a_secret_in_the_store_is_known_by_its_version_and_never_by_its_value(
    tmp_path: Path, accounts: FakeAccounts
) -> None:
    secret: dict[str, Any] = {"Value": "AQICAH…1", "Type": "SecureString", "ARN": "arn:token"}
    for account in (A, B, C):
        accounts.values[account] = secret
    before = deployed(asking(tmp_path, entry(scoring(Token={"ssm": "/token"}))))

    accounts.values[A] = {**secret, "Value": "AQICAH…2"}
    assert ["unchanged"] * 3 == kinds(before)
    accounts.values[A] = {**secret, "Version": 2}
    assert ["changed", "unchanged", "unchanged"] == kinds(before)


def test_a_spoke_that_cannot_be_asked_is_told_and_stops_no_other(tmp_path: Path, accounts: FakeAccounts) -> None:
    before = deployed(asking(tmp_path, entry(scoring(Subnets=SUBNETS))))
    del accounts.values[B]

    plan = make_plan(before)

    assert [Kind.UNCHANGED, Kind.REFUSED, Kind.UNCHANGED] == [each.kind for each in plan.verdicts.values()]
    [reason] = plan.verdicts["spoke-b"].reasons
    assert f"scoring) for {B}: parameters.Subnets: takes the parameter /network/subnets" in reason


def test_a_value_that_the_template_does_not_take_is_told_by_the_plan(tmp_path: Path, accounts: FakeAccounts) -> None:
    accounts.values[C] = {"Value": "none"}

    plan = make_plan(asking(tmp_path, entry(scoring(Subnets=SUBNETS))))

    assert [Kind.NEW, Kind.NEW, Kind.REFUSED] == [each.kind for each in plan.verdicts.values()]


def write_stack(backend: Storage, outputs: Mapping[str, object]) -> None:
    """Write the state of a stack of somebody else's."""
    resources = [{"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": outputs}]
    content = json.dumps({"checkpoint": {"latest": {"resources": resources}}}).encode()
    backend.write(".pulumi/stacks/network/production.json", content)


def test_an_output_of_another_stack_that_changes_runs_those_who_take_it(tmp_path: Path, backend: Storage) -> None:
    write_stack(backend, {"zones": ["a"], "other": 1})
    before = deployed(asking(tmp_path, entry(scoring(Zones=ZONES), whom={"units": ["Live"]})))

    write_stack(backend, {"zones": ["a"], "other": 2})
    assert ["unchanged"] * 3 == kinds(before)
    write_stack(backend, {"zones": ["a", "b"], "other": 2})
    assert ["changed", "changed", "unchanged"] == kinds(before)


def test_a_secret_output_is_known_by_its_cipher(tmp_path: Path, backend: Storage) -> None:
    sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:one"}
    write_stack(backend, {"token": sealed})
    before = deployed(asking(tmp_path, entry(scoring(Token={**ZONES, "output": "token"}))))
    assert ["unchanged"] * 3 == kinds(before)

    write_stack(backend, {"token": {**sealed, "ciphertext": "v1:two"}})

    assert ["changed"] * 3 == kinds(before)


@pytest.mark.parametrize(
    ("outputs", "text"), [({"zone": "a"}, "it has: zone"), (None, "the backend has no such stack")]
)
def test_a_stack_that_does_not_tell_is_refused_with_why(
    tmp_path: Path, backend: Storage, outputs: Mapping[str, object] | None, text: str
) -> None:
    if outputs is not None:
        write_stack(backend, outputs)

    verdict = make_plan(asking(tmp_path, entry(scoring(Zones=ZONES)))).verdicts["spoke-a"]

    assert Kind.REFUSED is verdict.kind
    assert text in verdict.reasons[0]


def test_a_changed_tag_of_an_account_runs_its_spoke(tmp_path: Path) -> None:
    launch = entry(scoring(Label={"accountTag": "label"}), whom={"accounts": [A]})
    before = deployed(asking(tmp_path, launch))

    after = asking(tmp_path, launch, facts={A: {"tags": {"label": "two"}}, B: {}, C: {}})

    assert ["changed", "unchanged", "unchanged"] == kinds(replace(before, platform=after.platform))


def test_who_asks_nobody_goes_by_what_was_recorded(tmp_path: Path, accounts: FakeAccounts) -> None:
    before = deployed(asking(tmp_path, entry(scoring(Subnets=SUBNETS))))
    accounts.values.clear()

    assert ["unchanged"] * 3 == kinds(replace(before, values=RecordedValues()))
