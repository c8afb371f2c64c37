"""A portfolio of a probe's own, made by AWS's calls alone, so that what is measured is AWS and not Pulumi."""

import json
import time
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.proving.parties import HUB, SPOKE
from cli.proving.step import Proof
from cli.proving.sweep import await_share, until
from shared.aws.session import code_of

TEMPLATE: Final = {
    "Description": "Nothing, at no cost.",
    "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
}
ADMINISTRATOR: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


class Probe:
    """A product in a portfolio of the hub's, which is shared with the spoke's unit."""

    def __init__(self, proof: Proof) -> None:
        """Make product and portfolio, and measure how long the version takes."""
        self._proof = proof
        self.name = f"{proof.mark}-probe"
        self.hub = proof.client(HUB, "servicecatalog")
        self.spoke = proof.client(SPOKE, "servicecatalog")
        s3, region = proof.client(HUB, "s3"), proof.parties.region
        proof.record.intend(HUB, "bucket", self.name)
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        s3.create_bucket(Bucket=self.name, **place)
        s3.put_object(Bucket=self.name, Key="nothing.json", Body=json.dumps(TEMPLATE).encode())
        proof.record.intend(HUB, "product", self.name)
        made = self.hub.create_product(
            Name=self.name,
            Owner="proof",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            Tags=[{"Key": "from-product", "Value": "q"}],
            ProvisioningArtifactParameters={
                "Name": "1",
                "Info": {"LoadTemplateFromURL": f"https://{self.name}.s3.{region}.amazonaws.com/nothing.json"},
            },
        )
        self.product: str = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        self.version: str = made["ProvisioningArtifactDetail"]["Id"]
        self.version_seconds = timed(self._version_there, "the version")
        proof.record.intend(HUB, "portfolio", self.name)
        portfolio = self.hub.create_portfolio(
            DisplayName=self.name, ProviderName="proof", Tags=[{"Key": "from-portfolio", "Value": "p"}]
        )
        self.portfolio: str = portfolio["PortfolioDetail"]["Id"]
        self.hub.associate_product_with_portfolio(ProductId=self.product, PortfolioId=self.portfolio)

    def share(self) -> tuple[float, float]:
        """Share it with the spoke's unit; gives seconds until it is complete, and until the spoke has it."""
        node, begun = {"Type": "ORGANIZATIONAL_UNIT", "Value": self._proof.unit}, time.monotonic()
        token = self.hub.create_portfolio_share(PortfolioId=self.portfolio, OrganizationNode=node)
        found = await_share(self.hub, token["PortfolioShareToken"])
        complete = time.monotonic() - begun
        self._proof.fact("a share with a unit ends", found["Status"])
        self._proof.fact("accounts that it failed for", len(found.get("ShareDetails", {}).get("ShareErrors") or []))
        _ = until(self._imported, "the portfolio in the spoke")
        return complete, time.monotonic() - begun

    def unshare(self) -> float:
        """End the share; gives the seconds that it took."""
        node, begun = {"Type": "ORGANIZATIONAL_UNIT", "Value": self._proof.unit}, time.monotonic()
        token = self.hub.delete_portfolio_share(PortfolioId=self.portfolio, OrganizationNode=node)
        _ = await_share(self.hub, token["PortfolioShareToken"])
        return time.monotonic() - begun

    def path_seconds(self) -> float:
        """Grant the portfolio to the spoke's caller; gives the seconds until a launch path is listed."""
        of = {"PortfolioId": self.portfolio, "PrincipalARN": self._proof.parties[SPOKE].caller}
        self.spoke.associate_principal_with_portfolio(**of, PrincipalType="IAM")
        return timed(self._path, "a launch path")

    def no_path(self) -> None:
        """Take the grant back, and wait until nothing is left of it."""
        of = {"PortfolioId": self.portfolio, "PrincipalARN": self._proof.parties[SPOKE].caller}
        self.spoke.disassociate_principal_from_portfolio(**of)
        _ = until(lambda: None if self._path() else True, "the launch path to go")

    def launch(self, name: str, tags: dict[str, str]) -> tuple[dict[str, Any], float]:
        """Launch it with tags; gives what became of it, and the seconds that it took."""
        self._proof.record.intend(SPOKE, "provisioned product", f"{self.name}-{name}")
        begun = time.monotonic()
        record = self.spoke.provision_product(
            ProductId=self.product,
            ProvisioningArtifactId=self.version,
            ProvisionedProductName=f"{self.name}-{name}",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )["RecordDetail"]
        ended = until(lambda: self._ended(record["RecordId"]), f"the launch {name}")
        return ended, time.monotonic() - begun

    def tags_of(self, record: dict[str, Any]) -> list[str]:
        """Give the tags of what a record launched, but for AWS's own."""
        found = {tag["Key"]: tag["Value"] for tag in record.get("RecordTags", [])}
        return [f"{key}={value}" for key, value in sorted(found.items()) if not key.startswith("aws:")]

    def _version_there(self) -> bool | None:
        found = self.hub.describe_provisioning_artifact(ProductId=self.product, ProvisioningArtifactId=self.version)
        return True if found["Status"] == "AVAILABLE" else None

    def _imported(self) -> bool | None:
        shares = self.spoke.get_paginator("list_accepted_portfolio_shares").paginate(
            PortfolioShareType="AWS_ORGANIZATIONS"
        )
        return any(self.portfolio == each["Id"] for page in shares for each in page["PortfolioDetails"]) or None

    def _path(self) -> bool | None:
        try:
            return bool(self.spoke.list_launch_paths(ProductId=self.product)["LaunchPathSummaries"]) or None
        except ClientError as problem:
            if code_of(problem) != "ResourceNotFoundException":
                raise
            return None

    def _ended(self, record: str) -> dict[str, Any] | None:
        found = self.spoke.describe_record(Id=record)["RecordDetail"]
        return found if found["Status"] in ("SUCCEEDED", "FAILED") else None


def timed(look: Callable[[], object], what: str) -> float:
    """Give the seconds until there is something to see."""
    begun = time.monotonic()
    _ = until(look, what)
    return time.monotonic() - begun
