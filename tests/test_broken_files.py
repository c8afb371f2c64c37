"""No file, however broken, ends in a traceback or takes long: it is refused with place and remedy, or it is right.

`make test` breaks a few files of each kind. For 10,000 of each, which takes some 40 minutes:
`BROKEN_FILES=10000 python -m pytest -n 2 tests/test_broken_files.py`.
"""

import copy
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.plan.settings import read_settings
from hub.config import HubSettings
from hub.definitions.load import read_catalog
from organization.settings import OrganizationSettings
from shared.catalog.contract import content_hash, parse
from shared.errors import CatalogError
from shared.stack.settings import AccountSettings
from shared.stack.stack_file import StackFile
from spoke.config import SpokeSettings
from spoke.launches.contract_dependencies import Excerpts
from spoke.launches.cost import costs_in_words
from spoke.launches.launches_file import read_platform
from spoke.launches.sources import tags_taken
from tests.support.broken import broken, broken_tree, chance_of
from tests.support.catalog_copy import DAY
from tests.support.offers import OFFER, read
from tests.support.paths import ROOT

EXAMPLES: Final = int(os.environ.get("BROKEN_FILES", "40"))
SECONDS: Final = 2.0
PRODUCT: Final = "products/fraud-detector-realtime"
FLEET: Final = """\
records: s3://records
organization: {assumeRole: "arn:aws:iam::111122223333:role/Reader"}
inventory: {roleName: ModelCatalogInventory}
waves:
  - name: canary
    spokes: [research]
    approve: true
  - name: gold
    units: [Workloads/Research]
    tags: {tier: gold}
    exclude: [lab]
    concurrency: 8
  - name: everybody
    default: true
    tolerance: 5%
"""
HUB: Final = """\
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
  model-catalog-hub:assumeRole: arn:aws:iam::222233334444:role/Deployer
  model-catalog-hub:regions: [eu-west-1]
  model-catalog-hub:portfolios: [online-inference]
  model-catalog-hub:protect: true
  model-catalog-hub:principals:
    - portfolio: online-inference
      pattern: arn:aws:iam:::role/AWSReservedSSO_DataScientist_*
      acknowledgePatternRisk: true
  model-catalog-hub:shares:
    - portfolio: online-inference
      type: ORGANIZATIONAL_UNIT
      target: Workloads/Research
      tagOptions: true
    - portfolio: batch-inference
      type: ACCOUNT
      target: "333344445555"
  model-catalog-hub:launchRoles: {units: [Workloads], boundary: ModelCatalogBoundary}
  model-catalog-hub:registry: {unreachable: warn}
"""
SPOKE: Final = """\
config:
  aws:region: eu-central-1
  model-catalog-spoke:accountId: "333344445555"
  model-catalog-spoke:hubStack: hub
  model-catalog-spoke:permissionsBoundary: arn:aws:iam::333344445555:policy/ModelCatalogBoundary
  model-catalog-spoke:principals:
    - portfolio: online
      permissionSet: DataScientist
  model-catalog-spoke:launches:
    - name: scoring
      product: scorer
      version: ~1
      timeout: 45m
      tags: {team: risk}
      notifications: ["arn:aws:sns:eu-central-1:333344445555:models"]
      parameters:
        ModelDataUrl: s3://models/a/model.tar.gz
        Environment: staging
        InstanceCount: 2
        Zones: [a, b]
        Token: {secure: "v1:abc"}
        Label: {stack: network/production, output: label}
  model-catalog-spoke:overrides:
    - launch: search
      parameters: {Token: {secure: "v1:abc"}}
  model-catalog-spoke:optOut:
    - launch: other
      reason: scores elsewhere
"""
PLATFORM: Final = {
    "launches.yaml": """\
entries:
  - name: network
    for: {all: true}
    exclude: [{accounts: ["444455556666"]}, {tags: {tier: gold}}]
    defaults:
      parameters: {Subnets: {ssm: /network/subnets}, Label: {accountTag: team}}
      tags: {team: risk}
      products: {scorer: {timeout: 45m}}
  - name: scoring
    for: {units: [Workloads]}
    launches:
      - name: scoring
        product: scorer
        version: ~1
        parameters: {ModelDataUrl: s3://models/a/model.tar.gz, Range: {launch: search, output: Range}}
      - {name: search, product: embedder, version: 1.0.0}
    mayOverride: [version, parameters.InstanceCount]
    mayOptOut: false
""",
    "accounts.yaml": """\
accounts:
  "333344445555": {unit: Workloads/Research, unitIds: [ou-ab12-cdefgh34], tags: {tier: iron, team: risk}}
  "444455556666": {}
""",
}
CATALOG: Final = {
    "portfolio": "portfolios.yaml",
    "prices": "prices.yaml",
    "lock": "templates.lock",
    "product": f"{PRODUCT}/product.yaml",
    "card": f"{PRODUCT}/1.1.0.card.yaml",
    "template": f"{PRODUCT}/1.1.0.yaml",
    "launch policy": f"{PRODUCT}/launch-policy.json",
    "execution policy": f"{PRODUCT}/execution-policy.json",
}
SETTINGS: Final[dict[str, tuple[type[AccountSettings], str]]] = {
    "hub": (HubSettings, HUB),
    "spoke-research": (SpokeSettings, SPOKE),
    "organization": (OrganizationSettings, (ROOT / "Pulumi.organization.yaml").read_text()),
}
REMEDY: Final = re.compile(
    r"Move|[Aa]dd|Expected|Write|Remove|remove|Correct|correct|[Rr]ename|[Nn]ame |Run|make |Set|put |Give|give|"
    r"Divide|Use|use |Choose|Make|Let|Shorten|Restore|Deploy|Publish|Put|Join|[Ff]ill|Allow|See|They are|"
    r"There are|are: |allows|deploy|keys here|must|set |needs|offers|write |join"
)


