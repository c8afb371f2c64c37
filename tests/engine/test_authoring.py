"""A product in two portfolios whose template names a file and is written by a command, on the real engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from tests.support.assuming import assumed
from tests.support.sandbox.process import Sandbox
from tests.support.stage import HUB, REGION, RESEARCH, Stage

PRODUCT = "text-embedder-serverless"
FOLDER = f"hub/catalog/products/{PRODUCT}"
SPOKE = "Pulumi.spoke-research.yaml"
ROLE = "ModelCatalogLaunch-another"  # a role of that kind which a test may assume
PROGRAM = """\
import pathlib
calls = "  Calls: {Type: AWS::CloudFormation::Stack, Properties: "
calls += "{TemplateURL: calls.yaml, Parameters: {Of: !Ref AWS::StackName}}}"
print(pathlib.Path("1.0.0.yaml").read_text().replace("\\nResources:", f"\\nResources:\\n{calls}"))
"""
NESTED = """\
Parameters: {Of: {Type: String}}
Resources:
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/model-catalog/${Of}', RetentionInDays: 7}}
"""
EXCEPTION = {"product": PRODUCT, "allow": ["AWS::CloudFormation::Stack", "calls.yaml"], "reason": "Its log is apart."}


@pytest.fixture(scope="module")
def authored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage whose hub publishes the product so, and research, which launches its first version."""
    with Stage(tmp_path_factory.mktemp("authored") / "stage") as stage:
        folder = stage.project / FOLDER
        (folder / "template.py").write_text(PROGRAM)
        (folder / "calls.yaml").write_text(NESTED)
        content: dict[str, Any] = yaml.safe_load((folder / "product.yaml").read_text())
        content["portfolios"] = {"gpu-inference": {"constraints": []}}
        version = {"version": "1.1.0", "template": {"command": ["python3", "template.py"]}, "card": "1.1.0.card.yaml"}
        content["versions"].append({**content["versions"][0], **version})
        (folder / "product.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
        (folder / "1.1.0.card.yaml").write_text((folder / "1.0.0.card.yaml").read_text().replace("1.0.0", "1.1.0"))
        settings: dict[str, Any] = yaml.safe_load((stage.project / SPOKE).read_text())
        settings["config"]["model-catalog-spoke:launches"] = [
            {"name": name, "product": PRODUCT, "version": "1.0.0"} for name in ("online", "gpu")
        ]
        (stage.project / SPOKE).write_text(yaml.safe_dump(settings, sort_keys=False))
        hub: dict[str, Any] = yaml.safe_load((stage.project / "Pulumi.hub.yaml").read_text())
        hub["config"]["model-catalog-hub:exceptions"] = [EXCEPTION]
        (stage.project / "Pulumi.hub.yaml").write_text(yaml.safe_dump(hub, sort_keys=False))
        assert f"{FOLDER}/1.1.0.yaml: written by its command" in stage.succeed("lock")
        derived = stage.run("python", "-m", "cli", "models", "rights", PRODUCT, "--write")
        assert "launch-policy.json: 2 derived statements" in derived.stdout
        for stack in ("organization", "hub"):
            _ = stage.up(stack)
        yield stage


def test_launches_go_through_the_portfolios_that_they_name(authored: Stage) -> None:
    refused = authored.refuse("up-spoke-research", "FLAGS=--skip-preview")

    for name in ("online", "gpu"):
        assert f"({name}): portfolio: is missing. {PRODUCT} stands in several portfolios" in refused
    for name in ("online", "gpu"):
        _ = authored.edit(SPOKE, f"name: {name}\n", f"name: {name}\n    portfolio: {name}-inference\n")
    _ = authored.up("spoke-research")
    launches = authored.outputs("spoke-research")["launches"]
    assert {"online": "AVAILABLE", "gpu": "AVAILABLE"} == {name: each["status"] for name, each in launches.items()}
    state = json.loads(authored.run("pulumi", "-C", "spoke", "-s", "spoke-research", "stack", "export").stdout)
    made = [each for each in state["deployment"]["resources"] if each["type"].endswith(":ProvisionedProduct")]
    assert 2 == len({each["inputs"]["pathId"] for each in made})
    assert 1 == len({each["inputs"]["productId"] for each in made})
    assert "unchanged" in authored.up("spoke-research", "--expect-no-changes")


def test_the_launch_role_reads_the_files_of_the_hub_and_nobody_else_does(authored: Stage) -> None:
    published = authored.outputs("hub")["catalog"]["regions"][REGION]["products"][PRODUCT]
    sandbox = Sandbox(authored.url)
    iam = sandbox.client("iam", RESEARCH)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{RESEARCH}:root"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    policy = json.dumps(published["launch_role"]["policy"]).replace("${Partition}", "aws")
    _ = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(document))
    _ = iam.put_role_policy(RoleName=ROLE, PolicyName="launch", PolicyDocument=policy.replace("${AccountId}", RESEARCH))
    launching = sandbox.client_with(
        "s3", assumed(sandbox.client("sts", RESEARCH), f"arn:aws:iam::{RESEARCH}:role/{ROLE}"), REGION
    )
    own = sandbox.client("s3", HUB, REGION)
    [bucket] = [each["Name"] for each in own.list_buckets()["Buckets"] if each["Name"].startswith("model-catalog-t")]
    keys = [each["Key"] for each in own.list_objects_v2(Bucket=bucket)["Contents"]]
    [file] = [key for key in keys if key.startswith("files/")]
    [template] = [key for key in keys if key.startswith(f"templates/{PRODUCT}/1.1.0/")]

    assert NESTED.encode() == launching.get_object(Bucket=bucket, Key=file)["Body"].read()
    with pytest.raises(ClientError, match="AccessDenied"):
        launching.get_object(Bucket=bucket, Key=template)
    with pytest.raises(ClientError, match="AccessDenied"):
        sandbox.client("s3", RESEARCH, REGION).get_object(Bucket=bucket, Key=file)
    text = own.get_object(Bucket=bucket, Key=template)["Body"].read().decode()
    assert f'TemplateURL: "https://{bucket}.s3.{REGION}.amazonaws.com/{file}"' in text
    assert f"/{published['versions']['1.1.0']['template_sha256']}.template" in template
    assert "unchanged" in authored.up("hub", "--expect-no-changes")


def test_a_launch_builds_what_the_files_of_its_version_say(authored: Stage) -> None:
    logs = Sandbox(authored.url).client("logs", RESEARCH, REGION)
    before = (authored.project / SPOKE).read_text()
    settings: dict[str, Any] = yaml.safe_load(before)
    launch = {"name": "logged", "product": PRODUCT, "version": "1.1.0", "portfolio": "gpu-inference"}
    settings["config"]["model-catalog-spoke:launches"] = [launch]
    (authored.project / SPOKE).write_text(yaml.safe_dump(settings, sort_keys=False))

    _ = authored.up("spoke-research")
    [made] = logs.describe_log_groups(logGroupNamePrefix="/model-catalog/SC-")["logGroups"]
    assert "unchanged" in authored.up("spoke-research", "--expect-no-changes")
    launch["version"] = "1.0.0"
    (authored.project / SPOKE).write_text(yaml.safe_dump(settings, sort_keys=False))
    _ = authored.up("spoke-research")

    assert 7 == made["retentionInDays"]
    assert [] == logs.describe_log_groups(logGroupNamePrefix="/model-catalog/SC-")["logGroups"]
    (authored.project / SPOKE).write_text(before)
