"""launches.yaml and accounts.yaml are refused with the key that is wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.errors import ConfigError
from spoke.launches.launches_file import read_platform
from tests.support.many import SCORING, entry, write_platform
from tests.support.refused import refused


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        ({"whom": {}}, "entry-for-nobody", "entries[0].for[0]"),
        ({"whom": {"all": True, "units": ["A"]}}, "entry-for-all", "entries[0].for[0].all"),
        ({"mayOverride": ["product"]}, "override-impossible", "entries[0].mayOverride[0]"),
        ({"launchs": []}, "unknown-key", "entries[0].launchs"),
        ({"launches": [SCORING, SCORING]}, "launch-name-twice", "entries[0].launches[1].name"),
        ({"defaults": {"parameters": {"A": {"ssn": "/x"}}}}, "invalid-value", "entries[0].defaults.parameters.A"),
        ({"defaults": {"timeout": "soon"}}, "invalid-value", "entries[0].defaults.timeout"),
    ],
)
def test_a_mistake_in_the_file_is_refused_with_its_place(
    tmp_path: Path, content: Mapping[str, Any], code: str, place: str
) -> None:
    with refused(ConfigError, code, f"launches.yaml: {place}"):
        write_platform(tmp_path, entry(**content))


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    with refused(ConfigError, "entry-name-twice", "launches.yaml: entries[1].name"):
        write_platform(tmp_path, entry(), entry())


def test_text_that_yaml_reads_as_another_is_refused_there_too(tmp_path: Path) -> None:
    launch = "{name: a, product: scorer, version: 1.10}"
    (tmp_path / "launches.yaml").write_text(f"entries: [{{name: x, for: {{all: true}}, launches: [{launch}]}}]")
    with refused(ConfigError, "value-read-as-another", "entries[0].launches[0].version"):
        read_platform(tmp_path)


def test_an_account_id_without_quotes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text("accounts:\n  333344445555: {unit: A}\n")
    with pytest.raises(ConfigError):
        read_platform(tmp_path)


@pytest.mark.parametrize("name", ["launches.yaml", "accounts.yaml"])
def test_a_file_that_was_cut_is_refused_and_comments_alone_say_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with refused(ConfigError, "file-empty", name):
        read_platform(tmp_path)

    (tmp_path / name).write_text("# nothing yet\n")
    found = read_platform(tmp_path)
    assert ([], {}) == ([*found.entries], found.accounts)
