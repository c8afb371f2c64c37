"""The sandbox takes nothing that would stop the other accounts, lets no page in, and calls nobody."""

import gzip
import http.client
import json
import socket
import threading
from collections.abc import Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandbox.accounts import RESEARCH
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox

pytestmark = pytest.mark.sandbox_only

CATALOG = {"X-Amz-Target": "AWS242ServiceCatalogService.ListPortfolios", "Content-Type": "application/x-amz-json-1.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LETTERS = b"abcdefghij"
TOPIC = {"Type": "AWS::SNS::Topic"}


def send(
    sandbox: Sandbox, body: bytes, service: str, headers: Mapping[str, str], *, method: str = "POST", path: str = "/"
) -> tuple[int, bytes]:
    """Send a body, signed for a service."""
    host = sandbox.url.removeprefix("http://")
    scope = f"{RESEARCH}/20260101/eu-central-1/{service}/aws4_request"
    signed = (
        {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x"} if service else {}
    )
    with closing(http.client.HTTPConnection(host, timeout=30)) as connection:
        connection.request(method, path, body=body, headers={**signed, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()


def entities() -> bytes:
    """Write a billion laughs in XML."""
    declared = b"".join(b'<!ENTITY %c "%s">' % (letter, b"&%c;" % before * 10) for before, letter in pairwise(LETTERS))
    return b'<!DOCTYPE a [<!ENTITY a "lol">' + declared + b"]><Tagging>&j;</Tagging>"


@pytest.mark.parametrize(
    ("service", "body", "headers", "path", "status"),
    [
        ("servicecatalog", b"[" * 5000 + b"]" * 5000, CATALOG, "/", 400),
        ("servicecatalog", b'{"a":' * 300 + b"1" + b"}" * 300, CATALOG, "/", 400),
        ("servicecatalog", b'{"a":[' + b"[]," * 500_000 + b"1]}", CATALOG, "/", 400),
        ("servicecatalog", b'{"a":"' + b"x" * 5_000_000 + b'"}', CATALOG, "/", 413),
        ("servicecatalog", gzip.compress(b" " * 20_000_000), {**CATALOG, "Content-Encoding": "gzip"}, "/", 413),
        ("servicecatalog", b"none", {**CATALOG, "Content-Encoding": "gzip"}, "/", 400),
        ("cloudformation", b"Action=CreateStack" + b"&a=1" * 20_000, FORM, "/", 400),
        ("cloudformation", b"Action=CreateStack&" + b"a." * 1000 + b"a=1", FORM, "/", 400),
        ("s3", entities(), {}, "/bucket?tagging", 400),
        ("s3", b"<a>" * 5000, {}, "/bucket?tagging", 400),
        ("s3", b"<Delete>" + b"<Object>" * 100_000, {}, "/bucket?delete", 400),
        ("s3", b"x" * 34 * 1024 * 1024, {}, "/bucket/key", 413),
    ],
)
def test_a_body_that_is_a_bomb_is_refused(
    sandbox: Sandbox, service: str, body: bytes, headers: Mapping[str, str], path: str, status: int
) -> None:
    method = "PUT" if path == "/bucket/key" or "tagging" in path else "POST"

    assert status == send(sandbox, body, service, headers, method=method, path=path)[0]


def test_an_object_may_hold_whatever_a_request_may_not(sandbox: Sandbox) -> None:
    bucket = "objects-of-any-kind"
    place = {"LocationConstraint": "eu-central-1"}
    sandbox.client("s3", RESEARCH).create_bucket(Bucket=bucket, CreateBucketConfiguration=place)

    assert 200 == send(sandbox, entities(), "s3", {}, method="PUT", path=f"/{bucket}/laughs.xml")[0]
    assert 200 == send(sandbox, b"[" * 5000, "s3", {}, method="PUT", path=f"/{bucket}/deep.json")[0]


def nested(levels: int) -> object:
    """Write a text that is eight times as long with each level."""
    text: object = "x" * 100
    for _ in range(levels):
        text = {"Fn::Sub": ["${a}" * 8, {"a": text}]}
    return text


def repeated(levels: int) -> object:
    """Write a resource that is there a hundred times with each level."""
    body: object = {"T" + "".join(f"${{A{level}}}" for level in range(levels)): TOPIC}
    for level in range(levels):
        body = {f"Fn::ForEach::L{level}": [f"A{level}", [str(number) for number in range(100)], body]}
    return body


TEMPLATES: Mapping[str, tuple[Any, str]] = {
    "sub": ({"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": nested(20)}}}, "characters"),
    "cidr": (
        {
            "Resources": {"A": TOPIC},
            "Outputs": {"O": {"Value": {"Fn::Select": [0, {"Fn::Cidr": ["0.0.0.0/0", 10**9, 1]}]}}},
        },
        "256 blocks",
    ),
    "loops": ({"Transform": "AWS::LanguageExtensions", "Resources": repeated(4)}, "values"),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_grows_without_end_is_a_stack_that_fails(sandbox: Sandbox, name: str) -> None:
    template, reason = TEMPLATES[name]
    cloudformation = sandbox.client("cloudformation", RESEARCH)

    cloudformation.create_stack(StackName=f"growing-{name}", TemplateBody=json.dumps(template))
    stack = cloudformation.describe_stacks(StackName=f"growing-{name}")["Stacks"][0]

    assert "ROLLBACK_COMPLETE" == stack["StackStatus"]
    assert reason in stack["StackStatusReason"]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("a: &a [x]\nb: [*a]", "aliases"),
        ("[" * 5000, "levels deep"),
        ('{"Resources":' * 300 + "1" + "}" * 300, "levels deep"),
        ("Resources: {A: {Type: AWS::SNS::Topic, Properties: {X: " + ":".join(["1"] * 100_000) + "}}}", "characters"),
        ("# x\n" * 500_000, "may not exceed"),
        ("- a\n" * 100_000, "values"),
    ],
)
def test_a_template_that_takes_long_to_read_is_refused(
    sandbox: Sandbox, api_error: Expect, template: str, reason: str
) -> None:
    with api_error("ValidationError", reason):
        sandbox.client("cloudformation", RESEARCH).validate_template(TemplateBody=template)


@pytest.mark.parametrize("pattern", ["(a|aa)+$", "(" * 20 + "a" + ")+" * 20])
def test_a_value_that_cannot_be_held_against_its_pattern_is_refused(
    sandbox: Sandbox, api_error: Expect, pattern: str
) -> None:
    parameter = {"Type": "CommaDelimitedList", "AllowedPattern": pattern}
    values = ",".join(["a" * 80 + "!"] * 50)

    with api_error("ValidationError", "must match pattern"):
        sandbox.client("cloudformation", RESEARCH).create_stack(
            StackName="slow",
            TemplateBody=json.dumps({"Parameters": {"P": parameter}, "Resources": {"A": TOPIC}}),
            Parameters=[{"ParameterKey": "P", "ParameterValue": values}],
        )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://page.example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Host": "page.example.com"},
        {"Host": "page.example.com:5005"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
)
def test_no_page_in_a_browser_changes_the_sandbox(sandbox: Sandbox, headers: Mapping[str, str]) -> None:
    before = sandbox.ask("faults")
    fault = b'[{"operation": "sts:*", "error": "X"}]'

    assert 403 == send(sandbox, fault, "", headers, path="/_sandbox/faults")[0]
    assert before == sandbox.ask("faults")


@pytest.mark.parametrize("headers", [{"Origin": "http://page.example.com"}, {"Host": "page.example.com"}])
def test_no_page_acts_as_an_account_by_an_address_that_is_signed(sandbox: Sandbox, headers: Mapping[str, str]) -> None:
    """A page may send such a request without asking first, and no signature is checked."""
    credential = f"{RESEARCH}/20260101/us-east-1/iam/aws4_request"
    path = f"/?Action=CreateUser&UserName=page&Version=2010-05-08&X-Amz-Credential={credential}"

    assert 403 == send(sandbox, b"", "", headers, method="GET", path=path)[0]


@pytest.mark.parametrize("host", ["localhost", "localhost:5005", "127.0.0.1", "[::1]:80", "bucket.localhost"])
def test_tools_call_it_by_the_names_of_this_machine(sandbox: Sandbox, host: str) -> None:
    assert 200 == send(sandbox, b"", "", {"Host": host}, method="GET", path="/_sandbox/clock")[0]


def test_the_doors_of_moto_are_closed(sandbox: Sandbox) -> None:
    assert 404 == send(sandbox, b"", "iam", {}, path="/moto-api/reset")[0]
    assert 405 == send(sandbox, b"", "", {}, method="DELETE", path="/_sandbox/faults")[0]


def test_a_notification_is_kept_and_calls_nobody(sandbox: Sandbox) -> None:
    sns = sandbox.client("sns", RESEARCH)
    with closing(socket.create_server(("127.0.0.1", 0))) as trap:
        trap.settimeout(0.3)
        topic = sns.create_topic(Name="trap")["TopicArn"]
        endpoint = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)

        assert sns.publish(TopicArn=topic, Message="hello")["MessageId"]
        with pytest.raises(TimeoutError):
            trap.accept()


