"""The page of settings has every key, and says of each what it means."""

from typing import Annotated

from pydantic import Field

from shared.validation import Document, FormerName
from tests.support.settings_page import DOCUMENT, SECTIONS, render, rows


class Part(Document):
    """A part of a whole.

    Attributes:
        size: How large it is, in a unit that
            takes a second line.
    """

    size: Annotated[int, FormerName("width")] = 3


class Whole(Document):
    """A document."""

    parts: list[Part] = Field(min_length=1)
    only: Part | None = None
    name: str = Field(description="a few words", examples=["risk"])


def test_the_page_is_what_the_models_say() -> None:
    """Written by: make reference."""
    assert DOCUMENT.read_text() == render()


def test_a_key_says_what_it_means_takes_and_was_called() -> None:
    size = ("How large it is, in a unit that takes a second line. Formerly `width`.", "a number", "`3`")

    assert [
        ("`parts`", "A part of a whole.", "a list; each: the keys below", "**required**"),
        ("`parts[].size`", *size),
        ("`only`", "A part of a whole.", "the keys below", ""),
        ("`only.size`", *size),
        ("`name`", "", "a few words, for example `risk`", "**required**"),
    ] == list(rows(Whole))


def test_no_key_is_left_with_a_bare_type() -> None:
    bare = {"text", "anything", "a number", "true or false", "the keys below"}
    silent = [(key, takes) for section in SECTIONS for key, means, takes, _ in rows(section.model) if not means]

    assert len(silent) > 10
    assert [] == [key for key, takes in silent if takes in bare or "; each" in takes]
