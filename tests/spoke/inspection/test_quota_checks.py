"""Whether an account's quotas of SageMaker are enough for its launches."""

from copy import deepcopy
from typing import Any

import pytest

from shared.aws.preflight import CheckResult, Finding
from spoke.inspection.quota_checks import QuotaChecks
from spoke.launches.capacity import Demand, demands_of
from spoke.launches.resolution import ResolvedLaunch
from tests.support.fake_account import FakeAccount
from tests.support.offers import ACCOUNT, OFFER
from tests.support.spoke_stack import resolved

ENDPOINT: dict[str, Any] = {
    "kind": "instances",
    "currency": "USD",
    "date": "2026-11-24",
    "instance_type": "Environment",  # any parameter of text will do
    "count": "InstanceCount",
    "hours": "730",
    "prices": {},
}
SERVERLESS: dict[str, Any] = {
    "kind": "serverless",
    "currency": "USD",
    "date": "2026-11-24",
    "memory": "InstanceCount",
    "prices": {},
}


def launch(cost: dict[str, Any] | None, **parameters: Any) -> ResolvedLaunch:  # noqa: ANN401 - values of YAML
    """Resolve a launch of a product with this cost."""
    offer = deepcopy(dict(OFFER))
    for version in offer["eu-central-1"]["products"]["scorer"]["versions"].values():
        version["parameters"]["Most"] = {"type": "Number", "default": "9"}
        version["parameters"]["Scales"] = {"type": "String", "default": "false"}
        version["parameters"]["Beside"] = {"type": "Number", "default": "2"}
        if cost:
            version["cost"] = cost
    given = {"ModelDataUrl": "s3://models/scorer.tar.gz", "Environment": "staging", "InstanceCount": 3, **parameters}
    return resolved(offer, parameters=given)


@pytest.mark.parametrize(
    ("cost", "parameters", "demand", "count"),
    [
        (ENDPOINT, {}, Demand("endpoint", "staging"), 3),
        ({**ENDPOINT, "beside": "Beside"}, {}, Demand("endpoint", "staging"), 5),
        ({**ENDPOINT, "most": "Most", "scales": "Scales"}, {}, Demand("endpoint", "staging"), 3),
        ({**ENDPOINT, "most": "Most", "scales": "Scales"}, {"Scales": True}, Demand("endpoint", "staging"), 9),
        ({**ENDPOINT, "hours": "30"}, {}, Demand("job", "staging"), 3),
        (SERVERLESS, {}, Demand("serverless"), 1),
    ],
)
def test_a_launch_takes_what_runs_at_most(
    cost: dict[str, Any], parameters: dict[str, Any], demand: Demand, count: int
) -> None:
    assert {"eu-central-1": {demand: 2 * count}} == demands_of([launch(cost, **parameters)] * 2)


@pytest.mark.parametrize("cost", [None, {**ENDPOINT, "instance_type": "Label2"}])
def test_where_nobody_says_what_runs_nothing_is_taken(cost: dict[str, Any] | None) -> None:
    assert {} == demands_of([launch(cost)])


def looked(launches: list[ResolvedLaunch], **quotas: int) -> list[Finding]:
    """Hold launches against quotas, whose names stand for AWS's."""
    listed = [
        {"QuotaName": NAMES[key], "QuotaCode": f"L-{key}", "Value": float(value)} for key, value in quotas.items()
    ]
    account: Any = FakeAccount(ACCOUNT, {"list_service_quotas": listed}, {})
    return list(QuotaChecks(account, lambda: launches).quotas())


NAMES = {
    "endpoint": "staging for endpoint usage",
    "job": "staging for transform job usage",
    "all": "Number of instances across active endpoints",
    "serverless": "Maximum number of serverless endpoints",
}


def test_what_the_quotas_are_enough_for_is_told() -> None:
    assert [
        ("quota staging for endpoint usage in eu-central-1", "3 of 4"),
        ("quota Number of instances across active endpoints in eu-central-1", "3 of 100"),
    ] == [(each.subject, each.text) for each in looked([launch(ENDPOINT)], endpoint=4, all=100)]


@pytest.mark.parametrize(
    ("cost", "quotas", "verdict"),
    [
        (ENDPOINT, {"endpoint": 2}, CheckResult.FAILED),
        (ENDPOINT, {"endpoint": 5, "all": 2}, CheckResult.FAILED),
        (SERVERLESS, {"serverless": 0}, CheckResult.FAILED),
        ({**ENDPOINT, "hours": "30"}, {"job": 0}, CheckResult.WARNING),
    ],
)
def test_what_they_are_not_enough_for_comes_with_the_command_that_has_it_raised(
    cost: dict[str, Any], quotas: dict[str, int], verdict: CheckResult
) -> None:
    """Finding: a newcomer's account has no instances of some types at all, and the first launch ends in ERROR."""
    found = looked([launch(cost)], **quotas)[-1]

    key = list(quotas)[-1]
    assert verdict is found.verdict
    assert f"request-service-quota-increase --service-code sagemaker --quota-code L-{key} --desired-value" in found.text


def test_a_quota_that_aws_does_not_list_is_not_compared() -> None:
    assert ["not compared: AWS lists no quota of that name"] == [each.text for each in looked([launch(ENDPOINT)])]
