"""fleet.yaml says what is wrong with it, and what to do."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import SettingsError
from fleet.plan.settings import FleetSettings, Wave, read_settings
from tests.support.paths import ROOT
from tests.support.refused import refused
from tests.support.strategies import examples


def test_without_a_file_every_spoke_is_in_one_wave(tmp_path: Path) -> None:
    [wave] = read_settings(tmp_path).waves

    assert (True, "0", False) == (wave.default, wave.tolerance, wave.approve)


@pytest.mark.parametrize("text", ["# nothing yet\n", "{}"])
def test_a_file_that_says_nothing_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    assert FleetSettings() == read(tmp_path, text)


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_a_file_that_was_cut_is_refused_and_no_wave_is_forgotten(tmp_path: Path, text: str) -> None:
    with refused(SettingsError, "file-empty", "fleet.yaml"):
        read(tmp_path, text)


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
    ("text", "hours", "on_failed"),
    [
        ("24h", 24, "take_back"),
        ("{time: 30m}", 0.5, "take_back"),
        ("{time: 2d, onFailed: stop, alarms: {own: false, names: [checkout-*]}}", 48, "stop"),
    ],
)
def test_a_wave_bakes_for_a_time(tmp_path: Path, text: str, hours: float, on_failed: str) -> None:
    [wave] = read(tmp_path, f"waves: [{{name: a, default: true, bake: {text}}}]").waves

    assert wave.bake
    assert (hours * 3600, on_failed) == (wave.bake.duration.total_seconds(), wave.bake.on_failed)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("waves: [", "file-not-yaml", ""),
        ("- waves", "invalid-value", ""),
        ("wavse: []", "unknown-key", "wavse"),
        ("waves: []", "invalid-value", "waves"),
        ("records: 5", "invalid-value", "records"),
        ("organization: {assumeRole: Reader}", "invalid-value", "organization.assumeRole"),
        ("organization: {role: x}", "unknown-key", "organization.role"),
        ("waves: [{spokes: [a]}]", "missing-key", "waves[0].name"),
        ("waves: [{name: Canary, default: true}]", "invalid-value", "waves[0].name"),
        ("waves: [{name: a, spoke: [b]}]", "unknown-key", "waves[0].spoke"),
        ("waves: [{name: a, spokes: b}]", "invalid-value", "waves[0].spokes"),
        ("waves: [{name: a}]", "wave-names-no-spokes", "waves[0]"),
        ("waves: [{name: a, exclude: [b]}]", "wave-names-no-spokes", "waves[0]"),
        ("waves: [{name: a, default: true, concurrency: 0}]", "invalid-value", "waves[0].concurrency"),
        ("waves: [{name: a, default: true, bake: 24}]", "invalid-value", "waves[0].bake"),
        ("waves: [{name: a, default: true, bake: a day}]", "invalid-value", "waves[0].bake"),
        ("waves: [{name: a, default: true, bake: {alarms: {own: true}}}]", "missing-key", "waves[0].bake.time"),
        (
            "waves: [{name: a, default: true, bake: {time: 1h, alarms: {names: ['*-slow']}}}]",
            "invalid-value",
            "waves[0].bake.alarms.names[0]",
        ),
        (
            "waves: [{name: a, default: true, bake: {time: 1h, onFailed: ask}}]",
            "invalid-value",
            "waves[0].bake.onFailed",
        ),
        ("waves: [{name: a, default: true}, {name: a, spokes: [b]}]", "wave-name-twice", "waves"),
        ("waves: [{name: a, default: true}, {name: b, default: true}]", "two-default-waves", "waves"),
        ("waves: [{name: a, default: true, tags: {tier: 1}}]", "invalid-value", "waves[0].tags.tier"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(tmp_path: Path, text: str, code: str, place: str) -> None:
    with refused(SettingsError, code, f"fleet.yaml: {place}".removesuffix(": ")):
        read(tmp_path, text)


@pytest.mark.parametrize("tolerance", ["120%", "x", "-1", "-1%", '"%"', "1.5", '"1.5%"', '"5 %"', '""'])
def test_a_tolerance_is_a_number_or_a_share(tmp_path: Path, tolerance: str) -> None:
    with refused(SettingsError, "invalid-tolerance", "fleet.yaml: waves[0].tolerance") as found:
        read(tmp_path, f"waves: [{{name: a, default: true, tolerance: {tolerance}}}]")

    assert repr(tolerance.strip('"')) in str(found.value)


@pytest.mark.parametrize(
    ("tolerance", "code"), [("true", "invalid-value"), ("[1]", "invalid-value"), ("null", "value-read-as-another")]
)
def test_a_tolerance_is_no_truth_value_and_no_list(tmp_path: Path, tolerance: str, code: str) -> None:
    with refused(SettingsError, code, "fleet.yaml: waves[0].tolerance"):
        read(tmp_path, f"waves: [{{name: a, default: true, tolerance: {tolerance}}}]")


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").mkdir()

    with refused(SettingsError, "file-unreadable", "fleet.yaml"):
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
