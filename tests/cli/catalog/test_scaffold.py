"""A new product or version is written as far as a template tells, and says where a person has to go on."""

import json
from pathlib import Path

import pytest
import yaml

from cli.exit_codes import ExitCode
from hub.definitions.derived.product_rights import exception_lines, read_product_rights
from hub.definitions.marks import marks_in
from tests.support.catalog_copy import DAY, CatalogCopy
from tests.support.command_line import Command

FRAUD = "fraud-detector-realtime"
TEXT = "text-embedder-serverless"
TEMPLATE = """\
Parameters:
  Kind: {Type: String, Default: ml.m5.large, AllowedValues: [ml.m5.large]}
  InstanceCount: {Type: Number, Default: 1}
  ModelDataUrl: {Type: String, AllowedPattern: '^s3://.+$'}
Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties: {ExecutionRoleArn: !Sub 'arn:aws:iam::1:role/ModelCatalogExecution-churn-scorer'}
  Group: {Type: AWS::Logs::LogGroup}
"""


@pytest.fixture
def template(tmp_path: Path) -> str:
    """Give a template that is not in the catalog."""
    path = tmp_path / "churn.yaml"
    path.write_text(TEMPLATE)
    return str(path)


def test_a_product_is_written_with_what_can_be_known(catalog: CatalogCopy, command: Command, template: str) -> None:
    ended = command("models", "new", "churn-scorer", "--template", template, "--portfolio", "online-inference")

    folder = catalog.folder / "products" / "churn-scorer"
    file = yaml.safe_load((folder / "product.yaml").read_text())
    assert (0, "") == (ended.code, ended.err)
    assert TEMPLATE == (folder / "1.0.0.yaml").read_text()
    assert ("churn-scorer", "Churn scorer", "online-inference") == (file["key"], file["name"], file["portfolio"])
    assert {"kind": "instances", "instance_type": "Kind", "count": "InstanceCount"} == file["cost"]
    assert {"archive": "ModelDataUrl"} == file["model"]
    assert "ML Platform" == file["distributor"], "what all products say alike is taken over"
    assert ("222233334444", "eu-central-1") == (file["registry"]["account_id"], file["registry"]["region"])
    assert {"1.0.0.card.yaml", "1.0.0.yaml", "execution-policy.json", "launch-policy.json", "product.yaml"} == {
        path.name for path in folder.iterdir()
    }


@pytest.mark.parametrize(
    "words", [("new", "churn-scorer", "--portfolio", "online-inference"), ("new-version", FRAUD, "1.2.0")]
)
@pytest.mark.parametrize(
    ("stack", "code"), [("no such/..", "stack-of-no-project"), ("hub-nope", "stack-without-settings")]
)
def test_a_hub_that_is_not_there_is_refused_even_where_nothing_is_asked_of_it(
    stack: str, code: str, words: tuple[str, ...], catalog: CatalogCopy, command: Command, template: str
) -> None:
    ended = command("models", *words, "--template", template, "--stack", stack)

    assert (ExitCode.MISTAKE, code, "") == (ended.code, ended.refusal[0], ended.out)
    assert not (catalog.folder / "products" / "churn-scorer").exists()


@pytest.mark.usefixtures("warm")
def test_what_only_a_person_can_say_is_marked_and_listed(catalog: CatalogCopy, command: Command, template: str) -> None:
    ended = command("models", "new", "churn-scorer", "--template", template, "--portfolio", "online-inference")

    marks = list(marks_in(catalog.folder))
    assert f"Places for a person to fill in: {len(marks)}. model-catalog models check lists them.\n" in ended.out
    told = {f"{mark.path.name}: {mark.what}" for mark in marks}
    assert {
        "product.yaml: the team that answers for the model",
        "product.yaml: the ARN of the model package",
        "product.yaml: the team that approved the model",
        "product.yaml: the S3 URI of the model's archive",
        "1.0.0.card.yaml: the figure",
    } <= told
    assert ExitCode.NOT_REACHED == command("models", "check").code


