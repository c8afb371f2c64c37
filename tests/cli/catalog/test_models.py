"""The commands that show the catalog: models, cards, schemas, and what a new version changes."""

import datetime as dt
import json
from typing import Any

import pytest
import yaml

from cli.catalog import listing
from cli.catalog.files import catalog_as_of
from cli.exit_codes import ExitCode
from shared.catalog.lifecycle import AS_OF
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

FRAUD = "fraud-detector-realtime"
TEXT = "text-embedder-serverless"
BATCH = "demand-forecaster-batch"
CHAT = "chat-assistant-llm"
CHURN = "churn-predictor-shadow"
SPEECH = "speech-transcriber-async"
STORES = "store-forecaster-multimodel"
PRODUCTS = (CHAT, CHURN, BATCH, FRAUD, SPEECH, STORES, TEXT)

pytestmark = pytest.mark.usefixtures("catalog")


def test_every_version_is_listed_with_what_people_look_for(command: Command) -> None:
    ended = command("models", "list")

    assert 0 == ended.code
    head, rule, *rows = ended.out.splitlines()
    assert len(PRODUCTS) + 1 == len(rows)
    assert "product version state task framework modality license risk metrics cost owner contact" == words(head)
    assert set("─ ") == set(rule)
    assert (
        f"{FRAUD} 1.1.0 active binary classification XGBoost 1.7 tabular proprietary high "
        "area under the ROC curve 0.95, recall at one per cent reviewed 0.74 "
        "about 47 USD a month in eu-central-1 Risk Modelling ml-platform@example.com"
    ) in {words(row) for row in rows}


def test_the_list_for_machines_has_card_parameters_and_cost(command: Command) -> None:
    [found] = json.loads(command("models", "list", "--license", "apache", "--task", "similarity", "--json").out)

    assert (TEXT, "1.0.0", "active") == (found["product"], found["version"], found["state"])
    assert "sentence similarity" == found["card"]["task"]
    assert "3072" == found["parameters"]["MemorySizeInMB"]["default"]
    assert "one of 2048, 3072, 4096, 5120, 6144" == found["parameters"]["MemorySizeInMB"]["limits"]
    assert "1.2" == found["cost"]["eu-central-1"]["least"].rstrip("0")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("card", "task binary classification"),
        ("lineage", "model package arn:aws:sagemaker:eu-central-1:222233334444:model-package/fraud-detector/2"),
        ("its archive", "archive s3://model-catalog-artifacts-hub/fraud-detector/2026-10-06/model.tar.gz"),
        ("what it is known by", "etag 6a7579d210339f0a0aba7e8c2cb8cde7"),
        ("an image of AWS's", "amazonaws.com/sagemaker-xgboost:1.7-1 (by tag) image in eu-west-1"),
        ("a parameter that the version sets", "ModelDataUrl String from the version A .tar.gz in a"),
        ("a parameter with bounds", "MinInstanceCount Number 1 1 to 10"),
        ("a parameter with values", "Environment String development one of development, staging, production"),
        ("metrics", "area under the ROC curve 0.95 holdout s3://model-catalog-data-hub/fraud/holdout-2026-09/"),
        ("cost", "eu-central-1 about 47 USD a month (estimate, list prices of 2026-11-24)"),
    ],
)
def test_a_version_is_shown_with_all_that_is_known_of_it(command: Command, part: str, said: str) -> None:
    ended = command("models", "show", FRAUD, "1.1.0")

    assert 0 == ended.code
    assert said in ended.words, part


def test_what_may_be_run_on_a_launch_is_shown(catalog: CatalogCopy, command: Command) -> None:
    action = "{key: restart, description: Restarts it., document: AWS-RestartEC2Instance}"
    catalog.replace(f"products/{TEXT}/product.yaml", "\nversions:", f"\nactions: [{action}]\nversions:")

    assert "restart Restarts it. AWS-RestartEC2Instance" in command("models", "show", TEXT).words
    [found] = json.loads(command("models", "show", TEXT, "--json").out)["actions"]
    assert ("restart", "LAUNCH_ROLE") == (found["key"], found["role"])
    assert [] == json.loads(command("models", "show", FRAUD, "--json").out)["actions"]


def test_the_newest_version_is_shown_unless_one_is_named(command: Command) -> None:
    assert "1.1.0" == json.loads(command("models", "show", FRAUD, "--json").out)["version"]
    assert "1.0.0" == json.loads(command("models", "show", FRAUD, "1.0.0", "--json").out)["version"]


