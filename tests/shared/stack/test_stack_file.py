"""The settings files of stacks, read without the engine as the engine reads them."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from hub.config import HubSettings
from shared.errors import ConfigError
from shared.stack.engine_settings import load_settings
from shared.stack.stack_file import StackFile, settings_of, stack_files
from spoke.config import SpokeSettings
from tests.support.engine_values import NESTED, TEXTS
from tests.support.refused import refused

ACCOUNT = "222233334444"
GOOD = f"""\
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "{ACCOUNT}"
"""


@pytest.mark.parametrize(("written", "text"), TEXTS)
def test_a_value_arrives_as_the_engine_hands_it_over(tmp_path: Path, written: str, text: str) -> None:
    assert text == given(tmp_path, f"  a:b: {written}\n")["a:b"]


@pytest.mark.parametrize(("written", "value"), NESTED)
def test_a_value_in_a_list_or_map_arrives_as_the_engine_hands_it_over(
    tmp_path: Path, written: str, value: object
) -> None:
    [[found]] = json.loads(given(tmp_path, f"  a:b:\n    - - {written}\n")["a:b"])

    assert (type(value), value) == (type(found), found)


def test_lists_and_maps_are_json(tmp_path: Path) -> None:
    text = given(tmp_path, "  a:b: &one {x: [1, ü], 2: {<<: {y: z}}}\n  c:d: *one\n")

    assert text["a:b"] == text["c:d"]
    assert {"x": [1, "ü"], "2": {"y": "z"}} == json.loads(text["a:b"])


def test_a_key_without_a_project_is_one_of_the_stacks_own_project(tmp_path: Path) -> None:
    assert "1" == given(tmp_path, "  protect: 1\n")["model-catalog-hub:protect"]


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"", "missing-key", ": config"),
        (b"encryptionsalt: v1", "missing-key", ": config"),
        (b"- config", "missing-key", ": config"),
        (b"config: text", "missing-key", ": config"),
        (b"config: [", "file-not-yaml", ""),
        (b"config:\n  a: \xe4\n", "file-not-yaml", ""),
        (b"\x00\x01", "file-not-yaml", ""),
        (b"config: {a: 1, a: 2}", "file-not-yaml", ""),
        (b"config: {a: {b: 1, b: 2}}", "file-not-yaml", ""),
        (b"config: {1: 2}", "setting-impossible", ""),
        (b"config: {a: {b: !!set {c}}}", "setting-impossible", ""),
        (b"config: {a: !!python/none x}", "file-not-yaml", ""),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, code: str, place: str) -> None:
    path = tmp_path / "Pulumi.hub.yaml"
    path.write_bytes(content)

    with refused(ConfigError, code, f"Pulumi.hub.yaml{place}"):
        _ = StackFile(path).given


def test_a_key_that_is_given_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.hub.yaml"
    path.write_text("config: {a: {b: 1, b: 2}}")

    with refused(ConfigError, "file-not-yaml") as found:
        _ = StackFile(path).given
    assert "the key b is given twice" in str(found.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.hub.yaml").mkdir()

    with refused(ConfigError, "file-unreadable", "Pulumi.hub.yaml"):
        _ = settings_of(HubSettings, "hub", folder=tmp_path)


def test_a_stack_that_is_not_there_is_named_beside_those_that_are(tmp_path: Path) -> None:
    for stack in ("hub", "spoke-a"):
        (tmp_path / f"Pulumi.{stack}.yaml").touch()

    with refused(ConfigError, "stack-unknown", "Pulumi.hubb.yaml") as found:
        _ = settings_of(HubSettings, "hubb", folder=tmp_path)
    assert "The stacks here are: hub, spoke-a." in str(found.value)


@pytest.mark.parametrize("name", ["../hub", "spoke-../a", "x/../hub"])
def test_a_path_is_no_name_of_a_stack_whatever_lies_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "Pulumi.hub.yaml").touch()

    with refused(ConfigError, "stack-unknown", "STACK") as found:
        _ = settings_of(HubSettings, name, folder=tmp_path)
    assert f"invalid value {name!r}. Expected the name of a stack. The stacks here are: hub." in str(found.value)


@pytest.mark.parametrize(
    "more",
    [
        "",
        "  model-catalog-hub:protect: false\n",
        "  model-catalog-hub:regions: [eu-west-1]\n",
        "  model-catalog-hub:regions: eu-west-1\n",
        "  model-catalog-hub:protect: perhaps\n",
        "  model-catalog-hub:shares: [{portfolio: online, type: ACCOUNT, target: 333344445555}]\n",
        "  model-catalog-hub:shares:\n",
        "  model-catalog-hub:share: []\n",
        "  model-catalog-spoke:launches: []\n",
        "  aws:profile: mine\n",
        "  pulumi:tags: {a: b}\n",
    ],
)
def test_a_command_and_a_program_take_and_refuse_alike(tmp_path: Path, more: str) -> None:
    path = tmp_path / "Pulumi.hub.yaml"
    path.write_text(GOOD + more)
    pulumi.runtime.set_all_config(dict(StackFile(path).given))

    assert outcome(lambda: load_settings(HubSettings)) == outcome(
        lambda: settings_of(HubSettings, "hub", folder=tmp_path)
    )


def test_the_files_of_a_kind_are_listed_by_name(tmp_path: Path) -> None:
    for name in ("spoke-b", "spoke-a", "spoke", "hub", "hub-b", "hubble", "organization"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()

    assert ["hub-b", "hub"] == [file.stack for file in stack_files(tmp_path, "hub")]
    assert ["spoke-a", "spoke-b"] == [file.stack for file in stack_files(tmp_path, "spoke")]


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (GOOD, ACCOUNT),
        (GOOD.replace('"', ""), ACCOUNT),
        (GOOD + "  model-catalog-hub:nonsense: 1\n", ACCOUNT),
        (GOOD + "  [", ACCOUNT),
        (GOOD.replace('"', "") + "  [", ACCOUNT),
        (GOOD.replace(ACCOUNT, "2222"), ""),
        (GOOD.replace(ACCOUNT, "2222") + "  [", ""),
        ("", ""),
    ],
)
def test_a_file_with_mistakes_is_for_an_account_all_the_same(tmp_path: Path, text: str, account: str) -> None:
    path = tmp_path / "Pulumi.hub.yaml"
    path.write_text(text)

    assert account == StackFile(path).account


def test_settings_of_another_kind_are_mistakes(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.hub.yaml").write_text(GOOD + "  model-catalog-hub:shares: []\n")

    with refused(ConfigError, "unknown-key", "Pulumi.hub.yaml: shares"):
        _ = settings_of(SpokeSettings, "hub", folder=tmp_path)


def given(folder: Path, settings: str) -> dict[str, str]:
    """Read the settings of a hub's file."""
    path = folder / "Pulumi.hub.yaml"
    path.write_text(f"config:\n{settings}", encoding="utf-8")
    return dict(StackFile(path).given)


