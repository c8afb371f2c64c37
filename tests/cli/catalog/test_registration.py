"""From an approval in the registry to a version in the catalog's files, without typing what the registry knows."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.exit_codes import ExitCode
from hub.definitions.load import read_catalog
from hub.definitions.marks import marks_in
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.registry import BUCKET, PACKAGES
from tests.support.sandbox.accounts import HUB
from tests.support.sandbox.process import Sandbox

FRAUD = "fraud-detector-realtime"
PENDING = f"{PACKAGES}/fraud-detector/3"
TODAY = dt.datetime.now(dt.UTC).date()
ANSWERS = {
    "the URI of what it was trained on": "s3://model-catalog-data-hub/fraud/2025-10-to-2026-09/",
    "the URI of what it was evaluated on": "s3://model-catalog-data-hub/fraud/holdout-2026-10/",
    "what it was trained on, in a sentence": "Labelled card transactions of twelve months.",
}


def written(catalog: CatalogCopy, number: str = "1.2.0") -> tuple[Mapping[str, Any], Mapping[str, Any], str]:
    """Read a version's entry, card and template."""
    folder = catalog.folder / "products" / FRAUD
    entries = yaml.safe_load((folder / "product.yaml").read_text())["versions"]
    [entry] = [each for each in entries if each["version"] == number]
    return entry, yaml.safe_load((folder / f"{number}.card.yaml").read_text()), (folder / f"{number}.yaml").read_text()


def files(catalog: CatalogCopy) -> dict[Path, bytes]:
    """Read all of the catalog."""
    return {path: path.read_bytes() for path in catalog.folder.rglob("*") if path.is_file()}


def fill_in(catalog: CatalogCopy) -> None:
    """Say what only a person can say."""
    for path in {mark.path for mark in marks_in(catalog.folder)}:
        path.write_text(re.sub(r"'?<fill in: ([^>]*)>'?", lambda found: ANSWERS[found[1]], path.read_text()))


@pytest.mark.usefixtures("approval")
def test_a_package_becomes_a_version_with_what_the_registry_knows(project: CatalogCopy, command: Command) -> None:
    ended = command("models", "new-version", FRAUD, "--package", PENDING)

    entry, card, template = written(project)
    assert (0, "") == (ended.code, ended.err)
    assert ("1.2.0.yaml", "1.2.0.card.yaml", PENDING) == (entry["template"], entry["card"], entry["model_package"])
    assert "Trained on the transactions of a further month, with those of new card types." == entry["description"]
    assert {"approved_by": "ana", "approved_on": TODAY, "note": "Reviewed on October's holdout."} == entry["approval"]
    assert f"s3://{BUCKET}/fraud-detector/2026-11-16/model.tar.gz" == entry["artifacts"]["model_data"]
    assert re.fullmatch("[0-9a-f]{32}", entry["artifacts"]["etag"])
    assert 5 == len(entry["artifacts"]["images"]), "the last version's, one of which the package runs on"
    [evaluation] = card["evaluations"]
    assert [{"name": "auc", "value": 0.96}, {"name": "recall", "value": 0.77}] == evaluation["metrics"]
    assert "binary classification metrics" == evaluation["name"]
    assert f"s3://{BUCKET}/fraud-detector/2026-11-16/evaluation.json" in evaluation["observation"]
    assert card["lineage"]["training_job"].endswith(":training-job/fraud-detector-1-2-0")
    assert ("9f1c2b7a4de05613", PENDING) == (card["lineage"]["commit"], card["lineage"]["registry_package"])
    assert "Description: Fraud detector 1.2.0." in template
    assert "1.1.0" not in template
    assert "&id" not in (project.folder / f"products/{FRAUD}/product.yaml").read_text(), "no anchors"