@pytest.mark.parametrize(
    ("filters", "products"),
    [
        (["--task", "CLASS"], {FRAUD, CHURN}),
        (["--framework", "xgboost"], {FRAUD, BATCH, CHURN, STORES}),
        (["--framework", "xgboost", "--task", "regression"], {BATCH}),
        (["--license", "apache"], {TEXT, CHAT, SPEECH}),
        (["--modality", "text"], {TEXT, CHAT}),
        (["--word", "warehouse"], {BATCH}),
    ],
)
def test_a_filter_finds_part_of_a_word_in_any_case(filters: list[str], products: set[str]) -> None:
    given = dict(zip((name[2:] for name in filters[::2]), filters[1::2], strict=True))
    word = given.pop("word", "")

    assert products == {product.file.key for product, _ in listing.find(catalog_as_of(), given, word)}


def test_what_fits_nothing_is_told_with_what_there_is(command: Command) -> None:
    ended = command("models", "list", "--license", "mit", "--word", "poetry")

    assert ExitCode.MISTAKE == ended.code
    assert "no-models-match" == ended.refusal[0]
    assert "--license mit and --word poetry. The values of license are: Apache-2.0, proprietary." in ended.err


def test_the_old_spelling_of_license_is_understood(command: Command) -> None:
    assert command("models", "list", "--license", "apache") == command("models", "list", "--licence", "apache")


def test_the_state_of_a_version_is_that_of_the_day(catalog: CatalogCopy, command: Command) -> None:
    catalog.end(FRAUD, "1.0.0", state="deprecated")

    found = json.loads(command("models", "list", "--word", "fraud", "--json").out)

    assert ["deprecated", "active"] == [each["state"] for each in found]


def test_the_day_may_be_another_one(catalog: CatalogCopy, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AS_OF, "2026-11-01")
    catalog.end(FRAUD, "1.0.0", deprecated_on=dt.date(2026, 11, 15), replacement="1.1.0")

    [today, later] = (
        json.loads(command("models", "show", FRAUD, "1.0.0", "--json", *day).out)["state"]
        for day in ([], ["--as-of", "2026-12-24"])
    )

    assert ("active", "deprecated") == (today, later)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_day_may_be_any_of_the_calendar(catalog: CatalogCopy, command: Command, day: str) -> None:
    catalog.end(FRAUD, "1.0.0", deprecated_on=dt.date.max)

    ended = command("models", "list", "--as-of", day)

    assert (ExitCode.DONE, ("", "")) == (ended.code, ended.refusal), ended.err


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-13-01"])
def test_what_is_no_day_is_refused_where_it_was_given(command: Command, day: str) -> None:
    ended = command("models", "list", "--as-of", day)

    assert (ExitCode.MISTAKE, ("invalid-value", "--as-of")) == (ended.code, ended.refusal)


def test_a_card_is_printed_as_sagemaker_takes_it(command: Command) -> None:
    content = json.loads(command("models", "show", TEXT, "1.0.0", "--sagemaker").out)

    assert "sentence similarity" == content["model_overview"]["problem_type"]
    assert "Low" == content["intended_uses"]["risk_rating"]


@pytest.mark.parametrize(
    ("product", "version", "refusal", "known"),
    [
        ("scorer", "1.0.0", ("product-unknown", "PRODUCT"), ", ".join(PRODUCTS)),
        (FRAUD, "9.9.9", ("version-unknown", "VERSION"), "1.0.0, 1.1.0"),
    ],
)
def test_a_card_that_is_not_there_is_told_with_those_that_are(
    command: Command, product: str, version: str, refusal: tuple[str, str], known: str
) -> None:
    ended = command("models", "show", product, version)

    assert (ExitCode.MISTAKE, refusal) == (ended.code, ended.refusal)
    assert ended.err.endswith(f" are: {known}.\n")


def test_a_new_version_is_shown_by_what_it_changes_for_a_user(command: Command) -> None:
    ended = command("models", "diff", FRAUD, "1.0.0", "1.1.0")

    printed = ended.words
    assert 0 == ended.code
    for row in (
        "parameter DataCaptureS3Uri added, default ''",
        "resource FraudConfig changes DataCaptureConfig",
        "model package fraud-detector/1 → fraud-detector/2",
        "metric area under the ROC curve 0.94 → 0.95",
    ):
        assert row in printed
    assert "FraudModel" not in printed  # only the tag with the version's number differs
    assert "Every launch that 1.0.0 accepts is accepted by 1.1.0, too." in printed


