"""What comes from the network is not trusted: a fault is AWS's validation error, never a traceback."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sandbox.accounts import HUB
from tests.support.sandbox.process import Sandbox

pytestmark = pytest.mark.sandbox_only

SIGNATURE = f"AWS4-HMAC-SHA256 Credential={HUB}/20260101/eu-central-1/servicecatalog/aws4_request, Signature=x"


def post(sandbox: Sandbox, operation: str, body: bytes) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": SIGNATURE, "X-Amz-Target": f"AWS242ServiceCatalogService.{operation}"}
    try:
        with urlopen(Request(sandbox.url, data=body, headers=headers), timeout=5) as answer:  # noqa: S310 - http
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(
    ("operation", "body", "reason"),
    [
        ("CreatePortfolio", b"{}", "Member must not be null"),
        ("CreatePortfolio", b"not json", "not JSON"),
        ("CreatePortfolio", b"[1]", "type structure"),
        ("CreatePortfolio", b'{"DisplayName": 5, "ProviderName": "x", "IdempotencyToken": "t"}', "type string"),
        ("DescribePortfolio", b'{"Id": "a b"}', "regular expression"),
        ("DescribePortfolio", json.dumps({"Id": "x" * 200}).encode(), "less than or equal to 100"),
        ("ListPortfolios", b'{"PageSize": 1000}', "less than or equal to 100"),
        ("ListPortfolios", b'{"PageSize": true}', "type integer"),
        ("DescribePortfolioShares", b'{"PortfolioId": "port-x", "Type": "FRIENDS"}', "enum value set"),
        ("MakeCoffee", b"{}", "Unknown operation"),
        ("DescribePortfolio", b"[" * 100_000, "not JSON"),
    ],
)
def test_a_malformed_request_gets_a_validation_error(
    sandbox: Sandbox, operation: str, body: bytes, reason: str
) -> None:
    """API Reference, "Common errors": ValidationException."""
    status, answer = post(sandbox, operation, body)

    assert status == 400
    assert answer["__type"] == "ValidationException"
    assert reason in answer["Message"]


def test_times_are_numbers_on_the_wire(sandbox: Sandbox) -> None:
    """AWS JSON 1.1 protocol: timestamps are seconds since the epoch."""
    asked = {"DisplayName": "p", "ProviderName": "x", "IdempotencyToken": "times"}
    status, answer = post(sandbox, "CreatePortfolio", json.dumps(asked).encode())

    assert status == 200
    assert isinstance(answer["PortfolioDetail"]["CreatedTime"], float | int)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
OPERATIONS = {
    "CreateConstraint": ("PortfolioId", "ProductId", "Parameters", "Type", "IdempotencyToken"),
    "CreatePortfolioShare": ("PortfolioId", "AccountId", "OrganizationNode"),
    "ProvisionProduct": ("ProductId", "ProvisioningParameters", "ProvisionedProductName", "ProvisionToken", "Tags"),
    "SearchProductsAsAdmin": ("Filters", "SortBy", "PageToken"),
    "SearchProvisionedProducts": ("Filters", "SortBy", "AccessLevelFilter"),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_request_breaks_the_server(sandbox: Sandbox, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(sorted(OPERATIONS)))
    body = {member: data.draw(json_values) for member in OPERATIONS[operation]}
    status, _ = post(sandbox, operation, json.dumps(body).encode())

    assert status in (200, 400)
