"""Regular expressions of templates and schemas: Java's, written by anybody."""

import time
from functools import lru_cache
from typing import Final

import regex

_PATIENCE_SECONDS: Final = 0.2
"""Of the processor. All calls wait for the one that is under way, so this is what one account can take from others."""
_LEAST_SECONDS: Final = 0.02
"""What each match has once the patience is used up; a sensible pattern takes microseconds."""
_MOST_STEPS: Final = 20_000
"""The registry's own patterns have less than 1,000."""

_NEVER: Final = regex.compile("(?!)")
"""In the place of a pattern that nobody can afford."""

_spent = 0.0


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "regex.Pattern[str] | None":
    try:
        return _NEVER if _weight(pattern) > _MOST_STEPS else regex.compile(pattern)
    except (regex.error, RecursionError):  # Java's patterns are not all Python's
        return None


def fits(pattern: str, text: str, *, whole: bool = False) -> bool:
    """Whether a text fits a pattern; one that nobody can read says nothing.

    One that takes for ever says nothing of a part, as of a schema, and no of a whole, which is a template's own. So
    does one that takes all of the memory before it begins.
    """
    global _spent  # noqa: PLW0603 - the process's
    compiled, begun = _compiled(pattern), time.process_time()
    try:
        find = compiled and (compiled.fullmatch if whole else compiled.search)
        return not find or find(text, timeout=max(_PATIENCE_SECONDS - _spent, _LEAST_SECONDS)) is not None
    except TimeoutError:
        _spent += time.process_time() - begun
        return not whole


def _weight(pattern: str) -> int:
    """The steps of a pattern once every repetition is written out, which is what the compiler does."""
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
        if max(sums[-1], len(sums) * 10) > _MOST_STEPS:
            return _MOST_STEPS + 1
    return sum(sums)


def _class_width(pattern: str, place: int) -> int:
    r"""The characters of a class such as `[^]a-z\\]]`."""
    end = place + 1 + pattern.startswith("^", place + 1)
    end += pattern.startswith("]", end)
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1 - place


def _repetition(pattern: str, place: int) -> tuple[int, int]:
    """The characters of a repetition, and how often it writes out what it repeats."""
    if pattern[place] == "+":
        return 1, 2
    inside, closed, _ = pattern[place + 1 : place + 40].partition("}")
    least = inside.partition(",")[0].strip()
    return (len(inside) + 2, int(least or 0) + 1) if closed and (least.isdecimal() or not least) else (1, 1)