@pytest.mark.usefixtures("approval")
def test_a_package_becomes_the_first_version_of_a_new_product(project: CatalogCopy, command: Command) -> None:
    template = project.folder / f"products/{FRAUD}/1.1.0.yaml"
    ended = command(
        *("models", "new", "fraud-scorer", "--template", str(template), "--portfolio", "online-inference"),
        *("--package", PENDING),
    )

    folder = project.folder / "products/fraud-scorer"
    file, card = (yaml.safe_load((folder / name).read_text()) for name in ("product.yaml", "1.0.0.card.yaml"))
    [entry] = file["versions"]
    assert (0, "") == (ended.code, ended.err)
    assert {"account_id": HUB, "region": "eu-central-1", "group": "fraud-detector"} == file["registry"]
    assert ("1.0.0", PENDING) == (entry["version"], entry["model_package"])
    assert {"approved_by": "ana", "approved_on": TODAY, "note": "Reviewed on October's holdout."} == entry["approval"]
    assert f"s3://{BUCKET}/fraud-detector/2026-11-16/model.tar.gz" == entry["artifacts"]["model_data"]
    assert 1 == len(entry["artifacts"]["images"]), "the registry knows that of its own region"
    assert [{"name": "auc", "value": 0.96}, {"name": "recall", "value": 0.77}] == card["evaluations"][0]["metrics"]
    assert "<fill in: the team that answers for the model>" == file["owner"]


@pytest.mark.usefixtures("warm")
@pytest.mark.usefixtures("approval")
def test_what_the_registry_cannot_know_is_marked_and_listed_and_filled_in_it_is_a_version(
    project: CatalogCopy, command: Command
) -> None:
    command("models", "new-version", FRAUD, "--package", PENDING)

    checked = command("models", "check")
    assert ExitCode.NOT_REACHED == checked.code
    for what in ANSWERS:
        assert re.search(rf"{FRAUD}/1\.2\.0\.card\.yaml:\d+: fill in {re.escape(what)}", checked.err)
    assert set(ANSWERS) == {mark.what for mark in marks_in(project.folder)}
    fill_in(project)

    assert f"added {FRAUD} 1.2.0" in command("models", "lock").out
    [product] = [each for each in read_catalog(project.folder, TODAY).products if each.file.key == FRAUD]
    assert "1.2.0" == product.versions[-1].entry.version
    before = files(project)
    assert "nothing new" in command("models", "sync").out
    assert before == files(project)


def test_with_nothing_new_a_sync_changes_nothing(project: CatalogCopy, command: Command) -> None:
    before = files(project)

    ended = command("models", "sync")

    assert (0, "") == (ended.code, ended.err)
    assert "nothing new: no package was approved since the newest versions of " in ended.out
    assert before == files(project)
    assert [] == json.loads(command("models", "sync", "--json").out)


@pytest.mark.usefixtures("approval")
def test_a_sync_writes_what_was_approved_since_and_is_refused_until_it_is_filled_in(
    project: CatalogCopy, command: Command
) -> None:
    ended = command("models", "sync")

    assert 0 == ended.code
    assert f"{FRAUD} 1.2.0: {PENDING}, approved by ana on {TODAY}" in ended.out
    entry, card, _ = written(project)
    assert "ana" == entry["approval"]["approved_by"]
    assert 0.96 == card["evaluations"][0]["metrics"][0]["value"]
    before = files(project)
    again = command("models", "sync")
    assert (ExitCode.MISTAKE, "mark-left") == (again.code, again.refusal[0])
    assert before == files(project)


@pytest.mark.usefixtures("approval")
def test_what_is_approved_and_not_for_the_product_is_left_out(project: CatalogCopy, command: Command) -> None:
    project.replace(
        f"products/{FRAUD}/product.yaml", "  group: fraud-detector\n", "  group: fraud-detector\n  exclude: [3]\n"
    )

    assert "nothing new" in command("models", "sync").out


@pytest.mark.usefixtures("approval")
def test_several_packages_are_written_in_their_order(project: CatalogCopy, command: Command, sandbox: Sandbox) -> None:
    """And get numbers that nothing had: 1.1.0 is locked."""
    project.remove_version(FRAUD, "1.1.0")
    sagemaker = sandbox.client("sagemaker", HUB)
    sagemaker.update_model_package(ModelPackageArn=f"{PACKAGES}/fraud-detector/2", ModelApprovalStatus="Approved")

    ended = command("models", "sync", "--json")
    assert "" == ended.err
    wrote = json.loads(ended.out)

    assert [("1.2.0", f"{PACKAGES}/fraud-detector/2"), ("1.3.0", PENDING)] == [
        (each["version"], each["model_package"]) for each in wrote
    ]
    entries = yaml.safe_load((project.folder / f"products/{FRAUD}/product.yaml").read_text())["versions"]
    assert ["1.0.0", "1.2.0", "1.3.0"] == [each["version"] for each in entries]


