"""`fleet what-if edit`: the files as they are, against what is deployed or a revision."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command
from tests.support.foresight import FRAUD, outcomes, read, spoke

RETIRE = ("fleet", "what-if", "retire", FRAUD, "1.0.0")
EDIT = ("fleet", "what-if", "edit")
PRODUCT = f"products/{FRAUD}/product.yaml"

Asked = Callable[..., None]
"""Changes what a spoke asks for."""


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


def give_more_rights(catalog: CatalogCopy) -> None:
    """Let the execution role read one bucket more."""
    policy = catalog.folder / "products" / FRAUD / "execution-policy.json"
    statements = json.loads(policy.read_text())
    more = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:${Partition}:s3:::model-catalog-data-x/*"}
    policy.write_text(json.dumps([*statements, more]))


@pytest.mark.usefixtures("deployed")
def test_other_rights_are_told_by_role_and_run_those_who_make_it(command: Command, catalog: CatalogCopy) -> None:
    give_more_rights(catalog)

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
def test_a_move_that_waits_already_is_not_the_changes_and_part_of_the_update(
    command: Command, catalog: CatalogCopy, ask: Asked
) -> None:
    ask("old", version="~1.1", parameters={"InstanceType": "ml.m5.large"})
    give_more_rights(catalog)

    ended = command(*EDIT, "--json")

    found = spoke(ended, "old")
    assert ("updated", "moves") == (found["outcome"], found["launches"][0]["outcome"])
    assert found["pending"]
    assert "stays" == outcomes(ended)["pinned"]


@pytest.mark.usefixtures("deployed")
def test_who_is_refused_today_already_is_told_apart(command: Command, catalog: CatalogCopy, ask: Asked) -> None:
    ask("pinned", version="9.9.9")
    give_more_rights(catalog)

    ended = command(*EDIT, "--json")

    assert "refused already" == outcomes(ended)["pinned"]
    assert ["version-not-offered"] == [each["code"] for each in spoke(ended, "pinned")["refusals"]]
    assert "spoke-pinned (already today):" in command(*EDIT).out


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


def test_a_revision_whose_catalog_is_refused_says_so_without_naming_a_folder_of_ours(
    repository: Path, command: Command, catalog: CatalogCopy
) -> None:
    file = catalog.replace(PRODUCT, "key: fraud-detector-realtime", "key: fraud")
    commit = ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "wrong"]
    subprocess.run(["git", *commit], check=True, cwd=repository)
    file.write_text(file.read_text().replace("key: fraud\n", "key: fraud-detector-realtime\n"))

    ended = command(*EDIT, "--against", "HEAD")

    assert (ExitCode.MISTAKE, ("revision-refused", "--against")) == (ended.code, ended.refusal)
    assert "It says: hub/catalog/products/fraud-detector-realtime/product.yaml: key:" in ended.err
    assert "model-catalog-" not in ended.err.replace("model-catalog-hub", "")


@pytest.mark.usefixtures("checkout")
def test_a_checkout_without_a_hub_says_where_the_catalog_is(command: Command, checkout: Path) -> None:
    (checkout / "Pulumi.hub.yaml").unlink()

    assert "no-hub-here" == command(*RETIRE).refusal[0]
