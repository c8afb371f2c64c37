"""The rights that launches take are derived from the types' schemas, for the names that a launch gives."""

from pathlib import Path

import pytest

from hub.definitions.derived.derivation import derived_rights
from hub.definitions.derived.needed_actions import STEPS
from hub.definitions.derived.rights import DerivedRights, Reason
from hub.definitions.templates import read_template
from shared.errors import ContentError
from tests.support.refused import refused

OWN = "ModelCatalogExecution-scorer"
ROLE = "arn:${Partition}:iam::${AccountId}:role"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder for templates."""
    return tmp_path


def derived(folder: Path, text: str, **more: tuple[str, ...]) -> DerivedRights:
    """Derive the rights of a template's launches."""
    path = folder / "1.0.0.yaml"
    path.write_text(text)
    return derived_rights(read_template(path), OWN, steps=more.get("steps", STEPS))


def resources(found: DerivedRights, action: str) -> set[str]:
    """List the resources that an action is about."""
    return {arn for right in found.rights if right.action == action for arn in right.resources}


def test_a_made_up_name_begins_with_the_stacks_and_has_the_logical_id(folder: Path) -> None:
    found = derived(folder, "Resources: {Alerts: {Type: 'AWS::SNS::Topic'}}")

    assert {"arn:${Partition}:sns:*:${AccountId}:SC-*-Alerts-*"} == resources(found, "sns:CreateTopic")
    assert {"arn:${Partition}:sns:*:${AccountId}:SC-*-Alerts-*"} == resources(found, "sns:TagResource")


def test_sagemaker_leaves_the_stacks_name_out_and_writes_arns_in_small_letters(folder: Path) -> None:
    found = derived(folder, "Resources: {Model: {Type: 'AWS::SageMaker::Model', Properties: {ExecutionRoleArn: x}}}")

    model = "arn:${Partition}:sagemaker:*:${AccountId}:model"
    names = {f"{model}/{name}" for name in ("SC-*-Model-*", "sc-*-model-*", "Model-*", "model-*")}
    assert names == resources(found, "sagemaker:CreateModel") == resources(found, "sagemaker:AddTags")


def test_of_a_long_logical_id_so_much_is_told_as_is_left_of_it_in_a_name(folder: Path) -> None:
    """A role's name has 64 characters, of which the random ID takes some, and the stack's name half of the rest."""
    name = "TheRoleOfTheFunctionThatAnswers"
    found = derived(folder, f"Resources: {{{name}: {{Type: 'AWS::IAM::Role'}}}}")

    assert {f"{ROLE}/SC-*-{name[:25]}*"} == resources(found, "iam:CreateRole")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("alerts", "alerts"),
        ("!Sub '${AWS::StackName}-alerts'", "SC-*-alerts"),
        ("!Sub '${Team}-alerts'", "team-*-alerts"),
        ("!Join ['-', [!Ref Stage, alerts]]", "*-alerts"),
        ("!Ref Kind", {"small", "large"}),
        ("!If [Big, large, !Ref AWS::NoValue]", {"large", "SC-*-Alerts-*"}),
        ("!FindInMap [Names, !Ref AWS::Region, topic]", {"here", "there"}),
        ("!Sub ['${A}-x', {A: !Ref Kind}]", {"small-x", "large-x"}),
        ("!Select [0, [first, second]]", {"first", "second"}),
        ("!ImportValue shared-name", "*"),
    ],
)
def test_a_given_name_is_told_as_far_as_the_template_decides_it(
    folder: Path, name: str, pattern: str | set[str]
) -> None:
    text = f"""
Parameters:
  Team: {{Type: String, AllowedPattern: '^team-[a-z]+$'}}
  Stage: {{Type: String}}
  Kind: {{Type: String, AllowedValues: [small, large]}}
Conditions: {{Big: !Equals [!Ref Kind, large]}}
Mappings: {{Names: {{eu-central-1: {{topic: here}}, eu-west-1: {{topic: there}}}}}}
Resources: {{Alerts: {{Type: 'AWS::SNS::Topic', Properties: {{TopicName: {name}}}}}}}
"""
    wanted = {pattern} if isinstance(pattern, str) else pattern

    assert {f"arn:${{Partition}}:sns:*:${{AccountId}}:{each}" for each in wanted} == resources(
        derived(folder, text), "sns:CreateTopic"
    )


