"""fleet.yaml says what is wrong with it, and what to do."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import SettingsError
from fleet.plan.settings import FleetSettings, Wave, read_settings
from tests.support.paths import ROOT
from tests.support.strategies import examples


def test_without_a_file_every_spoke_is_in_one_wave(tmp_path: Path) -> None:
    [wave] = read_settings(tmp_path).waves

    assert (True, "0", False) == (wave.default, wave.tolerance, wave.approve)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_an_empty_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    assert FleetSettings() == read(tmp_path, text)


def test_the_projects_own_file_is_valid() -> None:
    assert read_settings(ROOT).waves[-1].default


def test_everything_that_can_be_set_is_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        """
        organization: {assumeRole: "arn:aws:iam::111122223333:role/Reader"}
        records: s3://records
        waves:
          - {name: canary, spokes: [research], concurrency: 2, tolerance: 1}
          - {name: gold, tags: {tier: gold}, exclude: [research], approve: true}
          - {name: rest, default: true, tolerance: 5%}
        """,
    )

    assert "arn:aws:iam::111122223333:role/Reader" == settings.organization.assume_role
    assert "s3://records" == settings.records
    assert [("canary", 2, "1"), ("gold", None, "0"), ("rest", None, "5%")] == [
        (wave.name, wave.concurrency, wave.tolerance) for wave in settings.waves
    ]
    assert [False, True, False] == [wave.approve for wave in settings.waves]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("waves: [", "fleet.yaml: is not YAML: .*"),
        ("- waves", "fleet.yaml: found a list.*"),
        ("wavse: []", "fleet.yaml: wavse is not a known key. Remove it, or correct its spelling."),
        ("waves: []", "fleet.yaml: waves: .*"),
        (
            "records: 5",
            "fleet.yaml: records: found 5 .*Expected the address of a folder or bucket, for example s3://.*",
        ),
        (
            "organization: {assumeRole: Reader}",
            "fleet.yaml: organization.assumeRole: found 'Reader'. Expected the ARN of a role.*",
        ),
        ("organization: {role: x}", "fleet.yaml: organization.role is not a known key. .*"),
        ("waves: [{spokes: [a]}]", r"fleet.yaml: waves\[0\].name is missing. .*"),
        (
            "waves: [{name: Canary, default: true}]",
            r"fleet.yaml: waves\[0\].name: found 'Canary'. Expected lower-case words joined by hyphens, for .* canary.",
        ),
        ("waves: [{name: a, spoke: [b]}]", r"fleet.yaml: waves\[0\].spoke is not a known key. .*"),
        ("waves: [{name: a, spokes: b}]", r"fleet.yaml: waves\[0\].spokes: found 'b'. Expected a list of spokes.*"),
        (
            "waves: [{name: a}]",
            r"fleet.yaml: waves\[0\]: the wave 'a' names nobody. Give it spokes, units or tags, or default: true .*",
        ),
        (
            "waves: [{name: a, exclude: [b]}]",
            r"fleet.yaml: waves\[0\]: the wave 'a' names nobody. .*",
        ),
        (
            "waves: [{name: a, default: true, concurrency: 0}]",
            r"fleet.yaml: waves\[0\].concurrency: found 0 .*1 to 1000.*",
        ),
        (
            "waves: [{name: a, default: true}, {name: a, spokes: [b]}]",
            "fleet.yaml: waves: 'a' is there twice. Rename one of them.",
        ),
        (
            "waves: [{name: a, default: true}, {name: b, default: true}]",
            "fleet.yaml: waves: more than one has default: true. Only one can .*",
        ),
        ("waves: [{name: a, default: true, tags: {tier: 1}}]", r"fleet.yaml: waves\[0\].tags.tier: found 1 .*"),
    ],
)
def test_what_is_wrong_is_named_with_its_key_and_its_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)

    assert re.fullmatch(message, str(caught.value), re.DOTALL), caught.value


@pytest.mark.parametrize("tolerance", ["120%", "x", "-1", "-1%", '"%"', "1.5", '"1.5%"', '"5 %"', '""'])
def test_a_tolerance_is_a_number_or_a_share(tmp_path: Path, tolerance: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, f"waves: [{{name: a, default: true, tolerance: {tolerance}}}]")

    found = tolerance.strip('"')
    assert str(caught.value) == (
        f"fleet.yaml: waves[0]: tolerance of the wave 'a': found {found!r}. Expected a number of spokes, such as 2, or "
        f"a share from 0% to 100%."
    )


@pytest.mark.parametrize("tolerance", ["true", "[1]", "null"])
def test_a_tolerance_is_no_truth_value_and_no_list(tmp_path: Path, tolerance: str) -> None:
    with pytest.raises(
        SettingsError, match=r"waves\[0\]\.tolerance: found .*Expected a number .*, for example 2, or 5%"
    ):
        read(tmp_path, f"waves: [{{name: a, default: true, tolerance: {tolerance}}}]")


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").mkdir()

    with pytest.raises(SettingsError, match=r"^fleet\.yaml: cannot be read \(Is a directory\)\.$"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    ("tolerance", "spokes", "tolerated"),
    [("0", 10, 0), ("2", 10, 2), ("0%", 10, 0), ("5%", 19, 0), ("5%", 20, 1), ("100%", 7, 7), ("50%", 0, 0)],
)
def test_a_share_of_a_wave_is_rounded_down(tolerance: str, spokes: int, tolerated: int) -> None:
    assert tolerated == Wave(name="a", default=True, tolerance=tolerance).tolerated(spokes)


@examples
@given(share=st.integers(0, 100), spokes=st.integers(0, 10_000))
def test_a_share_never_tolerates_more_than_it_says(share: int, spokes: int) -> None:
    tolerated = Wave(name="a", default=True, tolerance=f"{share}%").tolerated(spokes)

    assert 100 * tolerated <= share * spokes < 100 * (tolerated + 1)


def read(folder: Path, text: str) -> FleetSettings:
    """Read a fleet.yaml with this content."""
    (folder / "fleet.yaml").write_text(text)
    return read_settings(folder)