def apart(factory: pytest.TempPathFactory) -> Path:
    """Give one folder for all examples, in which no other test looks for its settings."""
    folder = factory.getbasetemp() / "broken"
    folder.mkdir(exist_ok=True)
    return folder


SEEDS = st.integers(0, 2**64)
OFTEN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="BROKEN_FILES" not in os.environ,
)


def is_taken_or_refused(run: Callable[[], object], shown: bytes | str) -> None:
    """Run it, and look at how it ends."""
    begun = time.process_time()
    try:
        _ = run()
    except CatalogError as problem:
        for each in problem.all:
            assert each.place, (str(each), shown)
            assert REMEDY.search(str(each)), (str(each), shown)
    except Exception as problem:  # noqa: BLE001 - none is expected
        pytest.fail(f"{type(problem).__name__}: {problem}\n{shown!r}")
    assert time.process_time() - begun < SECONDS, shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a catalog of one product."""
    folder = tmp_path_factory.mktemp("catalog")
    _ = shutil.copytree(ROOT / "hub" / "catalog", folder, dirs_exist_ok=True)
    for path in (folder / "products").iterdir():
        if path.name != PRODUCT.rpartition("/")[2]:
            shutil.rmtree(path)
    lock = (folder / "templates.lock").read_text()
    head, own, rest = lock.partition(f"  {PRODUCT.rpartition('/')[2]}:\n")
    kept = own + "".join(line for line in _indented(rest))
    _ = (folder / "templates.lock").write_text(head.partition("templates:\n")[0] + "templates:\n" + kept)
    _ = read_catalog(folder, DAY)
    return folder


def _indented(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        if not line.startswith("    "):
            return
        yield line


@pytest.mark.parametrize("kind", CATALOG)
@OFTEN
@given(SEEDS)
def test_a_broken_file_of_the_catalog(folder: Path, kind: str, seed: int) -> None:
    path = folder / CATALOG[kind]
    whole = path.read_bytes()
    content = broken(chance_of(seed), whole)
    try:
        _ = path.write_bytes(content)
        is_taken_or_refused(lambda: read_catalog(folder, DAY), content)
    finally:
        _ = path.write_bytes(whole)


@pytest.mark.parametrize("stack", SETTINGS)
@OFTEN
@given(SEEDS)
def test_broken_settings_of_a_stack(tmp_path_factory: pytest.TempPathFactory, stack: str, seed: int) -> None:
    model, whole = SETTINGS[stack]
    path = apart(tmp_path_factory) / f"Pulumi.{stack}.yaml"
    content = broken(chance_of(seed), whole.encode())
    _ = path.write_bytes(content)

    def run() -> None:
        found = StackFile(path).settings(model)
        if isinstance(found, SpokeSettings):
            _used(found, read(OFFER))

    is_taken_or_refused(run, content)
    assert isinstance(StackFile(path).account, str)


@OFTEN
@given(SEEDS)
def test_broken_settings_of_the_fleet(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder = apart(tmp_path_factory)
    content = broken(chance_of(seed), FLEET.encode())
    _ = (folder / "fleet.yaml").write_bytes(content)
    is_taken_or_refused(lambda: read_settings(folder), content)


@pytest.mark.parametrize("name", PLATFORM)
@OFTEN
@given(SEEDS)
def test_a_broken_file_of_launches_for_many_accounts(
    tmp_path_factory: pytest.TempPathFactory, name: str, seed: int
) -> None:
    folder = apart(tmp_path_factory)
    content = broken(chance_of(seed), PLATFORM[name].encode())
    for file, whole in PLATFORM.items():
        _ = (folder / file).write_bytes(content if file == name else whole.encode())

    def run() -> None:
        excerpts = Excerpts(read(OFFER), DAY)
        own = SpokeSettings.model_validate({"accountId": "333344445555", "aws:region": "eu-central-1"})
        wanted = excerpts.wanted(own, where="Pulumi.spoke-research.yaml", platform=read_platform(folder))
        _ = excerpts.of(own, where="Pulumi.spoke-research.yaml", wanted=wanted, values=tags_taken(wanted))

    is_taken_or_refused(run, content)


@OFTEN
@given(SEEDS)
def test_a_broken_contract(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = chance_of(seed)
    document: Any = copy.deepcopy(read(OFFER).model_dump(mode="json", exclude_none=True))
    for _ in range(chance.randint(1, 3)):
        document = broken_tree(chance, document)
    if isinstance(document, dict) and chance.random() < 0.9:  # mostly as a hub would write it
        written = cast("dict[str, Any]", document)
        try:
            written["content_hash"] = content_hash(written)
        except (TypeError, ValueError):
            return
    path = apart(tmp_path_factory) / "Pulumi.spoke-good.yaml"
    _ = path.write_text(SPOKE)
    spoke = StackFile(path).settings(SpokeSettings)
    is_taken_or_refused(
        lambda: _used(spoke, parse(cast("object", document), source="hub")), json.dumps(document, default=str)
    )


def _used(settings: SpokeSettings, contract: Any) -> None:  # noqa: ANN401 - a contract
    _, launches = Excerpts(contract, DAY).of(settings, where="Pulumi.spoke-research.yaml")
    for launch in launches:
        _ = (launch.tags, launch.parameters, launch.notes)
    _ = costs_in_words(launches)
