"""`fleet what-if publish`: who follows a version, what changes inside, and who is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from fleet.show.tables import console
from fleet.store.storage import Storage
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.foresight import FILE, FRAUD, outcomes, spoke, write_state_of
from tests.support.paths import ROOT

PUBLISH = ("fleet", "what-if", "publish", FRAUD, "1.1.1")
RETIRE = ("fleet", "what-if", "retire", FRAUD, "1.0.0")
PRODUCT = f"products/{FRAUD}/product.yaml"

Asked = Callable[..., None]
"""Changes what a spoke asks for."""


@pytest.mark.parametrize("there", ["next_version", "next_after_deployed"])
def test_a_version_is_followed_by_ranges_left_alone_by_pins_and_refused_by_its_rules(
    there: str, command: Command, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(there)

    ended = command(*PUBLISH, "--json")

    assert {
        "follows": "follows",
        "pinned": "unaffected",
        "small": "refused",
        "old": "unaffected",
        "narrow": "unaffected",
    } == outcomes(ended)
    [launch] = spoke(ended, "follows")["launches"]
    assert ("1.1.0", "1.1.1", "~1.1", "moves") == tuple(launch[k] for k in ("before", "after", "selection", "outcome"))
    assert {
        "FraudModel": "replaced",
        "FraudConfig": "replaced",
        "FraudEndpoint": "changed",
    } == {each["logical_id"]: each["fate"] for each in launch["resources"]}
    assert ["PrimaryContainer"] == launch["resources"][0]["forced_by"]
    [refusal] = spoke(ended, "small")["refusals"]
    assert "rule-broken" == refusal["code"]
    assert "Pulumi.spoke-small.yaml: launches[0] (scoring): parameters" == refusal["place"]
    assert "break the rule NoSmallInstances: Small instances answer too slowly." in refusal["message"]


@pytest.mark.usefixtures("next_version")
def test_the_table_fits_eighty_columns_and_names_every_spoke_that_something_becomes_of(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = console()
    narrow.width = 80
    monkeypatch.setattr("fleet.show.tables.console", lambda: narrow)

    said = command(*PUBLISH).out

    lines = said.partition("a month")[2].partition("inside\n")[0].splitlines() or said.splitlines()
    assert {True} == {len(line) <= 80 for line in lines}
    assert re.search(r"follows +scoring +1\.1\.0 → 1\.1\.1 +moves", said)
    assert "replaced FraudModel (AWS::SageMaker::Model): PrimaryContainer, which forces it" in said
    assert "spoke-small:" in said
    assert "5 spokes: 1 following, 3 unaffected, 1 refused" in said.replace("\n", "")


@pytest.mark.usefixtures("checkout")
def test_a_version_that_nobody_has_written_down_is_looked_at_by_its_template(
    command: Command, catalog: CatalogCopy, tmp_path: Path
) -> None:
    text = (catalog.folder / "products" / FRAUD / "1.1.0.yaml").read_text()
    (tmp_path / "next.yaml").write_text(text.replace("Threshold: 5", "Threshold: 3"))

    ended = command("fleet", "what-if", "publish", FRAUD, "1.2.0", "--template", "next.yaml", "--json")

    assert ("unaffected", "follows") == tuple(outcomes(ended)[name] for name in ("follows", "small"))
    [launch] = spoke(ended, "small")["launches"]
    assert ("1.2.0", "changed") == (launch["after"], launch["resources"][-1]["fate"])


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("AllowedValues: [ml.t2.medium, ml.t2.large, ", "AllowedValues: [ml.t2.large, ", "breaking-change"),
        ("Type: AWS::SageMaker::Model\n", "Type: AWS::IAM::User\n", ""),
        ("Resources:\n", "Resource:\n", "not-a-template"),
    ],
)
def test_a_template_that_the_hub_would_refuse_is_refused(
    old: str, new: str, code: str, command: Command, catalog: CatalogCopy, tmp_path: Path
) -> None:
    text = (catalog.folder / "products" / FRAUD / "1.1.0.yaml").read_text()
    assert old in text
    (tmp_path / "next.yaml").write_text(text.replace(old, new))

    ended = command("fleet", "what-if", "publish", FRAUD, "1.2.0", "--template", "next.yaml")

    assert ExitCode.MISTAKE == ended.code
    assert code in ("", ended.refusal[0])
    assert "" == ended.out


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("words", "code", "place"),
    [
        ((FRAUD, "1.1.0"), "version-published", "VERSION"),
        ((FRAUD, "1.2.0"), "version-unknown", "VERSION"),
        (("fraud", "1.2.0"), "product-unknown", "PRODUCT"),
        ((FRAUD, "1.1.0", "--template", f"hub/catalog/products/{FRAUD}/1.1.0.yaml"), "version-not-free", "VERSION"),
        ((FRAUD, "new", "--template", f"hub/catalog/products/{FRAUD}/1.1.0.yaml"), "invalid-value", "VERSION"),
        ((FRAUD, "1.1.0", "--only", "nobody"), "version-published", "VERSION"),
    ],
)
def test_a_version_that_cannot_be_published_is_named(
    words: tuple[str, ...], code: str, place: str, command: Command
) -> None:
    ended = command("fleet", "what-if", "publish", *words)

    assert (ExitCode.MISTAKE, (code, place)) == (ended.code, ended.refusal)


@pytest.mark.usefixtures("checkout")
def test_a_catalog_that_the_hub_would_refuse_is_refused(command: Command, catalog: CatalogCopy) -> None:
    catalog.replace(PRODUCT, "key: fraud-detector-realtime", "key: fraud")

    assert [ExitCode.MISTAKE] * 2 == [command(*words).code for words in (PUBLISH, RETIRE)]
    assert "products/fraud-detector-realtime/product.yaml: key" in command(*RETIRE).err


@pytest.mark.usefixtures("next_version")
def test_only_some_spokes_are_told_of(command: Command) -> None:
    assert {"follows": "follows"} == outcomes(command(*PUBLISH, "--only", "follows", "--json"))
    assert ("spoke-unknown", "--only") == command(*PUBLISH, "--only", "nobody").refusal


@pytest.mark.usefixtures("next_after_deployed")
def test_what_a_spoke_runs_that_is_behind_its_settings_is_read_from_its_state(
    command: Command, deployed: Path, ask: Asked
) -> None:
    """It runs 1.0.0 still, and its settings follow ~1.1 by now."""
    ask("old", version="~1.1", parameters={"InstanceType": "ml.m5.large"})
    write_state_of(
        Storage((deployed / "backend").as_uri()),
        "spoke-old",
        "new:fraud-detector-realtime",
        "new:fraud-detector-realtime:1.0.0",
        {"ModelDataUrl": "s3://model-catalog-artifacts-hub/fraud-detector/2026-09-01/model.tar.gz"},
    )

    ended = command(*PUBLISH, "--json")

    [launch] = spoke(ended, "old")["launches"]
    assert ("1.0.0", "1.1.1") == (launch["before"], launch["after"])
    assert "follows" == outcomes(ended)["old"]
    assert spoke(ended, "old")["pending"]


@pytest.mark.usefixtures("next_version")
def test_the_page_stands_alone_and_escapes_what_it_shows(
    command: Command, tmp_path: Path, catalog: CatalogCopy
) -> None:
    catalog.replace(FILE, "Small instances answer too slowly.", "<script>alert(1)</script> is too slow.")

    ended = command(*PUBLISH, "--html", "what-if.html")

    page = (tmp_path / "what-if.html").read_text()
    assert 0 == ended.code
    assert "<title>What if fraud-detector-realtime 1.1.1 is published</title>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is too slow." in page
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=", page), "it loads nothing"
    assert re.search(r"default-src &#39;none&#39;; style-src &#39;sha256-[A-Za-z0-9+/=]{44}&#39;;", page)
    assert str(ROOT) not in page


@pytest.mark.usefixtures("next_version")
def test_a_spoke_that_asks_for_the_version_already_is_refused_today_and_launches_it_then(
    command: Command, ask: Asked
) -> None:
    ask("follows", version="1.1.1")

    ended = command(*PUBLISH, "--json")

    found = spoke(ended, "follows")
    assert (True, []) == (found["runs"], found["refusals"])
    assert ["new"] == [each["outcome"] for each in found["launches"]]
    assert {"made"} == {each["fate"] for each in found["launches"][0]["resources"]}
    assert "made" not in {each["what"] for each in found["permissions"]}, "its roles are there, for other versions"
