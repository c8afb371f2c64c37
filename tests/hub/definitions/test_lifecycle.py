"""The end of a version, as its product's file announces it."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.definitions.lifecycle import Life, Lifecycle, coming_changes
from hub.definitions.load import read_catalog
from hub.definitions.model import Catalog
from shared.catalog.lifecycle import STATES
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

FRAUD = "fraud-detector-realtime"
TOMORROW = DAY + dt.timedelta(days=1)
YESTERDAY = DAY - dt.timedelta(days=1)
RELEASED = dt.date(2026, 9, 1)
dates = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2028, 1, 1))


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Draw an end whose dates are in order."""
    deprecated, retires = draw(dates), draw(dates)
    if deprecated and retires and retires <= deprecated:
        retires = deprecated + dt.timedelta(days=1)
    given = {"state": draw(st.sampled_from(STATES)), "deprecated_on": deprecated, "retires_on": retires}
    return Lifecycle.model_validate({**given, "reason": "Old."})


@given(lifecycles(), st.dates(dt.date(2025, 1, 1), dt.date(2029, 1, 1)), st.integers(0, 1000))
def test_a_version_never_goes_back_to_a_former_state(end: Lifecycle, day: dt.date, later: int) -> None:
    after = day + dt.timedelta(days=later)

    assert STATES.index(end.state_on(day)) <= STATES.index(end.state_on(after))


@given(lifecycles())
def test_a_date_takes_effect_on_its_day_and_not_before(end: Lifecycle) -> None:
    one = dt.timedelta(days=1)
    if end.retires_on:
        assert "retired" == end.state_on(end.retires_on)
        assert end.state == "retired" or "retired" != end.state_on(end.retires_on - one)
    if end.deprecated_on:
        assert "active" != end.state_on(end.deprecated_on)
        before = end.state_on(end.deprecated_on - one)
        assert before == end.state or (end.retires_on and end.retires_on < end.deprecated_on)


@given(lifecycles(), st.dates(dt.date(2026, 1, 1), dt.date(2028, 1, 1)))
def test_whatever_changes_within_thirty_days_is_announced(end: Lifecycle, day: dt.date) -> None:
    changes = end.state_on(day + dt.timedelta(days=30)) != end.state_on(day)

    assert changes is bool(list(coming_changes({"1.0.0": Life(released=RELEASED, lifecycle=end)}, day)))


def test_an_announcement_says_what_when_and_how_soon() -> None:
    end = Lifecycle(deprecated_on=TOMORROW, retires_on=DAY + dt.timedelta(days=20), reason="Old.")
    later = Lifecycle(retires_on=DAY + dt.timedelta(days=31), reason="Old.")
    lives = {number: Life(released=RELEASED, lifecycle=each) for number, each in (("1.0.0", end), ("1.1.0", later))}

    assert [
        "1.0.0 will be deprecated on 2026-11-02, tomorrow",
        "1.0.0 will be retired on 2026-11-21, in 20 days",
    ] == list(coming_changes(lives, DAY))


def test_the_day_decides_the_state_that_a_version_is_read_with(catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(FRAUD, "1.0.0", deprecated_on=DAY, retires_on=TOMORROW)

    assert ["active", "deprecated", "retired"] == [
        state_of(read_catalog(catalog_copy.folder, day), "1.0.0") for day in (YESTERDAY, DAY, TOMORROW)
    ]


@pytest.mark.parametrize(
    ("lifecycle", "code", "place"),
    [
        ({"deprecated_on": TOMORROW, "retires_on": DAY}, "retired-before-deprecated", ""),
        ({"deprecated_on": DAY, "retires_on": DAY}, "retired-before-deprecated", ""),
        ({"deprecated_on": RELEASED - dt.timedelta(days=1)}, "end-before-release", ".deprecated_on"),
        ({"retires_on": RELEASED - dt.timedelta(days=1)}, "end-before-release", ".retires_on"),
        ({"replacement": "9.9.9"}, "replacement-unknown", ".replacement"),
        ({"replacement": "1.0.0"}, "replacements-in-a-circle", ".replacement"),
        ({"replacement": "1.1"}, "invalid-value", ".replacement"),
        ({"state": "old"}, "invalid-value", ".state"),
        ({"deprecated_on": "soon"}, "invalid-value", ".deprecated_on"),
        ({"reason": ""}, "invalid-value", ".reason"),
    ],
)
def test_an_end_that_cannot_be_meant_is_refused(
    catalog_copy: CatalogCopy, lifecycle: dict[str, Any], code: str, place: str
) -> None:
    catalog_copy.end(FRAUD, "1.0.0", **lifecycle)

    with refused(ContentError, code, f"{FRAUD}/product.yaml: versions[0].lifecycle{place}"):
        read_catalog(catalog_copy.folder, DAY)


def test_an_end_without_a_reason_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(FRAUD, "1.0.0", state="deprecated")
    catalog_copy.replace(f"products/{FRAUD}/product.yaml", "    reason: It has grown old.\n", "")

    with refused(ContentError, "missing-key", "versions[0].lifecycle.reason"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_replacement_that_is_itself_retired_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(FRAUD, "1.0.0", state="deprecated", replacement="1.1.0")
    catalog_copy.end(FRAUD, "1.1.0", retires_on=TOMORROW)

    assert read_catalog(catalog_copy.folder, DAY)
    with refused(ContentError, "replacement-retired", "versions[0].lifecycle.replacement"):
        read_catalog(catalog_copy.folder, TOMORROW)


def test_versions_that_replace_each_other_are_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.end(FRAUD, "1.0.0", replacement="1.1.0")
    catalog_copy.end(FRAUD, "1.1.0", replacement="1.0.0")

    with refused(ContentError, "replacements-in-a-circle") as found:
        read_catalog(catalog_copy.folder, DAY)

    assert "1.0.0 -> 1.1.0 -> 1.0.0" in str(found.value)


def state_of(catalog: Catalog, number: str) -> str:
    """Give the state of a version of the fraud detector."""
    [product] = [product for product in catalog.products if product.file.key == FRAUD]
    return next(version.state for version in product.versions if version.entry.version == number)
