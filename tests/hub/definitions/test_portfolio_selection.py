"""A catalog that is divided over several hub stacks."""

import datetime as dt
from pathlib import Path

import pytest

from hub.config import HubSettings
from hub.definitions.load import read_catalog
from hub.definitions.portfolio_selection import part_of, refuse_overlap
from shared.errors import ConfigError
from tests.support.paths import ROOT
from tests.support.refused import refused

HUB = "222233334444"
CATALOG = ROOT / "hub" / "catalog"
DAY = dt.date(2026, 11, 1)


def settings(*portfolios: str, account: str = HUB) -> HubSettings:
    return HubSettings(account_id=account, region="eu-central-1", portfolios=list(portfolios))


def write(folder: Path, name: str, *portfolios: str, account: str = HUB) -> None:
    listed = f"  model-catalog-hub:portfolios: [{', '.join(portfolios)}]\n" if portfolios else ""
    region = "  aws:region: eu-central-1\n"
    # Without quotes the account is a number to YAML, and text to the engine.
    text = f"config:\n{region}  model-catalog-hub:accountId: {account}\n{listed}"
    _ = (folder / f"Pulumi.{name}.yaml").write_text(text)


def test_a_stack_publishes_its_portfolios_with_their_products() -> None:
    part = part_of(settings("batch-inference"), read_catalog(CATALOG, DAY), where="Pulumi.hub-batch.yaml")

    assert ["batch-inference"] == [portfolio.key for portfolio in part.portfolios]
    assert ["demand-forecaster-batch"] == [product.file.key for product in part.products]


def test_a_stack_that_names_none_publishes_everything() -> None:
    catalog = read_catalog(CATALOG, DAY)

    assert part_of(settings(), catalog, where="Pulumi.hub.yaml") is catalog


def test_a_portfolio_that_the_catalog_does_not_have_is_refused() -> None:
    with refused(ConfigError, "portfolio-unknown", "Pulumi.hub.yaml: portfolios[1]"):
        _ = part_of(settings("batch-inference", "vision"), read_catalog(CATALOG, DAY), where="Pulumi.hub.yaml")


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        (("vision",), ("vision", "language"), "vision"),
        ((), ("vision",), "vision"),
        (("vision",), (), "vision"),
        ((), (), "everything"),
    ],
)
def test_what_two_stacks_of_an_account_would_publish_is_refused(
    tmp_path: Path, mine: tuple[str, ...], theirs: tuple[str, ...], both: str
) -> None:
    write(tmp_path, "hub-other", *theirs)

    with refused(ConfigError, "portfolio-published-twice", "Pulumi.hub.yaml: portfolios") as found:
        refuse_overlap(settings(*mine), own="Pulumi.hub.yaml", folder=tmp_path)

    assert f"Pulumi.hub-other.yaml publishes {both} too" in str(found.value)


def test_stacks_that_are_divided_or_of_other_accounts_stand_side_by_side(tmp_path: Path) -> None:
    write(tmp_path, "hub", "vision")
    write(tmp_path, "hub-language", "language")
    write(tmp_path, "hub-elsewhere", account="999900001111")
    _ = (tmp_path / "Pulumi.hub-torn.yaml").write_text(f'config: [{{accountId: "{HUB}"}}, ')
    write(tmp_path, "hub-wrong", "Vision")
    write(tmp_path, "hubble", "vision")

    refuse_overlap(settings("vision"), own="Pulumi.hub.yaml", folder=tmp_path)
