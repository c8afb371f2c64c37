"""Which of a handler's permissions a call takes."""

import pytest

from sandbox.aws.cloudformation.required_actions import actions_of
from sandbox.aws.cloudformation.schemas import schema_of


@pytest.mark.parametrize(
    ("kind", "step", "given", "required"),
    [
        ("SNS::Topic", "create", "", "CreateTopic"),
        ("SNS::Topic", "create", "Subscription", "CreateTopic Subscribe"),
        ("SNS::Topic", "delete", "Subscription", "DeleteTopic"),
        ("SNS::Subscription", "create", "Protocol", "Subscribe"),
        ("SQS::Queue", "create", "QueueName", "CreateQueue"),
        ("Logs::LogGroup", "create", "LogGroupName", "CreateLogGroup DescribeLogGroups"),
        ("Logs::LogGroup", "update", "RetentionInDays", "DescribeLogGroups PutRetentionPolicy"),
        ("DynamoDB::Table", "create", "KeySchema", "CreateTable DescribeTable"),
        ("DynamoDB::Table", "create", "TimeToLiveSpecification", "CreateTable DescribeTable UpdateTimeToLive"),
        ("Lambda::Function", "create", "Code", "CreateFunction GetFunction"),
        (
            "Lambda::Function",
            "create",
            "ReservedConcurrentExecutions",
            "CreateFunction GetFunction PutFunctionConcurrency",
        ),
        ("Lambda::Permission", "delete", "", "RemovePermission"),
        ("Events::Rule", "create", "ScheduleExpression", "DescribeRule PutRule"),
        ("Events::Rule", "create", "Targets", "DescribeRule PutRule PutTargets"),
        ("Events::Rule", "delete", "Targets", "DeleteRule DescribeRule RemoveTargets"),
        ("CloudWatch::Alarm", "create", "MetricName", "DescribeAlarms PutMetricAlarm"),
        ("SageMaker::Model", "create", "PrimaryContainer", "CreateModel"),
        ("SageMaker::ModelPackage", "create", "InferenceSpecification", "CreateModelPackage DescribeModelPackage"),
        ("SageMaker::Endpoint", "update", "EndpointConfigName", "DescribeEndpoint UpdateEndpoint"),
        ("KMS::Key", "create", "EnableKeyRotation", "CreateKey EnableKeyRotation"),
        ("KMS::Key", "delete", "", "DescribeKey ScheduleKeyDeletion"),
        ("S3::Bucket", "create", "VersioningConfiguration", "CreateBucket PutBucketVersioning"),
        ("EC2::SecurityGroup", "create", "GroupDescription", "CreateSecurityGroup DescribeSecurityGroups"),
        ("IAM::Role", "create", "Policies", "CreateRole GetRole PutRolePolicy"),
        ("IAM::Role", "create", "ManagedPolicyArns", "AttachRolePolicy CreateRole GetRole"),
        ("ApiGateway::RestApi", "create", "Name", "POST"),
        ("ServiceCatalog::AcceptedPortfolioShare", "delete", "", "RejectPortfolioShare"),
    ],
)
def test_an_action_is_taken_by_the_step_or_by_a_property_that_is_given(
    kind: str, step: str, given: str, required: str
) -> None:
    actions = actions_of(schema_of(f"AWS::{kind}", "eu-central-1"), step, given.split())
    assert sorted(action.partition(":")[2] for action in actions.required) == required.split()


def test_tags_take_the_permission_of_tagging_once() -> None:
    """S3's handler names two: of the service's older and newer way."""
    for kind, action in (("SageMaker::Model", "sagemaker:AddTags"), ("S3::Bucket", "s3:PutBucketTagging")):
        schema = schema_of(f"AWS::{kind}", "eu-central-1")
        plain, tagged = (actions_of(schema, "create", [], tagged=tagged).required for tagged in (False, True))
        assert set(tagged) - set(plain) == {action}


def test_what_an_update_takes_away_takes_the_permission_to_undo_it() -> None:
    schema = schema_of("AWS::Logs::LogGroup", "eu-central-1")
    assert "logs:DeleteRetentionPolicy" in actions_of(schema, "update", [], ["RetentionInDays"]).required


def test_what_is_not_checked_is_named() -> None:
    actions = actions_of(schema_of("AWS::Lambda::Function", "eu-central-1"), "create", ["Code", "Role"])
    assert {"kms:Decrypt", "s3:GetObject"} <= set(actions.unchecked)
    assert "lambda:PutFunctionConcurrency" not in actions.unchecked  # its property is not there
