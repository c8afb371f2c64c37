"""Looks at what a launch does since a version came to it: its endpoints, and the alarms that the settings name.

The alarms of a launch are found as resources of its stack. Of each alarm it counts whether it is on, and whether it
went on since (source: CloudWatch API reference, DescribeAlarms and DescribeAlarmHistory, which keeps 30 days).
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from fleet.plan.bake_settings import Alarms
from fleet.plan.bakes import Arrival
from shared.aws.provisioned_products import search_account
from shared.aws.session import AccountSession, Session, error_text
from shared.errors import CatalogError
from spoke.config import SpokeSettings

_ENDPOINT: Final = "AWS::SageMaker::Endpoint"
_ALARMS: Final = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_BAD: Final = ("Failed", "OutOfService", "UpdateRollbackFailed")
_GOOD: Final = ("InService", "SystemUpdating")
"""Of an endpoint (source: SageMaker API reference, DescribeEndpoint, EndpointStatus). All others pass by."""
_MOST_NAMES: Final = 100
"""Alarms that one request names (source: CloudWatch API reference, DescribeAlarms)."""


@dataclass(slots=True)
class Seen:
    """What was seen of a launch.

    Attributes:
        bad: Why its version does not do well, in words.
        open: Why nobody can say yet.
    """

    stack: str
    bad: list[str] = field(default_factory=list[str])
    open: list[str] = field(default_factory=list[str])


def look_at(arrival: Arrival, settings: SpokeSettings, alarms: Alarms, until: dt.datetime) -> Seen:
    """Look at a launch. What cannot be seen is told as open.

    Args:
        arrival: The launch.
        settings: Those of its spoke.
        alarms: Which ones count.
        until: When its time has passed: an alarm that goes on later is none of it.
    """
    name = f"{arrival.launch.name} in {arrival.stack}"
    seen = Seen(arrival.stack)
    try:
        session = AccountSession(settings, where=f"Pulumi.{arrival.stack}.yaml")
        _look(session, arrival, alarms, until, seen, name)
    except CatalogError as problem:
        seen.open.append(f"{name}: {problem}")
    except (BotoCoreError, ClientError) as problem:
        seen.open.append(f"{name} cannot be looked at (docs/iam/bake.json): {error_text(problem)}")
    return seen


def _look(session: AccountSession, arrival: Arrival, alarms: Alarms, until: dt.datetime, seen: Seen, name: str) -> None:
    region = arrival.launch.region
    catalog = session.client("servicecatalog", region)
    found = search_account(catalog, session.id, region, f"name:{arrival.launch.name}")
    launched = next((each for each in found if each.name == arrival.launch.name), None)
    if launched is None or not launched.stack_id:
        seen.open.append(f"{name} is not there")
        return
    answer = session.client("cloudformation", region).describe_stack_resources(StackName=launched.stack_id)
    resources: list[dict[str, Any]] = answer["StackResources"]
    for endpoint in _physical(resources, (_ENDPOINT,)):
        short = endpoint.rpartition("/")[2]
        status = session.client("sagemaker", region).describe_endpoint(EndpointName=short)["EndpointStatus"]
        if status in _BAD:
            seen.bad.append(f"the endpoint of {name} is {status}")
        elif status not in _GOOD:
            seen.open.append(f"the endpoint of {name} is {status}")
    own = list(_physical(resources, _ALARMS)) if alarms.own else []
    for each in _described(session, region, [*own, *alarms.names]):
        if each["StateValue"] == "ALARM":
            seen.bad.append(f"the alarm {each['AlarmName']} of {name} is on")
        elif when := _went_on(session, region, each["AlarmName"], arrival.since, until):
            seen.bad.append(f"the alarm {each['AlarmName']} of {name} went on at {when:%Y-%m-%d %H:%M} UTC")


def _physical(resources: Sequence[dict[str, Any]], kinds: Sequence[str]) -> Iterator[str]:
    return (each["PhysicalResourceId"] for each in resources if each["ResourceType"] in kinds)


def _described(session: Session, region: str, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Describe alarms, those with `*` at the end by how they begin."""
    client = session.client("cloudwatch", region)
    whole = [each for each in names if not each.endswith("*")]
    asked = [{"AlarmNames": whole[at : at + _MOST_NAMES]} for at in range(0, len(whole), _MOST_NAMES)]
    asked += [{"AlarmNamePrefix": each.removesuffix("*")} for each in names if each.endswith("*")]
    for question in asked:
        for page in client.get_paginator("describe_alarms").paginate(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"], **question
        ):
            yield from page.get("MetricAlarms", ())
            yield from page.get("CompositeAlarms", ())


def _went_on(session: Session, region: str, name: str, since: dt.datetime, until: dt.datetime) -> dt.datetime | None:
    """Say when an alarm went on, if it did."""
    history = session.client("cloudwatch", region).get_paginator("describe_alarm_history")
    for page in history.paginate(
        AlarmName=name,
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        HistoryItemType="StateUpdate",
        StartDate=since,
        EndDate=until,
    ):
        for item in page["AlarmHistoryItems"]:
            if _is_on(item.get("HistoryData", "")):
                return item["Timestamp"]
    return None


def _is_on(data: str) -> bool:
    """Read what CloudWatch keeps of a change (source: CloudWatch User Guide, "Alarm history", HistoryData)."""
    try:
        found: Any = json.loads(data)
        return found["newState"]["stateValue"] == "ALARM"
    except (ValueError, KeyError, TypeError):
        return False
