"""Writes a change of a file as `git apply` takes it."""

import difflib
from collections.abc import Iterator
from typing import Final

_NO_NEWLINE: Final = "\n\\ No newline at end of file\n"


def patch_of(name: str, before: str, after: str) -> str:
    """Write the change.

    Args:
        name: The file's, from the top of the repository.
        before: As it is.
        after: As it would be.
    """
    return "".join(_lines(name, before, after))


def _lines(name: str, before: str, after: str) -> Iterator[str]:
    found = difflib.unified_diff(_divided(before), _divided(after), f"a/{name}", f"b/{name}")
    for line in found:
        yield line if line.endswith("\n") else line + _NO_NEWLINE


def _divided(text: str) -> list[str]:
    """Divide a text at its newlines alone, as git does."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [last for last in text.split("\n")[-1:] if last]
