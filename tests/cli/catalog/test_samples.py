"""The samples go before a company's own models come, and whatever is the company's own stays."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

FRAUD = "fraud-detector-realtime"
OWN = "666677778888"
SPOKE = """config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "{account}"
"""


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a backend of Pulumi's in which nothing was deployed."""
    folder = tmp_path / "backend"
    folder.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{folder}")
    return folder


def test_what_is_ones_own_stays(catalog: CatalogCopy, command: Command, backend: Path, tmp_path: Path) -> None:
    assert backend
    text = (catalog.folder / f"products/{FRAUD}/product.yaml").read_text()
    (catalog.folder / f"products/{FRAUD}/product.yaml").write_text(text.replace('"222233334444"', f'"{OWN}"'))
    (tmp_path / "Pulumi.spoke-mine.yaml").write_text(SPOKE.format(account=OWN))
    (tmp_path / "Pulumi.spoke-sample.yaml").write_text(SPOKE.format(account="333344445555"))

    ended = command("models", "remove-samples")
    again = command("models", "remove-samples")

    lock = yaml.safe_load((catalog.folder / "templates.lock").read_text())
    assert (ExitCode.DONE, "") == (ended.code, ended.err)
    assert [FRAUD] == [path.name for path in (catalog.folder / "products").iterdir()]
    assert [FRAUD] == [key for key, versions in lock["templates"].items() if versions]
    assert ["1.0.0"] == lock["removed"]["text-embedder-serverless"]
    assert ["Pulumi.spoke-mine.yaml"] == [path.name for path in tmp_path.glob("Pulumi.spoke-*.yaml")]
    assert "text-embedder-serverless, a sample" in ended.out
    assert "there are no samples" in again.out


def test_an_empty_catalog_of_ones_own_is_whole(catalog: CatalogCopy, command: Command, backend: Path) -> None:
    assert backend
    assert not list(catalog.folder.glob("products/nothing"))
    _ = command("models", "remove-samples")

    checked = command("models", "check", "--no-commands")

    assert ExitCode.DONE == checked.code, checked.err


def test_samples_that_a_hub_has_published_stay(
    catalog: CatalogCopy, command: Command, backend: Path, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.hub.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    state = backend / ".pulumi/stacks/model-catalog-hub/hub.json"
    state.parent.mkdir(parents=True)
    stack = "urn:pulumi:hub::model-catalog-hub::pulumi:pulumi:Stack::model-catalog-hub-hub"
    catalog_output: dict[str, Any] = {"regions": {"eu-central-1": {"products": {FRAUD: {}}}}}
    resource = {"urn": stack, "type": "pulumi:pulumi:Stack", "outputs": {"catalog": catalog_output}}
    state.write_text(json.dumps({"version": 3, "checkpoint": {"stack": "hub", "latest": {"resources": [resource]}}}))

    ended = command("models", "remove-samples")

    assert (ExitCode.NOT_REACHED, "samples-published") == (ended.code, ended.refusal[0])
    assert (catalog.folder / f"products/{FRAUD}").is_dir()
