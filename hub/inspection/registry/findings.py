"""What a check has to say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check's result.

    Attributes:
        text: What was found; of a problem also what to do.
        wrong: Whether it is a problem.
        remedy: Text to paste somewhere, which the line speaks of.
    """

    text: str
    wrong: bool = False
    remedy: str = ""
