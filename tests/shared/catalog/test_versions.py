"""Version numbers and ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.catalog.versions import SemVer, VersionOrRange, ascending, fits, is_higher, is_range, newest, releases_after
from tests.support.refused import mistaken

number = st.integers(0, 12)
plain = st.tuples(number, number, number)


def text(parts: tuple[int, ...]) -> str:
    """Write numbers with dots."""
    return ".".join(str(part) for part in parts)


@given(plain, plain, st.integers(1, 3), st.sampled_from("~^"))
def test_a_range_holds_what_shares_its_fixed_numbers_and_is_not_lower(
    version: tuple[int, ...], start: tuple[int, ...], given_numbers: int, sign: str
) -> None:
    """The fixed numbers: the first of two of a tilde; up to the first that is not 0 of a caret."""
    wanted = start[:given_numbers]
    least = (*wanted, 0, 0)[:3]
    if sign == "~":
        fixed = 1 if given_numbers == 1 else 2
    else:
        fixed = next((index + 1 for index, part in enumerate(wanted) if part), given_numbers)
    expected = version >= least and version[:fixed] == least[:fixed]

    assert expected is fits(text(version), f"{sign}{text(wanted)}")


@pytest.mark.parametrize(
    ("wanted", "within", "outside"),
    [
        ("~1.2.3", ["1.2.3", "1.2.10"], ["1.2.2", "1.3.0", "2.2.3"]),
        ("~0.0.3", ["0.0.3", "0.0.4"], ["0.0.2", "0.1.0"]),
        ("~0.2", ["0.2.0", "0.2.9"], ["0.1.9", "0.3.0"]),
        ("^1.2.3", ["1.2.3", "1.3.0"], ["1.2.2", "2.0.0"]),
        ("^0.2.3", ["0.2.3", "0.2.4"], ["0.2.2", "0.3.0", "1.0.0"]),
        ("^0.1.3", ["0.1.3", "0.1.4"], ["0.1.2", "0.2.0"]),
        ("^0.0.3", ["0.0.3"], ["0.0.2", "0.0.4", "0.0.5", "0.1.0"]),
        ("^0.0", ["0.0.0", "0.0.9"], ["0.1.0"]),
        ("^0", ["0.0.0", "0.9.0"], ["1.0.0"]),
    ],
)
def test_a_range_begins_and_ends_where_it_says(wanted: str, within: list[str], outside: list[str]) -> None:
    assert within == [version for version in [*within, *outside] if fits(version, wanted)]


@given(plain, plain)
def test_an_exact_version_means_itself_alone(version: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    assert (version == wanted) is fits(text(version), text(wanted))


@given(plain, st.sampled_from(["rc.1", "0", "alpha-2"]), st.sampled_from("~^"))
def test_a_range_never_means_a_pre_release(version: tuple[int, ...], release: str, sign: str) -> None:
    assert not fits(f"{text(version)}-{release}", f"{sign}{version[0]}")


@given(st.lists(plain, unique=True))
def test_versions_come_in_the_order_of_their_numbers(versions: list[tuple[int, ...]]) -> None:
    assert [text(version) for version in sorted(versions)] == ascending(text(version) for version in versions)
    assert newest(text(version) for version in versions) == (text(max(versions)) if versions else None)


def test_a_pre_release_comes_before_its_release() -> None:
    assert ["1.0.0-rc.1", "1.0.0-rc.2", "1.0.0", "1.0.1-0"] == ascending(
        ["1.0.0", "1.0.1-0", "1.0.0-rc.2", "1.0.0-rc.1"]
    )


@pytest.mark.parametrize(("one", "other"), [("1.10.0", "1.9.0"), ("1.0.0", "1.0.0-rc.1")])
def test_a_version_is_higher_than_those_before_it_and_not_than_itself(one: str, other: str) -> None:
    assert is_higher(one, other)
    assert not is_higher(other, one)
    assert not is_higher(one, one)


@pytest.mark.parametrize("good", ["0.0.1", "1.2.3", "1.0.0-rc.1", "10.20.30"])
def test_a_semantic_version_is_taken(good: str) -> None:
    assert good == TypeAdapter(SemVer).validate_python(good)
    assert good == TypeAdapter(VersionOrRange).validate_python(good)
    assert not is_range(good)


@pytest.mark.parametrize(
    "bad", ["1", "1.2", "01.2.3", "v1.2.3", "1.2.3.4", "1.2.3-", "1.2.3-01", "~1.2", "", "1.0.0+a", "1.٣.0", "1.2.3-٣"]
)
def test_what_is_no_semantic_version_is_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(SemVer).validate_python(bad)


def test_a_build_is_refused_with_the_number_that_it_equals() -> None:
    with mistaken("version-with-build"):
        TypeAdapter(SemVer).validate_python("1.0.0+a")


@pytest.mark.parametrize("good", ["~1", "~1.2", "~1.2.3", "^1", "^0.2", "^0.0.3"])
def test_a_range_is_taken(good: str) -> None:
    assert good == TypeAdapter(VersionOrRange).validate_python(good)
    assert is_range(good)


@pytest.mark.parametrize(
    "bad", ["~", "^", "~1.2.3.4", "~1.x", ">=1", "1.*", "~1.2-rc.1", "~01", "latest", "~ 1", "1.0.0+a"]
)
def test_what_is_no_range_is_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(VersionOrRange).validate_python(bad)


def test_what_comes_after_a_version_are_releases_in_their_order() -> None:
    assert ["1.2.0", "1.10.0"] == releases_after("1.1.0", ["1.10.0", "2.0.0-rc.1", "1.1.0", "1.2.0", "1.0.9"])
    assert [] == releases_after("1.10.0", ["1.10.0", "1.2.0"])
    assert ["1.1.0"] == releases_after("1.1.0-rc.1", ["1.1.0", "1.1.0-rc.2"])
