"""Adding to a list in a YAML file touches nothing else in it."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cli.yaml_text import append, block
from shared.errors import ConfigError
from tests.support.paths import ROOT
from tests.support.refused import refused

KEYS = ("config", "spoke:launches")
ITEM = {"name": "scoring", "version": "1.0.0", "parameters": {"Id": "0123"}}
ADDED = """\
    - name: scoring
      version: 1.0.0
      parameters:
        Id: '0123'
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("config:\n  a: b\n  spoke:launches: []\n", f"config:\n  a: b\n  spoke:launches:\n{ADDED}"),
        (
            "config:\n  spoke:launches: [] # none yet\n  a: b\n",
            f"config:\n  spoke:launches: # none yet\n{ADDED}  a: b\n",
        ),
        ("config:\n  spoke:launches:\n  a: b\n", f"config:\n  spoke:launches:\n{ADDED}  a: b\n"),
        ("config:\n  a: b", f"config:\n  a: b\n  spoke:launches:\n{ADDED}"),
        ("config:\n  a: b # c\nsalt: v1\n", f"config:\n  a: b # c\n  spoke:launches:\n{ADDED}salt: v1\n"),
        (
            "config:\n  spoke:launches:\n    - name: a # first\n\n    # the end\n  a: b\n",
            f"config:\n  spoke:launches:\n    - name: a # first\n{ADDED}\n    # the end\n  a: b\n",
        ),
        (
            "config:\n  spoke:launches:\n  - name: a\n  a: b\n",
            f"config:\n  spoke:launches:\n  - name: a\n{ADDED.replace(chr(10) + '  ', chr(10))[2:]}  a: b\n",
        ),
    ],
)
def test_an_item_is_written_below_the_others_and_in_their_style(before: str, after: str) -> None:
    assert after == append(before, KEYS, ITEM, where="a.yaml")


@pytest.mark.parametrize("text", ["config: {a: b}\n", "config:\n  spoke:launches: [{name: a}]\n"])
def test_what_is_written_on_one_line_is_left_alone_and_the_item_is_shown(text: str) -> None:
    with refused(ConfigError, "list-not-editable", "a.yaml: config.spoke:launches") as found:
        append(text, KEYS, ITEM, where="a.yaml")

    assert "\n- name: scoring\n" in str(found.value)


@pytest.mark.parametrize("name", ["research", "production"])
def test_the_settings_of_this_project_can_be_added_to(name: str) -> None:
    text = (ROOT / f"Pulumi.spoke-{name}.yaml").read_text()

    after = append(text, ["config", "model-catalog-spoke:launches"], ITEM, where="a.yaml")

    assert set(text.splitlines()) <= set(after.splitlines())


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@given(st.dictionaries(VALUES.filter(bool), VALUES, min_size=1), st.integers(0, 6))
def test_whatever_is_written_is_read_back(document: dict[str, str], column: int) -> None:
    assert [document] == yaml.safe_load(block([document], column))
