"""`fleet what-if`: who follows a change of the catalog, what changes inside, what it costs, and who is refused."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.exit_codes import ExitCode
from fleet.show.tables import console
from tests.cli.foresight.conftest import FRAUD, write_state_of
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command, Ended
from tests.support.paths import ROOT

RULE = """\
Rules:
  NoSmallInstances:
    Assertions:
      - Assert: !Not [!Contains [[ml.t2.medium], !Ref InstanceType]]
        AssertDescription: Small instances answer too slowly.

Conditions:
"""
PUBLISH = ("fleet", "what-if", "publish", FRAUD, "1.1.1")
RETIRE = ("fleet", "what-if", "retire", FRAUD, "1.0.0")
EDIT = ("fleet", "what-if", "edit")
FILE = f"products/{FRAUD}/1.1.1.yaml"
PRODUCT = f"products/{FRAUD}/product.yaml"

Asked = Callable[..., None]
"""Changes what a spoke asks for."""


def read(ended: Ended) -> dict[str, Any]:
    """Read what was printed for machines."""
    assert (0, "") == (ended.code, ended.err)
    return json.loads(ended.out)


def outcomes(ended: Ended) -> dict[str, str]:
    """Give what becomes of each spoke."""
    return {each["stack"].removeprefix("spoke-"): each["outcome"] for each in read(ended)["spokes"]}


def spoke(ended: Ended, name: str) -> dict[str, Any]:
    """Give what becomes of one spoke."""
    return next(each for each in read(ended)["spokes"] if each["stack"] == f"spoke-{name}")


def write_next(catalog: CatalogCopy) -> None:
    """Add a version to the files that refuses small instances and says more."""
    catalog.add_version(FRAUD, "1.1.1", description="Large instances only.")
    catalog.replace(FILE, "Conditions:\n", RULE)
    catalog.replace(FILE, "        Image: !Sub\n", "        Environment: {LEVEL: info}\n        Image: !Sub\n")


@pytest.fixture
def next_version(checkout: Path, catalog: CatalogCopy) -> CatalogCopy:
    """Add it to the files of a checkout of which nothing is deployed."""
    del checkout
    write_next(catalog)
    return catalog


@pytest.fixture
def next_after_deployed(deployed: Path, catalog: CatalogCopy) -> CatalogCopy:
    """Add it to the files after all of it was deployed."""
    del deployed
    write_next(catalog)
    return catalog


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
def test_a_retired_version_moves_nobody_who_is_pinned_and_refuses_a_range_that_has_no_other(command: Command) -> None:
    ended = command(*RETIRE, "--on", "2027-01-31", "--json")

    found = outcomes(ended)
    assert ("stays", "refused", "unaffected") == (found["old"], found["narrow"], found["pinned"])


@pytest.mark.usefixtures("deployed")
def test_who_stays_on_a_retired_version_is_told_that_it_is(command: Command) -> None:
    ended = command(*RETIRE, "--on", "2027-01-31", "--json")
    document = json.loads(ended.out)
    old = next(each for each in document["spokes"] if each["stack"] == "spoke-old")
    narrow = next(each for each in document["spokes"] if each["stack"] == "spoke-narrow")

    assert "2027-01-31" == document["day"]
    assert [f"{FRAUD} 1.0.0 is retired, which was active"] == document["change"]["what"]
    assert ("stays", "stays") == (old["outcome"], old["launches"][0]["outcome"])
    assert ["1.0.0 is retired since 2027-01-31. It runs on, and takes no update."] == old["launches"][0]["notes"]
    assert ["version-not-offered"] == [each["code"] for each in narrow["refusals"]]
    assert ["stays"] == [each["outcome"] for each in narrow["launches"]], "a refused run leaves all as it is"


@pytest.mark.usefixtures("deployed")
def test_an_update_that_waits_is_refused_once_its_version_is_retired(command: Command, ask: Asked) -> None:
    ask("old", parameters={"MinInstanceCount": 2})

    before, after = command(*EDIT, "--json"), command(*RETIRE, "--json")

    assert "unaffected" == outcomes(before)["old"]
    assert ["the settings of scoring changed"] == spoke(before, "old")["pending"]
    assert "refused" == outcomes(after)["old"]
    [refusal] = spoke(after, "old")["refusals"]
    assert "version-retired" == refusal["code"]
    assert "an update is refused: 1.0.0 is retired since 2026-11-01." in refusal["message"]


@pytest.mark.usefixtures("deployed")
def test_a_spoke_that_is_not_deployed_yet_cannot_launch_what_is_retired(command: Command, deployed: Path) -> None:
    (deployed / "backend/.pulumi/stacks/model-catalog-spoke/spoke-old.json").unlink()
    (deployed / "backend/.fleet/records/spoke-old.json").unlink()

    ended = command(*RETIRE, "--json")

    assert "refused" == outcomes(ended)["old"]
    assert ["version-not-launched"] == [each["code"] for each in spoke(ended, "old")["refusals"]]
    assert spoke(ended, "old")["deployed"] is False


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((FRAUD, "9.9.9"), "version-unknown"),
        (("fraud", "1.0.0"), "product-unknown"),
        ((FRAUD, "1.0.0", "--on", "2026-08-01"), "end-before-release"),
        ((FRAUD, "1.0.0", "--on", "someday"), "invalid-value"),
    ],
)
def test_what_cannot_be_retired_is_named(words: tuple[str, ...], code: str, command: Command) -> None:
    ended = command("fleet", "what-if", "retire", *words)

    assert (ExitCode.MISTAKE, code) == (ended.code, ended.refusal[0])


@pytest.mark.usefixtures("checkout")
def test_a_version_that_is_retired_by_then_anyway_is_named(command: Command, catalog: CatalogCopy) -> None:
    catalog.end(FRAUD, "1.0.0", retires_on="2027-01-01", reason="Too slow.")

    assert "version-retired-anyway" == command(*RETIRE, "--on", "2027-01-31").refusal[0]
    assert 0 == command(*RETIRE, "--on", "2026-12-01").code


@pytest.mark.usefixtures("deployed")
def test_nothing_is_foreseen_of_files_that_are_what_is_deployed(command: Command) -> None:
    ended = command(*EDIT, "--json")

    assert [] == read(ended)["change"]["what"]
    assert {"unaffected"} == set(outcomes(ended).values())


@pytest.mark.usefixtures("deployed")
def test_other_tags_reach_every_launch_in_place_and_no_retired_one(command: Command, catalog: CatalogCopy) -> None:
    catalog.replace(PRODUCT, "framework: xgboost", "framework: xgboost-1")
    catalog.end(FRAUD, "1.0.0", state="retired", reason="Too slow.")

    ended = command(*EDIT, "--json")

    assert ("updated", "refused") == tuple(outcomes(ended)[name] for name in ("pinned", "old"))
    [launch] = spoke(ended, "pinned")["launches"]
    assert {("changed", ("Tags",))} == {(each["fate"], tuple(each["causes"])) for each in launch["resources"]}
    assert "none" == launch["downtime"]


@pytest.mark.usefixtures("deployed")
def test_other_rights_are_told_by_role_and_run_those_who_make_it(command: Command, catalog: CatalogCopy) -> None:
    policy = catalog.folder / "products" / FRAUD / "execution-policy.json"
    statements = json.loads(policy.read_text())
    more = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:${Partition}:s3:::model-catalog-data-x/*"}
    policy.write_text(json.dumps([*statements, more]))

    ended = command(*EDIT, "--json")

    assert {"stays"} == set(outcomes(ended).values())
    [change] = spoke(ended, "pinned")["permissions"]
    assert f"ModelCatalogExecution-{FRAUD}" == change["role"]
    assert ["s3:GetObject on arn:${Partition}:s3:::model-catalog-data-x/*"] == change["added"]
    assert [] == change["removed"]
    said = command(*EDIT).out
    assert "ModelCatalogExecution-fraud-detector-realtime in follows, narrow, old, pinned, small:" in said
    assert "+ s3:GetObject on arn:${Partition}:s3:::model-catalog-data-x/*" in said


@pytest.mark.usefixtures("deployed")
def test_other_prices_are_told_before_and_after(command: Command, catalog: CatalogCopy) -> None:
    prices = yaml.safe_load((catalog.folder / "prices.yaml").read_text())
    prices["instance_hour"]["eu-central-1"]["ml.m5.large"] = 1.0
    (catalog.folder / "prices.yaml").write_text(yaml.safe_dump(prices))

    [launch] = spoke(command(*EDIT, "--json"), "follows")["launches"]

    assert float(launch["cost_before"]["least"]) < float(launch["cost_after"]["least"])


@pytest.mark.usefixtures("checkout")
def test_without_anything_deployed_an_edit_needs_a_revision(command: Command) -> None:
    ended = command(*EDIT)

    assert (ExitCode.MISTAKE, ("nothing-to-compare-with", "--against")) == (ended.code, ended.refusal)


@pytest.fixture
def repository(checkout: Path, catalog: CatalogCopy) -> Path:
    """Give the checkout under git, with the files themselves."""
    link = checkout / "hub" / "catalog"
    link.unlink()
    catalog.folder.rename(link)
    catalog.folder = link
    for words in (
        ["init", "-q"],
        ["add", "hub", "Pulumi.hub.yaml"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "first"],
    ):
        subprocess.run(["git", *words], check=True, cwd=checkout)
    return checkout


def test_files_are_held_against_a_revision(repository: Path, command: Command, catalog: CatalogCopy) -> None:
    catalog.add_version(FRAUD, "1.1.1")

    ended = command(*EDIT, "--against", "HEAD", "--json")

    document = read(ended)
    assert [f"{FRAUD} 1.1.1 is new"] == document["change"]["what"]
    assert document["change"]["against"].startswith("the revision HEAD (")
    assert ("follows", "unaffected") == tuple(outcomes(ended)[name] for name in ("follows", "pinned"))
    assert any("1.1.1 is not in" in note for note in document["notes"]), "the hub wants it in the lock file"
    assert repository.exists()


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("revision", ["nowhere", "--upload-pack=x", "HEAD:hub"])
def test_a_revision_that_git_does_not_know_is_refused(revision: str, command: Command) -> None:
    ended = command(*EDIT, f"--against={revision}")

    assert (ExitCode.MISTAKE, ("revision-unknown", "--against")) == (ended.code, ended.refusal)


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
    from fleet.store.storage import Storage  # noqa: PLC0415 - of this test alone

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


@pytest.mark.usefixtures("checkout")
def test_a_checkout_without_a_hub_says_where_the_catalog_is(command: Command, checkout: Path) -> None:
    (checkout / "Pulumi.hub.yaml").unlink()

    assert "no-hub-here" == command(*RETIRE).refusal[0]
