"""`hub divide`: what it says, and the settings that it writes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.deployment.hub_division import divide_hub
from hub.config import HubSettings
from shared.errors import ConfigError
from shared.stack.stack_file import settings_of
from tests.support.catalog_copy import CatalogCopy
from tests.support.fleet.making import HUB_ACCOUNT
from tests.support.fleet.upstream import write_upstream
from tests.support.refused import refused

HUB = """\
# Ours.
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
  model-catalog-hub:shares:  # who gets what
    - portfolio: online-inference
      type: ORGANIZATIONAL_UNIT
      target: Live
    # for the batches
    - {portfolio: batch-inference, type: ORGANIZATIONAL_UNIT, target: Live}
    - portfolio: gpu-inference
      type: ORGANIZATIONAL_UNIT
      target: Live
  model-catalog-hub:protect: false
"""


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CatalogCopy:
    """Give the catalog of a checkout with one hub stack, in which everything is done."""
    copy = write_upstream(tmp_path)
    (tmp_path / "Pulumi.hub-batch.yaml").unlink()
    (tmp_path / "Pulumi.hub.yaml").write_text(HUB)
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    monkeypatch.chdir(tmp_path)
    return copy


def publish(root: Path, stack: str, *portfolios: str) -> None:
    """Write the state of a stack that has published portfolios, by their original keys."""
    listed = {key: {"first_key": key} for key in portfolios}
    outputs = {"catalog": {"regions": {"eu-central-1": {"portfolios": listed}}}}
    resources = [{"type": "pulumi:pulumi:Stack", "urn": "urn", "outputs": outputs}]
    path = root / "backend" / ".pulumi" / "stacks" / "model-catalog-hub" / f"{stack}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    _ = path.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))


def divide(capsys: pytest.CaptureFixture[str], most: int, *, dry_run: bool = False) -> dict[str, Any]:
    """Divide, and give what is said."""
    assert 0 == divide_hub("hub", most, dry_run=dry_run, as_json=True)
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("catalog")
def test_a_catalog_that_fits_needs_no_other_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = divide(capsys, 25)

    assert (1, []) == (len(said["parts"]), said["files"])
    assert HUB == (tmp_path / "Pulumi.hub.yaml").read_text()


@pytest.mark.usefixtures("catalog")
def test_what_is_not_published_yet_is_divided_with_its_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = divide(capsys, 4)

    stacks = {part["stack"]: part["portfolios"] for part in said["parts"]}
    assert ["hub", "hub-batch-inference"] == list(stacks)[:2]
    assert {"online-inference", "batch-inference", "gpu-inference"} == {each for own in stacks.values() for each in own}
    for stack, portfolios in stacks.items():
        settings = settings_of(HubSettings, stack, folder=tmp_path)
        assert portfolios == settings.portfolios
        assert {share.portfolio for share in settings.shares} == set(portfolios)
        assert (HUB_ACCOUNT, False) == (settings.account_id, settings.protect)
    text = (tmp_path / "Pulumi.hub.yaml").read_text()
    assert text.startswith("# Ours.\nconfig:\n")
    assert "# who gets what" in text
    assert {"parts", "files", "written"} == said.keys()


@pytest.mark.usefixtures("catalog")
def test_what_is_published_stays_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(tmp_path, "hub", "online-inference", "batch-inference")

    said = divide(capsys, 1)

    assert {"hub": ["online-inference", "batch-inference"], "hub-gpu-inference": ["gpu-inference"]} == {
        part["stack"]: part["portfolios"] for part in said["parts"]
    }
    again = divide(capsys, 1)
    assert ([], False) == (again["files"], again["written"])


@pytest.mark.usefixtures("catalog")
def test_a_portfolio_is_known_again_by_its_first_key(
    tmp_path: Path, catalog: CatalogCopy, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(tmp_path, "hub", "batch-inference")
    catalog.replace("portfolios.yaml", "- key: batch-inference", "- key: batches\n    original_key: batch-inference")
    for file in catalog.folder.glob("products/*/product.yaml"):
        _ = file.write_text(file.read_text().replace("portfolio: batch-inference", "portfolio: batches"))

    [hub, *_] = divide(capsys, 1, dry_run=True)["parts"]

    assert ("hub", ["batches"]) == (hub["stack"], hub["portfolios"])


@pytest.mark.usefixtures("catalog")
def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = divide(capsys, 1, dry_run=True)

    assert not said["written"]
    assert "Pulumi.hub.yaml" in said["files"]
    assert ["Pulumi.hub.yaml"] == [path.name for path in tmp_path.glob("Pulumi.hub*.yaml")]
    assert HUB == (tmp_path / "Pulumi.hub.yaml").read_text()


@pytest.mark.usefixtures("catalog")
def test_a_new_portfolio_is_written_into_the_stack_that_has_room(
    tmp_path: Path, catalog: CatalogCopy, capsys: pytest.CaptureFixture[str]
) -> None:
    _ = divide(capsys, 4)
    listing = catalog.folder / "portfolios.yaml"
    content = yaml.safe_load(listing.read_text())
    content["portfolios"].append({**content["portfolios"][0], "key": "vision", "name": "Vision"})
    _ = listing.write_text(yaml.safe_dump(content))

    said = divide(capsys, 4)

    assert 1 == len(said["files"])
    assert [["vision"]] == [part["added"] for part in said["parts"] if part["added"]]
    [changed] = [part["stack"] for part in said["parts"] if part["added"]]
    assert "vision" in settings_of(HubSettings, changed, folder=tmp_path).portfolios


@pytest.mark.usefixtures("catalog")
def test_a_portfolio_that_another_stack_has_published_is_not_made_twice(tmp_path: Path) -> None:
    publish(tmp_path, "hub", "batch-inference")
    (tmp_path / "Pulumi.hub.yaml").write_text(HUB + "  model-catalog-hub:portfolios: [online-inference]\n")
    moved = HUB.partition("  model-catalog-hub:shares")[0] + "  model-catalog-hub:portfolios: [batch-inference]\n"
    (tmp_path / "Pulumi.hub-batch.yaml").write_text(moved)

    with refused(ConfigError, "portfolio-published-elsewhere", "Pulumi.hub-batch.yaml: portfolios"):
        divide_hub("hub", 25, dry_run=True, as_json=True)


@pytest.mark.usefixtures("catalog")
def test_settings_that_cannot_be_changed_are_told_and_nothing_is_written(tmp_path: Path) -> None:
    config = yaml.safe_load(HUB)["config"]
    text = yaml.safe_dump({"config": config}, default_flow_style=True)
    (tmp_path / "Pulumi.hub.yaml").write_text(text)

    with refused(ConfigError, "setting-not-editable"):
        divide_hub("hub", 1, dry_run=False, as_json=True)

    assert ["Pulumi.hub.yaml"] == [path.name for path in tmp_path.glob("Pulumi.hub*.yaml")]
    assert text == (tmp_path / "Pulumi.hub.yaml").read_text()


@pytest.mark.usefixtures("catalog")
def test_a_person_reads_what_goes_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == divide_hub("hub", 1, dry_run=True, as_json=False)

    said = capsys.readouterr().out
    assert "demand-forecaster-batch" in said
    assert "would write Pulumi.hub.yaml, Pulumi.hub-" in said
    assert "more than 1" in said
