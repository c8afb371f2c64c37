"""Patterns of anybody's, held against values of anybody's, end in time."""

import threading

import pytest

from shared import limits
from shared.catalog import patterns
from shared.catalog.parameters import Parameter, value_problem
from shared.catalog.patterns import SlowPatternError, all_fit, valid_pattern
from shared.errors import Mistake

SLOW = "(a|aa)+$"
VALUE = "a" * 80 + "!"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with all of the patience that a process has."""
    monkeypatch.setattr(patterns, "_spent", 0.0)


@pytest.mark.parametrize("pattern", ["[a-z]+", "^(?!aws)[a-z-]{3,63}$", "[^]\\]]{2}", "(ab|c)*d?", "a{1000}"])
def test_a_sensible_pattern_is_taken(pattern: str) -> None:
    assert pattern == valid_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("(" * 20 + "a" + ")+" * 20, "pattern-too-large"),
        ("(?:" * 8 + "a" + "){99}" * 8, "pattern-too-large"),
        ("(?:a{1000}){1000}", "pattern-too-large"),
        ("(" * 5000 + ")" * 5000, "pattern-too-large"),
        ("x" * 500_000, "pattern-too-large"),
        ("(", "pattern-invalid"),
        ("[", "pattern-invalid"),
        ("a{99999999999}", "pattern-too-large"),
    ],
)
def test_a_pattern_that_takes_all_of_the_memory_is_refused_before_it_is_compiled(pattern: str, code: str) -> None:
    with pytest.raises(Mistake) as refused:
        valid_pattern(pattern)

    assert code == refused.value.code


def test_a_value_that_cannot_be_held_against_a_pattern_in_time_is_refused() -> None:
    problem = value_problem(Parameter(type="String", allowed_pattern=SLOW), VALUE)

    assert problem
    assert "in time" in problem


def test_a_list_has_no_more_time_than_a_value() -> None:
    items = ",".join(f"{'a' * 60}{number}" for number in range(60))

    assert value_problem(Parameter(type="CommaDelimitedList", allowed_pattern=SLOW), items)
    assert patterns._spent < 4 * limits.PATTERN_SECONDS  # pyright: ignore[reportPrivateUsage] - what it took


def test_slow_patterns_of_many_launches_have_little_time_together_and_take_none_from_the_others() -> None:
    for number in range(20):
        with pytest.raises(SlowPatternError):
            all_fit(SLOW, [f"{VALUE}{number}"])

    assert patterns._spent < 20 * limits.PATTERN_SECONDS / 2  # pyright: ignore[reportPrivateUsage] - what it took
    assert all_fit("[a-z]+", ["abc"])


def test_a_value_is_measured_before_it_is_held_against_a_pattern() -> None:
    assert value_problem(Parameter(type="String", allowed_pattern=SLOW), VALUE * 1000) == (
        "It must have 0 to 4096 characters."
    )


def test_threads_share_the_patience() -> None:
    def slow() -> None:
        with pytest.raises(SlowPatternError):
            all_fit(SLOW, [VALUE])

    threads = [threading.Thread(target=slow) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert patterns._spent > 0  # pyright: ignore[reportPrivateUsage] - what it took