def test_a_log_group_has_both_forms_of_its_arn_and_a_stored_parameter_one_slash(folder: Path) -> None:
    text = """
Resources:
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /team/scorer}}
  Filter: {Type: AWS::Logs::MetricFilter, Properties: {LogGroupName: /team/scorer, FilterPattern: x}}
  Stored: {Type: AWS::SSM::Parameter, Properties: {Name: /team/words, Type: String, Value: x}}
"""
    found, group = derived(folder, text), "arn:${Partition}:logs:*:${AccountId}:log-group:/team/scorer"

    assert {group, f"{group}:*"} == resources(found, "logs:DeleteLogGroup")
    assert group in resources(found, "logs:PutMetricFilter")
    assert {"arn:${Partition}:ssm:*:${AccountId}:parameter/team/words"} == resources(found, "ssm:PutParameter")


def test_what_must_be_wide_says_why(folder: Path) -> None:
    text = """
Parameters: {Name: {Type: String}}
Resources:
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}
"""
    found = {right.action: (right.resources, right.reason) for right in derived(folder, text).rights}

    assert (("*",), Reason.NO_RESOURCE) == found["ec2:DescribeVpcs"]
    assert Reason.ID_OF_THE_SERVICE is found["ec2:DeleteVpc"][1]
    assert ("arn:${Partition}:ec2:*:${AccountId}:vpc/*",) == found["ec2:DeleteVpc"][0]
    assert Reason.NAME_OF_THE_LAUNCH is found["sns:CreateTopic"][1]


def test_what_is_about_a_property_is_taken_where_the_template_gives_it(folder: Path) -> None:
    plain = derived(folder, "Resources: {Files: {Type: 'AWS::S3::Bucket'}}")
    versioned = derived(
        folder,
        "Resources: {Files: {Type: 'AWS::S3::Bucket', Properties: {VersioningConfiguration: {Status: Enabled}}}}",
    )

    assert "s3:PutBucketVersioning" in plain.left_out
    assert not resources(plain, "s3:PutBucketVersioning")
    assert {"arn:${Partition}:s3:::sc-*-files-*"} == resources(versioned, "s3:PutBucketVersioning")
    assert resources(plain, "s3:CreateBucket"), "which nothing replaces"


def test_another_services_actions_are_taken_where_the_template_has_to_do_with_it(folder: Path) -> None:
    function = "Resources: {Fn: {Type: 'AWS::Lambda::Function', Properties: {Role: x, Code: {ZipFile: y}MORE}}}"
    plain = derived(folder, function.replace("MORE", ""))
    inside = derived(folder, function.replace("MORE", ", VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}"))

    assert not resources(plain, "ec2:DescribeSubnets")
    assert {"*"} == resources(inside, "ec2:DescribeSubnets")
    assert not resources(inside, "elasticfilesystem:DescribeMountTargets")


def test_keys_are_used_through_the_service_alone(folder: Path) -> None:
    text = "Resources: {Fn: {Type: 'AWS::Lambda::Function', Properties: {Role: x, Code: {ZipFile: y}, KmsKeyArn: k}}}"

    [right] = [right for right in derived(folder, text).rights if right.action == "kms:Encrypt"]

    assert {"StringLike": {"kms:ViaService": ("lambda.*.amazonaws.com",)}} == right.condition


@pytest.mark.parametrize(
    ("key", "arn"),
    [
        ("'arn:aws:kms:eu-west-1:1:key/a'", "arn:aws:kms:eu-west-1:1:key/a"),
        ("1234abcd-12ab", "arn:${Partition}:kms:*:${AccountId}:key/1234abcd-12ab"),
        ("alias/team", "arn:${Partition}:kms:*:${AccountId}:key/*"),
        ("!Ref Given", "arn:${Partition}:kms:*:${AccountId}:key/*"),
    ],
)
def test_a_key_is_told_as_far_as_the_template_names_it(folder: Path, key: str, arn: str) -> None:
    """A tag has a key too, which is none of KMS."""
    text = f"""
Parameters: {{Given: {{Type: String}}}}
Resources:
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties: {{ProductionVariants: [], KmsKeyId: {key}, Tags: [{{Key: team, Value: x}}]}}
"""
    assert {arn} == resources(derived(folder, text), "kms:DescribeKey")


def test_all_branches_of_conditions_count(folder: Path) -> None:
    text = """
Conditions: {No: !Equals [a, b]}
Resources:
  Topic: {Type: AWS::SNS::Topic, Condition: No, Properties: !If [No, {TopicName: one}, {TopicName: two}]}
"""
    assert resources(derived(folder, text), "sns:CreateTopic")


