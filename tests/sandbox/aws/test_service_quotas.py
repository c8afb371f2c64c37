"""SageMaker's quotas: listed a page at a time, and raised on demand."""

import pytest
from botocore.exceptions import ClientError

from tests.support.sandbox.accounts import RESEARCH
from tests.support.sandbox.process import Sandbox

pytestmark = pytest.mark.sandbox_only

REGION = "eu-west-3"
NAME = "ml.m5.large for endpoint usage"


def test_quotas_are_listed_a_page_at_a_time_and_raised_at_once(started: Sandbox) -> None:
    quotas = started.client("service-quotas", RESEARCH, REGION)

    def listed(operation: str) -> dict[str, float]:
        pages = quotas.get_paginator(operation).paginate(ServiceCode="sagemaker")
        return {each["QuotaName"]: each["Value"] for page in pages for each in page["Quotas"]}

    before = listed("list_service_quotas")
    [code] = [
        each["QuotaCode"]
        for page in quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
        for each in page["Quotas"]
        if each["QuotaName"] == NAME
    ]
    raised = quotas.request_service_quota_increase(ServiceCode="sagemaker", QuotaCode=code, DesiredValue=31)

    assert len(before) > 300
    assert {"ml.g5.xlarge for transform job usage", "Maximum number of serverless endpoints"} <= before.keys()
    assert "APPROVED" == raised["RequestedQuota"]["Status"]
    assert (20, 31, 20) == (
        before[NAME],
        listed("list_service_quotas")[NAME],
        listed("list_aws_default_service_quotas")[NAME],
    )


def test_other_services_have_none(started: Sandbox) -> None:
    quotas = started.client("service-quotas", RESEARCH, REGION)
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        quotas.list_service_quotas(ServiceCode="ec2")
    with pytest.raises(ClientError, match="does not emulate servicequotas:GetServiceQuota"):
        quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode="L-1")
