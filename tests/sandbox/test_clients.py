"""A client that nobody here wrote takes the sandbox for AWS."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.sandbox.stage import HUB, REGION, RESEARCH, TEMPLATE, Sandbox, Stage

AWS = Path(sys.executable).parent / "aws"


def aws(sandbox: Sandbox, account: str, *arguments: str) -> Any:  # noqa: ANN401 - whatever the command prints
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [str(AWS), *arguments, "--output", "json"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout) if done.stdout.strip().startswith(("{", "[")) else done.stdout


def test_the_aws_cli_walks_through_a_whole_life(stage: Stage, tmp_path: Path) -> None:
    """AWS CLI Command Reference, `aws servicecatalog`."""
    sandbox = stage.sandbox
    (tmp_path / "t.template").write_text(TEMPLATE)
    aws(sandbox, HUB, "s3", "cp", str(tmp_path / "t.template"), f"s3://{stage.name}/t.template")
    info = {"LoadTemplateFromURL": f"https://{stage.name}.s3.{REGION}.amazonaws.com/t.template"}
    catalog = ("servicecatalog",)
    made = aws(sandbox, HUB, *catalog, "create-portfolio", "--display-name", "cli", "--provider-name", "x")
    portfolio = made["PortfolioDetail"]["Id"]
    first = json.dumps({"Name": "v1", "Info": info})
    given = ("--name", stage.name, "--owner", "o", "--product-type", "CLOUD_FORMATION_TEMPLATE")
    made = aws(sandbox, HUB, *catalog, "create-product", *given, "--provisioning-artifact-parameters", first)
    product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    of = ("--portfolio-id", portfolio)
    aws(sandbox, HUB, *catalog, "associate-product-with-portfolio", "--product-id", product, *of)
    aws(sandbox, HUB, *catalog, "create-portfolio-share", *of, "--account-id", RESEARCH)
    aws(sandbox, RESEARCH, *catalog, "accept-portfolio-share", *of)
    administrator = ("--principal-arn", f"arn:aws:iam::{RESEARCH}:user/administrator", "--principal-type", "IAM")
    aws(sandbox, RESEARCH, *catalog, "associate-principal-with-portfolio", *of, *administrator)
    version = made["ProvisioningArtifactDetail"]["Id"]
    order = ("--product-id", product, "--provisioning-artifact-id", version, "--provisioned-product-name", stage.name)
    launched = aws(sandbox, RESEARCH, *catalog, "provision-product", *order)["RecordDetail"]["ProvisionedProductId"]
    time.sleep(0.1)
    described = aws(sandbox, RESEARCH, *catalog, "describe-provisioned-product", "--id", launched)
    aws(sandbox, RESEARCH, *catalog, "terminate-provisioned-product", "--provisioned-product-id", launched)
    left = aws(sandbox, RESEARCH, *catalog, "scan-provisioned-products", "--query", "ProvisionedProducts[].Id")

    assert described["ProvisionedProductDetail"]["Status"] == "AVAILABLE"
    assert launched not in left
