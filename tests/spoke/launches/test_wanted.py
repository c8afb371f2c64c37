"""What launches.yaml asks for in many accounts goes together with a spoke's own settings by rules."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.errors import LaunchError
from spoke.launches.launches_file import read_platform
from spoke.launches.resolution import resolve_launches
from spoke.launches.wanted import WantedLaunches
from tests.support.catalog_copy import DAY
from tests.support.many import FACTS, SCORING, WHERE, entry, line_with, spoke_settings, wanted, write_platform
from tests.support.offers import ACCOUNT, OFFER, read
from tests.support.refused import refused

OTHER = "444455556666"
EMBEDDER: Mapping[str, Any] = {"name": "search", "product": "embedder", "version": "1.0.0"}


def names(found: WantedLaunches) -> list[str]:
    """Name the launches."""
    return [launch.name for launch in found.settings.launches]


def test_one_entry_asks_for_a_launch_in_every_account(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(SCORING))

    for account in range(300000000000, 300000000300):
        found = wanted(spoke_settings(accountId=str(account)), platform)
        assert ["scoring"] == names(found)
        assert f"{line_with(tmp_path, 'name: scoring')} (entry baseline: all)" == str(found.origins["scoring"])


def test_without_the_files_a_spoke_has_its_own_launches_as_they_stand_there(tmp_path: Path) -> None:
    own = spoke_settings([SCORING])

    found = wanted(own, read_platform(tmp_path))

    assert own == found.settings
    assert (f"{WHERE}: launches[0] (scoring)", "") == (found.origins["scoring"].place, found.origins["scoring"].entry)


def test_a_stack_with_a_prefix_takes_what_begins_so_and_leaves_the_rest_to_its_neighbor(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(SCORING, {**SCORING, "name": "risk-scoring"}))

    assert ["risk-scoring"] == names(wanted(spoke_settings(namePrefix="risk-"), platform))
    assert ["scoring", "risk-scoring"] == names(wanted(spoke_settings(), platform))


@pytest.mark.parametrize(
    ("whom", "why"),
    [
        ({"units": ["Workloads"]}, "unit Workloads"),
        ({"units": ["Other", "Workloads/Research"]}, "unit Workloads/Research"),
        ({"units": ["ou-ab12-research"]}, "unit ou-ab12-research"),
        ({"units": ["Work"]}, ""),
        ({"units": ["Workloads/Research/Deep"]}, ""),
        ({"tags": {"tier": "gold"}}, "tags tier=gold"),
        ({"tags": {"tier": "gold", "team": "other"}}, ""),
        ({"accounts": [ACCOUNT]}, "account"),
        ({"accounts": [OTHER]}, ""),
        ({"units": ["Workloads"], "tags": {"tier": "gold"}}, "unit Workloads and tags tier=gold"),
        ({"units": ["Workloads"], "tags": {"tier": "silver"}}, ""),
        ([{"accounts": [OTHER]}, {"units": ["Workloads"]}], "unit Workloads"),
        ({"all": True}, "all"),
    ],
)
def test_an_entry_is_for_accounts_by_unit_tags_and_id(tmp_path: Path, whom: object, why: str) -> None:
    platform = write_platform(tmp_path, entry(SCORING, whom=whom), accounts={ACCOUNT: FACTS})

    found = wanted(spoke_settings(), platform)

    assert [why] * bool(why) == [origin.why for origin in found.origins.values()]


def test_an_account_that_is_excluded_gets_nothing(tmp_path: Path) -> None:
    platform = write_platform(
        tmp_path, entry(SCORING, exclude={"units": ["Workloads/Research"]}), accounts={ACCOUNT: FACTS}
    )

    assert [] == names(wanted(spoke_settings(), platform))


def test_nobody_guesses_what_an_account_is_whose_facts_are_missing(tmp_path: Path) -> None:
    """To guess would end launches: an account that is in no unit gets none."""
    platform = write_platform(tmp_path, entry(SCORING, whom={"units": ["Workloads"]}), accounts={OTHER: FACTS})

    with refused(LaunchError, "account-facts-missing", f"accounts.yaml: accounts.{ACCOUNT}") as found:
        wanted(spoke_settings(), platform)

    assert line_with(tmp_path, "name: baseline") in str(found.value)
    assert "model-catalog fleet accounts" in str(found.value)


DEFAULTS: Mapping[str, Any] = {
    "parameters": {"InstanceCount": 2, "Label": "all"},
    "tags": {"team": "platform", "stage": "one"},
    "timeout": "40m",
    "products": {"scorer": {"parameters": {"Label": "scores"}, "timeout": "50m"}},
}


def test_what_a_launch_says_itself_goes_before_the_product_s_defaults_and_those_before_what_is_for_all(
    tmp_path: Path,
) -> None:
    platform = write_platform(tmp_path, entry(defaults=DEFAULTS))
    own = {**SCORING, "parameters": {**SCORING["parameters"], "InstanceCount": 3}, "tags": {"team": "risk"}}

    found = wanted(spoke_settings([own, EMBEDDER]), platform)

    scoring, search = found.settings.launches
    assert {"ModelDataUrl": "s3://models/scorer.tar.gz", "InstanceCount": "3", "Label": "scores"} == scoring.parameters
    assert ({"team": "risk", "stage": "one"}, "50m") == (scoring.tags, scoring.timeout)
    assert ({"team": "platform", "stage": "one"}, "40m") == (search.tags, search.timeout)
    keys = found.origins["scoring"].keys
    assert {"parameters.Label", "tags.stage", "timeout"} == keys.keys()
    assert line_with(tmp_path, "Label: scores") == keys["parameters.Label"].line


def test_a_default_is_for_launches_whose_version_has_such_a_parameter(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(defaults={"parameters": {"NobodyHasThis": "x", "Label": "ab"}}))

    scoring, search = wanted(spoke_settings([SCORING, EMBEDDER]), platform).settings.launches

    assert {"ModelDataUrl", "Label"} == scoring.parameters.keys()
    assert {} == search.parameters


def test_of_two_entries_the_later_default_counts(tmp_path: Path) -> None:
    platform = write_platform(
        tmp_path,
        entry(defaults={"parameters": {"Label": "one"}}),
        entry(defaults={"parameters": {"Label": "two"}}, name="later"),
    )

    [launch] = wanted(spoke_settings([SCORING]), platform).settings.launches

    assert "two" == launch.parameters["Label"]


def test_what_is_for_a_product_goes_before_what_a_later_entry_has_for_all(tmp_path: Path) -> None:
    platform = write_platform(
        tmp_path,
        entry(defaults={"products": {"scorer": {"parameters": {"Label": "one"}}}}),
        entry(defaults={"parameters": {"Label": "two"}}, name="later"),
    )

    [launch] = wanted(spoke_settings([SCORING]), platform).settings.launches

    assert "one" == launch.parameters["Label"]


def test_defaults_are_for_the_platform_team_s_launches_too(tmp_path: Path) -> None:
    platform = write_platform(
        tmp_path,
        entry(SCORING),
        entry(name="gold", whom={"tags": {"tier": "gold"}}, defaults={"parameters": {"Label": "gold"}}),
        accounts={ACCOUNT: FACTS, OTHER: {"tags": {}}},
    )

    [gold] = wanted(spoke_settings(), platform).settings.launches
    [other] = wanted(spoke_settings(accountId=OTHER), platform).settings.launches

    assert "gold" == gold.parameters["Label"]
    assert "Label" not in other.parameters


def test_a_spoke_has_otherwise_what_the_entry_lets_it(tmp_path: Path) -> None:
    may = ["version", "parameters.InstanceCount", "tags"]
    platform = write_platform(tmp_path, entry(SCORING, mayOverride=may, defaults={"tags": {"team": "platform"}}))
    override = {
        "launch": "scoring",
        "version": "1.0.0",
        "parameters": {"InstanceCount": 4},
        "tags": {"team": "risk"},
    }

    found = wanted(spoke_settings(overrides=[override]), platform)

    [launch] = found.settings.launches
    assert ("1.0.0", "4", {"team": "risk"}) == (launch.version, launch.parameters["InstanceCount"], launch.tags)
    assert "s3://models/scorer.tar.gz" == launch.parameters["ModelDataUrl"]
    assert f"{WHERE}: overrides[0].version" == found.origins["scoring"].place_of("version")


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ({"version": "1.0.0"}, "version"),
        ({"parameters": {"Label": "mine"}}, "parameters.Label"),
        ({"timeout": "10m"}, "timeout"),
        ({"ownModel": {"archive": "s3://mine/m.tar.gz", "acknowledgeNotTheCatalogs": True}}, "ownModel"),
    ],
)
def test_what_an_entry_does_not_let_a_spoke_have_otherwise_is_refused(
    tmp_path: Path, override: Mapping[str, Any], key: str
) -> None:
    platform = write_platform(tmp_path, entry(SCORING, mayOverride=["parameters.InstanceCount"]))

    with refused(LaunchError, "override-not-allowed", f"{WHERE}: overrides[0].{key}") as found:
        wanted(spoke_settings(overrides=[{"launch": "scoring", **override}]), platform)

    assert f"({line_with(tmp_path, 'mayOverride')})" in str(found.value)


def test_a_spoke_opts_out_of_a_launch_or_of_an_entry_and_the_reason_is_told(tmp_path: Path) -> None:
    platform = write_platform(
        tmp_path, entry(SCORING, EMBEDDER), entry(name="names", defaults={"parameters": {"Label": "ab"}})
    )
    out = [{"launch": "search", "reason": "searches elsewhere"}, {"entry": "names", "reason": "has its own names"}]

    found = wanted(spoke_settings(optOut=out), platform)

    assert ["scoring"] == names(found)
    assert "Label" not in found.settings.launches[0].parameters
    assert f"{WHERE}: optOut[0].launch: search is left out: searches elsewhere" in found.notes


def test_who_opts_out_may_have_a_launch_of_its_own_by_that_name(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(SCORING))
    out = [{"launch": "scoring", "reason": "other version"}]

    found = wanted(spoke_settings([{**SCORING, "version": "1.0.0"}], optOut=out), platform)

    assert ["1.0.0"] == [launch.version for launch in found.settings.launches]


def test_nobody_opts_out_of_what_the_platform_team_insists_on(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(SCORING, mayOptOut=False))

    with refused(LaunchError, "opt-out-not-allowed", f"{WHERE}: optOut[0].launch"):
        wanted(spoke_settings(optOut=[{"launch": "scoring", "reason": "not today"}]), platform)


def test_to_opt_out_of_what_nobody_asks_for_stops_nothing_and_is_told(tmp_path: Path) -> None:
    """The platform team may stop asking for it, and no account's run shall fail of that."""
    platform = write_platform(tmp_path, entry(SCORING))

    found = wanted(spoke_settings(optOut=[{"launch": "scoring2", "reason": "a slip"}]), platform)

    assert ["scoring"] == names(found)
    assert "Did you mean scoring?" in found.notes[0]


