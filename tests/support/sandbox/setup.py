"""What launches need: a hub with a portfolio and a product."""

import itertools
import json
import time
import uuid
from typing import Any

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Client, Sandbox

REGIONS = ("eu-central-1", "eu-west-1", "eu-west-2", "eu-north-1", "us-west-2", "us-east-2")
"""Setups take turns in these, so that no quota of a region is used up. On AWS all are in the hub's region."""

TEMPLATE = """
Parameters:
  Days: {Type: Number, Default: 7, AllowedValues: [7, 30]}
  Suffix: {Type: String, Default: a, AllowedPattern: "[a-z]+"}
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "${AWS::StackName}-${Suffix}", RetentionInDays: !Ref Days}
Outputs:
  Name: {Value: !Ref Logs, Description: the group}
"""
ADMINISTRATOR = {"Effect": "Allow", "Action": "*", "Resource": "*"}

_turns = itertools.count()


class Setup:
    """A hub with a portfolio and a product, built up as far as a test wants it."""

    def __init__(self, sandbox: Sandbox, region: str | None = None) -> None:
        self.sandbox = sandbox
        self.name = f"{ACCOUNTS.mark}t{uuid.uuid4().hex[:10]}"
        self.region = region or (ACCOUNTS.region if ACCOUNTS.real else REGIONS[next(_turns) % len(REGIONS)])
        self.hub = self.client("servicecatalog", ACCOUNTS.hub)
        self.research = self.client("servicecatalog", ACCOUNTS.research)
        self.s3 = sandbox.client("s3", ACCOUNTS.hub)
        place = {"LocationConstraint": ACCOUNTS.region}
        elsewhere = {"CreateBucketConfiguration": place} if ACCOUNTS.region != "us-east-1" else {}
        self.s3.create_bucket(Bucket=self.name, **elsewhere)
        self.portfolio = self.hub.create_portfolio(DisplayName=self.name, ProviderName="platform")["PortfolioDetail"][
            "Id"
        ]
        self.add_product(self.name, TEMPLATE)

    def add_product(self, name: str, template: str) -> None:
        """Put a product into the portfolio; from now on it is the one that the setup speaks of."""
        made = self.hub.create_product(
            Name=name if self.name in name else f"{self.name}-{name}",
            Owner="ml",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": self.info(template)},
        )
        self.product: str = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        self.version: str = made["ProvisioningArtifactDetail"]["Id"]
        self._wait_until_available(self.version)
        self.hub.associate_product_with_portfolio(ProductId=self.product, PortfolioId=self.portfolio)

    def _wait_until_available(self, version: str) -> str:
        def look() -> str | None:
            found = self.hub.describe_provisioning_artifact(ProductId=self.product, ProvisioningArtifactId=version)
            return version if found["Status"] == "AVAILABLE" else None

        return ACCOUNTS.until(look, "the version")

    def client(self, service: str, account: str) -> Client:
        """A client of an account's administrator, in the setup's region."""
        return self.sandbox.client(service, account, self.region)

    def as_role(self, arn: str, session: str = "test") -> Client:
        """A Service Catalog client of one of research's roles, in the setup's region."""
        credentials = self.sandbox.assume(arn, ACCOUNTS.research, session)
        return self.sandbox.client_with("servicecatalog", credentials, self.region)

    def info(self, template: str) -> dict[str, str]:
        """Upload a template and return what a version's Info says of it."""
        key = f"{uuid.uuid4().hex}.template"
        self.s3.put_object(Bucket=self.name, Key=key, Body=template.encode())
        return {"LoadTemplateFromURL": f"https://{self.name}.s3.{ACCOUNTS.region}.amazonaws.com/{key}"}

    def add_version(self, name: str, template: str) -> str:
        made = self.hub.create_provisioning_artifact(
            ProductId=self.product, Parameters={"Name": name, "Info": self.info(template)}
        )
        return self._wait_until_available(made["ProvisioningArtifactDetail"]["Id"])

    def constrain(self, kind: str, **parameters: object) -> str:
        made = self.hub.create_constraint(
            PortfolioId=self.portfolio, ProductId=self.product, Type=kind, Parameters=json.dumps(parameters)
        )
        return made["ConstraintDetail"]["ConstraintId"]

    def role(
        self,
        account: str,
        name: str,
        service: str = "servicecatalog.amazonaws.com",
        statements: list[dict[str, Any]] | None = None,
        condition: dict[str, Any] | None = None,
    ) -> str:
        """Make a role that trusts a service; without statements it may do everything."""
        trust: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        if condition:
            trust["Condition"] = condition
        return self.make_role(account, name, trust, statements)

    def make_role(
        self,
        account: str,
        name: str,
        trust: dict[str, Any],
        statements: list[dict[str, Any]] | None = None,
        path: str = "/",
    ) -> str:
        iam = self.sandbox.client("iam", account)
        made = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=policy(trust))
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*(statements or [ADMINISTRATOR])))
        time.sleep(ACCOUNTS.iam_seconds)
        return made["Role"]["Arn"]

    def launch_role(self, statements: list[dict[str, Any]] | None = None) -> str:
        """A launch constraint by local role name, and the role in the hub and in research."""
        name = f"launch-{self.name}"
        self.role(ACCOUNTS.hub, name)
        self.role(ACCOUNTS.research, name, statements=statements)
        self.constrain("LAUNCH", LocalRoleName=name)
        return name

    def share(self, kind: str = "ORGANIZATIONAL_UNIT", value: str | None = None, **flags: bool) -> str:
        """Share to the unit of the workloads, or to another node; returns the finished share's status."""
        node = {"Type": kind, "Value": value} if value else self.workloads()
        token = self.hub.create_portfolio_share(PortfolioId=self.portfolio, OrganizationNode=node, **flags)
        return self.share_status(token["PortfolioShareToken"])

    def unshare(self) -> str:
        """Take the share to the unit of the workloads back; returns how that ended."""
        token = self.hub.delete_portfolio_share(PortfolioId=self.portfolio, OrganizationNode=self.workloads())
        return self.share_status(token["PortfolioShareToken"])

    def share_status(self, token: str) -> str:
        def look() -> str | None:
            status = self.hub.describe_portfolio_share_status(PortfolioShareToken=token)["Status"]
            return None if status in ("NOT_STARTED", "IN_PROGRESS") else status

        return ACCOUNTS.until(look, "the share")

    def workloads(self) -> dict[str, str]:
        """The node of the workloads' unit: of AWS's, the one that the spoke is in."""
        if not ACCOUNTS.real:
            return {"Type": "ORGANIZATIONAL_UNIT", "Value": self.unit("Workloads")}
        organizations = self.sandbox.client("organizations", ACCOUNTS.management)
        (parent,) = organizations.list_parents(ChildId=ACCOUNTS.research)["Parents"]
        assert parent["Type"] == "ORGANIZATIONAL_UNIT", "the spoke must be in a unit, not at the organization's root"
        return {"Type": "ORGANIZATIONAL_UNIT", "Value": parent["Id"]}

    def imported(self, account: str | None = None, kind: str = "AWS_ORGANIZATIONS") -> bool:
        """Whether research, or another account, has the portfolio among its imported ones."""
        client = self.client("servicecatalog", account or ACCOUNTS.research)
        pages = client.get_paginator("list_accepted_portfolio_shares").paginate(PortfolioShareType=kind)
        return self.portfolio in {portfolio["Id"] for page in pages for portfolio in page["PortfolioDetails"]}

    def unit(self, name: str) -> str:
        """A unit's id, by the name of one right below the root or in Workloads."""
        organizations = self.sandbox.client("organizations", ACCOUNTS.management)
        parents = [organizations.list_roots()["Roots"][0]["Id"]]
        while parents:
            parent = parents.pop()
            for unit in organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]:
                if unit["Name"] == name:
                    return unit["Id"]
                parents.append(unit["Id"])
        raise AssertionError(f"no unit {name}")

    def grant(self, account: str | None = None, arn: str | None = None, kind: str = "IAM") -> None:
        """Make research's administrator, or another, a principal of the portfolio."""
        who = account or ACCOUNTS.research
        self.client("servicecatalog", who).associate_principal_with_portfolio(
            PortfolioId=self.portfolio, PrincipalARN=arn or ACCOUNTS.administrator(who), PrincipalType=kind
        )

    def local_portfolio(self, name: str = "local") -> str:
        """A portfolio of research's own."""
        made = self.research.create_portfolio(DisplayName=f"{self.name}-{name}", ProviderName="x")
        return made["PortfolioDetail"]["Id"]

    def take_over(self, local: str) -> None:
        """Put the shared product into a portfolio of research's own, and grant that to its administrator."""
        self.research.associate_product_with_portfolio(
            ProductId=self.product, PortfolioId=local, SourcePortfolioId=self.portfolio
        )
        self.research.associate_principal_with_portfolio(
            PortfolioId=local, PrincipalARN=ACCOUNTS.administrator(ACCOUNTS.research), PrincipalType="IAM"
        )

    def open(self) -> "Setup":
        """Share and grant, so that research can launch."""
        assert self.share() == "COMPLETED"
        self.grant()
        self.wait_for_path(self.research)
        return self

    def wait_for_path(self, client: Client, count: int = 1) -> str:
        """The last of the launch paths, once there are as many."""

        def look() -> str | None:
            try:
                paths = client.list_launch_paths(ProductId=self.product)["LaunchPathSummaries"]
            except client.exceptions.ResourceNotFoundException:
                return None
            return paths[-1]["Id"] if len(paths) == count else None

        return ACCOUNTS.until(look, "a launch path")

    def launch(self, client: Client | None = None, name: str | None = None, **more: object) -> dict[str, Any]:
        """Launch and wait; returns the provisioned product as it is then."""
        caller = client or self.research
        order = {"ProductId": self.product, "ProvisioningArtifactId": self.version, **more}
        record = caller.provision_product(ProvisionedProductName=name or f"{self.name}-{uuid.uuid4().hex[:8]}", **order)
        return self.settled(record["RecordDetail"]["ProvisionedProductId"], caller)

    def settled(self, provisioned: str, client: Client | None = None) -> dict[str, Any]:
        caller = client or self.research

        def look() -> dict[str, Any] | None:
            found = caller.describe_provisioned_product(Id=provisioned)["ProvisionedProductDetail"]
            return None if found["Status"] == "UNDER_CHANGE" else found

        return ACCOUNTS.until(look, "the provisioned product")

    def update(self, provisioned: str, client: Client | None = None, **more: object) -> dict[str, Any]:
        """Update and wait; returns the provisioned product as it is then."""
        (client or self.research).update_provisioned_product(ProvisionedProductId=provisioned, **more)
        return self.settled(provisioned, client)

    def terminated(self, provisioned: str, **options: bool) -> bool:
        """Terminate; True when it is gone."""
        self.research.terminate_provisioned_product(ProvisionedProductId=provisioned, **options)
        try:
            self.settled(provisioned)
        except self.research.exceptions.ResourceNotFoundException:
            return True
        return False


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]
