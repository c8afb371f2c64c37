"""Keys that were called otherwise once, or are written in the other spelling, and the words of a mistake."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeVar

import pytest
from pydantic import Field, model_validator

from shared import validation
from shared.between_fields import between_fields
from shared.catalog.versions import SemVer
from shared.errors import ConfigError, Mistake
from shared.spelling import meant
from shared.validation import Document, FormerName, Region, SettingsDocument, validate
from tests.support.fake_account import heard
from tests.support.refused import refused

D = TypeVar("D", bound=Document)


class Part(SettingsDocument):
    """Stands for a share, a launch or a wave."""

    name: str = ""
    give_back: Annotated[bool, FormerName("leaving_now")] = False


class Settings(SettingsDocument):
    """Stands for the settings of a stack."""

    parts: list[Part] = []
    by_name: dict[str, Part | None] = {}
    first_part: Part = Part()


class File(Document):
    """Stands for a file of the catalog."""

    max_count: Annotated[int, FormerName("most")] = 0


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Begin a run, and listen to it."""
    monkeypatch.setattr(validation, "_named", set[object]())
    return heard(monkeypatch)


@pytest.mark.parametrize("key", ["leaving_now", "leavingNow", "give_back"])
def test_a_former_key_means_what_the_key_of_today_means(key: str, lines: list[str]) -> None:
    found = read(Settings, {"parts": [{}, {key: True}]})

    assert [False, True] == [part.give_back for part in found.parts]
    assert [f"warning: Pulumi.hub.yaml: parts[1].{key} is now called giveBack"] == lines


def test_a_former_key_is_found_wherever_its_document_is(lines: list[str]) -> None:
    found = read(Settings, {"by_name": {"one": {"give_back": True}, "none": None}, "firstPart": {"leaving_now": True}})

    one = found.by_name["one"]
    assert one
    assert one.give_back
    assert found.first_part.give_back
    assert [
        "warning: Pulumi.hub.yaml: by_name is now called byName",
        "warning: Pulumi.hub.yaml: byName.one.give_back is now called giveBack",
        "warning: Pulumi.hub.yaml: firstPart.leaving_now is now called giveBack",
    ] == lines


def test_a_former_key_is_named_once_in_a_run(lines: list[str]) -> None:
    for _ in range(2):
        _ = read(Settings, {"parts": [{"leaving_now": True}, {"leaving_now": False}]})

    assert ["warning: Pulumi.hub.yaml: parts[0].leaving_now is now called giveBack"] == lines


def test_a_key_of_today_is_not_remarked_on(lines: list[str]) -> None:
    _ = read(Settings, {"parts": [{"name": "a", "giveBack": True}], "byName": {"give_back": {}}})

    assert [] == lines


def test_keys_of_the_catalogs_files_are_in_snake_case(lines: list[str]) -> None:
    assert [1, 1, 1] == [read(File, {key: 1}).max_count for key in ("max_count", "maxCount", "most")]
    assert [line.partition(": ")[2] for line in lines] == [
        "Pulumi.hub.yaml: maxCount is now called max_count",
        "Pulumi.hub.yaml: most is now called max_count",
    ]


def test_a_key_by_both_its_names_is_refused() -> None:
    """Whoever added the new one may have meant another value by it."""
    with refused(ConfigError, "key-by-two-names", "Pulumi.hub.yaml: parts[0].leaving_now"):
        _ = read(Settings, {"parts": [{"leaving_now": True, "giveBack": False}]})


def test_a_mistake_under_a_former_key_is_told_by_the_key_of_today() -> None:
    with refused(ConfigError, "invalid-value", "Pulumi.hub.yaml: parts[0].giveBack"):
        _ = read(Settings, {"parts": [{"leaving_now": "perhaps"}]})


@pytest.mark.parametrize("data", [None, [], "text", {"parts": "text"}, {"parts": [1]}, {"parts": {"a": 1}}, {1: 2}])
def test_what_has_another_shape_is_left_to_be_refused(data: object) -> None:
    with refused(ConfigError, "unknown-key" if data == {1: 2} else "invalid-value"):
        _ = read(Settings, data)


