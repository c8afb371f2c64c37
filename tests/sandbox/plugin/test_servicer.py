"""The protocol, spoken to a plug-in without an engine."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, NoReturn

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.plugin.failure import Gone
from sandbox.plugin.servicer import Plugin
from sandbox.plugin.waits import Clock
from sandbox.plugin.wire import UNKNOWN, decode, encode

# The generated stubs are typed for synchronous and asynchronous channels at once, so their calls have no one type.
Stub = Any
HUB = {"region": "eu-central-1", "accessKey": "222233334444", "secretKey": "sandbox"}
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"


@pytest.fixture
def plugin() -> Iterator[Stub]:
    """A plug-in that is not configured yet."""
    server = grpc.server(ThreadPoolExecutor(4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(Clock("")), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


@pytest.fixture
def configured(plugin: Stub, sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """A plug-in of the hub account."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox_url)
    plugin.Configure(provider_pb2.ConfigureRequest(args=encode(HUB)))
    return plugin


def test_it_says_the_version_of_the_installed_pulumi_aws(plugin: Stub) -> None:
    assert plugin.GetPluginInfo(empty_pb2.Empty()).version == version("pulumi_aws")


def refusal(call: Callable[[], Any]) -> str:
    """The text with which a call is refused."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error: Any = caught.value
    return error.details()


def never_there(*_: object) -> NoReturn:
    """Look for something in vain."""
    raise Gone("there is none")


def reasons(plugin: Stub, inputs: dict[str, Any]) -> list[str]:
    """What is wrong with a provider's inputs."""
    answer = plugin.CheckConfig(provider_pb2.CheckRequest(news=encode(inputs)))
    return [failure.reason for failure in answer.failures]


def test_a_type_that_is_not_emulated_is_refused_by_name(plugin: Stub) -> None:
    text = refusal(lambda: plugin.Check(provider_pb2.CheckRequest(type="aws:sns/topic:Topic", name="it")))
    assert text == "aws:sns/topic:Topic is not emulated by the sandbox's stand-in plug-in"


def test_a_function_that_is_not_emulated_is_refused_by_name(plugin: Stub) -> None:
    text = refusal(lambda: plugin.Invoke(provider_pb2.InvokeRequest(tok="aws:ec2/getVpc:getVpc")))
    assert text == "aws:ec2/getVpc:getVpc is not emulated by the sandbox's stand-in plug-in"


def test_the_real_aws_is_never_called(plugin: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    (reason,) = reasons(plugin, HUB)
    assert "it never reaches the real AWS, and AWS_ENDPOINT_URL is not set" in reason


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"region": ""}, "Missing region information"),
        ({"colour": "red"}, "`aws:colour` is not a valid configuration key for the aws provider."),
        ({"assumeRole": "{}"}, "invalid config key 'aws:assumeRole', should be 'aws:assumeRoles'"),
        ({"allowedAccountIds": '["1"]', "forbiddenAccountIds": '["2"]'}, "conflicts with forbidden_account_ids"),
        ({"assumeRoles": '[{"role_arn": "arn"}]'}, "Examine values at 'assumeRoles[0].role_arn'."),
        (
            {"assumeRoles": '[{"roleArn": "arn:aws:iam::333344445555:role/nobody"}]'},
            "IAM Role (arn:aws:iam::333344445555:role/nobody) cannot be assumed.",
        ),
    ],
)
def test_a_wrong_provider_is_refused(configured: Stub, inputs: dict[str, str], reason: str) -> None:
    (text,) = reasons(configured, {**HUB, **inputs})
    assert reason in text


@pytest.mark.parametrize(
    "lists", [{"allowedAccountIds": '["333344445555"]'}, {"forbiddenAccountIds": ["222233334444"]}]
)
def test_an_account_that_is_not_allowed_is_refused_in_configure(configured: Stub, lists: dict[str, Any]) -> None:
    assert reasons(configured, {**HUB, **lists}) == []
    request = provider_pb2.ConfigureRequest(args=encode({**HUB, **lists}))
    assert refusal(lambda: configured.Configure(request)) == "AWS account ID not allowed: 222233334444"


