"""A sandbox process, clients for its accounts, and a stage that is set for launches."""

import itertools
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config

from tests.sandbox.conformity import conforms

MANAGEMENT, HUB, RESEARCH, PRODUCTION, SUSPENDED = (
    "111122223333",
    "222233334444",
    "333344445555",
    "444455556666",
    "555566667777",
)
REGION = "eu-central-1"
REGIONS = ("eu-central-1", "eu-west-1", "eu-west-2", "eu-north-1", "us-west-2", "us-east-2")
"""Stages take turns in these, so that no quota of a region is used up."""
FAST = 20_000.0
"""Virtual seconds per second: what takes a minute on AWS takes 3 ms."""

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

Client = Any
"""A boto3 client. The stubs know one class per service; the tests use one function for all."""


class Sandbox:
    """A running sandbox, and how to call it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._clients: dict[tuple[str, str, str], Client] = {}

    def client(self, service: str, account: str, region: str = REGION) -> Client:
        """A client of an account's administrator; or, given three parts of credentials, of their owner."""
        key = (service, account, region)
        if key not in self._clients:
            self._clients[key] = self.client_with(service, {"AccessKeyId": account, "SecretAccessKey": "x"}, region)
        return self._clients[key]

    def client_with(self, service: str, credentials: dict[str, str], region: str = REGION) -> Client:
        session = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials.get("SessionToken"),
            region_name=region,
        )
        session.events.register("after-call.service-catalog", conforms)
        config = Config(retries={"total_max_attempts": 1}, read_timeout=30)
        connect = cast("Callable[..., Client]", getattr(session, "client"))  # noqa: B009 - see Client
        return connect(service, endpoint_url=self.url, config=config)

    def assume(self, arn: str, by: str, session: str = "test") -> dict[str, str]:
        """Credentials of a role, assumed by an account's administrator."""
        return self.client("sts", by).assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"]

    def ask(self, path: str) -> dict[str, Any]:
        """Read from the sandbox's own endpoint."""
        with urlopen(f"{self.url}/_sandbox/{path}", timeout=10) as answer:  # noqa: S310 - http
            return json.load(answer)

    def post(self, path: str, body: object) -> None:
        """Change something at the sandbox's own endpoint."""
        request = Request(f"{self.url}/_sandbox/{path}", data=json.dumps(body).encode())  # noqa: S310 - http
        urlopen(request, timeout=10).close()  # noqa: S310

    @contextmanager
    def standing_still(self) -> Generator[None, None, None]:
        """Hold virtual time (nearly), so that what is in progress stays so."""
        self.post("clock", {"speed": 0.001})
        try:
            yield
        finally:
            self.post("clock", {"speed": FAST})


@contextmanager
def running(folder: Path, *options: str) -> Generator[Sandbox, None, None]:
    """Run a sandbox process of its own."""
    command = [sys.executable, "-m", "sandbox", "serve", "--speed", str(FAST), *options]
    with (folder / "sandbox.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ready http://"), (folder / "sandbox.log").read_text()
            yield Sandbox(line.split()[1])
        finally:
            process.terminate()
            process.wait(10)


def trust_service_catalog(sandbox: Sandbox) -> None:
    """Give Service Catalog its trusted access, and the hub its delegation."""
    sandbox.client("servicecatalog", MANAGEMENT).enable_aws_organizations_access()
    sandbox.client("organizations", MANAGEMENT).register_delegated_administrator(
        AccountId=HUB, ServicePrincipal="servicecatalog.amazonaws.com"
    )


_turns = itertools.count()


