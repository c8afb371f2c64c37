"""The price table and the rules by which products use it."""

from collections.abc import Callable

import pulumi
import pytest

from hub.definitions.load import read_catalog
from hub.program import run
from shared.catalog.contract import parse
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.recorder import Mocks
from tests.support.refused import refused

FRAUD = "products/fraud-detector-realtime/product.yaml"
TEXT = "products/text-embedder-serverless/product.yaml"


def test_the_contract_has_the_price_of_every_instance_type_that_a_launch_may_choose(published: Mocks) -> None:
    products = parse(published.exports["catalog"], source="hub").regions["eu-central-1"].products
    cost = products["fraud-detector-realtime"].versions["1.1.0"].cost

    assert cost
    assert ("instances", "InstanceType", "MinInstanceCount") == (cost.kind, cost.instance_type, cost.count)
    assert ("MaxInstanceCount", "EnableAutoscaling", "730") == (cost.max_count, cost.autoscaling, cost.hours)
    assert ("USD", "0.138") == (cost.currency, cost.prices["ml.m5.large"])
    assert set(
        products["fraud-detector-realtime"].versions["1.1.0"].parameters["InstanceType"].allowed_values or []
    ) == {*cost.prices}


def test_the_contract_has_the_assumptions_of_a_serverless_endpoint(published: Mocks) -> None:
    products = parse(published.exports["catalog"], source="hub").regions["eu-central-1"].products
    cost = products["text-embedder-serverless"].versions["1.0.0"].cost

    assert cost
    assert ("serverless", "MemorySizeInMB", "20000") == (cost.kind, cost.memory, cost.seconds)
    assert {"serverless": "0.00002"} == cost.prices


def test_an_instance_type_without_a_price_is_warned_of_and_published_all_the_same(
    mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def record(line: str, *_: object, **__: object) -> None:
        said.append(line)

    monkeypatch.setattr(pulumi, "warn", record)
    prices = catalog_copy.folder / "prices.yaml"
    head, eu = prices.read_text().split("  eu-central-1:\n")
    prices.write_text(f"{head}  eu-central-1:\n{eu.replace('    ml.m5.large: 0.138', '')}")
    monkeypatch.chdir(catalog_copy.folder.parent)

    mocks.deploy(run)

    assert "fraud-detector-realtime: prices.yaml has no price in eu-central-1 for ml.m5.large. " in " ".join(said)
    products = parse(mocks.exports["catalog"], source="hub").regions["eu-central-1"].products
    cost = products["fraud-detector-realtime"].versions["1.1.0"].cost
    assert cost
    assert "ml.m5.large" not in cost.prices


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "place"),
    [
        (FRAUD, "count: MinInstanceCount", "count: Instances", "cost-parameter-unknown", "cost.count"),
        (FRAUD, "  instance_type: InstanceType\n", "", "incomplete-cost", "cost"),
        (TEXT, "  requests: 100000\n", "", "incomplete-cost", "cost"),
        (TEXT, "kind: serverless", "kind: free", "invalid-value", "cost.kind"),
        (TEXT, "requests: 100000", "requests: 0", "invalid-value", "cost.requests"),
        ("prices.yaml", "currency: USD", "currency: dollars", "invalid-value", "currency"),
        ("prices.yaml", "date: 2026-11-24", "date: lately", "invalid-value", "date"),
        ("prices.yaml", "_second: 0.00002", "_second: -1", "invalid-value", "serverless_gigabyte_second"),
    ],
)
def test_a_rule_or_price_that_cannot_be_meant_is_refused(
    catalog_copy: CatalogCopy, file: str, old: str, new: str, code: str, place: str
) -> None:
    catalog_copy.replace(file, old, new)

    with refused(ContentError, code, f"{file}: {place}"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_catalog_without_prices_is_refused(catalog_copy: CatalogCopy) -> None:
    (catalog_copy.folder / "prices.yaml").unlink()

    with refused(ContentError, "file-unreadable", "prices.yaml"):
        read_catalog(catalog_copy.folder, DAY)


def test_a_folder_in_the_place_of_a_file_is_told_as_such_and_suggests_nothing(catalog_copy: CatalogCopy) -> None:
    (catalog_copy.folder / "prices.yaml").unlink()
    (catalog_copy.folder / "prices.yaml").mkdir()

    with refused(ContentError, "file-unreadable", "prices.yaml") as found:
        read_catalog(catalog_copy.folder, DAY)
    assert "is a folder, and a file is wanted" in str(found.value)
    assert "Did you mean" not in str(found.value)


def test_nobody_is_warned_while_every_price_is_known(
    deploy: Callable[..., Mocks], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def record(line: str, *_: object, **__: object) -> None:
        said.append(line)

    monkeypatch.setattr(pulumi, "warn", record)

    deploy(regions=["eu-west-1"])

    assert [] == said
