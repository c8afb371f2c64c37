"""The commands that show the catalog: models, cards, schemas, and what a new version changes."""

import json
from collections.abc import Callable

import pytest

from cli import card, diff_version, lock, models, schemas
from tests.support.catalog_copy import CatalogCopy

FRAUD = "fraud-detector-realtime"
TEXT = "text-embedder-serverless"
BATCH = "demand-forecaster-batch"

Capture = pytest.CaptureFixture[str]
Run = Callable[..., int]

pytestmark = pytest.mark.usefixtures("catalog")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as `make` does."""

    def run(command: Callable[[], int], *arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["command", *arguments])
        return command()

    return run


def test_every_version_is_listed_with_what_people_look_for(run: Run, capsys: Capture) -> None:
    assert 0 == run(models.main)

    lines = [line.split("│")[1:-1] for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    found = {tuple(cell.strip() for cell in line) for line in lines}
    contact = "ml-platform@example.com"
    assert (
        FRAUD, "1.1.0", "active", "binary classification", "XGBoost 1.7", "tabular", "proprietary", "high",
        "Risk Modelling", contact,
    ) in found  # fmt: skip
    assert 4 == len(found)


@pytest.mark.parametrize(
    ("filters", "products"),
    [
        (["--task", "CLASS"], {FRAUD}),
        (["--framework", "xgboost"], {FRAUD, BATCH}),
        (["--framework", "xgboost", "--task", "regression"], {BATCH}),
        (["--license", "apache"], {TEXT}),
        (["--modality", "text"], {TEXT}),
        (["--word", "warehouse"], {BATCH}),
    ],
)
def test_a_filter_finds_part_of_a_word_in_any_case(filters: list[str], products: set[str]) -> None:
    given = dict(zip((name[2:] for name in filters[::2]), filters[1::2], strict=True))
    word = given.pop("word", "")

    assert products == {product.file.key for product, _ in models.find(given, word)}


def test_what_fits_nothing_is_told_with_what_there_is(run: Run, capsys: Capture) -> None:
    assert 1 == run(models.main, "--license", "mit", "--word", "poetry")

    error = capsys.readouterr().err
    assert "error: No model fits LICENSE=mit WORD=poetry. As license there is: Apache-2.0, proprietary." in error


def test_the_state_of_a_version_is_that_of_the_day(catalog: CatalogCopy, run: Run, capsys: Capture) -> None:
    catalog.end(FRAUD, "1.0.0", state="deprecated")

    run(models.main, "--word", "fraud")

    assert ["deprecated", "active"] == [
        line.split("│")[3].strip() for line in capsys.readouterr().out.splitlines() if line.startswith("│")
    ]


def test_a_card_is_printed_as_sagemaker_takes_it(run: Run, capsys: Capture) -> None:
    assert 0 == run(card.main, "--product", TEXT, "--version", "1.0.0")

    content = json.loads(capsys.readouterr().out)
    assert "sentence similarity" == content["model_overview"]["problem_type"]
    assert "Low" == content["intended_uses"]["risk_rating"]


@pytest.mark.parametrize(
    ("product", "version", "message"),
    [
        ("", "1.0.0", f"PRODUCT: found ''. The catalog's products are: {BATCH}, {FRAUD}, {TEXT}."),
        (FRAUD, "9.9.9", f"VERSION: found '9.9.9'. The versions of {FRAUD} are: 1.0.0, 1.1.0."),
    ],
)
def test_a_card_that_is_not_there_is_told_with_those_that_are(
    run: Run, capsys: Capture, product: str, version: str, message: str
) -> None:
    assert 1 == run(card.main, "--product", product, "--version", version)
    assert f"error: {message}" in capsys.readouterr().err


def test_a_new_version_is_shown_by_what_it_changes_for_a_user(run: Run, capsys: Capture) -> None:
    assert 0 == run(diff_version.main, "--product", FRAUD, "--from", "1.0.0", "--to", "1.1.0")

    printed = capsys.readouterr().out
    for row in (
        "parameter │ DataCaptureS3Uri      │ added, default ''",
        "resource  │ FraudConfig           │ changes DataCaptureConfig",
        "model     │ package               │ fraud-detector/1 → fraud-detector/2",
    ):
        assert row.replace(" ", "") in printed.replace(" ", "")
    assert "FraudModel" not in printed  # only the tag with the version's number differs
    assert "Every launch that is good with 1.0.0 is good with 1.1.0." in printed


def test_the_way_back_is_shown_as_breaking(run: Run, capsys: Capture) -> None:
    run(diff_version.main, "--product", FRAUD, "--from", "1.1.0", "--to", "1.0.0")

    assert "breaking: the parameter DataCaptureS3Uri was removed" in capsys.readouterr().out


def test_a_dearer_default_is_shown_for_every_region(catalog: CatalogCopy, run: Run, capsys: Capture) -> None:
    catalog.add_version(TEXT, "1.1.0")
    catalog.replace(f"products/{TEXT}/1.1.0.yaml", "Default: 3072", "Default: 6144")
    catalog.write("templates.lock", "")
    locked(catalog, run)

    run(diff_version.main, "--product", TEXT, "--from", "1.0.0", "--to", "1.1.0")

    printed = " ".join(capsys.readouterr().out.split())
    assert "default: 3072 → 6144" in printed
    assert "eu-central-1 │ about 1.20 USD a month" in printed
    assert "→ about 2.40 USD" in printed


def test_nothing_to_tell_is_told(run: Run, capsys: Capture) -> None:
    run(diff_version.main, "--product", FRAUD, "--from", "1.0.0", "--to", "1.0.0")

    assert "nothing changes for a user from 1.0.0 to 1.0.0" in capsys.readouterr().out


def test_a_version_to_compare_with_that_is_not_there_is_named(run: Run, capsys: Capture) -> None:
    assert 1 == run(diff_version.main, "--product", FRAUD, "--from", "1.0.0", "--to", "2.0.0")
    assert "error: TO: found '2.0.0'. The versions of" in capsys.readouterr().err


def test_a_schema_that_is_out_of_date_is_refused_and_written_anew(
    catalog: CatalogCopy, run: Run, capsys: Capture
) -> None:
    assert 0 == run(schemas.main, "--check")
    catalog.replace("schemas/model-card.json", '"title": "ModelCard"', '"title": "Card"')

    assert 1 == run(schemas.main, "--check")
    assert "model-card.json is out of date. Write it anew: make schemas" in capsys.readouterr().err
    assert 0 == run(schemas.main)
    assert "wrote model-card.json" in capsys.readouterr().out
    assert 0 == run(schemas.main, "--check")


def locked(catalog: CatalogCopy, run: Run) -> None:
    """Lock every template anew."""
    assert catalog
    assert 0 == run(lock.main)
