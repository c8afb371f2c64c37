"""What a month costs, before and after, for a comment."""

from pathlib import Path

import pytest

from cli.deployment import estimates
from shared.errors import ContractError
from tests.support.catalog_copy import CatalogCopy
from tests.support.fake_account import always
from tests.support.offers import OFFER, read

HUB = """\
config:
  aws:region: eu-central-1
  model-catalog-hub:accountId: "222233334444"
"""


def unreadable(*_: object) -> None:
    """Give no contract."""
    raise ContractError("exports no catalog", code="example")


@pytest.mark.usefixtures("catalog")
def test_a_hub_that_was_never_deployed_tells_the_cost_of_every_version(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("Pulumi.hub.yaml").write_text(HUB)
    monkeypatch.setattr(estimates, "published_contract", unreadable)

    found = estimates.costs_of_versions("hub")

    assert ("fraud-detector-realtime 1.0.0, eu-central-1", "", "about 47 USD") in found
    assert {"eu-central-1"} == {name.partition(", ")[2] for name, _, _ in found}


def test_another_price_is_told_beside_the_one_that_is_published(
    catalog: CatalogCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("Pulumi.hub.yaml").write_text(HUB)
    prices = catalog.folder / "prices.yaml"
    prices.write_text(prices.read_text().replace("ml.t2.medium: 0.064", "ml.t2.medium: 0.128"))
    monkeypatch.setattr(
        estimates, "_published", always({("fraud-detector-realtime", "1.0.0", "eu-central-1"): "about 47 USD"})
    )

    found = estimates.costs_of_versions("hub")

    assert ("fraud-detector-realtime 1.0.0, eu-central-1", "about 47 USD", "about 93 USD") in found


def test_what_the_hub_publishes_is_reckoned_with_the_versions_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = read(OFFER)
    monkeypatch.setattr(estimates, "published_contract", always(contract))
    published = getattr(estimates, "_published")("hub")  # noqa: B009 - what no command gives alone

    priced = [
        (key, number, region)
        for region, catalog in contract.regions.items()
        for key, product in catalog.products.items()
        for number, version in product.versions.items()
        if version.cost
    ]
    assert priced == list(published)
