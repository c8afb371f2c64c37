"""`fleet what-if retire`: who moves, who stays on the version, and who is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.foresight import FRAUD, outcomes, spoke

RETIRE = ("fleet", "what-if", "retire", FRAUD, "1.0.0")
EDIT = ("fleet", "what-if", "edit")

Asked = Callable[..., None]
"""Changes what a spoke asks for."""


@pytest.mark.usefixtures("checkout")
def test_a_retired_version_moves_nobody_who_is_pinned_and_refuses_a_range_that_has_no_other(command: Command) -> None:
    ended = command(*RETIRE, "--on", "2027-01-31", "--json")

    found = outcomes(ended)
    assert ("stays", "refused", "unaffected") == (found["old"], found["narrow"], found["pinned"])


@pytest.mark.usefixtures("deployed")
def test_who_stays_on_a_retired_version_is_told_that_it_is(command: Command) -> None:
    ended = command(*RETIRE, "--on", "2027-01-31", "--json")
    document = json.loads(ended.out)
    old = next(each for each in document["spokes"] if each["stack"] == "spoke-old")
    narrow = next(each for each in document["spokes"] if each["stack"] == "spoke-narrow")

    assert "2027-01-31" == document["day"]
    assert [f"{FRAUD} 1.0.0 is retired, which was active"] == document["change"]["what"]
    assert ("stays", "stays") == (old["outcome"], old["launches"][0]["outcome"])
    assert ["1.0.0 is retired since 2027-01-31. It runs on, and takes no update."] == old["launches"][0]["notes"]
    assert ["version-not-offered"] == [each["code"] for each in narrow["refusals"]]
    assert ["stays"] == [each["outcome"] for each in narrow["launches"]], "a refused run leaves all as it is"


@pytest.mark.usefixtures("deployed")
def test_an_update_that_waits_is_refused_once_its_version_is_retired(command: Command, ask: Asked) -> None:
    ask("old", parameters={"MinInstanceCount": 2})

    before, after = command(*EDIT, "--json"), command(*RETIRE, "--json")

    assert "unaffected" == outcomes(before)["old"]
    assert ["the settings of scoring changed"] == spoke(before, "old")["pending"]
    assert "refused" == outcomes(after)["old"]
    [refusal] = spoke(after, "old")["refusals"]
    assert "version-retired" == refusal["code"]
    assert "an update is refused: 1.0.0 is retired since 2026-11-01." in refusal["message"]


@pytest.mark.usefixtures("deployed")
def test_a_spoke_that_is_not_deployed_yet_cannot_launch_what_is_retired(command: Command, deployed: Path) -> None:
    (deployed / "backend/.pulumi/stacks/model-catalog-spoke/spoke-old.json").unlink()
    (deployed / "backend/.fleet/records/spoke-old.json").unlink()

    ended = command(*RETIRE, "--json")

    assert "refused" == outcomes(ended)["old"]
    assert ["version-not-launched"] == [each["code"] for each in spoke(ended, "old")["refusals"]]
    assert spoke(ended, "old")["deployed"] is False


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((FRAUD, "9.9.9"), "version-unknown"),
        (("fraud", "1.0.0"), "product-unknown"),
        ((FRAUD, "1.0.0", "--on", "2026-08-01"), "end-before-release"),
        ((FRAUD, "1.0.0", "--on", "someday"), "invalid-value"),
    ],
)
def test_what_cannot_be_retired_is_named(words: tuple[str, ...], code: str, command: Command) -> None:
    ended = command("fleet", "what-if", "retire", *words)

    assert (ExitCode.MISTAKE, code) == (ended.code, ended.refusal[0])


@pytest.mark.usefixtures("checkout")
def test_a_version_that_is_retired_by_then_anyway_is_named(command: Command, catalog: CatalogCopy) -> None:
    catalog.end(FRAUD, "1.0.0", retires_on="2027-01-01", reason="Too slow.")

    assert "version-retired-anyway" == command(*RETIRE, "--on", "2027-01-31").refusal[0]
    assert 0 == command(*RETIRE, "--on", "2026-12-01").code
