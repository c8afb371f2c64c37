"""A client that nobody here wrote takes the sandbox for AWS."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandbox.accounts import HUB, REGION, RESEARCH
from tests.support.sandbox.conformity import watch
from tests.support.sandbox.process import Sandbox
from tests.support.sandbox.setup import TEMPLATE, policy

pytestmark = pytest.mark.sandbox_only

AWS = Path(sys.executable).parent / "aws"
RULES = {"R": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Days"}, "7"]}, "AssertDescription": "a week"}]}}


class CommandLine:
    """The AWS CLI: its own parser and its own output, but in this process; each start of it takes most of a second."""

    def __init__(self, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, url: str) -> None:
        self._capture = capture
        self._patch = patch
        self._drivers: dict[str, Any] = {}
        patch.setenv("AWS_ENDPOINT_URL", url)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    def __call__(self, account: str, command: str, **options: object) -> Any:  # noqa: ANN401 - what it prints
        """Run `aws <command> --<option> <value> ...` as an account's administrator and return its answer."""
        self._patch.setenv("AWS_ACCESS_KEY_ID", account)
        words = command.split()
        for name, value in options.items():
            words += [f"--{name.replace('_', '-')}", value if isinstance(value, str) else json.dumps(value)]
        code = self._driver(account).main([*words, "--output", "json"])
        output, errors = self._capture.readouterr()
        assert code == 0, errors
        return json.loads(output) if output.startswith(("{", "[")) else output

    def catalog(self, account: str, operation: str, **options: object) -> Any:  # noqa: ANN401 - what it prints
        return self(account, f"servicecatalog {operation}", **options)

    def _driver(self, account: str) -> Any:  # noqa: ANN401 - the CLI has no types
        if account not in self._drivers:
            module: Any = importlib.import_module("awscli.clidriver")
            self._drivers[account] = module.create_clidriver()
            watch(self._drivers[account].session.get_component("event_emitter"))
        return self._drivers[account]


