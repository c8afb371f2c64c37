"""What a product of the catalog may not do, unless the hub's settings say so."""

import json
from typing import Any, Final

import pytest
import yaml

from hub.config import ExceptionSetting
from hub.definitions.load import read_catalog, read_unlocked
from shared.errors import ContentError
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.refused import refused

TEXT: Final = "text-embedder-serverless"
FOLDER: Final = f"products/{TEXT}"
PASSING: Final[dict[str, Any]] = {
    "Sid": "Pass",
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:${Partition}:iam::${AccountId}:role/ModelCatalogExecution-text-embedder-serverless",
    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
}
EMBEDDER: Final = "  EmbedderModel:\n    Type: AWS::SageMaker::Model\n"
FOREIGN: Final = "111111111111.dkr.ecr.eu-central-1.amazonaws.com/anything:latest"


@pytest.mark.parametrize("kind", ["launch", "execution"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Action": "*"}, "policy-allows-everything"),
        ({"Action": ["ecr:ListImages", "s3:*"]}, "policy-allows-everything"),
        ({"Action": "s3:**"}, "policy-allows-everything"),
        ({"Condition": {}}, "role-passed-to-any-service"),
        ({"Action": "iam:PassRol?", "Condition": {}}, "role-passed-to-any-service"),
        ({"Action": "iam:Pass*", "Condition": {}}, "role-passed-to-any-service"),
        ({"Resource": "*"}, "any-role-passed"),
        ({"NotAction": "iam:DeleteUser"}, "policy-by-exclusion"),
        ({"NotResource": "arn:aws:s3:::secrets"}, "policy-by-exclusion"),
        ({"Action": ["iam:CreateRole", "iam:AttachRolePolicy"]}, "action-not-allowed"),
        ({"Action": "sts:AssumeRole", "Resource": "*"}, "action-not-allowed"),
        ({"Action": "s3:Get*"}, "action-not-allowed"),
    ],
)
def test_a_statement_that_allows_too_much_is_refused(
    catalog_copy: CatalogCopy, kind: str, changed: dict[str, Any], code: str
) -> None:
    catalog_copy.write(f"{FOLDER}/{kind}-policy.json", json.dumps([{**PASSING, **changed}]))

    with refused(ContentError, code, f"{FOLDER}/{kind}-policy.json: [0] (Pass)"):
        read_catalog(catalog_copy.folder, DAY)


@pytest.mark.parametrize("statement", [PASSING, {"Effect": "Deny", "Action": "*", "Resource": "*"}])
def test_what_is_listed_or_denied_is_taken(catalog_copy: CatalogCopy, statement: dict[str, Any]) -> None:
    catalog_copy.write(f"{FOLDER}/launch-policy.json", json.dumps([statement]))

    assert read_catalog(catalog_copy.folder, DAY)


def made(resource: str) -> tuple[str, str]:
    """Say what to replace in the template, so that it holds one more resource."""
    return EMBEDDER, f"  Made: {resource}\n{EMBEDDER}"


def task(value: str) -> tuple[str, str]:
    """Say what to replace in the template, so that a property has another value."""
    return "HF_TASK: feature-extraction", f"HF_TASK: {value}"


def rewritten(value: str) -> tuple[str, str]:
    """Say what to replace in the template, so that it is rewritten."""
    return "Resources:\n", f"Transform: {value}\nResources:\n"


LAMBDA: Final = "arn:aws:lambda:eu-central-1:111111111111:function:f"
SECRET: Final = "{{resolve:secretsmanager:prod/db:SecretString:password}}"
BUCKET: Final = "https://b.s3.amazonaws.com/t"