class Counts(Document):
    """Stands for what no description says what is wanted of."""

    count: int = 1
    part: float = Field(default=1, gt=0)
    text: str = ""
    each: dict[Region, int] = {}
    kind: Literal["a", "b"] = "a"
    listed: list[str] = Field(default=[""], min_length=1)
    described: str = Field(default="", max_length=3, description="a short text", examples=["abc"])
    version: SemVer = "1.0.0"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("count", None, "invalid value nothing. Expected a whole number."),
        ("count", 1.5, "invalid value 1.5 (a number or truth value without quotes). Expected a whole number."),
        ("part", 0, "invalid value 0 (a number or truth value without quotes). Expected a number greater than 0.0."),
        ("text", True, "invalid value true (a number or truth value without quotes). Expected text."),
        ("text", ["a"], "invalid value a list. Expected text."),
        ("text", {"a": 1}, "invalid value a map. Expected text."),
        ("text", dt.date(2026, 12, 24), "invalid value 2026-12-24 (a date without quotes). Expected text."),
        ("each", [], "invalid value a list. Expected a map."),
        ("each", {"Rome": 1}, "invalid value 'Rome'. Expected the name of an AWS region, for example eu-central-1."),
        ("kind", "c", "invalid value 'c'. Expected 'a' or 'b'."),
        ("listed", "a", "invalid value 'a'. Expected a list."),
        ("listed", [], "invalid value a list. Expected a list that is not empty."),
        ("described", "long", "invalid value 'long'. Expected a short text, for example abc."),
        ("version", "1.0.0+a", "invalid value '1.0.0+a'. What follows + does not count in SemVer"),
    ],
)
def test_a_mistake_is_told_in_words_of_the_file(key: str, value: object, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        _ = read(Counts, {key: value})

    place = f"{key}.Rome" if key == "each" and value else key
    assert f"Pulumi.hub.yaml: {place}: {words}" == str(refused.value)[: len(f"Pulumi.hub.yaml: {place}: {words}")]


def test_a_mistake_of_a_whole_document_is_told_with_the_key_that_it_is_in() -> None:
    class Whole(SettingsDocument):
        @model_validator(mode="after")
        def _never(self) -> Self:
            raise Mistake("invalid value.", code="never", place="key")

    class Around(SettingsDocument):
        parts: list[Whole]

    with refused(ConfigError, "never", "Pulumi.hub.yaml: parts[0].key"):
        _ = read(Around, {"parts": [dict[str, object]()]})
    with refused(ConfigError, "never", "Pulumi.hub.yaml: key"):
        _ = read(Whole, {})


def test_all_that_does_not_fit_between_fields_is_told_beside_what_is_wrong_with_one() -> None:
    class Range(SettingsDocument):
        least: int
        most: int
        other: int = 0
        unit: str

        @between_fields
        def _in_order(self) -> Iterator[Mistake]:
            if self.least > self.most:
                yield Mistake("least is more than most.", code="order", place="least")
                yield Mistake("most is less than least.", code="order", place="most")

        @between_fields
        def _known(self) -> Iterator[Mistake]:
            if self.unit == "elephants":
                yield Mistake("elephants are no unit.", code="unit")

    def told(**data: object) -> list[tuple[str, str]]:
        with pytest.raises(ConfigError) as refused:
            _ = read(Range, data)
        places = [each.place.removeprefix("Pulumi.hub.yaml").removeprefix(": ") for each in refused.value.all]
        return list(zip([each.code for each in refused.value.all], places, strict=True))

    order = [("order", "least"), ("order", "most")]
    assert [*order, ("unit", "")] == told(least=3, most=2, unit="elephants")
    assert [("invalid-value", "other"), *order] == told(least=3, most=2, other="x", unit="m")
    assert [("missing-key", "unit"), *order] == told(least=3, most=2)
    assert [("invalid-value", "most"), ("unit", "")] == told(least=3, most="x", unit="elephants")
    assert [("missing-key", "least"), ("missing-key", "most"), ("missing-key", "unit")] == told()


@pytest.mark.parametrize(
    ("given", "meant_one"),
    [("lunches", "launches"), ("Launches", "launches"), ("own_model", "ownModel"), ("region", None), ("", None)],
)
def test_a_name_that_is_almost_one_is_taken_for_that(given: str, meant_one: str | None) -> None:
    hint = meant(given, ["launches", "ownModel", "product"])

    assert (f" Did you mean {meant_one}?" if meant_one else "") == hint


def read(model: type[D], data: object) -> D:
    """Read a document as a file of settings is read."""
    return validate(model, data, where="Pulumi.hub.yaml", error=ConfigError)
