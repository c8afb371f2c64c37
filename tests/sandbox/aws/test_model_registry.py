"""What the model registry keeps of a package, who may read it, and how packages are listed."""

import datetime as dt
import json
from typing import Any

import pytest

from tests.support.sandbox.accounts import HUB, REGION, RESEARCH
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox

pytestmark = pytest.mark.sandbox_only

PACKAGES = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package"
BUCKET = "model-catalog-artifacts-hub"


@pytest.fixture
def registry(own_sandbox: Sandbox) -> Any:  # noqa: ANN401 - a boto3 client
    """Give a client of the hub's registry, in a sandbox that a test may change."""
    return own_sandbox.client("sagemaker", HUB)


def test_a_change_keeps_what_it_does_not_name_and_says_who_made_it_and_when(registry: Any) -> None:  # noqa: ANN401
    arn = f"{PACKAGES}/fraud-detector/3"
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)

    registry.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="Reviewed on the holdout of October."
    )
    registry.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties={"ticket": "RISK-7"})
    found = registry.describe_model_package(ModelPackageName=arn)

    assert ("Approved", "Reviewed on the holdout of October.") == (
        found["ModelApprovalStatus"],
        found["ApprovalDescription"],
    )
    assert {"ticket": "RISK-7"} == found["CustomerMetadataProperties"]
    assert f"arn:aws:iam::{HUB}:user/administrator" == found["LastModifiedBy"]["IamIdentity"]["Arn"]
    assert before < found["LastModifiedTime"]


def test_a_package_brings_its_figures_and_where_it_comes_from(sandbox: Sandbox) -> None:
    found = sandbox.client("sagemaker", HUB).describe_model_package(ModelPackageName=f"{PACKAGES}/fraud-detector/3")
    place = found["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    bucket, _, key = place.removeprefix("s3://").partition("/")
    report = json.loads(sandbox.client("s3", HUB).get_object(Bucket=bucket, Key=key)["Body"].read())

    assert 0.96 == report["binary_classification_metrics"]["auc"]["value"]
    assert found["MetadataProperties"]["GeneratedBy"].endswith(":training-job/fraud-detector-1-2-0")


def test_a_package_that_is_registered_gets_the_etag_of_its_archive_and_keeps_its_card(
    own_sandbox: Sandbox,
    registry: Any,  # noqa: ANN401
) -> None:
    s3 = own_sandbox.client("s3", HUB)
    etag = s3.put_object(Bucket=BUCKET, Key="returns/1/model.tar.gz", Body=b"model")["ETag"].strip('"')
    registry.create_model_package_group(ModelPackageGroupName="returns")
    arn = registry.create_model_package(
        ModelPackageGroupName="returns",
        InferenceSpecification={
            "Containers": [{"Image": "x", "ModelDataUrl": f"s3://{BUCKET}/returns/1/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelCard={"ModelCardContent": '{"model_overview": {}}', "ModelCardStatus": "Draft"},
    )["ModelPackageArn"]

    whole = registry.describe_model_package(ModelPackageName=arn)
    short = registry.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")

    assert etag == whole["InferenceSpecification"]["Containers"][0]["ModelDataETag"]
    assert {"ModelCardContent": '{"model_overview": {}}', "ModelCardStatus": "Draft"} == whole["ModelCard"]
    assert {"ModelCardStatus": "Draft"} == short["ModelCard"]


def test_packages_are_listed_by_status_and_time_a_page_at_a_time(sandbox: Sandbox, api_error: Expect) -> None:
    sagemaker = sandbox.client("sagemaker", HUB)

    def numbers(**given: Any) -> list[int]:  # noqa: ANN401 - what a listing takes
        pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName="fraud-detector", **given)
        return [found["ModelPackageVersion"] for page in pages for found in page["ModelPackageSummaryList"]]

    assert [1, 2] == numbers(ModelApprovalStatus="Approved", PaginationConfig={"PageSize": 1})
    assert [3, 2, 1] == numbers(SortBy="CreationTime", SortOrder="Descending", PaginationConfig={"PageSize": 2})
    now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    assert [] == numbers(CreationTimeAfter=now)
    assert [1, 2, 3] == numbers(CreationTimeBefore=now, CreationTimeAfter=now - dt.timedelta(days=1))
    with api_error("ValidationException", "returns"):
        sagemaker.list_model_packages(ModelPackageGroupName="returns")


def test_another_account_reads_a_package_where_the_policy_of_its_group_lets_it(
    own_sandbox: Sandbox,
    registry: Any,  # noqa: ANN401
    api_error: Expect,
) -> None:
    research, arn = own_sandbox.client("sagemaker", RESEARCH), f"{PACKAGES}/fraud-detector/2"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{RESEARCH}:root"},
        "Action": "sagemaker:DescribeModelPackage",
        "Resource": f"{PACKAGES}/fraud-detector/*",
    }
    policy = json.dumps(document(statement))

    with api_error("AccessDeniedException", "DescribeModelPackage"):
        research.describe_model_package(ModelPackageName=arn)
    registry.put_model_package_group_policy(ModelPackageGroupName="fraud-detector", ResourcePolicy=policy)

    assert policy == registry.get_model_package_group_policy(ModelPackageGroupName="fraud-detector")["ResourcePolicy"]
    assert "Approved" == research.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"]
    with api_error("AccessDeniedException", "UpdateModelPackage"):
        research.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    registry.delete_model_package_group_policy(ModelPackageGroupName="fraud-detector")
    with api_error("AccessDeniedException"):
        research.describe_model_package(ModelPackageName=arn)


def test_a_policy_may_let_in_to_one_group_alone(own_sandbox: Sandbox, api_error: Expect) -> None:
    iam = own_sandbox.client("iam", HUB)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"}, "Action": "sts:AssumeRole"}
    allowed = {
        "Effect": "Allow",
        "Action": "sagemaker:DescribeModelPackage",
        "Resource": f"{PACKAGES}/fraud-detector/*",
    }
    role = iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=json.dumps(document(trust)))["Role"]
    iam.put_role_policy(RoleName="Reader", PolicyName="read", PolicyDocument=json.dumps(document(allowed)))
    reader = own_sandbox.client_with("sagemaker", own_sandbox.assume(role["Arn"], HUB))

    assert reader.describe_model_package(ModelPackageName=f"{PACKAGES}/fraud-detector/1")
    with api_error("AccessDeniedException", "text-embedder/1"):
        reader.describe_model_package(ModelPackageName=f"{PACKAGES}/text-embedder/1")


def document(statement: dict[str, Any]) -> dict[str, Any]:
    """Make a policy of a statement."""
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_group_goes_once_its_packages_have_gone(registry: Any, api_error: Expect) -> None:  # noqa: ANN401
    """API:DeleteModelPackage, DeleteModelPackageGroup."""
    registry.create_model_package_group(ModelPackageGroupName="returns")
    arn = registry.create_model_package(
        ModelPackageGroupName="returns",
        InferenceSpecification={
            "Containers": [{"Image": "x"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    with api_error("ConflictException", "still contains Model Packages"):
        registry.delete_model_package_group(ModelPackageGroupName="returns")

    registry.delete_model_package(ModelPackageName=arn)
    registry.delete_model_package_group(ModelPackageGroupName="returns")

    with api_error("ValidationException", "does not exist"):
        registry.delete_model_package(ModelPackageName=arn)
    with api_error("ValidationException", "does not exist"):
        registry.delete_model_package_group(ModelPackageGroupName="returns")
