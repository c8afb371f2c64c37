"""Keys that were called otherwise once, or are written in the other spelling."""

from typing import Annotated, TypeVar

import pytest

from shared import validation
from shared.errors import ConfigError
from shared.validation import Document, FormerName, SettingsDocument, validate
from tests.support.fake_account import heard

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
    with pytest.raises(ConfigError, match=r"^Pulumi\.hub\.yaml: parts\[0\]\.leaving_now: is a former name of giveBack"):
        _ = read(Settings, {"parts": [{"leaving_now": True, "giveBack": False}]})


def test_a_mistake_under_a_former_key_is_told_by_the_key_of_today() -> None:
    with pytest.raises(ConfigError, match=r"^Pulumi\.hub\.yaml: parts\[0\]\.giveBack: found 'perhaps'"):
        _ = read(Settings, {"parts": [{"leaving_now": "perhaps"}]})


@pytest.mark.parametrize("data", [None, [], "text", {"parts": "text"}, {"parts": [1]}, {"parts": {"a": 1}}, {1: 2}])
def test_what_has_another_shape_is_left_to_be_refused(data: object) -> None:
    with pytest.raises(ConfigError):
        _ = read(Settings, data)


def read(model: type[D], data: object) -> D:
    """Read a document as a file of settings is read."""
    return validate(model, data, where="Pulumi.hub.yaml", error=ConfigError)