def test_a_service_linked_role_is_that_of_the_service_that_scales(folder: Path) -> None:
    text = """
Resources:
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {ServiceNamespace: sagemaker, ResourceId: x, ScalableDimension: y, MinCapacity: 1, MaxCapacity: 2}
"""
    [right] = [each for each in derived(folder, text).rights if each.action == "iam:CreateServiceLinkedRole"]

    service = "sagemaker.application-autoscaling.amazonaws.com"
    assert (f"{ROLE}/aws-service-role/{service}/*",) == right.resources
    assert {"StringEquals": {"iam:AWSServiceName": (service,)}} == right.condition


def test_what_cloudformation_reads_itself_is_among_the_rights(folder: Path) -> None:
    text = """
Parameters:
  Network: {Type: 'AWS::EC2::VPC::Id'}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /team/image}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: '{{resolve:ssm:/team/topic:1}}'}}
  Other: {Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:secretsmanager:team/secret:SecretString:x}}'}}
"""
    found = derived(folder, text)
    stored = "arn:${Partition}:ssm:*:${AccountId}:parameter"

    assert {f"{stored}/team/image", f"{stored}/team/topic"} == resources(found, "ssm:GetParameters")
    secret = "arn:${Partition}:secretsmanager:*:${AccountId}:secret:team/secret-*"
    assert {secret} == resources(found, "secretsmanager:GetSecretValue")
    assert {"*"} == resources(found, "ec2:DescribeVpcs")


def test_serverless_resources_count_as_what_they_stand_for(folder: Path) -> None:
    text = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://team-code/src.zip
      Handler: a.b
      Runtime: python3.12
      Events: {Tick: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
"""
    found = derived(folder, text)

    assert {"arn:${Partition}:lambda:*:${AccountId}:function:SC-*-Fn-*"} == resources(found, "lambda:CreateFunction")
    assert resources(found, "events:PutRule")
    assert {f"{ROLE}/SC-*-FnRole-*"} == resources(found, "iam:PassRole")


def test_a_transform_that_cannot_work_with_the_template_is_told(folder: Path) -> None:
    text = "Transform: AWS::Serverless-2016-10-31\nResources: {Fn: {Type: 'AWS::Serverless::Function'}}"

    with refused(ContentError, "template-not-transformed", "1.0.0.yaml"):
        derived(folder, text)


def test_loops_are_unrolled(folder: Path) -> None:
    text = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'red, blue'}}
Resources:
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - Topic${Name}: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${Name}-x'}}
"""
    found = derived(folder, text)

    topic = "arn:${Partition}:sns:*:${AccountId}"
    assert {f"{topic}:red-x", f"{topic}:blue-x"} == resources(found, "sns:CreateTopic")


def test_a_nested_template_counts_where_it_lies_beside_the_one_that_names_it(folder: Path) -> None:
    (folder / "inner.yaml").write_text("Resources: {Queue: {Type: 'AWS::SQS::Queue'}}")
    nested = "Resources: {Inner: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ADDRESS}}}"

    found = derived(folder, nested.replace("ADDRESS", "https://s3.amazonaws.com/templates/v1/inner.yaml"))
    unknown = derived(folder, nested.replace("ADDRESS", "https://s3.amazonaws.com/templates/v1/elsewhere.yaml"))

    chosen = derived(
        folder, nested.replace("ADDRESS", "!Sub 'https://${AWS::AccountId}.s3.amazonaws.com/v1/inner.yaml'")
    )

    for each in (found, chosen):
        assert {"arn:${Partition}:sqs:*:${AccountId}:SC-*-Queue-*"} == resources(each, "sqs:CreateQueue")
    assert {"arn:${Partition}:s3:::templates/v1/inner.yaml"} == resources(found, "s3:GetObject")
    assert () == found.remarks
    assert "its template is not beside this one" in unknown.remarks[0]


def test_what_nobody_can_derive_is_told(folder: Path) -> None:
    text = "Transform: [Team::Macro]\nResources: {Thing: {Type: 'Some::Strange::Type'}}"

    told = derived(folder, text).remarks

    assert any("Thing (Some::Strange::Type): no schema tells" in each for each in told)
    assert any("the macro Team::Macro makes resources" in each for each in told)


def test_a_type_whose_schema_names_no_permissions_takes_those_that_are_called_like_it(folder: Path) -> None:
    found = derived(folder, "Resources: {Odd: {Type: 'AWS::CloudWatch::AnomalyDetector'}}")

    assert resources(found, "cloudwatch:PutAnomalyDetector")
    assert resources(found, "cloudwatch:DeleteAnomalyDetector")


def test_of_the_handlers_only_those_count_that_are_asked_about(folder: Path) -> None:
    found = derived(folder, "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}", steps=("delete",))

    assert resources(found, "sns:DeleteTopic")
    assert not resources(found, "sns:CreateTopic")
