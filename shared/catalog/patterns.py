"""Regular expressions of templates: anybody's, held against values of anybody's.

Both can be such that matching takes for ever, or takes all of the memory before it begins. So a pattern is weighed
before it is compiled, and matching ends in time.
"""

import threading
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import regex

from shared import limits
from shared.catalog.java_patterns import translated
from shared.errors import Mistake

_LEAST_SECONDS: Final = 0.02
"""What a match has in any case, so that the slow patterns of one launch are no trouble of another's."""
_SHORTEST_SECONDS: Final = 0.001
"""Of a list's item, when those before it took all of the time."""

_spent = 0.0
"""Seconds that this process has lost to slow patterns."""
_lock = threading.Lock()


class SlowPatternError(Exception):
    """A value could not be held against a pattern in time."""


def valid_pattern(pattern: str) -> str:
    """Give a pattern back that can be compiled. Raises Mistake."""
    _ = _compiled(pattern)
    return pattern


def all_fit(pattern: str, texts: Iterable[str]) -> bool:
    """Say whether every text fits a pattern as a whole.

    Raises:
        SlowPatternError: it takes longer than any sensible pattern does.
        Mistake: the pattern is none.
    """
    global _spent  # noqa: PLW0603 - it is the process's
    compiled, begun = _compiled(pattern), time.process_time()
    patience = max(limits.PATTERN_SECONDS - _spent, _LEAST_SECONDS)
    try:
        for text in texts:
            left = max(begun + patience - time.process_time(), _SHORTEST_SECONDS)
            if compiled.fullmatch(text, timeout=left) is None:
                return False
    except TimeoutError:
        with _lock:
            _spent += time.process_time() - begun
        raise SlowPatternError from None
    return True


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    if _weight(pattern) > limits.PATTERN_STEPS:
        raise Mistake(
            f"{pattern[:60]!r}… repeats repetitions until it has more than {limits.PATTERN_STEPS:,} steps. Write it "
            f"without repetitions within each other.",
            code="pattern-too-large",
        )
    try:
        return regex.compile(translated(pattern), regex.VERSION1)
    except Mistake:
        raise
    except (regex.error, RecursionError, OverflowError, ValueError) as problem:
        raise Mistake(f"{pattern[:200]!r} is not a regular expression: {problem}.", code="pattern-invalid") from None


def _weight(pattern: str) -> int:
    """Count the steps of a pattern once every repetition is written out as often as it has to occur at least.

    That is what a compiler makes of it: `(((a+)+)+)+` has a step more than twice as many with each `+`. The count is
    rough, and errs by a few characters of syntax.
    """
    sums, last, place = [0], 0, 0
    while place < len(pattern):
        letter, width, step = pattern[place], 1, 1
        match letter:
            case "\\":
                width = 2
            case "[":
                width = _class_width(pattern, place)
            case "(":
                sums, step = [*sums, 0], 0
            case ")" if len(sums) > 1:
                step = sums.pop()
            case "+" | "{":
                width, times = _repetition(pattern, place)
                step = last * (times - 1)
            case _:
                pass
        sums[-1] += step
        last, place = step if letter not in "+{" else last + step, place + width
        if max(sums[-1], len(sums) * 10) > limits.PATTERN_STEPS:
            return limits.PATTERN_STEPS + 1
    return sum(sums)


def _class_width(pattern: str, place: int) -> int:
    r"""Give the characters of a class such as `[^]a-z\\]]`."""
    end = place + 1 + pattern.startswith("^", place + 1)
    end += pattern.startswith("]", end)
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1 - place


def _repetition(pattern: str, place: int) -> tuple[int, int]:
    """Give the characters of a repetition, and how often it writes out what it repeats: its least number, and once."""
    if pattern[place] == "+":
        return 1, 2
    inside, closed, _ = pattern[place + 1 : place + 40].partition("}")
    least = inside.partition(",")[0].strip()
    return (len(inside) + 2, int(least or 0) + 1) if closed and (least.isdecimal() or not least) else (1, 1)
