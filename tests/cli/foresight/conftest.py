"""A checkout with the sample catalog, its hub and five spokes that launch one product by different versions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.catalog.files import FOLDER
from cli.foresight.contracts import contract_of
from fleet.plan.inventory import collect
from fleet.plan.verdicts import make_plan
from fleet.store.records import ContractRef, Records
from fleet.store.storage import Storage
from hub.definitions.load import read_unlocked
from shared.stack.stack_file import StackFile
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.fleet.making import HUB_ACCOUNT, RECORD, answer, write_spoke
from tests.support.foresight import FRAUD, LAUNCHES, write_next, write_state_of
from tests.support.paths import ROOT


@pytest.fixture
def checkout(catalog: CatalogCopy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the checkout, of which nothing is deployed: there is not even a backend."""
    catalog.keep(FRAUD)
    (tmp_path / "Pulumi.hub.yaml").write_text((ROOT / "Pulumi.hub.yaml").read_text())
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\ndependencies = []\n")
    for index, (name, (version, parameters)) in enumerate(LAUNCHES.items()):
        launch = {"name": "scoring", "product": FRAUD, "version": version, "parameters": dict(parameters)}
        write_spoke(tmp_path, name, f"30000000000{index}", launches=[launch])
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # whoever asks gets no answer
    return tmp_path


@pytest.fixture
def deployed(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the checkout with all of it deployed, and recorded."""
    backend = checkout / "backend"
    backend.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend.as_uri())
    contract = contract_of(read_unlocked(FOLDER, DAY), StackFile(checkout / "Pulumi.hub.yaml"), None)
    answer(monkeypatch, {"hub": {"catalog": contract.model_dump(mode="json", by_alias=True, exclude_none=True)}})
    storage = Storage(backend.as_uri())
    product = contract.regions["eu-central-1"].products[FRAUD]
    verdicts = make_plan(collect(checkout, recorded=True, asks_aws=False)).verdicts
    for stack, verdict in verdicts.items():
        [resolved] = verdict.resolved_launches
        write_state_of(storage, stack, product.id, resolved.choice.version.id, dict(resolved.plain_parameters))
    tags = collect(checkout, recorded=True, asks_aws=False).tags
    for stack, verdict in verdicts.items():
        changed: dict[str, Any] = {
            "stack": stack,
            "account": verdict.spoke.account,
            "fingerprint": verdict.fingerprint,
            "parts": dict(verdict.parts),
            "state": tags[stack],
            "contract": ContractRef(hub=f"organization/model-catalog-hub/{HUB_ACCOUNT}", content_hash=verdict.contract),
            "launches": [],
        }
        Records(storage).write(RECORD.model_copy(update=changed))
    return checkout


@pytest.fixture
def ask(checkout: Path) -> Callable[..., None]:
    """Change what a spoke asks for in its only launch."""

    def change(name: str, **keys: object) -> None:
        path = checkout / f"Pulumi.spoke-{name}.yaml"
        settings: dict[str, Any] = yaml.safe_load(path.read_text())
        settings["config"]["model-catalog-spoke:launches"][0].update(keys)
        path.write_text(yaml.safe_dump(settings))

    return change


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
