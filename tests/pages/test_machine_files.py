"""What machines read is valid by the form of whoever reads it."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import jsonschema
import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from pages.index.model import Index
from pages.machines.feeds import atom, calendar
from pages.machines.files import machine_files
from pages.machines.reading import read_index
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused
from tests.support.written_index import FRAUD, write

BASE = "https://models.example.com/"
ATOM = "{http://www.w3.org/2005/Atom}"
HERE = Path(__file__).parent


@pytest.fixture
def files(index: Index) -> dict[str, str | bytes]:
    """Give all of them."""
    return dict(machine_files(index, base=BASE))


def test_the_index_and_each_version_fit_the_schemas_beside_them(files: dict[str, str | bytes]) -> None:
    listing = json.loads(files["index.json"])
    addresses = [each["address"] for product in listing["products"] for each in product["versions"]]

    for address in ["index.json", *addresses]:
        document = json.loads(files[address])
        schema = json.loads(files[str((Path("/") / address).parent.joinpath(document["$schema"]).resolve())[1:]])
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(document, schema)
    assert set(addresses) == {name for name in files if name.startswith("models/") and ".cdx." not in name}


def test_the_address_of_a_version_follows_from_product_and_number(files: dict[str, str | bytes]) -> None:
    assert f"models/{FRAUD}/1.0.0.json" in files
    assert f"models/{FRAUD}/1.0.0.cdx.json" in files


def test_an_index_that_was_written_is_read_again(index: Index, files: dict[str, str | bytes], tmp_path: Path) -> None:
    write(files, tmp_path)

    assert index == read_index(tmp_path, DAY)


def test_an_index_that_was_written_earlier_has_the_states_of_today(
    files: dict[str, str | bytes], index_on: Callable[..., Index], tmp_path: Path
) -> None:
    write(files, tmp_path)
    later = DAY + dt.timedelta(days=50)

    lives = [each.life for _, each in read_index(tmp_path, later).versions()]

    assert [each.life for _, each in index_on(later).versions()] == lives


@pytest.mark.parametrize(("broken", "code"), [("{", "index-damaged"), (None, "index-unreadable")])
def test_what_is_no_index_is_refused(broken: str | None, code: str, tmp_path: Path) -> None:
    if broken:
        (tmp_path / "index.json").write_text(broken)

    with refused(ContentError, code, "index.json"):
        read_index(tmp_path, DAY)


def test_an_address_out_of_the_folder_is_refused(files: dict[str, str | bytes], tmp_path: Path) -> None:
    write(files, tmp_path)
    listing = tmp_path / "index.json"
    listing.write_text(listing.read_text().replace(f"models/{FRAUD}/1.0.0.json", "models/../../1.0.0.json"))

    with refused(ContentError, "index-damaged", "index.json"):
        read_index(tmp_path, DAY)


def test_each_bill_of_materials_fits_cyclonedx_s_schema(files: dict[str, str | bytes]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    found = [name for name in files if name.endswith(".cdx.json")]

    assert found
    for name in found:
        assert None is validator.validate_str(str(files[name])), name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apache-2.0", {"license": {"id": "Apache-2.0"}}),
        ("Apache-2.0 OR MIT", {"expression": "Apache-2.0 OR MIT"}),
        ("proprietary", {"license": {"name": "proprietary"}}),
        ("Llama 3 Community", {"license": {"name": "Llama 3 Community"}}),
    ],
)
def test_a_bill_of_materials_knows_licenses_of_spdx(
    text: str, expected: dict[str, Any], ending: CatalogCopy, index_on: Callable[..., Index]
) -> None:
    ending.replace(f"products/{FRAUD}/1.1.0.card.yaml", "license: proprietary", f"license: {text}")
    files = dict(machine_files(index_on()))

    document = str(files[f"models/{FRAUD}/1.1.0.cdx.json"])

    assert [expected] == json.loads(document)["metadata"]["component"]["licenses"]
    assert None is JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)


def test_a_bill_of_materials_names_model_data_sets_and_images(files: dict[str, str | bytes]) -> None:
    document = json.loads(files[f"models/{FRAUD}/1.1.0.cdx.json"])
    card = document["metadata"]["component"]["modelCard"]

    kinds = [each["type"] for each in document["components"]]
    assert (1, 2, 5) == (kinds.count("framework"), kinds.count("data"), kinds.count("container"))
    references = {each["bom-ref"] for each in document["components"]}
    assert {each["ref"] for each in card["modelParameters"]["datasets"]} < references
    assert {"0.95", "0.74"} == {each["value"] for each in card["quantitativeAnalysis"]["performanceMetrics"]}


def test_the_feed_has_what_rfc_4287_demands(index: Index) -> None:
    feed = ET.fromstring(atom(index, base=BASE))  # noqa: S314 - our own

    assert f"{ATOM}feed" == feed.tag
    for part in [feed, *feed.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            [found] = part.findall(f"{ATOM}{name}")
            assert found.text
        updated = part.findtext(f"{ATOM}updated")
        assert updated
        assert dt.datetime.fromisoformat(updated).tzinfo is not None
        assert str(part.findtext(f"{ATOM}id")).startswith("urn:uuid:")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    identities = [each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")]
    assert len(set(identities)) == len(identities)
    assert {BASE + "feed.atom"} == {each.get("href") for each in feed.findall(f"{ATOM}link[@rel='self']")}


def test_an_end_is_news_thirty_days_before(index_on: Callable[..., Index]) -> None:
    def titles(day: dt.date) -> list[str]:
        feed = ET.fromstring(atom(index_on(day)))  # noqa: S314 - our own
        return [str(each.findtext(f"{ATOM}title")) for each in feed.iter(f"{ATOM}entry")]

    end = DAY + dt.timedelta(days=100)
    said = f"Fraud detector, real-time endpoint 1.0.0 will be retired on {end}"
    assert said not in titles(end - dt.timedelta(days=31))
    assert said in titles(end - dt.timedelta(days=30))
    assert "Fraud detector, real-time endpoint 1.0.0 is retired" in titles(end)


def test_an_entry_is_the_same_one_whenever_the_feed_is_built(index_on: Callable[..., Index]) -> None:
    def identities(day: dt.date) -> set[str | None]:
        feed = ET.fromstring(atom(index_on(day)))  # noqa: S314 - our own
        return {each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")}

    assert identities(DAY) < identities(DAY + dt.timedelta(days=200))


def test_the_calendar_has_each_publication_and_end_on_its_day(index: Index) -> None:
    found = icalendar.Calendar.from_ical(calendar(index, base=BASE))

    assert [] == found.errors
    events = {str(each["summary"]): each for each in found.events}
    end = events["Fraud detector, real-time endpoint 1.0.0 is retired"]
    assert DAY + dt.timedelta(days=100) == end.decoded("dtstart")
    assert "Use 1.1.0 instead." in str(end["description"])
    assert all("UID" in each and "DTSTAMP" in each for each in events.values())
    assert all(len(line) <= 75 for line in calendar(index, base=BASE).split(b"\r\n"))


def test_a_text_with_marks_of_xml_stays_text(ending: CatalogCopy, index_on: Callable[..., Index]) -> None:
    ending.replace(
        f"products/{FRAUD}/product.yaml", "name: Fraud detector, real-time endpoint", 'name: "</title><script>&\\u0007"'
    )

    feed = ET.fromstring(atom(index_on()))  # noqa: S314 - our own

    assert any("</title><script>&" in str(each.findtext(f"{ATOM}title")) for each in feed.iter(f"{ATOM}entry"))


def test_llms_txt_has_a_title_a_summary_and_the_address_of_each_model(files: dict[str, str | bytes]) -> None:
    text = str(files["llms.txt"])
    title, _, quote, *rest = text.splitlines()

    assert (title.startswith("# "), quote.startswith("> ")) == (True, True)
    assert any(line.startswith(f"- [{FRAUD} 1.1.0]({BASE}models/{FRAUD}/1.1.0.json): ") for line in rest)


def test_backstage_s_entities_fit_its_schemas(files: dict[str, str | bytes]) -> None:
    schema = json.loads((HERE / "backstage.schema.json").read_text())
    entities = list(yaml.safe_load_all(files["catalog-info.yaml"]))

    for entity in entities:
        jsonschema.validate(entity, schema)
    assert {"System", "AiResource"} == {each["kind"] for each in entities}
    [fraud] = [each for each in entities if each["metadata"]["name"] == FRAUD]
    assert ["binary-classification", "high", "tabular", "xgboost-1-7"] == fraud["metadata"]["tags"]
    assert "group:risk-modelling" == fraud["spec"]["owner"]
    systems = {each["metadata"]["name"] for each in entities if each["kind"] == "System"}
    assert systems >= {each["spec"]["system"] for each in entities if each["kind"] == "AiResource"}


def test_kubeflow_s_models_fit_its_schema(files: dict[str, str | bytes]) -> None:
    schema = json.loads((HERE / "kubeflow.schema.json").read_text())
    document = yaml.safe_load(files["kubeflow/models.yaml"])

    jsonschema.validate(document, schema)
    names = [each["name"] for each in document["models"]]
    assert len(set(names)) == len(names)
    [source] = yaml.safe_load(files["kubeflow/sources.yaml"])["catalogs"]
    assert "kubeflow/models.yaml" == f"kubeflow/{source['properties']['yamlCatalogPath']}"