def test_a_launch_that_both_ask_for_is_refused_with_what_to_do(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(SCORING))

    with refused(LaunchError, "launch-asked-twice", f"{WHERE}: launches[0].name") as found:
        wanted(spoke_settings([SCORING]), platform)

    assert line_with(tmp_path, "name: scoring") in str(found.value)


def test_a_launch_that_two_entries_ask_for_is_refused_with_the_account(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(SCORING), entry(SCORING, name="again"))

    with refused(LaunchError, "launch-asked-twice", "launches.yaml: entries[1].launches[0] (scoring): name") as found:
        wanted(spoke_settings(), platform)

    assert ACCOUNT in str(found.value)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        (
            {"defaults": {"parameters": {"InstanceCount": 99}}},
            "entries[0].defaults.parameters.InstanceCount for scoring",
        ),
        ({}, "entries[0].launches[0] (scoring)"),
    ],
)
def test_a_wrong_value_is_told_where_it_stands_with_the_account(
    tmp_path: Path, changed: Mapping[str, Any], place: str
) -> None:
    parameters = SCORING["parameters"] if changed else {**SCORING["parameters"], "InstanceCount": 99}
    platform = write_platform(tmp_path, entry({**SCORING, "parameters": parameters}, **changed))
    found = wanted(spoke_settings(), platform)

    with pytest.raises(LaunchError) as problem:
        resolve_launches(found.settings, read(OFFER), DAY, where=WHERE, origins=found.origins)

    assert "parameter-invalid" == problem.value.code
    assert problem.value.place.startswith(f"launches.yaml: {place}")
    assert ACCOUNT in problem.value.place


def test_a_hidden_parameter_in_plain_text_is_refused_with_what_works_in_many_accounts(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry({**SCORING, "parameters": {**SCORING["parameters"], "Token": "open"}}))
    found = wanted(spoke_settings(), platform)

    with refused(LaunchError, "parameter-in-plain-text") as problem:
        resolve_launches(found.settings, read(OFFER), DAY, where=WHERE, origins=found.origins)

    assert "{ssm: /…}" in str(problem.value)
    assert "pulumi" not in str(problem.value)
