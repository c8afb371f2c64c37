"""What a pattern has in common with a value that is known in part."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.aws.patterns import Answer, arn_fits, equals, equals_in_any_case, fits

TEXTS = ["".join(letters) for length in range(7) for letters in itertools.product("ab", repeat=length)]
PATTERNS = st.text("ab*?", max_size=3)


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("*", "anything", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a[b]c", "abc", False),
        ("a*c", "a/b\nc", True),
        ("a.c", "abc", False),
    ],
)
def test_wildcards_are_iams_two(pattern: str, value: str, *, expected: bool) -> None:
    assert fits(pattern, value) is (Answer.YES if expected else Answer.NO)


@given(PATTERNS, PATTERNS)
def test_a_value_that_stands_for_many_is_fitted_for_certain_in_part_or_not_at_all(pattern: str, value: str) -> None:
    stood_for = {text for text in TEXTS if fits(value, text) is Answer.YES}
    fitting = {text for text in stood_for if fits(pattern, text) is Answer.YES}

    match fits(pattern, value):
        case Answer.YES:
            assert stood_for == fitting
        case Answer.NO:
            assert not fitting
        case Answer.UNCLEAR:
            assert fitting


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("*", Answer.YES),
        ("arn:*:iam::*:role/It", Answer.YES),
        ("arn:aws:iam::333344445555:role/*", Answer.UNCLEAR),
        ("arn:aws:iam::*:role/Other", Answer.NO),
        ("arn:aws:sts::*", Answer.NO),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/It", Answer.UNCLEAR),
    ],
)
def test_arns_are_compared_part_by_part(pattern: str, answer: Answer) -> None:
    assert answer is arn_fits(pattern, "arn:aws:iam::*:role/It")


def test_no_wildcard_goes_over_the_border_of_a_part() -> None:
    one, other = (f"arn:aws:servicecatalog:*:{account}:*" for account in ("222233334444", "333344445555"))

    assert (Answer.NO, Answer.UNCLEAR) == (arn_fits(one, other), fits(one, other))


@pytest.mark.parametrize(
    ("text", "value", "answer"),
    [
        ("o-abc", "o-abc", Answer.YES),
        ("o-a*", "o-abc", Answer.NO),
        ("o-abc", "o-*", Answer.UNCLEAR),
        ("p-abc", "o-*", Answer.NO),
        ("${aws:PrincipalOrgID}", "o-abc", Answer.UNCLEAR),
    ],
)
def test_where_texts_are_compared_a_wildcard_is_a_letter(text: str, value: str, answer: Answer) -> None:
    assert answer is equals(text, value)


def test_texts_can_be_compared_in_any_case() -> None:
    assert (Answer.YES, Answer.NO) == (equals_in_any_case("True", "true"), equals("True", "true"))