@pytest.mark.parametrize(
    ("change", "code", "allow"),
    [
        (made("{Type: 'AWS::IAM::Role'}"), "type-not-allowed", ["AWS::IAM::Role"]),
        (made("{Type: 'AWS::Lambda::Function'}"), "type-not-allowed", ["AWS::Lambda::Function"]),
        (
            made(f"{{Type: 'Custom::It', Properties: {{ServiceToken: '{LAMBDA}'}}}}"),
            "type-not-allowed",
            ["Custom::It", LAMBDA],
        ),
        (
            made("{Type: 'AWS::CloudFormation::CustomResource', Properties: {ServiceToken: {Ref: ModelDataUrl}}}"),
            "type-not-allowed",
            ["AWS::CloudFormation::CustomResource", '{"Ref":"ModelDataUrl"}'],
        ),
        (
            made(f"{{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: '{BUCKET}'}}}}"),
            "type-not-allowed",
            ["AWS::CloudFormation::Stack", BUCKET],
        ),
        (rewritten("AWS::Serverless-2016-10-31"), "template-rewritten", ["AWS::Serverless-2016-10-31"]),
        (rewritten("[Mine]"), "template-rewritten", ["Mine"]),
        (rewritten("{Name: Mine}"), "template-rewritten", ["Mine"]),
        (task("!Transform {Name: 'AWS::Include', Parameters: {}}"), "template-rewritten", ["AWS::Include"]),
        (task(f"'{SECRET}'"), "template-reads-secrets", [SECRET]),
        (
            task("!Join ['', ['{', '{resolve:ss', 'm:/prod/key}}']]"),
            "template-reads-secrets",
            ['{"Fn::Join":["",["{","{resolve:ss","m:/prod/key}}"]]}'],
        ),
    ],
)
def test_a_template_holds_nothing_that_the_settings_do_not_let_in(
    catalog_copy: CatalogCopy, change: tuple[str, str], code: str, allow: list[str]
) -> None:
    catalog_copy.replace(f"{FOLDER}/1.0.0.yaml", *change)

    with pytest.raises(ContentError) as found:
        read_unlocked(catalog_copy.folder, DAY)
    assert code == found.value.code
    assert f"{FOLDER}/1.0.0.yaml: " in found.value.place
    for token in allow:
        assert f"exceptions: [{{product: {TEXT}, allow: [{json.dumps(token)}], reason: …}}]" in str(found.value)

    catalog = read_unlocked(catalog_copy.folder, DAY, exceptions=[exception(*allow)])
    [product] = [each for each in catalog.products if each.file.key == TEXT]
    assert dict.fromkeys(allow, "It has to.") == product.exceptions


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (FOREIGN, "image-not-declared"),
        ("public.ecr.aws/anybody/anything:latest", "image-not-declared"),
        ("!Ref ModelDataUrl", "image-undecided"),
        ("!Sub '111111111111.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/anything:latest'", "image-not-declared"),
        ("!Sub '763104351884.dkr.ecr.${AWS::Region}.amazonaws.com/${ModelDataUrl}'", "image-undecided"),
        (f"!If [HasAlarmTopic, '{FOREIGN}', '{FOREIGN}']", "image-not-declared"),
        (f"!Join ['', ['{FOREIGN[:5]}', '{FOREIGN[5:]}']]", "image-not-declared"),
    ],
)
def test_a_template_runs_the_images_that_its_version_declares(catalog_copy: CatalogCopy, image: str, code: str) -> None:
    path = catalog_copy.folder / FOLDER / "1.0.0.yaml"
    head, _, rest = path.read_text().partition("        Image: !Sub\n")
    tail = rest[rest.index("        ModelDataUrl") :]
    path.write_text(f"{head}        Image: {image}\n{tail}")

    with refused(ContentError, code, "Resources.EmbedderModel.Properties.PrimaryContainer.Image"):
        read_unlocked(catalog_copy.folder, DAY)


