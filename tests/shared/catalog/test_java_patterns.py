r"""Patterns of templates are Java's: what Java takes is taken, and means what it means there."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.parameters import Parameter, value_problem
from shared.catalog.patterns import all_fit, valid_pattern
from shared.errors import Mistake

FITTING = [
    (r"\p{Alnum}+", "aZ9", "é"),
    (r"[\p{Alnum}_-]{1,3}", "a-_", "a.b"),
    (r"\P{Punct}+", "ab", "!"),
    (r"[\P{Punct}]+", "ab", "!"),
    (r"\p{Upper}\p{Lower}", "Ab", "aB"),
    (r"\p{javaLowerCase}+", "aé", "A"),
    (r"\p{L}\p{M}*", "é", "1"),
    (r"\pL+", "é", "1"),
    (r"\p{IsLatin}+", "é", "я"),
    (r"\p{script=Latin}+", "é", "я"),
    (r"\p{InGreek}+", "\u03b1", "a"),
    (r"\w+", "a_1", "é"),
    (r"\d{3}", "123", "١٢٣"),
    (r"[^\s]+", "x", " "),
    (r"\h", "\t", "\n"),
    (r"[a-z&&[^bc]]+", "ad", "b"),
    (r"[a-c[x-z]]+", "az", "d"),
    (r"[]a]+", "]a", "b"),
    (r"[^]a]+", "b", "]"),
    (r"[(?i){2}]+", "(?i){2}", "b"),
    (r"\Qa.b\E", "a.b", "axb"),
    (r"(?<n>a)\k<n>", "aa", "ab"),
    (r"(?i)abc", "ABC", "x"),
    (r"(?!.*--)[a-z-]+", "a-b", "a--b"),
    (r"a++b", "aab", "b"),
    (r"\x{1F600}", "😀", "a"),
    (r"\u00e9", "é", "e"),
    (r"\0101", "A", "B"),
    (r"\cA", "\x01", "a"),
    (r"a\z", "a", "b"),
    (r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$", "arn:aws:iam::123456789012:role/a", "role/a"),
]


@pytest.mark.parametrize(("pattern", "fits", "not_"), FITTING)
def test_a_pattern_means_what_it_means_to_java(pattern: str, fits: str, not_: str) -> None:
    assert (True, False) == (all_fit(pattern, [fits]), all_fit(pattern, [not_]))
    assert value_problem(Parameter(type="String", allowed_pattern=pattern), fits) is None


@pytest.mark.parametrize(
    "pattern",
    [r"\m", "a{", "(?P<x>a)", "(?R)", "[a", "(a", "a)", "a**", r"\p{Nope}", r"\k<x>", r"\y", "a{2,1}", r"\x{FFFFFFF}"],
)
def test_what_java_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(Mistake, match="regular expression"):
        _ = valid_pattern(pattern)


@given(st.text("\\[](){}^$.*+?|&-pPQEkuxc0d19aA<>:,=!~", max_size=20))
def test_any_pattern_is_taken_or_refused(pattern: str) -> None:
    with suppress(Mistake):
        _ = all_fit(valid_pattern(pattern), ["a-1"])
