"""What an import leaves out, as the provider's own tests say it (ImportStateVerifyIgnore, and `importIgnore`)."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.plugin import diff
from sandbox.plugin.registry import RESOURCES
from sandbox.plugin.servicer import Plugin
from sandbox.plugin.waits import Clock
from sandbox.plugin.wire import decode, encode

HUB = {"region": "eu-central-1", "accessKey": "222233334444", "secretKey": "sandbox"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}]}
)
TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
BUCKET, OBJECT, ROLE = "aws:s3/bucket:Bucket", "aws:s3/bucketObjectv2:BucketObjectv2", "aws:iam/role:Role"
POLICY, STACK = "aws:iam/rolePolicy:RolePolicy", "aws:cloudformation/stack:Stack"
PORTFOLIO, PRODUCT, VERSION, PLACE, CONSTRAINT, SHARE, OPTION, PRINCIPAL = (
    f"aws:servicecatalog/{name[0].lower()}{name[1:]}:{name}"
    for name in (
        *("Portfolio", "Product", "ProvisioningArtifact", "ProductPortfolioAssociation"),
        *("Constraint", "PortfolioShare", "TagOption", "PrincipalPortfolioAssociation"),
    )
)
Make = Callable[..., str]


class Imported:
    """Makes resources by a plug-in, imports them, and keeps what the import left out."""

    def __init__(self, stub: Any) -> None:  # noqa: ANN401 - generated stubs have no one type
        self._stub = stub
        self.lost: dict[str, set[str]] = {}
        self.states: dict[str, dict[str, Any]] = {}

    def make(self, kind: str, place: str = "", **inputs: object) -> str:
        """Make a resource and import it, by its id or what stands for `place` before it; gives its id."""
        checked = self._stub.Check(provider_pb2.CheckRequest(type=kind, name="it", news=encode(inputs)))
        assert not checked.failures
        made = self._stub.Create(provider_pb2.CreateRequest(type=kind, urn=kind, properties=checked.inputs))
        read = self._stub.Read(provider_pb2.ReadRequest(type=kind, urn=kind, id=f"{place}{made.id}"))
        assert read.id == made.id
        before, after = decode(made.properties), decode(read.properties)
        self.lost[kind] = {key for key, value in before.items() if value is not None and after.get(key) is None}
        self.states[kind] = after
        return made.id


@pytest.fixture(scope="module")
def imported(sandbox_url: str) -> Iterator[Imported]:
    """Import one resource of each kind."""
    server = grpc.server(ThreadPoolExecutor(4))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", sandbox_url)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(Clock(sandbox_url)), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(provider_pb2.ConfigureRequest(args=encode(HUB)))
            found = Imported(stub)
            make_all(found.make)
            yield found
    server.stop(None)


def make_all(make: Make) -> None:
    """Make one of each."""
    bucket = make(BUCKET, bucket="to-be-imported")
    key = make(OBJECT, f"{bucket}/", bucket=bucket, key="template.json", content=TEMPLATE)
    role = make(ROLE, name="to-be-imported", assumeRolePolicy=TRUST)
    make(POLICY, role=role, name="own", policy=ALLOW)
    make(OPTION, key="team", value="imports")
    portfolio = make(PORTFOLIO, name="to be imported", providerName="us")
    make(PRINCIPAL, portfolioId=portfolio, principalArn=f"arn:aws:iam::222233334444:role/{role}", principalType="IAM")
    url = f"https://{bucket}.s3.eu-central-1.amazonaws.com/{key}"
    first = {"name": "first", "templateUrl": url, "type": "CLOUD_FORMATION_TEMPLATE"}
    product = make(
        PRODUCT, name="imported", owner="us", type="CLOUD_FORMATION_TEMPLATE", provisioningArtifactParameters=first
    )
    make(VERSION, productId=product, name="2.0.0", templateUrl=url, type="CLOUD_FORMATION_TEMPLATE")
    make(PLACE, portfolioId=portfolio, productId=product)
    topics = {"NotificationArns": ["arn:aws:sns:eu-central-1:222233334444:told"]}
    make(CONSTRAINT, portfolioId=portfolio, productId=product, type="NOTIFICATION", parameters=json.dumps(topics))
    make(SHARE, portfolioId=portfolio, type="ACCOUNT", principalId="333344445555")
    with_size = {**json.loads(TEMPLATE), "Parameters": {"Size": {"Type": "String"}}}
    make(STACK, name="imported", templateBody=json.dumps(with_size), parameters={"Size": "2"})


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        (BUCKET, {"forceDestroy"}),
        (OBJECT, {"forceDestroy", "content"}),
        (ROLE, set[str]()),
        (POLICY, set[str]()),
        (OPTION, set[str]()),
        (PORTFOLIO, set[str]()),
        (PRODUCT, {"acceptLanguage"}),
        (VERSION, {"acceptLanguage", "disableTemplateValidation", "templateUrl"}),
        (PLACE, set[str]()),
        (PRINCIPAL, set[str]()),
        (CONSTRAINT, set[str]()),
        (SHARE, {"acceptLanguage"}),
    ],
)
def test_an_import_leaves_out_what_the_provider_s_reads_do(imported: Imported, kind: str, lost: set[str]) -> None:
    assert lost == imported.lost[kind]


def test_an_imported_stack_has_no_parameters(imported: Imported) -> None:
    """Its read gives those alone that the state has (source: terraform-provider-aws, cloudformation/stack.go)."""
    assert not imported.states[STACK]["parameters"]


def test_a_default_that_the_state_lacks_is_a_difference_also_where_it_is_false(imported: Imported) -> None:
    olds = imported.states[VERSION]
    news = {**olds, "acceptLanguage": "en", "disableTemplateValidation": False}

    assert [
        (("disableTemplateValidation",), "ADD", True),
        (("acceptLanguage",), "ADD", False),
    ] == diff.differences(RESOURCES[VERSION], olds, news)