def test_an_image_that_stands_anywhere_else_is_declared_too(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(f"{FOLDER}/1.0.0.yaml", "HF_TASK: feature-extraction", f"HF_TASK: '{FOREIGN}'")

    with refused(ContentError, "image-not-declared", "Properties.PrimaryContainer.Environment.HF_TASK"):
        read_unlocked(catalog_copy.folder, DAY)


def test_a_template_of_a_retired_version_is_left_alone(catalog_copy: CatalogCopy) -> None:
    catalog_copy.replace(f"{FOLDER}/1.0.0.yaml", EMBEDDER, f"  Made: {{Type: 'AWS::IAM::Role'}}\n{EMBEDDER}")
    catalog_copy.end(TEXT, "1.0.0", state="retired")

    assert read_unlocked(catalog_copy.folder, DAY)


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", "ec2.amazonaws.com", "codebuild.amazonaws.com"])
def test_a_service_that_runs_anything_is_let_in_by_the_settings_alone(catalog_copy: CatalogCopy, service: str) -> None:
    catalog_copy.replace(f"{FOLDER}/product.yaml", "    - sagemaker.amazonaws.com\n", f"    - {service}\n")

    with refused(ContentError, "service-not-allowed", f"{FOLDER}/product.yaml: execution_role.services"):
        read_catalog(catalog_copy.folder, DAY)
    assert read_catalog(catalog_copy.folder, DAY, exceptions=[exception(service)])


def test_the_roles_of_a_stack_set_are_named_in_the_settings(catalog_copy: CatalogCopy) -> None:
    admin, role = "arn:aws:iam::222233334444:role/Anybody", "AWSCloudFormationStackSetExecutionRole"
    constraint = {"type": "STACKSET", "accounts": ["333344445555"], "regions": ["eu-central-1"]}
    with (catalog_copy.folder / FOLDER / "product.yaml").open("a") as file:
        yaml.safe_dump({"constraints": [{**constraint, "admin_role": admin, "execution_role": role}]}, file)

    with refused(ContentError, "stack-set-role", "product.yaml: constraints[0]: admin_role"):
        read_catalog(catalog_copy.folder, DAY)
    with refused(ContentError, "stack-set-role", "product.yaml: constraints[0]: execution_role"):
        read_catalog(catalog_copy.folder, DAY, exceptions=[exception(admin)])
    assert read_catalog(catalog_copy.folder, DAY, exceptions=[exception(admin, role)])


def test_all_that_goes_beyond_is_told_at_once(catalog_copy: CatalogCopy) -> None:
    for kind in ("launch", "execution"):
        statements = [{**PASSING, "Action": ["iam:CreateUser", "lambda:InvokeFunction"]}]
        catalog_copy.write(f"{FOLDER}/{kind}-policy.json", json.dumps(statements))

    with refused(ContentError, "action-not-allowed", "launch-policy.json: [0] (Pass)") as found:
        read_catalog(catalog_copy.folder, DAY)

    assert 4 == len(str(found.value).splitlines())
    assert f"{FOLDER}/execution-policy.json: [0] (Pass): the action lambda:InvokeFunction" in str(found.value)


@pytest.mark.parametrize("of", ["fraud-detector-realtime", "text-embedder"])
def test_an_exception_is_for_its_product_alone(catalog_copy: CatalogCopy, of: str) -> None:
    catalog_copy.write(f"{FOLDER}/launch-policy.json", json.dumps([{**PASSING, "Action": "iam:CreateUser"}]))

    with refused(ContentError, "action-not-allowed", "launch-policy.json: [0] (Pass)"):
        read_catalog(catalog_copy.folder, DAY, exceptions=[exception("iam:CreateUser", product=of)])


def test_what_is_passed_to_any_service_is_excused_by_nothing(catalog_copy: CatalogCopy) -> None:
    catalog_copy.write(f"{FOLDER}/launch-policy.json", json.dumps([{**PASSING, "Resource": "*", "Condition": {}}]))
    allow = ["", "*", "iam:PassRole", "iam:PassRole on *", "iam:*"]

    with refused(ContentError, "role-passed-to-any-service", "launch-policy.json: [0] (Pass)") as found:
        read_catalog(catalog_copy.folder, DAY, exceptions=[exception(*allow[1:])])
    assert "exceptions" not in str(found.value)


def exception(*allow: str, product: str = TEXT) -> ExceptionSetting:
    """Write an exception, as a hub's settings have it."""
    return ExceptionSetting.model_validate({"product": product, "allow": list(allow), "reason": "It has to."})
