"""What stands in a settings file is what arrives, or it is refused."""

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given as for_any
from hypothesis import strategies as st

from hub.definitions.schema import PortfoliosFile
from hub.definitions.yaml_file import read_document
from shared.errors import ConfigError, ContentError
from shared.stack.stack_file import StackFile
from spoke.config import Launch, SpokeSettings
from tests.support.refused import refused

OTHERS = {
    "2026-10-06": "2026-10-06 00:00:00 +0000 UTC",
    "0123": "83",
    "12345678901234567890": "12345678901234567000",
    "1.10": "1.1",
    "5.0": "5",
    "0x1F": "31",
    "0o17": "15",
    "1e3": "1000",
    "1_000": "1000",
    "+5": "5",
    "True": "true",
    "~": "nothing",
    "null": "nothing",
}
SAME = ["ml.m5.large", "5", "-3", "1.5", "true", "yes", "off", "12:30:45", '"0123"', "'1.10'", "!!str 0123"]


def launch(folder: Path, more: str) -> Launch:
    """Read a spoke's settings with one launch."""
    path = folder / "Pulumi.spoke-research.yaml"
    path.write_text(
        f"""\
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "333344445555"
  model-catalog-spoke:launches:
    - name: scoring
      product: fraud-detector-realtime
      version: 1.1.0
      {more}
"""
    )
    return StackFile(path).settings(SpokeSettings).launches[0]


@pytest.mark.parametrize(("written", "read"), OTHERS.items())
@pytest.mark.parametrize("place", ["parameters.Name", "parameters.Names[1]", "tags.team"])
def test_a_text_that_yaml_reads_as_another_is_refused_with_both(
    tmp_path: Path, written: str, read: str, place: str
) -> None:
    more = {
        "parameters.Name": f"parameters: {{Name: {written}}}",
        "parameters.Names[1]": f"parameters: {{Names: [a, {written}]}}",
        "tags.team": f"tags: {{team: {written}}}",
    }[place]

    with refused(ConfigError, "value-read-as-another", f"launches[0].{place}") as found:
        _ = launch(tmp_path, more)
    assert f"invalid value {written}, which YAML reads as {read}." in str(found.value)
    assert f'"{written}"' in str(found.value)


@pytest.mark.parametrize("written", SAME)
def test_a_text_that_arrives_as_it_is_written_is_taken(tmp_path: Path, written: str) -> None:
    assert (
        written.removeprefix("!!str ").strip("\"'")
        == launch(tmp_path, f"parameters: {{Name: {written}}}").parameters["Name"]
    )


def test_an_item_with_a_comma_would_arrive_as_two(tmp_path: Path) -> None:
    with refused(ConfigError, "item-with-a-comma", "launches[0].parameters.Names[1]"):
        _ = launch(tmp_path, 'parameters: {Names: [a, "b,c"]}')


def test_lists_of_numbers_arrive_as_they_are_written(tmp_path: Path) -> None:
    assert "80,443" == launch(tmp_path, "parameters: {Ports: [80, 443]}").parameters["Ports"]


def test_a_key_by_its_other_spelling_is_looked_at_as_well(tmp_path: Path) -> None:
    with refused(ConfigError, "value-read-as-another", "accountId"):
        path = tmp_path / "Pulumi.spoke-research.yaml"
        path.write_text("config: {aws:region: eu-central-1, model-catalog-spoke:account_id: 012345678901}\n")
        _ = StackFile(path).settings(SpokeSettings)


def test_numbers_and_truth_values_are_read_as_yaml_reads_them(tmp_path: Path) -> None:
    more = "ownModel: {archive: s3://bucket/model.tar.gz, acknowledgeNotTheCatalogs: True}"

    assert launch(tmp_path, more).own_model is not None


@for_any(st.from_regex(r"[0-9a-zA-Z+\-.~_:]{1,24}", fullmatch=True))
def test_no_value_without_quotes_changes_on_its_way(tmp_path_factory: pytest.TempPathFactory, written: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "as-written"
    folder.mkdir(exist_ok=True)
    with suppress(ConfigError, yaml.YAMLError):
        node = yaml.compose(f"{{Name: {written}}}", Loader=yaml.CSafeLoader)
        if isinstance(node, yaml.MappingNode) and node.value[0][1].value == written:
            arrives = launch(folder, f"parameters: {{Name: {written}}}").parameters["Name"]
            assert written == arrives


def test_the_catalogs_files_say_what_yaml_reads_as_well(tmp_path: Path) -> None:
    path = tmp_path / "portfolios.yaml"
    path.write_text("portfolios: [{key: online, name: 1.10, description: x, provider: y}]\n")

    with refused(ContentError, "value-read-as-another", "portfolios[0].name") as found:
        _ = read_document(PortfoliosFile, path)
    assert "invalid value 1.10, which YAML reads as 1.1." in str(found.value)
