"""Tags of what a stack has made, where nothing else of it changes."""

import pytest

from tests.support.sandbox.stacks import Stacks

pytestmark = pytest.mark.sandbox_only

_TAGGED = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: tagged-role
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: sagemaker.amazonaws.com}, Action: sts:AssumeRole}]
      Tags: [TAGS]
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: tagged-logs, Tags: [TAGS]}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: tagged-topic, Tags: [TAGS]}
"""


def test_tags_come_and_go_on_what_nothing_else_changes_of(stacks: Stacks) -> None:
    def tagged(*keys: str) -> str:
        return _TAGGED.replace("TAGS", ", ".join(f"{{Key: {key}, Value: it}}" for key in keys))

    def found() -> list[list[str]]:
        iam, logs, sns = (stacks.client(service) for service in ("iam", "logs", "sns"))
        [group] = logs.describe_log_groups(logGroupNamePrefix="tagged-logs")["logGroups"]
        [topic] = [each["TopicArn"] for each in sns.list_topics()["Topics"] if "tagged-topic" in each["TopicArn"]]
        told = (
            [tag["Key"] for tag in iam.list_role_tags(RoleName="tagged-role")["Tags"]],
            list(logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]),
            [tag["Key"] for tag in sns.list_tags_for_resource(ResourceArn=topic)["Tags"]],
        )
        return [sorted(key for key in keys if not key.startswith("aws:")) for keys in told]

    name = stacks.create(tagged("team", "stage"))
    assert [["stage", "team"]] * 3 == found()

    assert stacks.update(name, tagged("stage", "owner")) == "UPDATE_COMPLETE"
    assert [["owner", "stage"]] * 3 == found()
