"""IAM's patterns, held against values that may be known in part.

Such a value is written with wildcards too: a pattern fits for certain when it covers all that the value stands for,
and does not fit when the two have nothing in common.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final

_LONGEST: Final = 2048
"""Of an ARN (source: IAM User Guide, "IAM and STS quotas"); comparing takes time by the square of it."""


class Answer(IntEnum):
    """What can be said; of several that must all hold the least counts, of several of which one must the most."""

    NO = 0
    UNCLEAR = 1
    YES = 2

    def __invert__(self) -> "Answer":
        return Answer(Answer.YES - self)


def fits(pattern: str, value: str) -> Answer:
    """Hold a pattern with IAM's wildcards, `*` and `?`, against a value."""
    if "${" in pattern or max(len(pattern), len(value)) > _LONGEST:
        return Answer.UNCLEAR
    if _covers(pattern, value):
        return Answer.YES
    return Answer.UNCLEAR if _stands_for_many(value) and _meet(pattern, value) else Answer.NO


def _covers(pattern: str, value: str) -> bool:
    return _expression(pattern).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    """Write a pattern as an expression that never tries anew what is between two stars.

    The first place where it fits is as good as any other, and `*a*a*a*a` would take for ever otherwise.
    """
    first, *others = (
        "".join("[^*]" if letter == "?" else re.escape(letter) for letter in part) for part in pattern.split("*")
    )
    between, last = others[:-1], [f".*{part}" for part in others[-1:]]
    return re.compile("".join([first, *(f"(?>.*?{part})" for part in between), *last]), re.DOTALL)


def _stands_for_many(value: str) -> bool:
    return "*" in value or "?" in value


def _meet(one: str, other: str) -> bool:
    """Say whether there is a text that two patterns both fit, prefix by prefix."""
    row = [True, *(not other[:end].strip("*") for end in range(1, len(other) + 1))]
    for letter in one:
        above, row = row, [row[0] and letter == "*"]
        for index, opposite in enumerate(other):
            if "*" in (letter, opposite):
                row.append(above[index + 1] or row[index])
            else:
                row.append(above[index] and (letter == opposite or "?" in (letter, opposite)))
    return row[-1]


def arn_fits(pattern: str, value: str) -> Answer:
    """Hold a pattern against an ARN part by part, as IAM compares ARNs."""
    parts, values = pattern.split(":", 5), value.split(":", 5)
    if len(parts) != len(values) or "${" in pattern:  # a variable has colons of its own
        return fits(pattern, value)
    return min(fits(part, each) for part, each in zip(parts, values, strict=True))


def equals(text: str, value: str) -> Answer:
    """Compare without wildcards in the text."""
    if "${" in text or (_stands_for_many(value) and _covers(value, text)):
        return Answer.UNCLEAR
    return Answer.YES if text == value else Answer.NO


def equals_in_any_case(text: str, value: str) -> Answer:
    """Likewise, small letters standing for large ones."""
    return equals(text.lower(), value.lower())