@pytest.fixture
def aws(sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(capsys, monkeypatch, sandbox.url)


def test_the_aws_cli_walks_through_a_whole_life(aws: CommandLine, tmp_path: Path) -> None:  # noqa: PLR0915 - a life is long
    """AWS CLI Command Reference, `aws servicecatalog`: from the portfolio to the launch, and back to nothing."""
    # The hub: portfolio, product, two versions, a launch role and a rule.
    aws(HUB, "s3 mb s3://cli-life")
    versions: list[dict[str, Any]] = []
    for name, text in (("v1", TEMPLATE), ("v2", TEMPLATE.replace("the group", "the log group"))):
        (tmp_path / name).write_text(text)
        aws(HUB, f"s3 cp {tmp_path / name} s3://cli-life/{name}")
        url = f"https://cli-life.s3.{REGION}.amazonaws.com/{name}"
        versions.append({"Name": name, "Info": {"LoadTemplateFromURL": url}})
    made = aws.catalog(HUB, "create-portfolio", display_name="cli", provider_name="x")
    portfolio = made["PortfolioDetail"]["Id"]
    product_type = {"product_type": "CLOUD_FORMATION_TEMPLATE"}
    made = aws.catalog(
        HUB, "create-product", name="cli", owner="o", provisioning_artifact_parameters=versions[0], **product_type
    )
    product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    first = made["ProvisioningArtifactDetail"]["Id"]
    both = {"portfolio_id": portfolio, "product_id": product}
    aws.catalog(HUB, "associate-product-with-portfolio", **both)
    made = aws.catalog(HUB, "create-provisioning-artifact", product_id=product, parameters=versions[1])
    second = made["ProvisioningArtifactDetail"]["Id"]
    trust = {"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"}, "Action": "sts:AssumeRole"}
    for account in (HUB, RESEARCH):
        aws(account, "iam create-role", role_name="cli", assume_role_policy_document=policy(trust))
        administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
        aws(account, "iam attach-role-policy", role_name="cli", policy_arn=administrator)
    constraints = [
        aws.catalog(HUB, "create-constraint", type=kind, parameters=json.dumps(parameters), **both)
        for kind, parameters in (("LAUNCH", {"LocalRoleName": "cli"}), ("TEMPLATE", {"Rules": RULES}))
    ]

    # Shared with the spoke alone, as a member of the organization; its administrator may launch.
    node = {"Type": "ACCOUNT", "Value": RESEARCH}
    token = aws.catalog(HUB, "create-portfolio-share", portfolio_id=portfolio, organization_node=node)
    shared = aws.catalog(
        HUB, "describe-portfolio-share-status", **{"portfolio-share-token": next(iter(token.values()))}
    )
    principal = {"principal_arn": f"arn:aws:iam::{RESEARCH}:user/administrator", "principal_type": "IAM"}
    aws.catalog(RESEARCH, "associate-principal-with-portfolio", portfolio_id=portfolio, **principal)
    paths = aws.catalog(RESEARCH, "list-launch-paths", product_id=product)["LaunchPathSummaries"]

    # The spoke: launch, update, look, terminate.
    order = {"product_id": product, "provisioning_artifact_id": first, "provisioned_product_name": "cli"}
    record = aws.catalog(
        RESEARCH, "provision-product", provisioning_parameters=[{"Key": "Days", "Value": "7"}], **order
    )
    launched = record["RecordDetail"]["ProvisionedProductId"]
    built = aws.catalog(RESEARCH, "describe-provisioned-product", id=launched)["ProvisionedProductDetail"]
    update = {"provisioned_product_id": launched, "product_id": product, "provisioning_artifact_id": second}
    aws.catalog(RESEARCH, "update-provisioned-product", **update)
    changed = aws.catalog(RESEARCH, "describe-provisioned-product", id=launched)["ProvisionedProductDetail"]
    outputs = aws.catalog(RESEARCH, "get-provisioned-product-outputs", provisioned_product_id=launched)["Outputs"]
    aws.catalog(RESEARCH, "terminate-provisioned-product", provisioned_product_id=launched)
    left = aws.catalog(RESEARCH, "scan-provisioned-products", query="ProvisionedProducts[].Id")

    assert shared["Status"] == "COMPLETED"
    assert [path["Name"] for path in paths] == ["cli"]
    assert (built["Status"], built["LaunchRoleArn"]) == ("AVAILABLE", f"arn:aws:iam::{RESEARCH}:role/cli")
    assert (changed["Status"], changed["ProvisioningArtifactId"]) == ("AVAILABLE", second)
    assert {output["OutputKey"] for output in outputs} == {"CloudformationStackARN", "Name"}
    assert launched not in left

    # Everything goes, in the order that AWS asks for.
    del principal["principal_type"]
    aws.catalog(RESEARCH, "disassociate-principal-from-portfolio", portfolio_id=portfolio, **principal)
    aws.catalog(HUB, "delete-portfolio-share", portfolio_id=portfolio, organization_node=node)
    for constraint in constraints:
        aws.catalog(HUB, "delete-constraint", id=constraint["ConstraintDetail"]["ConstraintId"])
    aws.catalog(HUB, "disassociate-product-from-portfolio", **both)
    aws.catalog(HUB, "delete-provisioning-artifact", product_id=product, provisioning_artifact_id=second)
    aws.catalog(HUB, "delete-product", id=product)
    aws.catalog(HUB, "delete-portfolio", id=portfolio)
    for account in (HUB, RESEARCH):
        aws(
            account, "iam detach-role-policy", role_name="cli", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess"
        )
        aws(account, "iam delete-role", role_name="cli")
    aws(HUB, "s3 rb s3://cli-life --force")
    with pytest.raises(AssertionError, match="ResourceNotFoundException"):
        aws.catalog(HUB, "describe-portfolio", id=portfolio)


def test_the_aws_command_itself_calls_the_sandbox(aws: CommandLine) -> None:
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": RESEARCH}
    command = [str(AWS), "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == aws(RESEARCH, "sts get-caller-identity")["Arn"]
