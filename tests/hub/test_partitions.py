"""In China and GovCloud all that a hub makes and publishes is of that partition: ARNs, addresses, images, shares."""

import json
import re

import pulumi
import pulumi_aws as aws
import pytest

from hub.definitions.load import read_unlocked
from hub.definitions.lock_file import add_to_lock
from hub.definitions.model import files_of
from hub.program import run
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.hub_stack import SETTINGS, as_settings
from tests.support.recorder import Mocks

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
