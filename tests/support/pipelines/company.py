"""A company that has followed docs/iam: its roles, its state and its stacks, on a sandbox."""

import json
import os
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from tests.support.paths import ROOT
from tests.support.pipelines.machine import Machine
from tests.support.pipelines.tokens import GITHUB, GITLAB, REPOSITORY
from tests.support.sandbox.accounts import HUB, MANAGEMENT, PRODUCTION, REGION, RESEARCH
from tests.support.sandbox.process import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

BUCKET: Final = "example-pulumi-state"
PAGES: Final = "example-model-catalog-pages"
STACKS: Final = {"hub": HUB, "spoke-research": RESEARCH, "spoke-production": PRODUCTION}
_IAM: Final = ROOT / "docs" / "iam"
_FLEET: Final = {"AWS": f"arn:aws:iam::{MANAGEMENT}:role/ModelCatalogFleet"}


class Company:
    """Everything that an administrator has made before the first job runs."""

    def __init__(self, machine: Machine, sandbox: Sandbox) -> None:
        self._machine, self._sandbox = machine, sandbox
        self._organization = sandbox.client("organizations", MANAGEMENT).describe_organization()["Organization"]["Id"]
        sandbox.client("servicecatalog", MANAGEMENT).enable_aws_organizations_access()
        sandbox.client("organizations", MANAGEMENT).register_delegated_administrator(
            AccountId=HUB, ServicePrincipal="servicecatalog.amazonaws.com"
        )
        self._make_state()
        self._make_pages()
        for account in (MANAGEMENT, *STACKS.values()):
            iam = sandbox.client("iam", account)
            for issuer, audience in ((GITHUB, "sts.amazonaws.com"), (GITLAB, GITLAB)):
                iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[audience])
        for stack, account in STACKS.items():
            kind = stack.partition("-")[0]
            self._make_role(
                account,
                "ModelCatalogDeployer",
                [f"{kind}-deployer", f"state-{kind}", "state-secrets", "recovery"],
                stack=stack,
                environments=[stack],
                trusting=_FLEET,
            )
            self._make_role(account, "ModelCatalogViewer", [f"{kind}-viewer", f"state-{kind}-viewer"], stack=stack)
        self._make_role(
            MANAGEMENT,
            "ModelCatalogFleet",
            ["fleet", "state-fleet", "state-secrets"],
            environments=["canary", "everybody"],
        )
        viewing = ["fleet-viewer", "state-fleet-viewer", "state-history-viewer"]
        self._make_role(MANAGEMENT, "ModelCatalogViewer", viewing, environments=["", "propose", "pages"])
        self._make_role(HUB, "ModelCatalogPages", ["pages-publisher"], environments=["pages"])
        self._make_role(HUB, "ModelRegistrySync", ["registry-sync"], environments=["sync-models"])
        self._make_stacks()

    def _make_state(self) -> None:
        administrator = self._sandbox.client("s3", HUB)
        place: Any = {"LocationConstraint": REGION}
        administrator.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
        administrator.put_bucket_policy(Bucket=BUCKET, Policy=self._filled("state-bucket", HUB, ""))
        keys = self._sandbox.client("kms", HUB)
        self.key: str = keys.create_key()["KeyMetadata"]["Arn"]
        keys.put_key_policy(KeyId=self.key, PolicyName="default", Policy=self._filled("state-key", HUB, ""))

    def _make_pages(self) -> None:
        stacks, name = self._sandbox.client("cloudformation", HUB), "model-catalog-pages"
        given: Any = [{"ParameterKey": "BucketName", "ParameterValue": PAGES}]
        stacks.create_stack(StackName=name, TemplateBody=(_IAM / "pages-bucket.yaml").read_text(), Parameters=given)
        stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        [outputs] = [each["Outputs"] for each in stacks.describe_stacks(StackName=name)["Stacks"]]
        self.pages_key: str = next(each["OutputValue"] for each in outputs if each["OutputKey"] == "KeyArn")

    def _make_role(
        self,
        account: str,
        name: str,
        policies: Sequence[str],
        *,
        stack: str = "",
        environments: Sequence[str] = (),
        trusting: dict[str, str] | None = None,
    ) -> None:
        iam = self._sandbox.client("iam", account)
        jobs, proposed = ("trust-github", "trust-gitlab"), ("trust-github-pull-request", "trust-gitlab-merge-request")
        statements = [
            statement
            for environment in environments or [""]
            for each in (jobs if environment else proposed)
            for statement in json.loads(self._filled(each, account, stack, environment))["Statement"]
        ]
        if trusting:
            statements.append({"Effect": "Allow", "Principal": trusting, "Action": "sts:AssumeRole"})
        trust = json.dumps({"Version": "2012-10-17", "Statement": statements})
        there = {role["RoleName"] for role in iam.list_roles()["Roles"]}
        if name in there:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
        else:
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        iam.update_role(RoleName=name, MaxSessionDuration=6 * 3600)
        for each in policies:
            iam.put_role_policy(RoleName=name, PolicyName=each, PolicyDocument=self._filled(each, account, stack))

    def _filled(self, name: str, account: str, stack: str, environment: str = "") -> str:
        values = {
            "Partition": "aws",
            "AccountId": account,
            "HubAccountId": HUB,
            "StateAccountId": HUB,
            "StateBucket": BUCKET,
            "StateKey": getattr(self, "key", "").rpartition("/")[2],
            "OrganizationId": self._organization,
            "Stack": stack,
            "Repository": REPOSITORY,
            "Environment": environment,
            "PagesBucket": PAGES,
            "PagesKey": getattr(self, "pages_key", "").rpartition("/")[2],
            "ReportsBucket": "model-catalog-reports",
        }
        text = (_IAM / f"{name}.json").read_text()
        for key, value in values.items():
            text = text.replace(f"${{{key}}}", value)
        return text

    def _make_stacks(self) -> None:
        """Make each stack with the key, as docs/first-day.md does, and let the viewer see launch paths."""
        project = self._machine.project
        key = f"awskms:///{self.key}?region={REGION}"
        tools = ROOT / ".tools" / "bin"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))},
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"s3://{BUCKET}",
            "PULUMI_HOME": str(self._machine.folder / "administrator"),
            "AWS_ENDPOINT_URL": self._sandbox.url,
            "AWS_ACCESS_KEY_ID": HUB,
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": REGION,
        }
        for stack in STACKS:
            folder = project / stack.partition("-")[0]
            command = ["pulumi", "-C", str(folder), "stack", "init", stack, "--no-select", "--secrets-provider", key]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        for stack, account in list(STACKS.items())[1:]:
            settings: Path = project / f"Pulumi.{stack}.yaml"
            settings.write_text(_with_viewer(settings.read_text(), account))


def _with_viewer(text: str, account: str) -> str:
    portfolios = ["online-inference", "batch-inference", *(["gpu-inference"] if account == RESEARCH else [])]
    viewer = f"arn:aws:iam::{account}:role/ModelCatalogViewer"
    lines = "".join(f"    - {{portfolio: {each}, arn: {viewer}}}\n" for each in portfolios)
    return text.replace(
        "  model-catalog-spoke:launches:", f"  model-catalog-spoke:principals:\n{lines}  model-catalog-spoke:launches:"
    )
