"""A number says what a version breaks: nothing, within a major version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.definitions.compatibility import breaking_changes, refuse_breaking_changes, refuse_silent_backports
from hub.definitions.load import read_catalog, read_unlocked
from hub.definitions.templates import Template
from shared.catalog.parameters import Parameter
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

TEXT = "text-embedder-serverless"
FILE = Path("product.yaml")
BASE: Mapping[str, Any] = {
    "type": "Number",
    "default": "2",
    "allowed_values": ["1", "2", "3"],
    "allowed_pattern": "[0-9]+",
    "min_value": "1",
    "max_value": "9",
    "min_length": "1",
    "max_length": "4",
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"type": "String"}, "has another type (String instead of Number)"),
        ({"default": None}, "lost its default"),
        ({"allowed_values": ["1", "4"]}, "no longer allows 2, 3"),
        ({"allowed_pattern": "[1-9]+"}, "has another pattern"),
        ({"min_value": "1.5"}, "has a narrower minimum (1.5 instead of 1)"),
        ({"max_value": "8"}, "has a narrower maximum (8 instead of 9)"),
        ({"min_length": "2"}, "has a narrower shortest length"),
        ({"max_length": "3"}, "has a narrower longest length"),
    ],
)
def test_what_narrows_a_parameter_is_refused_without_a_new_major_version(changed: dict[str, Any], message: str) -> None:
    old, new = parameter(), parameter(**changed)

    with refused(ContentError, "breaking-change", "product.yaml: version 1.1.0") as found:
        refuse_breaking_changes(FILE, templates({"1.0.0": {"Count": old}, "1.1.0": {"Count": new}}))

    assert f"the parameter Count {message}" in str(found.value)
    assert "Make it 2.0.0" in str(found.value)
    refuse_breaking_changes(FILE, templates({"1.0.0": {"Count": old}, "2.0.0": {"Count": new}}))
    refuse_breaking_changes(FILE, templates({"0.1.0": {"Count": old}, "0.2.0": {"Count": new}}))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ({}, {"Count": {"default": None}}, "Count is new and has no default"),
        ({"Count": {}}, {}, "Count was removed"),
        ({"Count": {"allowed_values": None}}, {"Count": {}}, "no longer allows anything but 1, 2, 3"),
        ({"Count": {"max_value": None}}, {"Count": {}}, "narrower maximum (9 instead of none)"),
        ({"Count": {"allowed_pattern": None}}, {"Count": {}}, "has another pattern"),
    ],
)
def test_what_comes_or_goes_may_break_as_well(old: dict[str, Any], new: dict[str, Any], message: str) -> None:
    with refused(ContentError, "breaking-change", "version 1.0.1") as found:
        refuse_breaking_changes(
            FILE, templates({"1.0.0": {n: parameter(**c) for n, c in old.items()}, "1.0.1": made(new)})
        )

    assert message in str(found.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"default": "3"},
        {"allowed_values": ["1", "2", "3", "4"]},
        {"allowed_values": None},
        {"allowed_pattern": None},
        {"min_value": "0", "max_value": "10"},
        {"min_value": None, "max_length": None},
        {"description": "Other words."},
    ],
)
def test_what_widens_a_parameter_breaks_nothing(changed: dict[str, Any]) -> None:
    assert [] == list(breaking_changes({"Count": parameter()}, {"Count": parameter(**changed)}))


bounds = st.none() | st.integers(0, 20).map(str)


@given(st.tuples(bounds, bounds), st.tuples(bounds, bounds), st.integers(-5, 25))
def test_what_breaks_nothing_accepts_every_number_that_was_good(
    old: tuple[str | None, str | None], new: tuple[str | None, str | None], value: int
) -> None:
    before, after = (
        Parameter(type="Number", default="1", min_value=least, max_value=most) for least, most in (old, new)
    )

    if accepts(before, value) and not accepts(after, value):
        assert [] != list(breaking_changes({"Count": before}, {"Count": after}))


values = st.none() | st.lists(st.sampled_from("abcd"), min_size=1, unique=True)


@given(values, values)
def test_what_breaks_nothing_allows_every_value_that_was_allowed(old: list[str] | None, new: list[str] | None) -> None:
    before, after = (Parameter(type="String", default="a", allowed_values=each) for each in (old, new))
    broken = bool(list(breaking_changes({"Kind": before}, {"Kind": after})))

    assert broken is (new is not None and (old is None or not set(old) <= set(new)))


def test_a_version_is_compared_with_the_closest_lower_one() -> None:
    """1.2.0 brought the value that 1.3.0 takes away; it does not matter in which order they are listed."""
    narrow, wide = parameter(), parameter(allowed_values=["1", "2", "3", "4"])

    with refused(ContentError, "breaking-change", "version 1.3.0") as found:
        refuse_breaking_changes(
            FILE, templates({"1.3.0": {"Count": narrow}, "1.0.0": {"Count": narrow}, "1.2.0": {"Count": wide}})
        )

    assert "no longer allows 4, so launches that are valid with 1.2.0" in str(found.value)


def test_a_catalog_with_a_breaking_version_is_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.add_version(TEXT, "1.1.0")
    catalog_copy.replace(f"products/{TEXT}/1.1.0.yaml", "[2048, 3072, 4096, 5120, 6144]", "[3072, 4096, 5120, 6144]")

    with refused(ContentError, "breaking-change", f"products/{TEXT}/product.yaml: version 1.1.0"):
        read_unlocked(catalog_copy.folder, DAY)


def test_a_number_below_an_earlier_one_must_be_meant(catalog_copy: CatalogCopy) -> None:
    fraud = "fraud-detector-realtime"
    catalog_copy.add_version(fraud, "1.0.1")
    with refused(ContentError, "version-below-earlier", "product.yaml: versions[2].version"):
        read_unlocked(catalog_copy.folder, DAY)

    refuse_silent_backports(FILE, [("1.0.0", False), ("1.1.0", False), ("1.0.1", True), ("1.2.0", False)])


def test_versions_that_are_equal_under_semver_are_refused(catalog_copy: CatalogCopy) -> None:
    catalog_copy.add_version(TEXT, "1.0.0+cpu", template="1.0.0.yaml", card="1.0.0.card.yaml")

    with refused(ContentError, "version-with-build", "product.yaml: versions[1].version"):
        read_catalog(catalog_copy.folder, DAY)


def parameter(**changed: object) -> Parameter:
    """Make a parameter that differs in the given fields."""
    return Parameter.model_validate({key: value for key, value in {**BASE, **changed}.items() if value is not None})


def made(parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, Parameter]:
    """Make parameters from what differs."""
    return {name: parameter(**changed) for name, changed in parameters.items()}


def templates(versions: Mapping[str, Mapping[str, Parameter]]) -> dict[str, Template]:
    """Make templates that have these parameters."""
    return {
        version: Template(path=Path(f"{version}.yaml"), sha256="0", parameters=dict(parameters))
        for version, parameters in versions.items()
    }


def accepts(limits: Parameter, value: int) -> bool:
    """Whether a number is within a parameter's limits."""
    least, most = limits.min_value, limits.max_value
    return (least is None or value >= int(least)) and (most is None or value <= int(most))
