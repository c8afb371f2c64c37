"""An alarm's changes of state are remembered, the newest first, and asked for by their time."""

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import RESEARCH
from tests.support.sandbox.process import Sandbox

pytestmark = pytest.mark.sandbox_only


@pytest.fixture
def alarms(started: Sandbox) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """A client, and an alarm that went on and off again."""
    client = started.client("cloudwatch", RESEARCH, "eu-west-2")
    client.put_metric_alarm(
        AlarmName="slow",
        Namespace="AWS/SageMaker",
        MetricName="ModelLatency",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    for state in ("ALARM", "OK"):
        client.set_alarm_state(AlarmName="slow", StateValue=state, StateReason="as a test says")
    return client


def test_changes_are_told_the_newest_first_with_the_state_before(alarms: Any) -> None:  # noqa: ANN401 - as above
    items = alarms.describe_alarm_history(AlarmName="slow", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    pages = alarms.get_paginator("describe_alarm_history").paginate(AlarmName="slow")

    assert ["Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM"] == [
        each["HistorySummary"] for each in items
    ]
    assert items == [each for page in pages for each in page["AlarmHistoryItems"]]
    assert '"newState": {"stateValue": "ALARM"}' in items[1]["HistoryData"]


def test_only_a_time_is_asked_for(alarms: Any) -> None:  # noqa: ANN401 - as above
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)

    assert [] == alarms.describe_alarm_history(AlarmName="slow", StartDate=later)["AlarmHistoryItems"]
    assert [] == alarms.describe_alarm_history(AlarmName="another")["AlarmHistoryItems"]


def test_what_is_not_remembered_is_refused(alarms: Any) -> None:  # noqa: ANN401 - as above
    with pytest.raises(ClientError, match="changes of an alarm's state alone"):
        alarms.describe_alarm_history(AlarmName="slow", HistoryItemType="Action")
