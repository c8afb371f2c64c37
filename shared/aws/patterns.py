"""IAM's patterns, held against values that may be known in part.

Such a value is written with wildcards too: a pattern fits for certain when it covers all that the value stands for,
and does not fit when the two have nothing in common.
"""

import re
from enum import IntEnum


class Answer(IntEnum):
    """What can be said; of several that must all hold the least counts, of several of which one must the most."""

    NO = 0
    UNCLEAR = 1
    YES = 2

    def __invert__(self) -> "Answer":
        return Answer(Answer.YES - self)


def fits(pattern: str, value: str) -> Answer:
    """Hold a pattern with IAM's wildcards, `*` and `?`, against a value."""
    if "${" in pattern:
        return Answer.UNCLEAR
    if _covers(pattern, value):
        return Answer.YES
    return Answer.UNCLEAR if _stands_for_many(value) and _meet(pattern, value) else Answer.NO


def _covers(pattern: str, value: str) -> bool:
    expression = "".join({"*": ".*", "?": "[^*]"}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


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
