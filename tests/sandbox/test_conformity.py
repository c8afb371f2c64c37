"""Every answer that a test gets is compared with AWS's model; here, with answers that are wrong."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.support.sandbox.accounts import HUB
from tests.support.sandbox.process import Client, Sandbox

pytestmark = pytest.mark.sandbox_only

PORTFOLIO = {"Id": "port-abc", "DisplayName": "p", "ProviderName": "x", "CreatedTime": 1.5}
SHARE = {"PrincipalId": HUB, "Type": "ACCOUNT", "Accepted": True}


class Body:
    """What an answer is read from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: object) -> list[bytes]:
        return [self._content]


def answering(sandbox: Sandbox, answer: dict[str, Any], status: int = 200) -> Client:
    """A client as all tests have it, whose calls are answered without being sent."""
    client = sandbox.client_with("servicecatalog", {"AccessKeyId": HUB, "SecretAccessKey": "x"})

    def answer_instead(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        raw: Any = Body(json.dumps(answer).encode())
        headers: Any = {"Content-Type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, status, headers, raw)

    client.meta.events.register("before-send.service-catalog", answer_instead)
    return client


def test_a_right_answer_passes(sandbox: Sandbox) -> None:
    client = answering(sandbox, {"PortfolioDetails": [PORTFOLIO]})
    shares = answering(sandbox, {"PortfolioShareDetails": [SHARE]})

    assert client.list_portfolios()["PortfolioDetails"][0]["Id"] == "port-abc"
    assert shares.describe_portfolio_shares(PortfolioId="port-a", Type="ACCOUNT")["PortfolioShareDetails"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"Id": "port abc"}, r"\.PortfolioDetails\[0\]\.Id: 'port abc' does not match"),
        ({"Id": 5}, "Id"),
        ({"DisplayName": "x" * 101}, "DisplayName has size 101"),
        ({"Colour": "red"}, "Colour is unknown"),
    ],
)
def test_a_wrong_member_fails_the_test_that_gets_it(sandbox: Sandbox, wrong: dict[str, Any], named: str) -> None:
    client = answering(sandbox, {"PortfolioDetails": [{**PORTFOLIO, **wrong}]})

    with pytest.raises(AssertionError, match=named):
        client.list_portfolios()


def test_a_value_that_no_enumeration_has_fails_the_test_that_gets_it(sandbox: Sandbox) -> None:
    client = answering(sandbox, {"PortfolioShareDetails": [{**SHARE, "Type": "FRIENDS"}]})

    with pytest.raises(AssertionError, match="'FRIENDS' is none of DescribePortfolioShareType"):
        client.describe_portfolio_shares(PortfolioId="port-a", Type="ACCOUNT")


def test_a_required_member_that_is_missing_fails_the_test_that_gets_it(sandbox: Sandbox) -> None:
    client = answering(sandbox, {"PortfolioDetail": PORTFOLIO, "Tags": [{"Key": "team"}]})

    with pytest.raises(AssertionError, match="Value"):
        client.describe_portfolio(Id="port-abc")


def test_an_error_that_the_operation_does_not_have_fails_the_test_that_gets_it(sandbox: Sandbox) -> None:
    def refusal(code: str) -> dict[str, str]:
        return {"__type": code, "Message": "no"}

    wrong = answering(sandbox, refusal("DuplicateResourceException"), 400)
    right = answering(sandbox, refusal("ResourceNotFoundException"), 400)

    with pytest.raises(AssertionError, match="DescribePortfolio does not answer with DuplicateResourceException"):
        wrong.describe_portfolio(Id="port-a")
    with pytest.raises(right.exceptions.ResourceNotFoundException):
        right.describe_portfolio(Id="port-a")
