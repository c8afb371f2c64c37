"""A product is launched on a sandbox by its own launch role, which proves its rights."""

import json
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.support.catalog_copy import CatalogCopy
from tests.support.command_line import Command

POLICY = "products/alerts/launch-policy.json"
TEMPLATE = """
Parameters:
  Words: {Type: String, Description: What is said., MinLength: 3}
  Secret: {Type: String, Description: Nobody is told., NoEcho: true, Default: hidden}
  Network: {Type: 'AWS::EC2::VPC::Id', Description: Where it is.}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Description: What is kept., Default: /team/words}
  Odd: {Type: String, Description: Like nothing else., AllowedPattern: 'x[0-9]{7}', Default: x0000001}
Resources:
  Alerts: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '${Words} ${Stored}'}}
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Worker.Arn
      Code: {S3Bucket: team-code, S3Key: answer.zip}
      Handler: index.answer
      Runtime: python3.12
  Answer: {Type: 'Custom::Answer', Properties: {ServiceToken: !GetAtt Fn.Arn}}
Outputs: {Answered: {Value: !GetAtt Answer.Word}}
"""


pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture
def product(catalog: CatalogCopy, command: Command, tmp_path: Path) -> CatalogCopy:
    """Give a product that was just made from a template, with all of its marks."""
    path = tmp_path / "alerts.yaml"
    path.write_text(TEMPLATE)
    assert (
        ExitCode.DONE
        == command("models", "new", "alerts", "--template", str(path), "--portfolio", "online-inference").code
    )
    return catalog


def test_what_was_derived_is_enough_and_what_was_not_used_is_named(product: CatalogCopy, command: Command) -> None:
    assert product
    ended = command("models", "rehearse", "alerts", "--json")

    report = json.loads(ended.out)
    assert ExitCode.DONE == ended.code, report
    assert {"launch": "", "update of its tags": "", "termination": ""} == report["steps"]
    assert {"sns:CreateTopic", "sns:DeleteTopic", "iam:CreateRole", "iam:PassRole", "lambda:CreateFunction"} <= set(
        report["used"]
    )
    assert "sns:SetTopicAttributes" in report["unused"]
    assert not set(report["used"]) & set(report["unused"])
    assert "lambda:GetLayerVersion" in report["unchecked"], "which the sandbox does not ask for"
    assert "made up for the rehearsal: the answers of Answer's function" in report["notes"]
    assert "made up for the rehearsal: code at s3://team-code/answer.zip" in report["notes"]
    assert report["values"]["Network"].startswith("vpc-")
    assert "rehearsal" == report["values"]["Words"]


@pytest.mark.parametrize(("words", "region"), [([], "eu-west-1"), (["--region", "us-east-1"], "us-east-1")])
def test_it_is_launched_where_the_hub_is_or_where_one_says(
    catalog: CatalogCopy, command: Command, tmp_path: Path, words: list[str], region: str
) -> None:
    path = tmp_path / "mapped.yaml"
    image = "!Select [2, !Split ['.', !Sub 'x.y.${AWS::Region}']]"
    path.write_text(f"Resources: {{Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {image}}}}}}}\n")
    hub = Path("Pulumi.hub.yaml")
    hub.write_text("config: {aws:region: eu-west-1}\n")
    assert catalog
    assert command("models", "new", "mapped", "--template", str(path), "--portfolio", "online-inference").code == 0

    report = json.loads(command("models", "rehearse", "mapped", *words, "--json").out)

    assert (region, {"launch": "", "update of its tags": "", "termination": ""}) == (report["region"], report["steps"])


def test_what_the_role_lacks_is_what_the_launch_fails_for(product: CatalogCopy, command: Command) -> None:
    path = product.folder / POLICY
    path.write_text(path.read_text().replace('"sns:CreateTopic",', ""))

    ended = command("models", "rehearse", "alerts", "1.0.0", "--parameter", "Words=abc", "--parameter", "Secret=shh")

    assert ExitCode.NOT_REACHED == ended.code
    assert "is not authorized to perform: sns:CreateTopic" in ended.out
    assert "termination: done" in ended.out
    assert "  Words = abc\n" in ended.out
    assert "shh" not in ended.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["2.0.0"], "version-unknown"),
        (["--parameter", "Nothing=x"], "parameter-unknown"),
        (["--parameter", "Words"], "parameter-unknown"),
        (["--parameter", "Words=x"], "invalid-value"),
        (["--region", "eu-centrall-1"], "invalid-value"),
    ],
)
def test_what_cannot_be_launched_is_refused(
    product: CatalogCopy, command: Command, words: list[str], code: str
) -> None:
    assert product
    ended = command("models", "rehearse", "alerts", *words)

    assert (ExitCode.MISTAKE, code) == (ended.code, ended.refusal[0])


