"""What a template may hold besides resources: macros, nested stacks, rules, exports, policies, and more."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import Setup, parameters
from tests.support.sandbox.stacks import Stacks

pytestmark = pytest.mark.sandbox_only

TOPIC = "Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${AWS::StackName}-t', DisplayName: "


def test_a_loop_makes_a_resource_for_each_item(stacks: Stacks) -> None:
    """Template Reference, Fn::ForEach: `&{}` leaves out what is neither letter nor digit."""
    template = """
        Transform: AWS::LanguageExtensions
        Parameters: {Names: {Type: CommaDelimitedList}}
        Mappings: {Days: {a-1: {Keep: 7}}}
        Resources:
          Fn::ForEach::Logs:
            - Name
            - !Ref Names
            - Log&{Name}:
                Type: AWS::Logs::LogGroup
                Properties:
                  LogGroupName: !Sub "${AWS::StackName}-${Name}"
                  RetentionInDays: !FindInMap [Days, !Ref Name, Keep, {DefaultValue: 14}]
        Outputs:
          Fn::ForEach::Out: [Name, !Ref Names, {"Arn&{Name}": {Value: !GetAtt ["Log&{Name}", Arn]}}]
          Count: {Value: !Length [!Ref Names]}
          Text: {Value: !ToJsonString {a: !Ref Names}}
    """
    name = stacks.create(template, Names="a-1,b-2")
    outputs = stacks.outputs(name)
    assert outputs["Arna1"].endswith(f"log-group:{name}-a-1")
    assert outputs["Text"] == '{"a":["a-1","b-2"]}'
    found = stacks.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [each["retentionInDays"] for each in found] == [7, 14]
    assert stacks.update(name, template, Names="b-2") == "UPDATE_COMPLETE"
    found = stacks.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [each["logGroupName"] for each in found] == [f"{name}-b-2"]


def test_extensions_need_their_transform(stacks: Stacks) -> None:
    assert "Fn::Length needs the transform" in stacks.failure(f"{TOPIC} !Length [a]}}}}}}")


def test_serverless_is_translated_as_aws_does(stacks: Stacks) -> None:
    name = stacks.create("""
        Transform: AWS::Serverless-2016-10-31
        Globals: {Function: {Timeout: 7}}
        Resources:
          Predict:
            Type: AWS::Serverless::Function
            Properties:
              InlineCode: "def handler(event, context): pass"
              Handler: index.handler
              Runtime: python3.12
              Policies: [AWSLambdaExecute]
              Events: {Often: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}
        Outputs: {Role: {Value: !GetAtt PredictRole.Arn}, Name: {Value: !Ref Predict}}
    """)
    outputs = stacks.outputs(name)
    function = stacks.client("lambda").get_function_configuration(FunctionName=outputs["Name"])
    assert (function["Timeout"], function["Role"]) == (7, outputs["Role"])
    kinds = {
        each["ResourceType"]
        for each in stacks.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    }
    assert kinds == {"AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::IAM::Role", "AWS::Events::Rule"}


@pytest.mark.parametrize(
    ("template", "named"),
    [
        (f"{{Transform: Shout, {TOPIC} x}}}}}}}}", "No transform named 333344445555::Shout found"),
        (f"{TOPIC} {{Fn::Transform: {{Name: Shout}}}}}}}}}}", "No transform named 333344445555::Shout found"),
        ("Resources: {Thing: {Type: Custom::Thing, Properties: {ServiceToken: x}}}", "Thing is a custom resource"),
        ("Resources: {Q: {Type: AWS::SQS::Kew}}", "Unrecognized resource types: [AWS::SQS::Kew]"),
        ("Resources: {Q: {Type: Alexa::Home::Lamp}}", "Unrecognized resource types: [Alexa::Home::Lamp]"),
        (
            f"{TOPIC} !GetAtt R.RoleName}}}}, R: {{Type: AWS::IAM::Role}}}}",
            "R does not support attribute type RoleName",
        ),
        (f"{TOPIC} !Shorten x}}}}}}", "Fn::Shorten is no function"),
        (
            f"Conditions: {{C: !Contains [!RefAll 'AWS::EC2::VPC::Id', x]}}\n{TOPIC} x}}, Condition: C}}}}",
            "a function of rules is used where there are no rules",
        ),
        (
            (
                "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Application, "
                "Properties: {Location: {ApplicationId: a, SemanticVersion: 1.0.0}}}}"
            ),
            "A is of the Serverless Application Repository",
        ),
        (f"{TOPIC} !GetAtt R.Nothing}}}}, R: {{Type: AWS::CloudFormation::StackSet}}}}", "attribute type Nothing"),
    ],
)
def test_what_is_not_emulated_is_named_before_anything_is_built(
    stacks: Stacks, api_error: Expect, setup: Setup, template: str, named: str
) -> None:
    with api_error("ValidationError", named):
        stacks.cloudformation.validate_template(TemplateBody=template)
    with api_error("InvalidParametersException", named.replace(ACCOUNTS.research, ACCOUNTS.hub)):
        setup.add_version("odd", template)
    assert named in stacks.failure(template)


def test_macros_and_custom_resources_answer_what_the_user_says(stacks: Stacks) -> None:
    said = {"custom_resources": {"Custom::Thing": {"PhysicalResourceId": "thing-1", "Data": {"Colour": "red"}}}}
    added = {"Resources": {"T": {"Properties": {"DisplayName": "loud"}}}}
    stacks.sandbox.post("answers", {**said, "macros": {"Shout": added, "Whisper": "still"}})
    name = stacks.create(f"""
        Transform: [Shout]
        {TOPIC} quiet}}}},
          Thing: {{Type: Custom::Thing, Properties: {{ServiceToken: x, Any: {{Fn::Transform: {{Name: Whisper}}}}}}}}}}
        Outputs: {{Ref: {{Value: !Ref Thing}}, Colour: {{Value: !GetAtt Thing.Colour}}}}
    """)
    assert stacks.outputs(name) == {"Ref": "thing-1", "Colour": "red"}
    assert stacks.topic(name) == "loud"
    with pytest.raises(Exception, match="400"):
        stacks.sandbox.post("answers", {"custom_resource": {}})


def test_rules_hold_for_stacks_too(stacks: Stacks) -> None:
    rule = "{Big: {Assertions: [{Assert: !Contains [[a, b], !Ref P], AssertDescription: a or b}]}}"
    template = f"{{Parameters: {{P: {{Type: String}}}}, Rules: {rule}, {TOPIC} !Ref P}}}}}}}}"
    assert "rule Big: a or b" in stacks.failure(template, P="c")
    assert stacks.topic(stacks.create(template, P="a")) == "a"


def test_parameters_stand_for_what_the_account_has(stacks: Stacks) -> None:
    ssm, name = stacks.client("ssm"), f"/t/{uuid.uuid4().hex}"
    template = """
        Parameters:
          Text: {Type: "AWS::SSM::Parameter::Value<String>"}
          Items: {Type: "AWS::SSM::Parameter::Value<List<String>>"}
          Zones: {Type: "List<AWS::EC2::AvailabilityZone::Name>"}
          Numbers: {Type: List<Number>, MaxValue: 9}
    """.rstrip(" ")
    template += f"        {TOPIC} !Join ['-', [!Ref Text, !Select [1, !Ref Items], !Select [1, !Ref Numbers]]]}}}}}}"
    given = {"Text": name, "Items": name, "Zones": f"{ACCOUNTS.region}a", "Numbers": "1, 2"}
    assert f"Unable to fetch parameters [{name}]" in stacks.failure(template, **given)

    ssm.put_parameter(Name=name, Value="x,y", Type="StringList")
    made = stacks.create(template, **given)
    assert stacks.topic(made) == "x,y-y-2"
    ssm.put_parameter(Name=name, Value="z,w", Type="StringList", Overwrite=True)
    assert stacks.update(made, template, **(given | {"Numbers": "1,3"})) == "UPDATE_COMPLETE"
    assert stacks.topic(made) == "z,w-w-3"
    assert "parameter value nowhere" in stacks.failure(template, **(given | {"Zones": "nowhere"}))
    with pytest.raises(ClientError, match="'Numbers' must be a number not greater than 9"):
        stacks.create(template, **(given | {"Numbers": "1,10"}))
    stacks.names.pop(0)


def test_dynamic_references_are_resolved_in_the_account(stacks: Stacks) -> None:
    name = f"t{uuid.uuid4().hex}"
    stacks.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps({"key": "open"}))
    for kind in ("String", "SecureString"):
        stacks.client("ssm").put_parameter(Name=f"{name}{kind}", Value="plain", Type=kind)
    stored = f"{{{{resolve:ssm:{name}String}}}}-{{{{resolve:ssm-secure:{name}SecureString}}}}"
    secret = f"{{{{resolve:secretsmanager:{name}:SecretString:key}}}}"
    assert stacks.topic(stacks.create(f"{TOPIC} '{stored}-{secret}'}}}}}}")) == "plain-plain-open"
    assert "JSONKey other" in stacks.failure(f"{TOPIC} '{secret.replace(':key', ':other')}'}}}}}}")


def test_a_part_of_a_template_is_included_from_s3(stacks: Stacks) -> None:
    bucket, s3 = f"b{uuid.uuid4().hex}", stacks.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": ACCOUNTS.region})
    s3.put_object(Bucket=bucket, Key="part.yaml", Body=b"DisplayName: included")
    part = f"Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: s3://{bucket}/part.yaml}}}}"
    topic = "Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${AWS::StackName}-t', "
    assert stacks.topic(stacks.create(f"{topic}{part}}}}}}}")) == "included"
    s3.delete_object(Bucket=bucket, Key="part.yaml")
    s3.delete_bucket(Bucket=bucket)


def test_an_export_stays_while_it_is_imported(stacks: Stacks) -> None:
    """User Guide, "Get exported outputs from a deployed CloudFormation stack"."""
    export = f"e{uuid.uuid4().hex[:8]}"
    exporting = f"{{{TOPIC} x}}}}}}, Outputs: {{Name: {{Value: !GetAtt T.TopicName, Export: {{Name: {export}}}}}}}}}"
    one = stacks.create(exporting)
    other = stacks.create(f"{TOPIC} !ImportValue {export}}}}}}}")
    assert stacks.topic(other) == f"{one}-t"
    assert "is already exported" in stacks.failure(exporting)

    assert stacks.update(one, f"{TOPIC} y}}}}}}") == "UPDATE_ROLLBACK_COMPLETE"
    stacks.cloudformation.delete_stack(StackName=one)
    assert stacks.status(one) == "DELETE_FAILED"
    assert f"as it is in use by {other}" in stacks.reason(one)
    stacks.delete(other)
    stacks.delete(one)


def test_an_output_that_cannot_be_worked_out_fails_the_stack(stacks: Stacks) -> None:
    assert "Fn::Select" in stacks.failure(f"{{{TOPIC} x}}}}}}, Outputs: {{O: {{Value: !Select [3, [a]]}}}}}}")


def test_policies_say_what_becomes_of_a_resource(stacks: Stacks) -> None:
    """Template Reference, DeletionPolicy and UpdateReplacePolicy."""
    log = "Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub"
    template = f"""
        Resources:
          Kept: {{DeletionPolicy: Retain, UpdateReplacePolicy: Retain, {log} "${{AWS::StackName}}-kept"}}}}
          Gone: {{DeletionPolicy: RetainExceptOnCreate, {log} "${{AWS::StackName}}-gone"}}}}
          Shot: {{DeletionPolicy: Snapshot, {log} "${{AWS::StackName}}-shot"}}}}
    """.rstrip(" ")
    groups = stacks.client("logs")

    def left(prefix: str) -> list[str]:
        found = groups.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
        return [each["logGroupName"].rpartition("-")[2] for each in found]

    broken = template + "          Bad: {Type: AWS::SQS::Queue, DependsOn: [Kept, Gone], Properties: {Nonsense: 1}}"
    name = stacks.create(broken)
    assert left(name) == ["kept"]
    name = stacks.create(template)
    assert stacks.update(name, template.replace("-kept", "-new")) == "UPDATE_COMPLETE"
    assert left(name) == ["gone", "kept", "new", "shot"]
    stacks.delete(name)
    assert left(name) == ["gone", "kept", "new"]


def test_nested_stacks_are_built_from_s3_with_the_launch_roles_permissions(setup: Setup) -> None:
    inner = "{Parameters: {P: {Type: String}}, " + TOPIC + "!Ref P}}}, Outputs: {Arn: {Value: !Ref T}}}"
    url = setup.info(inner)["LoadTemplateFromURL"]
    setup.version = setup.add_version(
        "nested",
        f"{{Parameters: {{P: {{Type: String}}}}, Resources: {{N: {{Type: AWS::CloudFormation::Stack, Properties: "
        f"{{TemplateURL: '{url}', Parameters: {{P: !Ref P}}}}}}}}, Outputs: {{Arn: "
        f"{{Value: !GetAtt N.Outputs.Arn}}}}}}",
    )
    sns = {"Effect": "Allow", "Action": "sns:*", "Resource": "arn:aws:sns:*:*:SC-*"}
    role = setup.launch_role([*CLOUDFORMATION, sns])
    setup.open()
    refused = setup.launch(ProvisioningParameters=parameters(P="a"))
    assert f"servicecatalog may not read s3://{setup.name}" in refused["StatusMessage"]
    assert setup.terminated(refused["Id"])

    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{setup.name}/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [*CLOUDFORMATION, sns, reading]})
    setup.client("iam", ACCOUNTS.research).put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=document)
    everyone = {**reading, "Principal": {"AWS": ACCOUNTS.research}}
    setup.s3.put_bucket_policy(Bucket=setup.name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everyone]}))
    launched = setup.launch(ProvisioningParameters=parameters(P="a"))
    assert launched["Status"] == "AVAILABLE", launched.get("StatusMessage")
    record = setup.research.describe_record(Id=launched["LastRecordId"])["RecordOutputs"]
    arn = next(each["OutputValue"] for each in record if each["OutputKey"] == "Arn")
    sns_client = setup.client("sns", ACCOUNTS.research)
    assert sns_client.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] == "a"

    assert setup.update(launched["Id"], ProvisioningParameters=parameters(P="b"))["Status"] == "AVAILABLE"
    assert sns_client.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] == "b"
    assert setup.terminated(launched["Id"])
    assert arn not in [each["TopicArn"] for each in sns_client.list_topics()["Topics"]]


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("a: &x [1]\nResources: {T: {Type: *x}}", "YAML aliases are not allowed"),
        (f"Resources: {'[' * 5000}{']' * 5000}", "nested more than 100 levels deep"),
        ("Resource: {}\nResources: {T: {Type: AWS::SNS::Topic}}", "Invalid template property or properties [Resource]"),
        ("Resources: {T: {Type: AWS::SNS::Topic, Propertys: {}}}", "Invalid template resource property 'Propertys'"),
        (f"{TOPIC}}}}}}}", "[/Resources/T/Properties/DisplayName] 'null' values are not allowed in templates"),
        ("Resources: {T: {Type: AWS::SNS::Topic, DependsOn: U}}", "Unresolved resource dependencies [U]"),
        (
            "{Parameters: {P: {Type: Text}}, Resources: {T: {Type: AWS::SNS::Topic}}}",
            "Unrecognized parameter type: Text",
        ),
    ],
)
def test_a_template_of_another_shape_is_refused(stacks: Stacks, template: str, why: str) -> None:
    with pytest.raises(ClientError) as refusal:
        stacks.cloudformation.validate_template(TemplateBody=template)
    assert why in str(refusal.value)


def test_a_topic_that_is_gone_keeps_no_stack_from_being_deleted(stacks: Stacks) -> None:
    """It has nobody to tell, and is told of nothing."""
    sns = stacks.client("sns")
    topic = sns.create_topic(Name="gone")["TopicArn"]
    stacks.cloudformation.create_stack(StackName="told", TemplateBody=f"{TOPIC} x}}}}}}", NotificationARNs=[topic])
    sns.delete_topic(TopicArn=topic)

    stacks.cloudformation.delete_stack(StackName="told")

    with pytest.raises(ClientError, match="does not exist"):
        stacks.status("told")