def test_the_way_back_is_shown_as_breaking(command: Command) -> None:
    assert (
        "breaking: the parameter DataCaptureS3Uri was removed" in command("models", "diff", FRAUD, "1.1.0", "1.0.0").out
    )
    found = json.loads(command("models", "diff", FRAUD, "1.1.0", "1.0.0", "--json").out)
    assert {"parameter": "DataCaptureS3Uri", "reason": "was removed"} in found["breaking"]
    assert {"what": "parameter", "name": "DataCaptureS3Uri", "change": "removed"} in found["changes"]
    assert {"what": "metric", "name": "area under the ROC curve", "change": "0.95 → 0.94"} in found["changes"]


def test_figures_that_come_and_go_are_told_and_those_of_two_evaluations_kept_apart(
    catalog: CatalogCopy, command: Command
) -> None:
    card = catalog.folder / "products" / FRAUD / "1.1.0.card.yaml"
    content: dict[str, Any] = yaml.safe_load(card.read_text())
    [first] = content["evaluations"]
    kept, gone = first["metrics"][:2]
    first["metrics"] = [kept, {**gone, "name": "precision", "value": 0.5}]
    content["evaluations"].append({**first, "name": "last month", "metrics": [{**kept, "value": 0.9}]})
    card.write_text(yaml.safe_dump(content))

    found = json.loads(command("models", "diff", FRAUD, "1.0.0", "1.1.0", "--json").out)["changes"]

    name = kept["name"]
    assert {
        f"{name} of {first['name']}": "0.94 → 0.95",
        f"{name} of last month": "added, 0.9",
        "precision": "added, 0.5",
        gone["name"]: "removed",
    } == {each["name"]: each["change"] for each in found if each["what"] == "metric"}


def test_a_dearer_default_is_shown_for_every_region(catalog: CatalogCopy, command: Command) -> None:
    catalog.add_version(TEXT, "1.1.0")
    catalog.replace(f"products/{TEXT}/1.1.0.yaml", "Default: 3072", "Default: 6144")
    (catalog.folder / "templates.lock").unlink()
    assert 0 == command("models", "lock").code

    printed = command("models", "diff", TEXT, "1.0.0", "1.1.0").words
    assert "default: 3072 → 6144" in printed
    assert "eu-central-1 about 1.20 USD a month" in printed
    assert "→ about 2.40 USD" in printed


def test_nothing_to_tell_is_told(command: Command) -> None:
    assert "nothing changes for a user from 1.0.0 to 1.0.0" in command("models", "diff", FRAUD, "1.0.0", "1.0.0").out


def test_a_version_to_compare_with_that_is_not_there_is_named(command: Command) -> None:
    ended = command("models", "diff", FRAUD, "1.0.0", "2.0.0")

    assert ExitCode.MISTAKE == ended.code
    assert ("version-unknown", "TO") == ended.refusal


def words(text: str) -> str:
    """Give what a line says, without the white space that makes columns of it."""
    return " ".join(text.split())


def test_a_size_is_priced_where_it_would_run(command: Command) -> None:
    size = ["--set", "InstanceType=ml.m5.large", "--set", "MinInstanceCount=3", "--region", "us-east-1"]

    ended = command("models", "show", FRAUD, "1.1.0", *size)

    assert "cost with InstanceType=ml.m5.large, MinInstanceCount=3, and else the defaults" in ended.words
    assert "us-east-1 about 252 USD a month" in ended.words
    assert "eu-central-1 about" not in ended.words
    [found] = json.loads(command("models", "show", FRAUD, "1.1.0", *size, "--json").out)["cost"].items()
    assert ("us-east-1", "251.850") == (found[0], found[1]["least"])


def test_a_size_that_a_rule_refuses_is_priced_and_said_to_be_refused(command: Command) -> None:
    ended = command("models", "show", FRAUD, "1.1.0", "--set", "Environment=production")

    assert ExitCode.DONE == ended.code
    assert "A launch of this size is refused: In production MinInstanceCount is at least 2" in ended.words


@pytest.mark.parametrize(
    ("words", "code", "place"),
    [
        (["--set", "MinInstanceCount=99"], "parameter-invalid", "--set MinInstanceCount"),
        (["--set", "Nonsense=1"], "parameter-invalid", "--set Nonsense"),
        (["--set", "ModelDataUrl=s3://model-catalog-artifacts-a/b.tar.gz"], "parameter-invalid", "--set ModelDataUrl"),
        (["--set", "MinInstanceCount"], "invalid-parameter", "--set"),
        (["--region", "mars-north-1"], "region-without-prices", "--region"),
    ],
)
def test_a_size_that_cannot_be_is_refused(words: list[str], code: str, place: str, command: Command) -> None:
    ended = command("models", "show", FRAUD, "1.1.0", *words)

    assert (ExitCode.MISTAKE, (code, place)) == (ended.code, ended.refusal)