def outcome(read: Any) -> object:  # noqa: ANN401 - a function
    """Give the settings, or what is wrong with them."""
    try:
        return read()
    except ConfigError as problem:
        return str(problem)


def test_what_is_written_below_the_salt_is_told_where_to_go(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.spoke-research.yaml"
    path.write_text(
        "config:\n  model-catalog-spoke:launches:\n    - name: a\nencryptionsalt: v1:abc\n    - name: b\n      x: y\n"
    )

    with refused(ConfigError, "file-not-yaml", "Pulumi.spoke-research.yaml") as found:
        _ = StackFile(path).given
    assert "Line 4, encryptionsalt, is Pulumi's own: move it to the end" in str(found.value)


def test_a_setting_beside_config_is_not_overlooked(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.hub.yaml"
    path.write_text(f"{GOOD}model-catalog-hub:protect: false\n")

    with refused(ConfigError, "setting-beside-config", "model-catalog-hub:protect"):
        _ = StackFile(path).given


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.hub.yaml"
    path.write_text(
        f"{GOOD}  model-catalog-hub:protect: 7\n  model-catalog-hub:regions: [Rome, 1.10]\n  other:key: 1\n"
    )

    with refused(ConfigError, "several-mistakes") as found:
        _ = StackFile(path).settings(HubSettings)
    assert {"protect", "regions[0]", "regions[1]", "other:key"} == {
        each.place.removeprefix("Pulumi.hub.yaml: ") for each in found.value.all
    }
