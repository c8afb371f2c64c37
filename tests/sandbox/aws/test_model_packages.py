"""Models in registries, approved and not, and the buckets that they are in."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sandbox.accounts import HUB, MANAGEMENT, REGION, RESEARCH
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox, running

pytestmark = pytest.mark.sandbox_only

BUCKET = "model-catalog-artifacts-hub"
KEY = "fraud-detector/2026-10-06/model.tar.gz"


def arn(package: str, account: str = HUB) -> str:
    return f"arn:aws:sagemaker:{REGION}:{account}:model-package/{package}"


@pytest.mark.parametrize(
    ("package", "status"),
    [
        ("fraud-detector/1", "Approved"),
        ("fraud-detector/2", "Approved"),
        ("fraud-detector/3", "PendingManualApproval"),
        ("text-embedder/1", "Approved"),
        ("text-embedder/2", "Rejected"),
        ("demand-forecaster/1", "Approved"),
    ],
)
def test_the_hub_has_models_in_every_state_of_approval(sandbox: Sandbox, package: str, status: str) -> None:
    found = sandbox.client("sagemaker", HUB).describe_model_package(ModelPackageName=arn(package))

    assert found["ModelPackageArn"] == arn(package)
    assert found["ModelApprovalStatus"] == status
    assert found["InferenceSpecification"]["Containers"][0]["ModelDataUrl"].startswith(f"s3://{BUCKET}/")


def test_a_package_of_many_models_names_the_prefix_that_they_are_below(sandbox: Sandbox) -> None:
    found = sandbox.client("sagemaker", HUB).describe_model_package(ModelPackageName=arn("store-forecaster/1"))
    [container] = found["InferenceSpecification"]["Containers"]
    source = container["ModelDataSource"]["S3DataSource"]

    assert ("S3Prefix", f"s3://{BUCKET}/store-forecaster/2026-10-28/") == (source["S3DataType"], source["S3Uri"])
    assert sandbox.client("s3", RESEARCH).get_object(Bucket=BUCKET, Key="store-forecaster/2026-10-28/first.tar.gz")


def test_a_package_that_nobody_registered_is_not_found(sandbox: Sandbox, api_error: Expect) -> None:
    with api_error("ValidationException", "fraud-detector/9"):
        sandbox.client("sagemaker", HUB).describe_model_package(ModelPackageName=arn("fraud-detector/9"))


def test_registries_are_each_accounts_own(sandbox: Sandbox) -> None:
    of_hub, of_research = (
        {group["ModelPackageGroupName"] for group in client.list_model_package_groups()["ModelPackageGroupSummaryList"]}
        for client in (sandbox.client("sagemaker", HUB), sandbox.client("sagemaker", RESEARCH))
    )

    assert "fraud-detector" in of_hub
    assert set() == of_hub & of_research


def test_the_whole_organization_may_read_the_models_and_nobody_may_write_them(
    sandbox: Sandbox, api_error: Expect
) -> None:
    research = sandbox.client("s3", RESEARCH)

    assert research.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == f"s3://{BUCKET}/{KEY}".encode()
    with api_error("AccessDenied"):
        research.put_object(Bucket=BUCKET, Key=KEY, Body=b"x")
    with api_error("AccessDenied"):
        research.get_bucket_policy(Bucket=BUCKET)


def test_an_approval_can_be_given_and_taken_back(own_sandbox: Sandbox) -> None:
    sagemaker = own_sandbox.client("sagemaker", HUB)
    sagemaker.update_model_package(ModelPackageArn=arn("fraud-detector/3"), ModelApprovalStatus="Approved")
    sagemaker.update_model_package(ModelPackageArn=arn("fraud-detector/1"), ModelApprovalStatus="Rejected")
    found = sagemaker.list_model_packages(ModelPackageGroupName="fraud-detector")["ModelPackageSummaryList"]

    assert {one["ModelPackageArn"][-1]: one["ModelApprovalStatus"] for one in found} == {
        "1": "Rejected",
        "2": "Approved",
        "3": "Approved",
    }


def test_an_organization_file_declares_packages_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "organization.yaml"
    file.write_text(
        "management: '999900001111'\nmodel_packages:\n"
        "  - {account: '999900001111', group: scorer, approval: Rejected, image: x, model_data: s3://models-of-ours/1}\n"
        "  - {account: '999900001111', group: scorer, approval: Approved, image: x, model_data: s3://models-of-ours/2}\n"
    )
    with running(tmp_path, "--organization", str(file)) as started:
        sagemaker = started.client("sagemaker", "999900001111")
        first, second = (
            sagemaker.describe_model_package(ModelPackageName=arn(f"scorer/{number}", "999900001111"))
            for number in (1, 2)
        )
        (bucket,) = started.client("s3", "999900001111").list_buckets()["Buckets"]

    assert (first["ModelApprovalStatus"], second["ModelApprovalStatus"]) == ("Rejected", "Approved")
    assert bucket["Name"] == "models-of-ours"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "{account: '222233334444', group: a, approval: Approved, image: x, model_data: s3://models/1}",
            "model package of a: there is no account 222233334444",
        ),
        (
            "{account: '111122223333', group: a, approval: Yes, image: x, model_data: s3://models/1}",
            "model_packages.0.approval",
        ),
        (
            "{account: '111122223333', group: a, approval: Approved, image: x, model_data: models/1}",
            "model_packages.0.model_data",
        ),
        (
            "{account: '111122223333', group: a_b, approval: Approved, image: x, model_data: s3://models/1}",
            "model_packages.0.group",
        ),
        ("{account: '111122223333', group: a, approval: Approved, image: x}", "model_packages.0.model_data"),
    ],
)
def test_a_wrong_package_is_one_line_that_names_file_and_field(
    warm_python: str, tmp_path: Path, entry: str, expected: str
) -> None:
    file = tmp_path / "organization.yaml"
    file.write_text(f"management: '{MANAGEMENT}'\nmodel_packages: [{entry}]\n")
    command = [warm_python, "-m", "sandbox", "serve", "--organization", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {file}: ")
    assert done.stderr.count("\n") == 1
    assert expected in done.stderr


@pytest.mark.sandbox
def test_a_sandbox_that_starts_does_not_wait_for_sagemaker() -> None:
    code = (
        "import sys; from sandbox.aws.organization import DEFAULT; from sandbox.server import build;"
        "build(DEFAULT, 0, 100);"
        "print([name for name in sys.modules if name.startswith('moto.sagemaker')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)

    assert done.stdout.strip() == "[]"
