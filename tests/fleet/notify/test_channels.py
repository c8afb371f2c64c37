"""An event goes to a topic, a bus or a webhook in the form that each of them takes."""

import datetime as dt
import json
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.stub import ANY, Stubber
from jsonschema import Draft202012Validator, FormatChecker

from fleet.errors import SettingsError
from fleet.notify import channels as module
from fleet.notify.channels import EventBus, NotSentError, Topic, Webhook, channels_of
from fleet.notify.cloud_events import CloudEvent, Moment
from fleet.plan.notifications import Notification
from fleet.plan.settings import FleetSettings
from shared.errors import CatalogError
from shared.yaml_document import read_document
from tests.support.fake_account import always
from tests.support.refused import refused
from tests.support.webhook import Receiver

TOPIC = "arn:aws:sns:eu-central-1:111122223333:rollouts"
BUS = "arn:aws:events:eu-central-1:111122223333:event-bus/platform"
SCHEMA = json.loads((Path(__file__).parent / "cloudevents.schema.json").read_text())
EVENT = CloudEvent(
    moment=Moment.FAILED,
    id="20261101T080000000000-00003",
    subject="20261101T080000000000/spoke-a",
    time=dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC),
    data={"reason": "Zürich said no"},
)


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - as boto3's clients are
    """Let clients be ones of which botocore checks what they are asked, and what they answer."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}

    def stub(service: str) -> Stubber:
        client = cast("Any", boto3).client(service, region_name="eu-central-1", **keys)
        monkeypatch.setattr(module, "_client", always(client))
        return Stubber(client)

    return stub


def test_an_event_has_the_form_of_cloud_events() -> None:
    found = json.loads(EVENT.text())

    cast("Any", Draft202012Validator(SCHEMA, format_checker=FormatChecker())).validate(found)
    assert ("modelcatalog.rollout.spoke.failed", "2026-11-01T08:00:00+00:00") == (found["type"], found["time"])


def test_a_topic_gets_it_with_its_type_as_an_attribute(stubbed: Any) -> None:  # noqa: ANN401
    with stubbed("sns") as sns:
        kind = {"type": {"DataType": "String", "StringValue": "modelcatalog.rollout.spoke.failed"}}
        asked = {"TopicArn": TOPIC, "Message": EVENT.text(), "MessageAttributes": kind}
        sns.add_response("publish", {"MessageId": "1"}, asked)
        Topic(TOPIC).send(EVENT)
        sns.assert_no_pending_responses()


def test_a_bus_gets_it_as_the_detail_and_what_it_does_not_take_is_told(stubbed: Any) -> None:  # noqa: ANN401
    with stubbed("events") as events:
        kind = "modelcatalog.rollout.spoke.failed"
        entry = {"Source": "model-catalog.fleet", "DetailType": kind, "Detail": EVENT.text(), "EventBusName": BUS}
        asked = {"Entries": [{**entry, "Time": ANY}]}
        events.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}, asked)
        EventBus(BUS).send(EVENT)
        refusal = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        events.add_response("put_events", {"FailedEntryCount": 1, "Entries": [refusal]}, asked)
        with pytest.raises(NotSentError, match="MalformedDetail: Detail is malformed"):
            EventBus(BUS).send(EVENT)


def test_what_aws_refuses_is_told_in_its_words(stubbed: Any) -> None:  # noqa: ANN401
    with stubbed("sns") as sns:
        sns.add_client_error("publish", "AuthorizationError", "is not authorized to perform: SNS:Publish")
        with pytest.raises(NotSentError, match="is not authorized to perform: SNS:Publish"):
            Topic(TOPIC).send(EVENT)


def test_a_webhook_gets_it_as_a_structured_event(receiver: Receiver) -> None:
    Webhook(receiver.address).send(EVENT)

    assert [("application/cloudevents+json; charset=UTF-8", json.loads(EVENT.text()))] == receiver.events


def test_a_webhook_that_is_busy_gets_the_same_event_again(receiver: Receiver) -> None:
    receiver.answers = [503, 429]
    Webhook(receiver.address).send(EVENT)

    assert 3 == len(receiver.events)
    assert 1 == len({event["id"] for _, event in receiver.events})


@pytest.mark.parametrize("answer", [302, 400, 404])
def test_a_webhook_that_refuses_or_leads_elsewhere_is_not_followed(receiver: Receiver, answer: int) -> None:
    receiver.answers = [answer]

    with pytest.raises(NotSentError, match=f"it answered with {answer}"):
        Webhook(receiver.address).send(EVENT)
    assert 1 == len(receiver.events)


def test_an_address_that_nobody_answers_at_is_not_told_to_anybody() -> None:
    """It may hold a token."""
    with pytest.raises(NotSentError) as found:
        Webhook("http://127.0.0.1:1/token-of-a-team").send(EVENT)
    assert "token-of-a-team" not in str(found.value)


@pytest.mark.parametrize(
    ("entry", "code", "place"),
    [
        ("{}", "notification-names-not-one", "notifications[0]"),
        (f"{{topic: '{TOPIC}', eventBus: '{BUS}'}}", "notification-names-not-one", "notifications[0]"),
        ("{topic: rollouts}", "invalid-value", "notifications[0].topic"),
        ("{eventBus: default}", "invalid-value", "notifications[0].eventBus"),
        ("{webhook: 'http://hooks.example.com/x'}", "webhook-invalid", "notifications[0].webhook"),
        ("{webhook: 'ftp://hooks.example.com/x'}", "webhook-invalid", "notifications[0].webhook"),
        ("{webhook: 'https://'}", "webhook-invalid", "notifications[0].webhook"),
        ("{webhook: 'https://[::1'}", "webhook-invalid", "notifications[0].webhook"),
        ("{webhook: 'https://hooks.example.com:x'}", "webhook-invalid", "notifications[0].webhook"),
        ("{webhookVariable: 'a b'}", "invalid-value", "notifications[0].webhookVariable"),
        (f"{{topic: '{TOPIC}', only: [sometimes]}}", "invalid-value", "notifications[0].only[0]"),
        ("{slack: x}", "unknown-key", "notifications[0].slack"),
    ],
)
def test_an_entry_that_cannot_be_told_is_refused_where_it_stands(entry: str, code: str, place: str) -> None:
    with refused(CatalogError, code, f"fleet.yaml: {place}"):
        read_document(
            FleetSettings,
            f"notifications: [{entry}]".encode(),
            where="fleet.yaml",
            error=SettingsError,
            empty=dict[str, object](),
        )


@pytest.mark.parametrize("value", [None, "http://hooks.example.com/x"])
def test_an_address_that_the_environment_should_hold_is_asked_for_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("FLEET_WEBHOOK", raising=False)
    if value:
        monkeypatch.setenv("FLEET_WEBHOOK", value)

    with refused(SettingsError, "webhook-variable-unset", "notifications[0].webhookVariable") as found:
        channels_of([Notification.model_validate({"webhookVariable": "FLEET_WEBHOOK"})])
    assert "example.com/x" not in str(found.value)


def test_an_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    monkeypatch.setenv("FLEET_WEBHOOK", receiver.address)
    [(setting, channel)] = channels_of([Notification.model_validate({"webhookVariable": "FLEET_WEBHOOK"})])

    channel.send(EVENT)
    assert ("FLEET_WEBHOOK", 1) == (setting.name, len(receiver.events))