def test_a_preview_of_a_create_knows_what_the_program_gave(
    configured: Stub,
) -> None:
    role = {"name": "mine", "assumeRolePolicy": "{}", "path": "/", "tags": {"a": UNKNOWN}, "tagsAll": UNKNOWN}
    answer = configured.Create(provider_pb2.CreateRequest(type=ROLE, preview=True, properties=encode(role)))
    outputs = decode(answer.properties)
    assert answer.id == ""
    assert outputs["name"] == "mine"
    assert outputs["tags"] == {"a": UNKNOWN}
    assert outputs["arn"] is outputs["uniqueId"] is outputs["tagsAll"] is UNKNOWN


def test_an_error_of_aws_reads_as_the_real_plug_in_writes_it(
    configured: Stub,
) -> None:
    role = {"role": "nobody", "name": "it", "policy": '{"Version": "2012-10-17", "Statement": []}'}
    request = provider_pb2.CreateRequest(type="aws:iam/rolePolicy:RolePolicy", properties=encode(role))
    text = refusal(lambda: configured.Create(request))
    assert text.startswith(
        "1 error occurred:\n\t* creating IAM Role Policy (it): operation error IAM: PutRolePolicy, "
        "https response error StatusCode: 404, RequestID: "
    )
    assert ", NoSuchEntity: " in text


def test_a_create_that_fails_after_the_object_is_made_hands_over_its_id(
    configured: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.plugin.s3_settings._PROPAGATION", 0)
    monkeypatch.setattr("sandbox.plugin.s3_settings.BucketPolicy.look", never_there)
    bucket: dict[str, Any] = {"bucket": "half-made", "tagsAll": {}}
    configured.Create(provider_pb2.CreateRequest(type="aws:s3/bucket:Bucket", properties=encode(bucket)))
    policy = {"bucket": "half-made", "policy": '{"Version": "2012-10-17", "Statement": []}'}
    with pytest.raises(grpc.RpcError) as caught:
        configured.Create(
            provider_pb2.CreateRequest(type="aws:s3/bucketPolicy:BucketPolicy", urn="urn", properties=encode(policy))
        )
    error: Any = caught.value
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(failed)
    assert failed.id == "half-made"
    assert decode(failed.properties)["policy"] == policy["policy"]
    assert failed.reasons[0].startswith("creating urn: 1 error occurred:\n\t* waiting for S3 Bucket Policy (half-made)")


def test_a_get_reads_what_somebody_else_made(configured: Stub) -> None:
    """`Type.get(name, id)`: the engine sends the id and nothing else."""
    made = {"bucket": "of-somebody-else", "tags": {"team": "risk"}, "tagsAll": {"team": "risk"}}
    configured.Create(provider_pb2.CreateRequest(type=BUCKET, properties=encode(made)))

    found = configured.Read(provider_pb2.ReadRequest(type=BUCKET, id="of-somebody-else"))
    missing = configured.Read(provider_pb2.ReadRequest(type=BUCKET, id="of-nobody"))

    assert ("of-somebody-else", {"team": "risk"}) == (found.id, decode(found.properties)["tags"])
    assert "" == missing.id


def test_cancel_ends_what_waits(configured: Stub) -> None:
    configured.Cancel(empty_pb2.Empty())
    token, arguments = "aws:servicecatalog/getLaunchPaths:getLaunchPaths", encode({"productId": "prod-aaaaaaaaaaaaa"})
    text = refusal(lambda: configured.Invoke(provider_pb2.InvokeRequest(tok=token, args=arguments)))
    assert text == "describing Service Catalog Launch Paths: the operation was cancelled"


def test_a_delete_of_what_is_gone_succeeds(configured: Stub) -> None:
    request = provider_pb2.DeleteRequest(id="nobody", type=ROLE, properties=encode({"name": "nobody"}))

    assert empty_pb2.Empty() == configured.Delete(request)
