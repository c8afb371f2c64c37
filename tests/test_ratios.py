"""A cost that grows by more than a quarter, beside what it is measured against, fails the benchmarks' job."""

import json

import pytest

from benchmarks.ratios import FILE, regressions

KNOWN = {"spoke, unchanged": 1.2, "hub, unchanged": 2.0}


@pytest.mark.parametrize(
    ("found", "worse"),
    [
        ({}, []),
        ({"hub, unchanged": 2.5}, []),
        ({"hub, unchanged": 2.51}, ["hub, unchanged"]),
        ({"hub, unchanged": 0.1}, []),
        ({"plan": 1.0}, ["plan"]),
    ],
)
def test_more_than_a_quarter_above_what_it_was_is_named(found: dict[str, float], worse: list[str]) -> None:
    assert worse == [line.partition(":")[0] for line in regressions(KNOWN | found, KNOWN)]


def test_what_is_no_longer_measured_is_named() -> None:
    assert ["hub, unchanged"] == [line.partition(":")[0] for line in regressions({"spoke, unchanged": 1.2}, KNOWN)]


def test_what_is_written_down_is_a_ratio_for_each_name() -> None:
    known: dict[str, float] = json.loads(FILE.read_text())

    assert [] == regressions(known, known)
    assert all(0 < ratio < 10 for ratio in known.values())
