"""Stacks of an account, made from any template and taken down again."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.process import Sandbox

Given = dict[str, str]


class Stacks:
    """Stacks of an account's administrator; all that a test makes are taken down after it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.account = ACCOUNTS.research
        self.cloudformation = self.client("cloudformation")
        self.names: list[str] = []

    def client(self, service: str) -> Any:  # noqa: ANN401 - see Client
        return self.sandbox.client(service, self.account)

    def create(self, template: str, **given: str) -> str:
        name = f"s{uuid.uuid4().hex[:8]}"
        self.names.insert(0, name)
        self.cloudformation.create_stack(StackName=name, TemplateBody=template, Parameters=_listed(given))
        return name

    def update(self, name: str, template: str, **given: str) -> str:
        self.cloudformation.update_stack(StackName=name, TemplateBody=template, Parameters=_listed(given))
        return self.status(name)

    def status(self, name: str) -> str:
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]

    def outputs(self, name: str) -> Given:
        found = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        assert found["StackStatus"].endswith("E_COMPLETE"), self.reason(name)
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def reason(self, name: str) -> str:
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return next(event["ResourceStatusReason"] for event in events if event.get("ResourceStatusReason"))

    def failure(self, template: str, **given: str) -> str:
        """Why a stack comes to nothing; it can be removed all the same."""
        name = self.create(template, **given)
        assert self.status(name) == "ROLLBACK_COMPLETE"
        reason = self.reason(name)
        self.delete(name)
        return reason

    def delete(self, name: str) -> None:
        self.cloudformation.delete_stack(StackName=name)
        with pytest.raises(ClientError, match="does not exist"):
            self.status(name)
        self.names.remove(name)

    def topic(self, name: str) -> str:
        """The display name of a stack's topic."""
        arn = f"arn:aws:sns:{ACCOUNTS.region}:{self.account}:{name}-t"
        return self.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"]


def _listed(given: Given) -> list[Given]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
