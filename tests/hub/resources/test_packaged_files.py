"""The files that go with templates: in the bucket of each region, and readable for those who launch."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from hub.definitions.lock_document import LOCK_FILE
from hub.program import run
from shared.catalog.contract import parse
from spoke.launches.rights import refuse_excessive_roles
from tests.support.catalog_copy import CatalogCopy
from tests.support.fake_account import always
from tests.support.hub_stack import SETTINGS, as_settings
from tests.support.recorder import Mocks

FOLDER = "products/text-embedder-serverless"
BUCKET = "model-catalog-templates-eu-central-1-0a1b2c3"


@pytest.fixture
def two_regions(catalog_copy: CatalogCopy, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Give the settings of a hub in two regions, one of whose versions has a script, a folder and a nested template."""
    template = catalog_copy.folder / FOLDER / "1.0.0.yaml"
    more = """
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: machine.json}}
  Again: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: definitions}}
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}
"""
    template.write_text(template.read_text().replace("\nResources:\n", f"\nResources:{more}"))
    catalog_copy.write(f"{FOLDER}/machine.json", "{}")
    catalog_copy.write(f"{FOLDER}/definitions/a.json", "{}")
    catalog_copy.write(f"{FOLDER}/nested.yaml", "Resources: {T: {Type: AWS::Logs::LogGroup}}\n")
    (catalog_copy.folder / LOCK_FILE).unlink()
    monkeypatch.chdir(catalog_copy.folder.parent)
    monkeypatch.setattr("hub.definitions.load.check_lock", always(None))
    monkeypatch.setattr("hub.resources.template_bucket._ARCHIVES", catalog_copy.folder.parent / "packages")
    return {**SETTINGS, "regions": ["eu-west-1"]}


@pytest.fixture
def packaged(mocks: Mocks, two_regions: dict[str, object]) -> Mocks:
    """Deploy that hub."""
    return deployed(mocks, two_regions)


def deployed(mocks: Mocks, settings: dict[str, object]) -> Mocks:
    """Deploy a hub."""
    pulumi.runtime.set_all_config(as_settings(settings))
    mocks.deploy(run)
    return mocks


def policies(mocks: Mocks) -> dict[str, list[dict[str, Any]]]:
    """Give the statements of the buckets' policies, by the bucket."""
    found = mocks.all(aws.s3.BucketPolicy)
    return {each.inputs["bucket"]: json.loads(each.inputs["policy"])["Statement"] for each in found}


def test_every_region_has_each_file_once_under_its_content(packaged: Mocks) -> None:
    stored = [each for each in packaged.all(aws.s3.BucketObjectv2) if each.inputs["key"].startswith("files/")]

    for region in ("eu-central-1", "eu-west-1"):
        here = [each for each in stored if each.inputs["region"] == region]
        assert [".json", ".template", ".zip"] == sorted(Path(each.inputs["key"]).suffix for each in here)
        assert all(region in each.inputs["bucket"] for each in here)
    sources = {Path(each.inputs["key"]).suffix: each.inputs["source"] for each in stored}
    assert isinstance(sources[".json"], pulumi.FileAsset)
    assert Path(sources[".zip"].path).read_bytes()[:2] == b"PK"
    assert isinstance(sources[".template"], pulumi.StringAsset)


def test_the_template_names_the_files_of_its_own_region(packaged: Mocks) -> None:
    [stored] = [
        each
        for each in packaged.all(aws.s3.BucketObjectv2)
        if "/text-embedder-serverless/1.0.0/" in each.inputs["key"] and each.inputs["region"] == "eu-central-1"
    ]

    text = stored.inputs["source"].text

    assert f'DefinitionS3Location: {{"Bucket": "{BUCKET}", "Key": "files/' in text
    assert f'TemplateURL: "https://{BUCKET}.s3.example.com/files/' in text
    assert "machine.json" not in text


def test_roles_of_those_that_portfolios_are_shared_with_may_read_them(packaged: Mocks) -> None:
    for statements in policies(packaged).values():
        _, organization, accounts = statements
        assert {"aws:PrincipalOrgID": "o-a1b2c3d4e5"} == organization["Condition"]["StringEquals"]
        assert {
            "AWS": ["arn:aws:iam::333344445555:root", "arn:aws:iam::444455556666:root"],
        } == accounts["Principal"]
    products = packaged.exports["catalog"]["regions"]["eu-central-1"]["products"]
    for role in ("launch_role", "execution_role"):
        allowed = {
            statement.get("Sid"): statement["Resource"]
            for statement in products["text-embedder-serverless"][role]["policy"]["Statement"]
        }
        assert "arn:${Partition}:s3:::model-catalog-templates-*/files/*" == allowed["ReadPackagedFiles"]
        others = products["fraud-detector-realtime"][role]["policy"]["Statement"]
        assert "ReadPackagedFiles" not in {statement.get("Sid") for statement in others}


def test_a_key_of_the_hubs_own_is_used_by_those_that_read_the_files_alone(
    mocks: Mocks, two_regions: dict[str, object]
) -> None:
    keys = [f"arn:aws:kms:{region}:222233334444:key/1234abcd" for region in ("eu-central-1", "eu-west-1")]
    deployed(mocks, {**two_regions, "templateKeys": keys})

    decrypting = {
        key: [each for each in product["launch_role"]["policy"]["Statement"] if each["Action"] == "kms:Decrypt"]
        for key, product in mocks.exports["catalog"]["regions"]["eu-west-1"]["products"].items()
    }
    assert {"text-embedder-serverless"} == {key for key, found in decrypting.items() if found}
    [statement] = decrypting["text-embedder-serverless"]
    assert keys == statement["Resource"]
    assert {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}} == statement["Condition"]
    contract = parse(mocks.exports["catalog"], source="hub")
    refuse_excessive_roles(contract.regions["eu-central-1"].products, hub="hub")
    encrypted = {
        each.inputs["region"]: each.inputs["rules"][0]["applyServerSideEncryptionByDefault"]
        for each in mocks.all(aws.s3.BucketServerSideEncryptionConfiguration)
    }
    assert {key.split(":")[3]: {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key} for key in keys} == encrypted


def test_a_spoke_takes_the_roles_that_read_them(packaged: Mocks) -> None:
    contract = parse(packaged.exports["catalog"], source="hub")

    refuse_excessive_roles(contract.regions["eu-central-1"].products, hub="hub")


def test_a_catalog_without_files_lets_nobody_read(published: Mocks) -> None:
    assert [["TlsOnly"]] == [[each["Sid"] for each in found] for found in policies(published).values()]