def test_a_package_that_waits_for_its_approval_can_be_prepared(project: CatalogCopy, command: Command) -> None:
    ended = command("models", "new-version", FRAUD, "2.0.0-rc.1", "--package", PENDING)

    entry, _, _ = written(project, "2.0.0-rc.1")
    assert f"{PENDING} is PendingManualApproval: the hub publishes this version once it is approved." in ended.out
    assert {"<fill in: the team that approved the model>", "<fill in: the day, as a date>"} == set(
        entry["approval"].values()
    )


def test_figures_that_cannot_be_read_are_told_and_marked(
    project: CatalogCopy, command: Command, sandbox: Sandbox
) -> None:
    s3, key = sandbox.client("s3", HUB), "fraud-detector/2026-11-16/evaluation.json"
    kept = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"no JSON")
    try:
        ended = command("models", "new-version", FRAUD, "--package", PENDING)
    finally:
        s3.put_object(Bucket=BUCKET, Key=key, Body=kept)

    _, card, _ = written(project)
    assert f"not read: the metrics in s3://{BUCKET}/{key}: " in ended.err
    assert {"<fill in: that of this model>"} == {
        metric["value"] for each in card["evaluations"] for metric in each["metrics"]
    }


def test_another_image_than_the_templates_is_a_persons_to_arrange(
    project: CatalogCopy, command: Command, sandbox: Sandbox
) -> None:
    sagemaker = sandbox.client("sagemaker", HUB)
    image = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.0-5"
    package = sagemaker.create_model_package(
        ModelPackageGroupName="demand-forecaster",
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [{"Image": image, "ModelDataUrl": f"s3://{BUCKET}/new/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]

    command("models", "new-version", "demand-forecaster-batch", "--package", package)

    marks = {mark.what for mark in marks_in(project.folder)}
    assert f"let the template run on {image}, then delete this line" in marks
    assert [what for what in marks if what.startswith("the image in eu-west-1, in the place of ")]


def test_an_image_of_the_registries_own_is_named_by_its_digest(
    project: CatalogCopy, command: Command, sandbox: Sandbox
) -> None:
    sagemaker, digest = sandbox.client("sagemaker", HUB), f"sha256:{'1' * 64}"
    image = f"{HUB}.dkr.ecr.eu-central-1.amazonaws.com/churn"
    named: list[str] = []
    for known in ({"ImageDigest": digest}, {}):
        package = sagemaker.create_model_package(
            ModelPackageGroupName="demand-forecaster",
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [{"Image": f"{image}:7", "ModelDataUrl": f"s3://{BUCKET}/own/model.tar.gz", **known}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )["ModelPackageArn"]
        file = project.folder / "products/demand-forecaster-batch/product.yaml"
        before = file.read_text()
        command("models", "new-version", "demand-forecaster-batch", f"9.{len(named)}.0", "--package", package)
        named.append(yaml.safe_load(file.read_text())["versions"][-1]["artifacts"]["images"][0])
        file.write_text(before)

    assert [f"{image}@{digest}", f"<fill in: {image}:7 by its digest>"] == named


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["--package", f"{PACKAGES}/text-embedder/1"], ("package-of-another-registry", "--package")),
        (["--package", f"{PACKAGES}/fraud-detector/2"], ("package-published", f"{FRAUD}/product.yaml")),
        (["--package", f"{PACKAGES}/fraud-detector/9"], ("package-missing", "--package")),
        (["--package", "fraud-detector/3"], ("invalid-value", "models new-version: package")),
        (["1.1.0", "--package", PENDING], ("version-exists", f"{FRAUD}/product.yaml")),
        (["1.2.0"], ("template-not-given", "--template")),
    ],
)
def test_what_cannot_be_a_version_is_refused_and_nothing_is_written(
    project: CatalogCopy, command: Command, words: list[str], refusal: tuple[str, str]
) -> None:
    before = files(project)

    ended = command("models", "new-version", FRAUD, *words)

    assert (ExitCode.MISTAKE, refusal[0]) == (ended.code, ended.refusal[0])
    assert ended.refusal[1].endswith(refusal[1])
    assert before == files(project)