def test_values_that_nobody_can_make_up_are_asked_for_at_once(product: CatalogCopy, command: Command) -> None:
    path = product.folder / "products/alerts/1.0.0.yaml"
    path.write_text(TEMPLATE.replace(", Default: x0000001", ""))

    ended = command("models", "rehearse", "alerts")

    assert (ExitCode.MISTAKE, "parameters-not-given") == (ended.code, ended.refusal[0])
    assert "--parameter Odd=…" in ended.err


def test_a_template_is_launched_with_the_files_that_it_names(
    catalog: CatalogCopy, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/bootstrap").write_text("#!/bin/sh\n")
    (tmp_path / "code/bootstrap").chmod(0o755)
    (tmp_path / "nested.yaml").write_text("Resources: {Inner: {Type: AWS::SNS::Topic}}")
    (tmp_path / "function.yaml").write_text("""
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Worker.Arn, Code: ./code, Handler: bootstrap, Runtime: provided.al2023}
  Below: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested.yaml}}
""")
    made = command(
        "models", "new", "scorer", "--template", str(tmp_path / "function.yaml"), "--portfolio", "online-inference"
    )
    ended = command("models", "rehearse", "scorer", "--json")

    folder = catalog.folder / "products/scorer"
    assert (ExitCode.DONE, "") == (made.code, made.err)
    assert 0o100 & (folder / "code/bootstrap").stat().st_mode
    assert (folder / "nested.yaml").is_file()
    report = json.loads(ended.out)
    assert {"launch": "", "update of its tags": "", "termination": ""} == report["steps"], report
    assert {"lambda:CreateFunction", "sns:CreateTopic"} <= set(report["used"])


def test_values_that_a_template_makes_itself_or_takes_from_its_account_are_not_made_up_otherwise(
    catalog: CatalogCopy, command: Command, tmp_path: Path
) -> None:
    assert catalog
    path = tmp_path / "helper.yaml"
    path.write_text("""
Parameters:
  Stage: {Type: String, Description: Which one., Default: test, AllowedValues: [test, live]}
  OwnerAccountId: {Type: String, Description: Whose.}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub ${Stage}-helper
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: [lexv2.amazonaws.com]}, Action: 'sts:AssumeRole'}]
  Bot:
    Type: AWS::Lex::Bot
    Properties:
      {Name: helper, RoleArn: !GetAtt Role.Arn, DataPrivacy: {ChildDirected: false}, IdleSessionTTLInSeconds: 300}
  Version:
    Type: AWS::Lex::BotVersion
    Properties:
      BotId: !Ref Bot
      BotVersionLocaleSpecification: [{LocaleId: en_US, BotVersionLocaleDetails: {SourceBotVersion: DRAFT}}]
  Alias:
    Type: AWS::Lex::BotAlias
    Properties: {BotAliasName: live, BotId: !Ref Bot, BotVersion: !GetAtt Version.BotVersion}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref OwnerAccountId}}
""")
    assert command("models", "new", "helper", "--template", str(path), "--portfolio", "online-inference").code == 0

    ended = command("models", "rehearse", "helper", "--json")

    report = json.loads(ended.out)
    assert {"launch": "", "update of its tags": "", "termination": ""} == report["steps"]
    assert "333344445555" == report["values"]["OwnerAccountId"]
    assert not [note for note in report["notes"] if "the role" in note]


def test_what_is_made_up_is_of_the_kind_that_the_properties_take(
    catalog: CatalogCopy, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "found.yaml"
    path.write_text("""
Transform: AWS::Serverless-2016-10-31
Parameters:
  Days: {Type: Number, Description: How long it is kept., MinValue: 6}
  Memory: {Type: Number, Description: In megabytes.}
Globals: {Function: {Runtime: python3.12, Handler: index.handler}}
Resources:
  Finder: {Type: AWS::Serverless::Function, Properties: {CodeUri: s3://team-code/finder.zip, MemorySize: !Ref Memory}}
  Scorer: {Type: AWS::Serverless::Function, Properties: {CodeUri: {Bucket: team-code, Key: scorer.zip}}}
  Network: {Type: 'Custom::Network', Properties: {ServiceToken: !GetAtt Finder.Arn}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !Ref Days}}
  Words: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !GetAtt Network.Days}}
  Domain:
    Type: AWS::SageMaker::Domain
    Properties:
      AuthMode: IAM
      DomainName: studio
      VpcId: !GetAtt Network.VpcId
      SubnetIds: !GetAtt Network.Subnets
      DefaultUserSettings: {ExecutionRole: !Sub 'arn:aws:iam::${AWS::AccountId}:role/ModelCatalogExecution-found'}
""")
    assert catalog
    assert command("models", "new", "found", "--template", str(path), "--portfolio", "online-inference").code == 0

    report = json.loads(command("models", "rehearse", "found", "--json").out)

    assert {"launch": "", "update of its tags": "", "termination": ""} == report["steps"]
    assert {"Days": "7", "Memory": "128"} == report["values"]
    assert {"made up for the rehearsal: code at s3://team-code/finder.zip"} <= set(report["notes"])
