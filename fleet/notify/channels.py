"""Sends an event to a topic, an event bus or a webhook."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import urllib3

from fleet.notify.cloud_events import CONTENT_TYPE, SOURCE, CloudEvent, Moment
from fleet.plan.notifications import Notification
from fleet.plan.settings import FILE
from shared.aws.arn import Arn
from shared.aws.session import Session, error_text

_PATIENCE: Final = urllib3.Timeout(connect=3, read=5)
_AGAIN: Final = urllib3.Retry(
    total=2, redirect=False, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None
)
"""A webhook gets an event again after what passes; its id is the same."""

_ACCEPTED: Final = range(200, 300)


class NotSentError(Exception):
    """An event did not get through: why."""


class Channel(Protocol):
    """Where events go."""

    def send(self, event: CloudEvent) -> None:
        """Send one. Raises NotSentError."""
        ...


class Topic:
    """A topic of SNS."""

    def __init__(self, arn: str) -> None:
        self._arn = arn
        self._client = _client("sns", arn)

    def send(self, event: CloudEvent) -> None:
        """Publish it, with its type as an attribute, by which subscriptions filter. Raises NotSentError."""
        kind = {"DataType": "String", "StringValue": event.type}
        _asked(lambda: self._client.publish(TopicArn=self._arn, Message=event.text(), MessageAttributes={"type": kind}))


class EventBus:
    """A bus of EventBridge."""

    def __init__(self, arn: str) -> None:
        self._arn = arn
        self._client = _client("events", arn)

    def send(self, event: CloudEvent) -> None:
        """Put it there; rules match `detail-type` and what is in `detail.data`. Raises NotSentError."""
        entry = {
            "Source": SOURCE.removeprefix("/").replace("/", "."),
            "DetailType": event.type,
            "Detail": event.text(),
            "EventBusName": self._arn,
            "Time": event.time,
        }
        answer = _asked(lambda: self._client.put_events(Entries=[entry]))
        if answer["FailedEntryCount"]:
            [refused] = answer["Entries"]
            raise NotSentError(f"{refused.get('ErrorCode')}: {refused.get('ErrorMessage')}")


class Webhook:
    """An address that takes events over HTTP."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._pool = urllib3.PoolManager(timeout=_PATIENCE, retries=_AGAIN)

    def send(self, event: CloudEvent) -> None:
        """Post it. Raises NotSentError, without the address, which may be a secret."""
        try:
            answer = self._pool.request(
                "POST", self._address, body=event.text().encode(), headers={"Content-Type": CONTENT_TYPE}
            )
        except urllib3.exceptions.HTTPError as problem:
            reason = getattr(problem, "reason", None) or problem
            raise NotSentError(f"it did not answer ({type(reason).__name__})") from None
        if answer.status not in _ACCEPTED:
            raise NotSentError(f"it answered with {answer.status}")


def channels_of(settings: Sequence[Notification]) -> list[tuple[Notification, Channel]]:
    """Make what sends to each that the settings name.

    Raises:
        SettingsError: an address that the environment should hold is not there.
    """
    return [(each, _channel(each, f"{FILE}: notifications[{index}]")) for index, each in enumerate(settings)]


def wants(setting: Notification, moment: Moment) -> bool:
    """Whether somebody is told of a moment."""
    return not setting.only or moment in setting.only


def _channel(setting: Notification, where: str) -> Channel:
    if setting.topic:
        return Topic(setting.topic)
    if setting.event_bus:
        return EventBus(setting.event_bus)
    return Webhook(setting.address(where=where))


def _client(service: str, arn: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return Session(region=Arn.parse(arn).region).client(service)


def _asked(ask: Any) -> Any:  # noqa: ANN401 - as above
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - whoever tells nobody does without

    try:
        return ask()
    except (BotoCoreError, ClientError) as problem:
        raise NotSentError(error_text(problem)) from None
