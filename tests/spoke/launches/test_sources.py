"""Values of parameters that come from elsewhere: what may be written, who is asked for what, and what is taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.errors import ConfigError, LaunchError
from shared.secret_value import Secret
from shared.stack.names import SPOKE_PROJECT
from shared.stack.settings import check_settings
from spoke.config import SpokeSettings
from spoke.launches.launches_file import NO_PLATFORM
from spoke.launches.resolution import resolve_launches
from spoke.launches.sources import Found, all_uses, in_order, tags_taken, taken, with_values
from spoke.parameter_sources import AccountTag, LaunchOutput, SsmParameter, StackOutput
from tests.support.catalog_copy import DAY
from tests.support.many import (
    FACTS,
    SCORING,
    WHERE,
    entry,
    excerpts,
    source_use,
    spoke_settings,
    wanted,
    write_platform,
)
from tests.support.offers import ACCOUNT, OFFER, read
from tests.support.refused import refused

SUBNETS = {"ssm": "/network/subnets"}


def scoring(name: str = "scoring", **parameters: object) -> dict[str, Any]:
    """Give a launch with some of its parameters from elsewhere."""
    return {**SCORING, "name": name, "parameters": {**SCORING["parameters"], **parameters}}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"ssm": "/network/subnets"}, SsmParameter(ssm="/network/subnets")),
        ({"ssm": "subnets:12"}, SsmParameter(ssm="subnets:12")),
        ({"launch": "other", "output": "EndpointName"}, LaunchOutput(launch="other", output="EndpointName")),
        ({"stack": "network/prod", "output": "subnets"}, StackOutput(stack="network/prod", output="subnets")),
        ({"stack": "acme/network/prod", "output": "s-1"}, StackOutput(stack="acme/network/prod", output="s-1")),
        ({"accountTag": "cost-center"}, AccountTag(account_tag="cost-center")),
        ({"account_tag": "cost-center"}, AccountTag(account_tag="cost-center")),
    ],
)
def test_a_source_stands_in_place_of_a_value(written: Mapping[str, str], read_as: object) -> None:
    launch = {**SCORING, "parameters": {"Subnets": written, "Label": "plain"}}
    given = {"aws:region": "eu-central-1", f"{SPOKE_PROJECT}:accountId": ACCOUNT, f"{SPOKE_PROJECT}:launches": [launch]}

    found = check_settings(SpokeSettings, given, project=SPOKE_PROJECT, where=WHERE)

    assert {"Subnets": read_as, "Label": "plain"} == found.launches[0].parameters
    assert found.has_sources


@pytest.mark.parametrize(
    ("written", "code", "place"),
    [
        ({"ssm": "/a b"}, "invalid-value", ".ssm"),
        ({"ssm": "/aws/reference/secretsmanager/token"}, "source-without-version", ".ssm"),
        ({"ssm": "/a", "output": "x"}, "unknown-key", ".output"),
        ({"launch": "other"}, "missing-key", ".output"),
        ({"launch": "other", "outputs": "A"}, "unknown-key", ".outputs"),
        ({"stack": "prod", "output": "x"}, "invalid-value", ".stack"),
        ({"stack": "a/b", "output": ""}, "invalid-value", ".output"),
        ({"accountTag": ""}, "invalid-value", ".accountTag"),
        ({"parameter": "/a"}, "invalid-value", ""),
        ({}, "invalid-value", ""),
        (None, "invalid-value", ""),
    ],
)
def test_a_source_that_is_none_is_refused_at_its_key(written: object, code: str, place: str) -> None:
    launch = {**SCORING, "parameters": {"Subnets": written}}
    given = {"aws:region": "eu-central-1", f"{SPOKE_PROJECT}:accountId": ACCOUNT, f"{SPOKE_PROJECT}:launches": [launch]}

    with refused(ConfigError, code, f"{WHERE}: launches[0].parameters.Subnets{place}"):
        check_settings(SpokeSettings, given, project=SPOKE_PROJECT, where=WHERE)


def test_launches_are_ordered_by_what_they_take_of_each_other() -> None:
    first = scoring("z", Label={"launch": "m", "output": "A"})
    second = scoring("m", Label={"launch": "b", "output": "A"}, Zones={"launch": "a", "output": "B"})

    found = in_order(wanted(spoke_settings([first, second, scoring("a"), scoring("b")]), NO_PLATFORM))

    assert {"a", "b"} == set(found[:2])
    assert ["m", "z"] == found[2:]


def test_without_sources_launches_keep_their_order() -> None:
    assert ["b", "a"] == in_order(wanted(spoke_settings([scoring("b"), scoring("a")]), NO_PLATFORM))


def test_launches_that_wait_for_each_other_are_refused_with_the_whole_circle(tmp_path: Path) -> None:
    """One of them is the spoke's own, the other one the platform team's."""
    platform = write_platform(tmp_path, entry(scoring("theirs", Label={"launch": "mine", "output": "A"})))
    own = scoring("mine", Label={"launch": "theirs", "output": "B"})

    with refused(LaunchError, "source-circle") as found:
        wanted(spoke_settings([own]), platform)

    assert "parameters.Label" in found.value.place
    assert any(
        way in str(found.value) for way in ("mine waits for theirs waits for mine", "theirs waits for mine waits")
    )


def test_a_launch_does_not_wait_for_itself() -> None:
    with refused(LaunchError, "source-circle", f"{WHERE}: launches[0] (a): parameters.Label"):
        wanted(spoke_settings([scoring("a", Label={"launch": "a", "output": "A"})]), NO_PLATFORM)


def test_a_launch_that_the_account_does_not_have_is_refused() -> None:
    own = [scoring("scores"), scoring("other", Label={"launch": "score", "output": "A"})]

    with refused(LaunchError, "source-launch-unknown", "launches[1] (other): parameters.Label.launch") as found:
        wanted(spoke_settings(own), NO_PLATFORM)

    assert f"{ACCOUNT} has no such launch. Did you mean scores?" in str(found.value)


def test_a_stack_takes_nothing_of_itself() -> None:
    own = {"stack": f"{SPOKE_PROJECT}/spoke-research", "output": "launches"}

    with refused(LaunchError, "source-own-stack", "parameters.Label.stack"):
        wanted(spoke_settings([scoring(Label=own)]), NO_PLATFORM)


def test_a_tag_of_the_account_is_a_value(tmp_path: Path) -> None:
    platform = write_platform(tmp_path, entry(scoring(Label={"accountTag": "team"})), accounts={ACCOUNT: FACTS})
    asked = wanted(spoke_settings(), platform)

    assert {("scoring", "Label"): Found("risk", "risk")} == tags_taken(asked)


@pytest.mark.parametrize(
    ("accounts", "code"), [({ACCOUNT: FACTS}, "account-tag-missing"), ({}, "account-facts-missing")]
)
def test_a_tag_that_the_account_does_not_have_is_refused_with_the_account(
    tmp_path: Path, accounts: Mapping[str, Any], code: str
) -> None:
    platform = write_platform(tmp_path, entry(scoring(Label={"accountTag": "teem"})), accounts=accounts)

    with refused(LaunchError, code) as found:
        tags_taken(wanted(spoke_settings(), platform))

    assert found.value.place == f"launches.yaml: entries[0].launches[0] (scoring) for {ACCOUNT}: parameters.Label"
    assert ACCOUNT in str(found.value)


@pytest.mark.parametrize(
    ("raw", "text"), [("a", "a"), (2, "2"), (2.0, "2"), (True, "true"), (["a", "b"], "a,b"), ([], "")]
)
def test_what_comes_from_elsewhere_is_written_as_a_parameter_takes_it(raw: object, text: str) -> None:
    assert Found(text, text) == taken(source_use(), raw)


@pytest.mark.parametrize("raw", [{"a": 1}, None, ["a,b"], "x" * 4097])
def test_what_no_parameter_can_have_is_refused(raw: object) -> None:
    with refused(LaunchError, "source-value-unfit", "here"):
        taken(source_use(), raw)


def test_a_refusal_tells_nothing_of_a_secret() -> None:
    with refused(LaunchError, "source-value-unfit") as found:
        taken(source_use(), ["hush,hush"], secret=True)

    assert "hush" not in str(found.value)


@pytest.mark.parametrize(("secret", "hidden"), [(True, False), (False, True)])
def test_a_secret_and_what_a_template_hides_are_secrets(*, secret: bool, hidden: bool) -> None:
    found = taken(source_use(hidden=hidden), "hush", mark="arn:1", secret=secret)

    assert Found(Secret("arn:1", "hush"), "arn:1") == found
    assert "hush" not in repr(found)


def test_a_value_from_elsewhere_is_checked_as_any_other() -> None:
    asked = wanted(spoke_settings([scoring(InstanceCount=SUBNETS)]), NO_PLATFORM)
    [needed] = all_uses(asked)
    settings = with_values(asked, {needed.key: taken(needed, "99")})

    with refused(LaunchError, "parameter-invalid", "launches[0] (scoring): parameters.InstanceCount"):
        resolve_launches(settings, read(OFFER), DAY, where=WHERE, origins=asked.origins)


def test_a_value_that_nobody_knows_yet_is_looked_into_by_no_check() -> None:
    asked = wanted(spoke_settings([scoring(InstanceCount=SUBNETS)]), NO_PLATFORM)

    [resolved] = resolve_launches(asked.settings, read(OFFER), DAY, where=WHERE)

    assert {"InstanceCount": SsmParameter(ssm="/network/subnets")} == resolved.elsewhere
    assert "InstanceCount" not in resolved.known_parameters


def test_what_takes_an_output_of_a_launch_with_a_secret_keeps_secrets_too() -> None:
    chain = [
        scoring("a", Token={"ssm": "/token"}),
        scoring("b", Label={"launch": "a", "output": "A"}),
        scoring("c", Label={"launch": "b", "output": "A"}),
        scoring("d"),
    ]

    found = resolve_launches(spoke_settings(chain), read(OFFER), DAY, where=WHERE)

    assert [True, True, True, False] == [each.keeps_secrets for each in found]


def parts(settings: SpokeSettings, value: str = "") -> Mapping[str, str]:
    """Give the excerpt of a spoke, whose sources all have one value."""
    cutting = excerpts()
    asked = cutting.wanted(settings, where=WHERE)
    values = {each.key: taken(each, value) for each in all_uses(asked)}
    return cutting.of(settings, where=WHERE, wanted=asked, values=values)[0]


def test_a_changed_value_is_a_changed_part_and_changes_no_other() -> None:
    settings = spoke_settings([scoring(Label=SUBNETS)])
    before, after = parts(settings, "one"), parts(settings, "two")

    assert {"value of Label of scoring"} == {name for name in before if before[name] != after[name]}
    assert before == parts(settings, "one")


def test_without_files_and_sources_the_excerpt_has_the_parts_that_it_always_had() -> None:
    """So no record of a release before says another thing, and no spoke runs for it."""
    found = parts(spoke_settings([SCORING]))

    assert {"portfolio online in eu-central-1", "roles of embedder", "roles of scorer", "offer of scoring"} == set(
        found
    )