class Stage:
    """A hub with a portfolio and a product, built up as far as a test wants it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.name = f"t{uuid.uuid4().hex[:10]}"
        self.region = REGIONS[next(_turns) % len(REGIONS)]
        self.hub = self.client("servicecatalog", HUB)
        self.research = self.client("servicecatalog", RESEARCH)
        self.production = self.client("servicecatalog", PRODUCTION)
        self.s3 = sandbox.client("s3", HUB)
        self.s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.portfolio = self.hub.create_portfolio(DisplayName=self.name, ProviderName="platform")["PortfolioDetail"][
            "Id"
        ]
        made = self.hub.create_product(
            Name=self.name,
            Owner="ml",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters={"Name": "v1", "Info": self.info(TEMPLATE)},
        )
        self.product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        self.version = made["ProvisioningArtifactDetail"]["Id"]
        self.hub.associate_product_with_portfolio(ProductId=self.product, PortfolioId=self.portfolio)

    def client(self, service: str, account: str) -> Client:
        """A client of an account's administrator, in the stage's region."""
        return self.sandbox.client(service, account, self.region)

    def as_role(self, arn: str, session: str = "test", by: str = RESEARCH) -> Client:
        """A Service Catalog client of a role, in the stage's region."""
        return self.sandbox.client_with("servicecatalog", self.sandbox.assume(arn, by, session), self.region)

    def info(self, template: str) -> dict[str, str]:
        """Upload a template and return what a version's Info says of it."""
        key = f"{uuid.uuid4().hex}.template"
        self.s3.put_object(Bucket=self.name, Key=key, Body=template.encode())
        return {"LoadTemplateFromURL": f"https://{self.name}.s3.{REGION}.amazonaws.com/{key}"}

    def add_version(self, name: str, template: str) -> str:
        made = self.hub.create_provisioning_artifact(
            ProductId=self.product, Parameters={"Name": name, "Info": self.info(template)}
        )
        return made["ProvisioningArtifactDetail"]["Id"]

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
        self, account: str, name: str, trust: dict[str, Any], statements: list[dict[str, Any]] | None = None
    ) -> str:
        iam = self.sandbox.client("iam", account)
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*(statements or [ADMINISTRATOR])))
        return made["Role"]["Arn"]

    def launch_role(self, statements: list[dict[str, Any]] | None = None) -> str:
        """A launch constraint by local role name, and the role in the hub and in research."""
        name = f"launch-{self.name}"
        self.role(HUB, name)
        self.role(RESEARCH, name, statements=statements)
        self.constrain("LAUNCH", LocalRoleName=name)
        return name

    def share(self, kind: str = "ORGANIZATIONAL_UNIT", value: str | None = None, **flags: bool) -> str:
        """Share to the unit of the workloads, or to another node; returns the finished share's status."""
        node = {"Type": kind, "Value": value or self.unit("Workloads")}
        token = self.hub.create_portfolio_share(PortfolioId=self.portfolio, OrganizationNode=node, **flags)
        return self.share_status(token["PortfolioShareToken"])

    def share_status(self, token: str) -> str:
        for _ in range(200):
            status = self.hub.describe_portfolio_share_status(PortfolioShareToken=token)["Status"]
            if status not in ("NOT_STARTED", "IN_PROGRESS"):
                return status
            time.sleep(0.005)
        raise AssertionError("the share made no progress")

    def unit(self, name: str) -> str:
        """A unit's id, by the name of one right below the root or in Workloads."""
        organizations = self.sandbox.client("organizations", MANAGEMENT)
        parents = [organizations.list_roots()["Roots"][0]["Id"]]
        while parents:
            parent = parents.pop()
            for unit in organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]:
                if unit["Name"] == name:
                    return unit["Id"]
                parents.append(unit["Id"])
        raise AssertionError(f"no unit {name}")

    def grant(self, account: str = RESEARCH, arn: str | None = None, kind: str = "IAM") -> None:
        """Make the account's administrator, or another, a principal of the portfolio."""
        self.client("servicecatalog", account).associate_principal_with_portfolio(
            PortfolioId=self.portfolio,
            PrincipalARN=arn or f"arn:aws:iam::{account}:user/administrator",
            PrincipalType=kind,
        )

    def open(self) -> "Stage":
        """Share and grant, so that research can launch."""
        assert self.share() == "COMPLETED"
        self.grant()
        self.wait_for_path(self.research)
        return self

    def wait_for_path(self, client: Client) -> str:
        for _ in range(200):
            try:
                return client.list_launch_paths(ProductId=self.product)["LaunchPathSummaries"][0]["Id"]
            except client.exceptions.ResourceNotFoundException:
                time.sleep(0.005)
        raise AssertionError("no launch path came")

    def launch(self, client: Client | None = None, name: str | None = None, **more: object) -> dict[str, Any]:
        """Launch and wait; returns the provisioned product as it is then."""
        caller = client or self.research
        order = {"ProductId": self.product, "ProvisioningArtifactId": self.version, **more}
        record = caller.provision_product(ProvisionedProductName=name or f"pp-{uuid.uuid4().hex[:8]}", **order)
        return self.settled(record["RecordDetail"]["ProvisionedProductId"], caller)

    def settled(self, provisioned: str, client: Client | None = None) -> dict[str, Any]:
        for _ in range(500):
            found = (client or self.research).describe_provisioned_product(Id=provisioned)["ProvisionedProductDetail"]
            if found["Status"] != "UNDER_CHANGE":
                return found
            time.sleep(0.01)
        raise AssertionError("the provisioned product made no progress")

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
