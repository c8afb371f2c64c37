"""A rollout in time."""

import datetime as dt

import pytest

from fleet.show.report import ReportedSpoke, RolloutReport
from pages.platform_team.timeline import SCALE, at_once, timeline_of
from tests.support.platform_fleet import BEGUN, report


def seconds(count: float) -> dt.datetime:
    return BEGUN + dt.timedelta(seconds=count)


def test_waves_and_spokes_have_their_places_in_time() -> None:
    line = timeline_of(report(8), seconds(60))

    assert "ended" == line.state
    assert [("failed", 1), ("succeeded", 7)] == list(line.counts)
    [canary, rest] = line.waves
    assert [("succeeded", 3)] == list(canary.counts)
    assert [("failed", 1), ("succeeded", 4)] == list(rest.counts)
    assert canary.bar is not None
    assert rest.bar is not None
    assert 0 == canary.bar.x
    assert SCALE == pytest.approx(rest.bar.x + rest.bar.width, abs=1)
    assert canary.bar.width == pytest.approx(rest.bar.x, abs=1)
    assert "spoke-a003" == line.spokes[0].spoke.stack


def test_what_runs_counts_until_the_report_was_written_and_what_waits_is_counted() -> None:
    found = report(8, running=True)
    found.waves[1].spokes = 20

    line = timeline_of(found, seconds(60))

    assert "running" == line.state
    assert ("running", 2) in line.counts
    assert ("waiting", 13) in line.counts
    assert ["failed", "running", "running"] == [each.spoke.ending for each in line.spokes[:3]]
    assert ("running", None) == (line.waves[1].state, found.waves[1].ended)


@pytest.mark.parametrize(("later", "state"), [(119, "running"), (121, "silent")])
def test_a_rollout_that_says_nothing_for_minutes_is_called_silent(later: int, state: str) -> None:
    found = report(8, running=True)
    assert found.written is not None

    assert state == timeline_of(found, found.written + dt.timedelta(seconds=later)).state


def test_a_report_of_an_earlier_release_has_no_times_and_is_shown() -> None:
    found = RolloutReport(spokes=[ReportedSpoke(stack="spoke-a", ending="succeeded", seconds=4.2)])

    line = timeline_of(found, BEGUN)

    assert ("ended", "", [], []) == (line.state, line.took, line.waves, line.at_once)
    assert ("4.2 s", None) == (line.spokes[0].took, line.spokes[0].bar)


def test_what_was_not_started_is_counted_at_the_end() -> None:
    found = report(4).model_copy(update={"stopped": "2 failed", "not_begun": ["spoke-x", "spoke-y"]})

    assert ("not started", 2) in timeline_of(found, BEGUN).counts


def test_how_many_ran_at_once_is_told_at_each_change() -> None:
    spokes = [
        ReportedSpoke(stack="a", ending="succeeded", begun=seconds(0), ended=seconds(10)),
        ReportedSpoke(stack="b", ending="running", begun=seconds(5)),
        ReportedSpoke(stack="refused", ending="failed"),
    ]

    assert [(seconds(0), 1), (seconds(5), 2), (seconds(10), 1), (seconds(20), 0)] == at_once(spokes, seconds(20))


def test_a_picture_of_a_large_rollout_has_no_more_points_than_an_eye_sees() -> None:
    spokes = [
        ReportedSpoke(stack=str(index), ending="succeeded", begun=seconds(index), ended=seconds(index + 2.5))
        for index in range(5000)
    ]
    spokes += [
        ReportedSpoke(stack=f"at once {index}", ending="succeeded", begun=seconds(700.1), ended=seconds(700.2))
        for index in range(50)
    ]

    found = at_once(spokes, seconds(6000))

    assert 101 == len(found)
    assert (53, 0) == (max(count for _, count in found), found[-1][1])
    assert {3} == {count for moment, count in found[1:-1] if abs((moment - seconds(700)).total_seconds()) > 100}


@pytest.mark.parametrize(("lasted", "text"), [(9.4, "9 s"), (61, "1 min 1 s"), (7320, "2 h 2 min")])
def test_a_time_is_said_in_the_words_of_its_size(lasted: float, text: str) -> None:
    found = RolloutReport(begun=BEGUN, ended=seconds(lasted))

    assert text == timeline_of(found, seconds(lasted)).took
