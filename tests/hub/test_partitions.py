"""In China and GovCloud all that a hub makes and publishes is of that partition: ARNs, addresses, images, shares."""

import json
import re

import pulumi
import pulumi_aws as aws
import pytest

from hub.definitions.cost import cost_of, read_prices
from hub.definitions.load import read_unlocked
from hub.definitions.lock_file import add_to_lock
from hub.definitions.model import files_of
from hub.program import run
from shared.catalog.cost import Cost, estimate
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.hub_stack import SETTINGS, as_settings
from tests.support.recorder import Mocks

INSTANCES, SERVERLESS = "fraud-detector-realtime", "text-embedder-serverless"
PARTITIONS = [("cn-north-1", "aws-cn", "amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov", "amazonaws.com")]


def moved(catalog: CatalogCopy, region: str, partition: str, domain: str) -> None:
    """Let the sample catalog's models lie in a region of another partition, its templates locked anew."""
    for file in catalog.folder.rglob("*"):
        if file.suffix in (".yaml", ".json") and "schemas" not in file.parts:
            text = re.sub(r" +- \d+\.dkr\.ecr\.(?!eu-central-1)[a-z0-9-]+\.amazonaws\.com/.*\n", "", file.read_text())
            text = text.replace("eu-central-1", region).replace("arn:aws:", f"arn:{partition}:")
            file.write_text(text.replace(f"ecr.{region}.amazonaws.com/", f"ecr.{region}.{domain}/"))
    (catalog.folder / "templates.lock").unlink()
    read = read_unlocked(catalog.folder, DAY)
    _ = add_to_lock(catalog.folder, read.published(), [], files_of(read.products))


CHINA = """\
partitions:
  aws-cn:
    currency: CNY
    source: https://www.amazonaws.cn/en/sagemaker/pricing/
    serverless_gigabyte_second: 0.00018
"""
REGIONS = ["cn-north-1", "cn-northwest-1", "us-gov-west-1"]


def costs(catalog: CatalogCopy, region: str) -> dict[str, Cost]:
    """Give the cost of each kind of product in a region, from the price table as it is now."""
    read = read_unlocked(catalog.folder, DAY)
    found = {each.file.key: each for each in read.products if each.file.key in (INSTANCES, SERVERLESS)}
    prices = read_prices(catalog.folder / "prices.yaml")
    return {
        key: cost_of(rule, version.template.parameters, prices, region)
        for key, product in found.items()
        for version in product.versions
        if (rule := product.cost_of(version))
    }


@pytest.mark.parametrize("region", REGIONS)
def test_where_the_table_knows_no_region_of_a_partition_no_cost_is_told(catalog_copy: CatalogCopy, region: str) -> None:
    """What costs dollars in Virginia costs another amount in another currency in Beijing."""
    values = {"InstanceType": "ml.m5.large", "MinInstanceCount": "1", "MemorySizeInMB": "2048"}

    found = {key: estimate(cost, values) for key, cost in costs(catalog_copy, region).items()}

    assert {INSTANCES, SERVERLESS} == found.keys()
    assert {None} == {each.least for each in found.values()}
    assert "cost unknown: the hub's price table has no price of serverless here" == str(found[SERVERLESS])


def test_china_has_prices_of_its_own_in_its_own_currency(catalog_copy: CatalogCopy) -> None:
    prices = catalog_copy.folder / "prices.yaml"
    prices.write_text(f"{prices.read_text()}  cn-north-1:\n    ml.m5.large: 1.2\n{CHINA}")
    values = {"InstanceType": "ml.m5.large", "MinInstanceCount": "1", "MemorySizeInMB": "2048"}

    found = {key: str(estimate(cost, values)) for key, cost in costs(catalog_copy, "cn-north-1").items()}
    virginia = {key: str(estimate(cost, values)) for key, cost in costs(catalog_copy, "us-east-1").items()}

    assert "about 876 CNY a month (estimate, list prices of 2026-11-24)" == found[INSTANCES]
    assert " CNY a month" in found[SERVERLESS]
    assert [True, True] == [" USD a month" in each for each in virginia.values()]
    assert "cost unknown" in str(estimate(costs(catalog_copy, "cn-northwest-1")[INSTANCES], values))


def test_govcloud_is_priced_in_dollars_and_serverless_where_the_table_says_so(catalog_copy: CatalogCopy) -> None:
    prices = catalog_copy.folder / "prices.yaml"
    gov = "partitions:\n  aws-us-gov: {currency: USD, source: 'https://aws.amazon.com/govcloud-us/pricing/'}\n"
    prices.write_text(f"{prices.read_text()}  us-gov-west-1:\n    ml.m5.large: 0.145\n{gov}")
    values = {"InstanceType": "ml.m5.large", "MinInstanceCount": "1", "MemorySizeInMB": "2048"}

    found = {key: str(estimate(cost, values)) for key, cost in costs(catalog_copy, "us-gov-west-1").items()}

    assert "about 106 USD a month (estimate, list prices of 2026-11-24)" == found[INSTANCES]
    assert "cost unknown: the hub's price table has no price of serverless here" == found[SERVERLESS]


def test_a_table_that_is_all_of_one_partition_needs_no_entry_for_it(catalog_copy: CatalogCopy) -> None:
    """As the tables were that companies in China wrote before there were entries."""
    prices = catalog_copy.folder / "prices.yaml"
    text = prices.read_text().replace("currency: USD", "currency: CNY")
    prices.write_text(text.replace("eu-central-1", "cn-north-1"))

    assert {"CNY"} == {cost.currency for cost in costs(catalog_copy, "cn-north-1").values()}
    assert "0.00002" == costs(catalog_copy, "cn-north-1")[SERVERLESS].prices["serverless"]


@pytest.mark.parametrize(("region", "partition", "domain"), PARTITIONS)
def test_all_that_a_hub_makes_is_of_its_partition(
    mocks: Mocks, catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch, region: str, partition: str, domain: str
) -> None:
    moved(catalog_copy, region, partition, domain)
    monkeypatch.chdir(catalog_copy.folder.parent)
    settings = json.loads(json.dumps(dict(SETTINGS)).replace("arn:aws:", f"arn:{partition}:"))
    pulumi.runtime.set_all_config(as_settings({**settings, "aws:region": region}))
    mocks.answers["getCallerIdentity"] = lambda _: {
        "accountId": "222233334444",
        "arn": f"arn:{partition}:sts::222233334444:assumed-role/Deployer/session",
    }

    mocks.deploy(run)

    made = json.dumps([each.inputs for each in mocks.resources], default=str)
    told = json.dumps(mocks.exports["catalog"], default=str)
    shares = {each.inputs["principalId"] for each in mocks.all(aws.servicecatalog.PortfolioShare)}
    assert {"o-a1b2c3d4e5", "ou-production", "444455556666", "333344445555"} == shares, "plain ids outside of aws"
    # The mocks' own bucket is of the partition aws, whatever the region; a pattern is of any.
    for text in (made.replace("arn:aws:s3:::model-catalog-templates-", ""), told):
        arns = set(re.findall(r"arn:[^:\[]+:[^\"]*", text))
        assert [] == [arn for arn in arns if arn.split(":")[1] not in {partition, "${Partition}", "${AWS::Partition}"}]
    assert {f"{region}.{domain}"} == set(re.findall(r"dkr\.ecr\.([a-z0-9.-]+?)/", told))