def test_the_launch_policy_is_derived_from_the_template(catalog: CatalogCopy, command: Command, template: str) -> None:
    command("models", "new", "churn-scorer", "--template", template, "--portfolio", "online-inference")

    statements = json.loads((catalog.folder / "products" / "churn-scorer" / "launch-policy.json").read_text())
    allowed = {action: each["Resource"] for each in statements for action in each["Action"]}
    assert "arn:${Partition}:logs:*:${AccountId}:log-group:SC-*-Group-*" == allowed["logs:CreateLogGroup"]
    assert "arn:${Partition}:sagemaker:*:${AccountId}:model/SC-*-Model-*" in allowed["sagemaker:CreateModel"]
    assert "iam:PassRole" not in allowed, "the hub adds it for the product's own role"


def test_what_the_product_takes_beyond_the_list_is_told_with_the_lines_to_write(
    catalog: CatalogCopy, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text(
        """
Parameters: {Size: {Type: String}}
Resources:
  Alerts: {Type: AWS::SNS::Topic}
  Worker:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Statement: [{Principal: {Service: lambda.amazonaws.com}}]}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Worker.Arn, Code: {ZipFile: x}}}
"""
    )

    ended = command("models", "new", "alerts", "--template", str(path), "--portfolio", "online-inference")

    role = "arn:${Partition}:iam::${AccountId}:role/SC-*-Worker-*"
    settings = yaml.safe_load(ended.out[ended.out.index("  model-catalog-hub:exceptions") :].partition("\nA spoke")[0])
    [exception] = settings["model-catalog-hub:exceptions"]
    assert "alerts" == exception["product"]
    assert {"AWS::SNS::Topic", "sns:CreateTopic", f"iam:PassRole on {role} to lambda.amazonaws.com"} <= set(
        exception["allow"]
    )
    assert "Parameters of which the template tells users nothing: Size. Give each a Description." in ended.out
    file = yaml.safe_load((catalog.folder / "products" / "alerts" / "product.yaml").read_text())
    assert not {"model", "cost"} & file.keys(), "there is no model to be chosen, and nothing that tells a cost"
    assert [] == json.loads((catalog.folder / "products" / "alerts" / "execution-policy.json").read_text())


def test_with_its_exceptions_nothing_of_the_rights_is_refused(
    catalog: CatalogCopy, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text("Resources: {Alerts: {Type: 'AWS::SNS::Topic'}}")
    command("models", "new", "alerts", "--template", str(path), "--portfolio", "online-inference")
    product = read_product_rights(catalog.folder / "products" / "alerts" / "product.yaml", DAY)

    lines = "\n".join(exception_lines("alerts", product.excesses(product.statements)))

    [written] = yaml.safe_load(lines)["model-catalog-hub:exceptions"]
    assert set(written["allow"]) == {each.token for each in product.excesses(product.statements)}


def test_a_product_whose_marks_are_filled_in_is_a_product(
    catalog: CatalogCopy, command: Command, template: str
) -> None:
    """With what the other products say in their places, it is one like them."""
    command("models", "new", "churn-scorer", "--template", template, "--portfolio", "online-inference")
    folder = catalog.folder / "products" / "churn-scorer"
    example = catalog.folder / "products" / FRAUD
    file = yaml.safe_load((folder / "product.yaml").read_text())
    filled = yaml.safe_load((example / "product.yaml").read_text())
    kept = {name: file[name] for name in ("key", "name", "cost")}
    entry = {**file["versions"][0], **{name: filled["versions"][0][name] for name in ("description", "artifacts")}}
    entry |= {name: filled["versions"][0][name] for name in ("model_package", "approval")}
    product = {**filled, **kept, "constraints": [], "versions": [entry]}
    (folder / "product.yaml").write_text(yaml.safe_dump(product))
    (folder / "1.0.0.card.yaml").write_text((example / "1.0.0.card.yaml").read_text())
    for name in ("launch-policy.json", "execution-policy.json"):
        (folder / name).write_text((example / name).read_text())

    assert "added churn-scorer 1.0.0" in command("models", "lock").out
    assert "churn-scorer" in command("models", "list").out


@pytest.mark.parametrize(
    ("name", "words", "code", "said"),
    [
        ("Churn", [], "invalid-value", "models new: name: "),
        (FRAUD, [], "product-exists", f"{FRAUD}: exists already."),
        ("churn", [], "portfolio-not-given", "--portfolio: is missing. The portfolios are: online-inference,"),
        ("churn", ["--portfolio", "x"], "portfolio-unknown", "--portfolio: invalid value 'x'."),
    ],
)
def test_what_cannot_be_a_product_is_refused_and_nothing_is_written(
    catalog: CatalogCopy, command: Command, template: str, name: str, words: list[str], code: str, said: str
) -> None:
    before = sorted(catalog.folder.rglob("*"))

    ended = command("models", "new", name, "--template", template, *words)

    assert (ExitCode.MISTAKE, code) == (ended.code, ended.refusal[0])
    assert said in ended.err
    assert before == sorted(catalog.folder.rglob("*"))


def test_a_template_that_cannot_be_read_leaves_nothing_behind(catalog: CatalogCopy, command: Command) -> None:
    before = sorted(catalog.folder.rglob("*"))

    ended = command("models", "new", "churn", "--template", "none.yaml", "--portfolio", "online-inference")

    assert ExitCode.MISTAKE == ended.code
    assert "none.yaml: cannot be read" in ended.err
    assert before == sorted(catalog.folder.rglob("*"))


def test_a_template_that_runs_as_no_role_of_the_product_is_told(
    catalog: CatalogCopy, command: Command, template: str
) -> None:
    ended = command("models", "new", "other", "--template", template, "--portfolio", "online-inference")

    assert catalog.folder.exists()
    assert "does not refer to the role ModelCatalogExecution-other" in ended.out


def test_a_version_is_added_with_a_card_whose_figures_are_to_be_said(catalog: CatalogCopy, command: Command) -> None:
    folder = catalog.folder / "products" / TEXT
    before = (folder / "product.yaml").read_text()

    ended = command("models", "new-version", TEXT, "1.1.0", "--template", str(folder / "1.0.0.yaml"))

    card, file = (folder / "1.1.0.card.yaml").read_text(), (folder / "product.yaml").read_text()
    assert (0, "") == (ended.code, ended.err)
    assert file.startswith(before.rstrip("\n"))
    [old, new] = yaml.safe_load(file)["versions"]
    assert ("1.1.0", "1.1.0.yaml", "1.1.0.card.yaml") == (new["version"], new["template"], new["card"])
    assert old["artifacts"]["images"] == new["artifacts"]["images"], "the template names the same image"
    assert "summary: Turns sentences" in card
    assert "0.62" not in card
    assert 'value: "<fill in: that of this model>"' in card
    assert {"approval", "model_package", "artifacts"} <= set(new)
    assert {mark.path.name for mark in marks_in(catalog.folder)} == {"product.yaml", "1.1.0.card.yaml"}


def test_an_image_that_the_template_does_not_name_is_to_be_said(
    catalog: CatalogCopy, command: Command, template: str
) -> None:
    command("models", "new-version", TEXT, "2.0.0", "--template", template)

    [_, new] = yaml.safe_load((catalog.folder / "products" / TEXT / "product.yaml").read_text())["versions"]
    assert ["<fill in: the image's URI in ECR, one for each region>"] == new["artifacts"]["images"]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["nothing", "1.1.0"], ("product-unknown", "PRODUCT")),
        ([FRAUD, "1.1.0"], ("version-exists", f"hub/catalog/products/{FRAUD}/product.yaml")),
        ([FRAUD, "1.2"], ("invalid-value", "models new-version: version")),
    ],
)
def test_what_cannot_be_a_version_is_refused_and_nothing_is_written(
    catalog: CatalogCopy, command: Command, template: str, words: list[str], refusal: tuple[str, str]
) -> None:
    before = sorted(catalog.folder.rglob("*"))

    ended = command("models", "new-version", *words, "--template", template)

    assert (ExitCode.MISTAKE, refusal) == (ended.code, ended.refusal)
    assert before == sorted(catalog.folder.rglob("*"))


def test_files_of_a_published_version_are_not_written_over(
    catalog: CatalogCopy, command: Command, tmp_path: Path
) -> None:
    kept = catalog.folder / "products" / TEXT / "nested.yaml"
    kept.write_text("Resources: {Inner: {Type: AWS::SNS::Topic}}")
    (tmp_path / "nested.yaml").write_text("Resources: {Inner: {Type: AWS::SQS::Queue}}")
    path = tmp_path / "next.yaml"
    path.write_text("Resources: {Below: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}}")

    ended = command("models", "new-version", TEXT, "9.0.0", "--template", str(path))

    assert (2, "file-exists") == (ended.code, ended.refusal[0])
    assert "AWS::SNS::Topic" in kept.read_text()
    assert not (kept.parent / "9.0.0.yaml").exists()