def test_an_event_calls_nobody_either(sandbox: Sandbox) -> None:
    """EventBridge calls an address by itself, in moto too."""
    events = sandbox.client("events", RESEARCH)
    with closing(socket.create_server(("127.0.0.1", 0))) as trap:
        trap.settimeout(0.3)
        where = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        secret = {"ApiKeyName": "x", "ApiKeyValue": "y"}
        connection = events.create_connection(
            Name="c", AuthorizationType="API_KEY", AuthParameters={"ApiKeyAuthParameters": secret}
        )["ConnectionArn"]
        target = events.create_api_destination(
            Name="d", ConnectionArn=connection, InvocationEndpoint=where, HttpMethod="POST"
        )["ApiDestinationArn"]
        events.put_rule(Name="r", EventPattern=json.dumps({"source": ["x"]}))
        events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": target}])

        events.put_events(Entries=[{"Source": "x", "DetailType": "x", "Detail": "{}"}])
        with pytest.raises(TimeoutError):
            trap.accept()


@pytest.mark.parametrize("url", ["https://page.example.com/t.yaml", "http://169.254.169.254/latest/meta-data"])
def test_a_template_comes_from_no_other_host(sandbox: Sandbox, api_error: Expect, url: str) -> None:
    with api_error("ValidationError", "S3"):
        sandbox.client("cloudformation", RESEARCH).validate_template(TemplateURL=url)


def test_who_sends_slowly_keeps_nobody_waiting(sandbox: Sandbox, tmp_path: Path) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(200)]
    try:
        for each in slow:
            each.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nX-")
        answers = list[str]()
        asking = threading.Thread(
            target=lambda: answers.append(sandbox.client("sts", RESEARCH).get_caller_identity()["Account"])
        )
        asking.start()
        asking.join(20)
    finally:
        for each in slow:
            each.close()

    assert [RESEARCH] == answers
    assert tmp_path
