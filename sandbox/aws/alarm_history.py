"""DescribeAlarmHistory, which moto does not have: an alarm's changes of state, from what moto remembers of them.

Source: CloudWatch API reference, DescribeAlarmHistory; the items' HistoryData is that of a StateUpdate.
"""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from sandbox.aws.errors import ApiError


def install() -> None:
    """Let moto answer the call."""
    CloudWatchResponse.describe_alarm_history = _answered  # pyright: ignore[reportAttributeAccessIssue] - it is not there


def _answered(response: Any) -> ActionResult:  # noqa: ANN401 - moto's own have no types
    asked = {
        name: response._get_param(name)  # noqa: SLF001 - how moto's own actions read what was asked
        for name in ("AlarmName", "HistoryItemType", "StartDate", "EndDate")
    }
    if asked["HistoryItemType"] not in (None, "StateUpdate"):
        raise ApiError("InvalidParameterValue", "The sandbox remembers changes of an alarm's state alone.", 400)
    alarms = response.cloudwatch_backend.alarms
    names = [asked["AlarmName"]] if asked["AlarmName"] else list(alarms)
    begin, end = _aware(asked["StartDate"]), _aware(asked["EndDate"])
    items = [item for name in names if name in alarms for item in _items(alarms[name])]
    found = [
        item
        for item in sorted(items, key=lambda each: each["Timestamp"], reverse=True)
        if (begin is None or item["Timestamp"] >= begin) and (end is None or item["Timestamp"] <= end)
    ]
    return ActionResult({"AlarmHistoryItems": found})


def _items(alarm: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as above
    """List the changes; moto remembers of each state that has ended its value, and when it began."""
    states = [(each[3], each[4]) for each in alarm.history] + [(alarm.state_value, alarm.state_updated_timestamp)]
    return [
        {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
            "Timestamp": _aware(when),
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {before} to {after}",
            "HistoryData": json.dumps(
                {"version": "1.0", "oldState": {"stateValue": before}, "newState": {"stateValue": after}}
            ),
        }
        for (before, _), (after, when) in itertools.pairwise(states)
    ]


def _aware(time: Any) -> datetime | None:  # noqa: ANN401 - as above
    if time is None:
        return None
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
