"""A version is judged by the endpoints of its launches and by alarms, in the accounts that it has come to."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fleet.plan.bake_settings import Alarms
from fleet.plan.bakes import Arrival
from fleet.run import gate
from fleet.run.gate import Seen, look_at
from spoke.config import SpokeSettings
from tests.support.fake_account import always, denied
from tests.support.fleet.making import FINISHED, RECORD, spoke

NAME = "search in spoke-a"


class FakeAws:
    """An account with one launch, whose stack has an endpoint and an alarm.

    Attributes:
        endpoint: Its status.
        alarms: Alarms by name, with their states.
        history: When alarms went where.
        refused: Operations that are not allowed.
    """

    id = "300000000001"

    def __init__(self) -> None:
        self.endpoint = "InService"
        self.alarms = {"SC-1-5xx": "OK", "checkout-slow": "OK", "checkout-errors": "OK", "other": "ALARM"}
        self.history: list[tuple[str, dt.datetime, str]] = []
        self.refused = set[str]()
        self.launches = ["search"]

    def client(self, service: str, region: str) -> "FakeAws":
        """Give itself: it has the calls of every service."""
        assert "eu-west-1" == region, service
        return self

    def search_provisioned_products(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3's own
        """Find launches."""
        assert {"SearchQuery": ["name:search"]} == asked["Filters"]
        launch = {"Id": "pp-1", "Status": "AVAILABLE", "PhysicalId": "stack-1", "CreatedTime": FINISHED}
        return {"ProvisionedProducts": [{**launch, "Name": name} for name in self.launches]}

    def describe_stack_resources(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        """List what the launch's stack has."""
        assert "stack-1" == StackName
        return {
            "StackResources": [
                {"ResourceType": "AWS::SageMaker::Model", "PhysicalResourceId": "m"},
                {"ResourceType": "AWS::SageMaker::Endpoint", "PhysicalResourceId": "arn:aws:sagemaker:e:1:endpoint/e"},
                {"ResourceType": "AWS::CloudWatch::Alarm", "PhysicalResourceId": "SC-1-5xx"},
            ]
        }

    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803 - as above
        """Tell of the endpoint."""
        assert "e" == EndpointName
        return {"EndpointStatus": self.endpoint}

    def get_paginator(self, operation: str) -> "FakeAws":
        """Give itself."""
        if operation in self.refused:
            raise denied(operation)
        self._operation = operation
        return self

    def paginate(self, **asked: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as above
        """Answer a listing, an item a page."""
        if self._operation == "describe_alarm_history":
            assert "StateUpdate" == asked["HistoryItemType"]
            for name, when, state in self.history:
                if name == asked["AlarmName"] and asked["StartDate"] <= when <= asked["EndDate"]:
                    data = json.dumps({"oldState": {"stateValue": "ALARM"}, "newState": {"stateValue": state}})
                    yield {"AlarmHistoryItems": [{"Timestamp": when, "HistoryData": data}]}
            return
        for name, state in self.alarms.items():
            prefix = asked.get("AlarmNamePrefix")
            if name.startswith(prefix) if prefix else name in asked["AlarmNames"]:
                yield {"MetricAlarms": [{"AlarmName": name, "StateValue": state}]}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """Stand for the account."""
    found = FakeAws()
    monkeypatch.setattr(gate, "AccountSession", always(found))
    return found


def seen(tmp_path: Path, alarms: Alarms | None = None) -> Seen:
    """Look at the launch."""
    settings = spoke(tmp_path, "a", "300000000001").settings
    assert isinstance(settings, SpokeSettings)
    arrival = Arrival(stack="spoke-a", launch=RECORD.launches[0], since=FINISHED)
    return look_at(arrival, settings, alarms or Alarms(), FINISHED + dt.timedelta(hours=24))


def test_a_launch_that_does_well_gives_no_reason(aws: FakeAws, tmp_path: Path) -> None:
    assert aws
    assert Seen("spoke-a") == seen(tmp_path)


@pytest.mark.parametrize("status", ["Failed", "OutOfService", "UpdateRollbackFailed"])
def test_an_endpoint_that_does_not_serve_is_bad(aws: FakeAws, tmp_path: Path, status: str) -> None:
    aws.endpoint = status

    assert [f"the endpoint of {NAME} is {status}"] == seen(tmp_path).bad


def test_an_endpoint_on_its_way_is_neither_good_nor_bad(aws: FakeAws, tmp_path: Path) -> None:
    aws.endpoint = "Updating"
    found = seen(tmp_path)

    assert ([], [f"the endpoint of {NAME} is Updating"]) == (found.bad, found.open)


def test_an_alarm_of_the_launch_that_is_on_is_bad(aws: FakeAws, tmp_path: Path) -> None:
    aws.alarms["SC-1-5xx"] = "ALARM"

    assert [f"the alarm SC-1-5xx of {NAME} is on"] == seen(tmp_path).bad
    assert [] == seen(tmp_path, Alarms(own=False)).bad


def test_an_alarm_that_went_on_in_its_time_is_bad_even_where_it_is_off_again(aws: FakeAws, tmp_path: Path) -> None:
    later = FINISHED + dt.timedelta(hours=2)
    aws.history = [
        ("SC-1-5xx", FINISHED - dt.timedelta(hours=1), "ALARM"),
        ("SC-1-5xx", FINISHED + dt.timedelta(hours=1), "OK"),
        ("SC-1-5xx", FINISHED + dt.timedelta(hours=25), "ALARM"),
    ]
    before = seen(tmp_path).bad
    aws.history.append(("SC-1-5xx", later, "ALARM"))

    assert [] == before
    assert [f"the alarm SC-1-5xx of {NAME} went on at {later:%Y-%m-%d %H:%M} UTC"] == seen(tmp_path).bad


def test_alarms_are_named_in_full_or_by_how_they_begin(aws: FakeAws, tmp_path: Path) -> None:
    aws.alarms |= {"checkout-slow": "ALARM", "checkout-errors": "ALARM"}

    assert 2 == len(seen(tmp_path, Alarms(names=["checkout-*"])).bad)
    assert 1 == len(seen(tmp_path, Alarms(names=["checkout-slow"])).bad)


def test_what_may_not_be_looked_at_is_told_with_the_policy(aws: FakeAws, tmp_path: Path) -> None:
    aws.refused = {"describe_alarms"}
    found = seen(tmp_path)

    assert [] == found.bad
    [reason] = found.open
    assert "docs/iam/bake.json" in reason
    assert isinstance(denied("describe_alarms"), ClientError)


def test_a_launch_that_is_gone_is_told(aws: FakeAws, tmp_path: Path) -> None:
    aws.launches = ["search-else"]

    assert [f"{NAME} is not there"] == seen(tmp_path).open
