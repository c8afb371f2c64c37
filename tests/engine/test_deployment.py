"""The catalog in operation, on the real engine."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.catalog_copy import CatalogCopy
from tests.support.sandbox.accounts import MANAGEMENT
from tests.support.stage import HUB, PRODUCTION, REGION, RESEARCH, Stage

FRAUD = "fraud-detector-realtime"
RESEARCH_FILE = "Pulumi.spoke-research.yaml"
PRODUCTION_FILE = "Pulumi.spoke-production.yaml"

NEW_LAUNCH = """\
    - name: embeddings
      product: text-embedder-serverless
      version: 1.0.0
"""

Edit = Callable[[str, str, str], None]


@pytest.fixture
def change(catalog: Stage) -> Iterator[Edit]:
    """Edit a stack's settings for one test; afterwards they are as before, and deployed so."""
    undo: dict[str, Callable[[], None]] = {}

    def replace(file: str, old: str, new: str) -> None:
        undo[file] = catalog.edit(file, old, new)

    yield replace
    for file, back in undo.items():
        back()
        _ = catalog.up(file.removeprefix("Pulumi.").removesuffix(".yaml"))


def test_every_launch_is_available_with_its_own_outputs(catalog: Stage) -> None:
    launches = catalog.outputs("spoke-research")["launches"]

    assert {name: launch["status"] for name, launch in launches.items()} == {
        "fraud-scoring": "AVAILABLE",
        "fraud-scoring-previous": "AVAILABLE",
        "embeddings": "AVAILABLE",
        "demand-forecast": "AVAILABLE",
        "transcripts": "AVAILABLE",
    }
    endpoints = {launches[name]["outputs"]["EndpointName"] for name in ("fraud-scoring", "fraud-scoring-previous")}
    found = catalog.client("sagemaker", RESEARCH).list_endpoints()["Endpoints"]
    assert len(endpoints) == 2
    assert endpoints <= {endpoint["EndpointName"] for endpoint in found}


def test_a_launch_is_built_in_the_account_that_launches_it(catalog: Stage) -> None:
    stacks = {
        account: [
            stack["StackName"]
            for stack in catalog.client("cloudformation", account).describe_stacks()["Stacks"]
            if stack["StackName"].startswith("SC-")
        ]
        for account in (HUB, PRODUCTION)
    }

    launched = catalog.outputs("spoke-production")["launches"]["fraud-scoring"]["provisioned_product"]
    assert stacks == {HUB: [], PRODUCTION: [f"SC-{PRODUCTION}-{launched}"]}


def test_a_portfolio_shared_with_an_account_is_accepted_and_one_shared_with_its_unit_is_not(catalog: Stage) -> None:
    """Research has one portfolio through its unit and one by ACCOUNT; production has both through the organization."""
    accepted = {
        account: [
            stack["StackName"].startswith("batch-inference-eu-central-1-accepted")
            for stack in catalog.client("cloudformation", account).describe_stacks()["Stacks"]
            if not stack["StackName"].startswith("SC-")
        ]
        for account in (RESEARCH, PRODUCTION)
    }

    assert accepted == {RESEARCH: [True], PRODUCTION: []}


def test_a_preview_shows_a_change_before_it_is_made(catalog: Stage, change: Edit) -> None:
    change(PRODUCTION_FILE, "MinInstanceCount: 2", "MinInstanceCount: 3")
    sagemaker = catalog.client("sagemaker", PRODUCTION)

    previewed = catalog.succeed("preview-spoke-production")
    endpoint = catalog.outputs("spoke-production")["launches"]["fraud-scoring"]["outputs"]["EndpointName"]
    before = _instances(sagemaker, endpoint)
    catalog.up("spoke-production")

    assert "~ aws:servicecatalog/provisionedProduct:ProvisionedProduct: (update)" in previewed
    assert "1 to update" in previewed
    assert (before, _instances(sagemaker, endpoint)) == (2, 3)


def test_a_job_that_signs_in_as_the_deployer_works_as_it(catalog: Stage) -> None:
    """The settings name the same role for people, and a role may not assume itself."""
    role = f"arn:aws:iam::{PRODUCTION}:role/OrganizationAccountAccessRole"
    assert role in (catalog.project / PRODUCTION_FILE).read_text()
    given = catalog.client("sts", MANAGEMENT).assume_role(RoleArn=role, RoleSessionName="job-17")["Credentials"]
    variables = {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }

    by_command = catalog.run("make", "preview-spoke-production", variables=variables)
    by_hand = catalog.run("pulumi", "-C", "spoke", "-s", "spoke-production", "preview", variables=variables)

    for done in (by_command, by_hand):
        assert done.returncode == 0, done.stdout
        assert "works as arn:aws:sts::444455556666:assumed-role/OrganizationAccountAccessRole/job-17" in done.stdout


def test_a_plan_looks_inside_what_an_update_would_change_and_leaves_nothing_behind(catalog: Stage, edit: Edit) -> None:
    nothing = catalog.succeed("plan-spoke-production")
    edit(PRODUCTION_FILE, "InstanceType: ml.m5.large", "InstanceType: ml.m5.xlarge")
    edit(PRODUCTION_FILE, "    - name: fraud-scoring", f"{NEW_LAUNCH}    - name: fraud-scoring")
    servicecatalog = catalog.client("servicecatalog", PRODUCTION)

    planned = catalog.succeed("plan-spoke-production")

    everybody = {"Key": "Account", "Value": "self"}
    left = servicecatalog.list_provisioned_product_plans(AccessLevelFilter=everybody)["ProvisionedProductPlans"]
    running = servicecatalog.scan_provisioned_products(AccessLevelFilter=everybody)["ProvisionedProducts"]
    assert "1 stays as it is; 0 resources inside change" in nothing
    assert "InstanceType ml.m5.large → ml.m5.xlarge" in planned
    assert "! REPLACED FraudConfig (AWS::SageMaker::EndpointConfig): ProductionVariants" in planned
    assert "changed in place FraudEndpoint (AWS::SageMaker::Endpoint)" in planned
    assert "embeddings will be launched" in planned
    assert "new EmbedderEndpoint (AWS::SageMaker::Endpoint)" in planned
    assert [] == left
    assert ["fraud-scoring"] == [item["Name"] for item in running]


def test_a_new_version_reaches_a_spoke(catalog: Stage, change: Edit) -> None:
    CatalogCopy(catalog.project / "hub" / "catalog").add_version("fraud-detector-realtime", "1.2.0")

    unlocked = catalog.refuse("preview-hub")
    catalog.succeed("lock")
    catalog.up("hub")
    unaware = catalog.up("spoke-research", "--expect-no-changes")
    change(RESEARCH_FILE, "version: 1.1.0", "version: 1.2.0")
    catalog.up("spoke-research")

    assert (
        "fraud-detector-realtime 1.2.0 is not in hub/catalog/templates.lock. Add it: model-catalog models lock."
        in unlocked
    )
    assert "unchanged" in unaware
    launch = catalog.outputs("spoke-research")["launches"]["fraud-scoring"]
    version = catalog.outputs("hub")["catalog"]["regions"][REGION]["products"]["fraud-detector-realtime"]["versions"]
    running = catalog.client("servicecatalog", RESEARCH).describe_provisioned_product(Id=launch["provisioned_product"])
    assert launch["version"] == "1.2.0"
    assert running["ProvisionedProductDetail"]["ProvisioningArtifactId"] == version["1.2.0"]["id"]


@pytest.mark.usefixtures("restored")
def test_a_version_whose_approval_is_withdrawn_is_deprecated_and_one_without_approval_is_never_offered(
    catalog: Stage,
) -> None:
    """The registry has the last word: nobody edits a file, and status names who runs what it has withdrawn."""
    sagemaker = catalog.client("sagemaker", HUB)
    group = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/fraud-detector"
    content = CatalogCopy(catalog.project / "hub" / "catalog")
    content.add_version(FRAUD, "1.9.0", model_package=f"{group}/3")
    card = content.folder / f"products/{FRAUD}/1.9.0.card.yaml"
    card.write_text(card.read_text().replace("fraud-detector/2", "fraud-detector/3"))
    locked = (content.folder / "templates.lock").read_text()
    catalog.succeed("lock")

    refused = catalog.refuse("up-hub", "FLAGS=--skip-preview")
    made = [each["Name"] for each in versions_of(catalog, FRAUD)]
    content.remove_version(FRAUD, "1.9.0")
    content.write("templates.lock", locked)
    sagemaker.update_model_package(
        ModelPackageArn=f"{group}/2", ModelApprovalStatus="Rejected", ApprovalDescription="Recall fell."
    )
    deployed = catalog.up("hub")
    status = " ".join(catalog.make("status").stdout.split())

    assert f"{group}/3 is PendingManualApproval in the registry, not Approved." in refused
    assert "Nothing was changed." in refused
    assert "1.9.0" not in made
    assert f"{FRAUD} 1.1.0: approval withdrawn in the registry on " in deployed
    assert "[diff: ~guidance]" in deployed
    assert ["DEPRECATED"] == [each["Guidance"] for each in versions_of(catalog, FRAUD) if each["Name"] == "1.1.0"]
    assert f"{FRAUD} 1.1.0 is deprecated (approval withdrawn in the registry on " in status
    assert "by administrator: Recall fell), and 2 launches use it: fraud-scoring in spoke-production" in status


@pytest.fixture
def restored(catalog: Stage) -> Iterator[None]:
    """Leave catalog, registry and hub as they were found."""
    kept = {path: path.read_text() for path in (catalog.project / "hub" / "catalog").rglob("*") if path.is_file()}
    yield
    for path in (catalog.project / "hub" / "catalog").rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()
    for path, text in kept.items():
        path.write_text(text)
    package = f"arn:aws:sagemaker:{REGION}:{HUB}:model-package/fraud-detector/2"
    catalog.client("sagemaker", HUB).update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    assert "[diff: ~guidance]" in catalog.up("hub"), "what is approved again is offered again"


def versions_of(catalog: Stage, product: str) -> list[Any]:
    """List the artifacts of a product of the hub."""
    identity = catalog.outputs("hub")["product_id"][REGION][product]
    listed = catalog.client("servicecatalog", HUB).list_provisioning_artifacts(ProductId=identity)
    return listed["ProvisioningArtifactDetails"]


def test_a_refresh_finds_what_was_changed_behind_our_back_and_an_up_repairs_it(catalog: Stage) -> None:
    servicecatalog = catalog.client("servicecatalog", HUB)
    portfolio = catalog.outputs("hub")["portfolio_id"][REGION]["online-inference"]
    servicecatalog.update_portfolio(Id=portfolio, DisplayName="Something else")

    refreshed = catalog.succeed("refresh-hub")
    catalog.up("hub")

    assert "1 updated" in refreshed
    name = servicecatalog.describe_portfolio(Id=portfolio)["PortfolioDetail"]["DisplayName"]
    assert name == "Online inference models"


def test_an_association_that_was_removed_is_found_missing_and_made_again(catalog: Stage) -> None:
    servicecatalog = catalog.client("servicecatalog", PRODUCTION)
    portfolio = catalog.outputs("hub")["portfolio_id"][REGION]["online-inference"]
    deployer = f"arn:aws:iam::{PRODUCTION}:role/OrganizationAccountAccessRole"
    servicecatalog.disassociate_principal_from_portfolio(PortfolioId=portfolio, PrincipalARN=deployer)

    refreshed = catalog.succeed("refresh-spoke-production")
    catalog.up("spoke-production")

    assert "1 deleted" in refreshed
    principals = servicecatalog.list_principals_for_portfolio(PortfolioId=portfolio)["Principals"]
    assert [principal["PrincipalARN"] for principal in principals] == [deployer]


def test_a_launch_that_was_moved_to_another_version_or_terminated_by_hand_is_put_back(catalog: Stage) -> None:
    launch = catalog.outputs("spoke-production")["launches"]["fraud-scoring"]
    product = catalog.outputs("hub")["catalog"]["regions"][REGION]["products"]["fraud-detector-realtime"]
    deployer = f"arn:aws:iam::{PRODUCTION}:role/OrganizationAccountAccessRole"
    given = catalog.client("sts", "111122223333").assume_role(RoleArn=deployer, RoleSessionName="hand")
    servicecatalog = catalog.client("servicecatalog", given["Credentials"]["AccessKeyId"])
    servicecatalog.update_provisioned_product(
        ProvisionedProductId=launch["provisioned_product"],
        ProductId=product["id"],
        ProvisioningArtifactId=product["versions"]["1.0.0"]["id"],
        ProvisioningParameters=[{"Key": "ModelDataUrl", "UsePreviousValue": True}],
    )
    _ = catalog.succeed("refresh-spoke-production")
    moved_back = catalog.up("spoke-production")

    servicecatalog.terminate_provisioned_product(ProvisionedProductId=launch["provisioned_product"])
    refreshed = catalog.succeed("refresh-spoke-production")
    _ = catalog.up("spoke-production")

    assert "fraud-scoring moves from 1.0.0 to 1.1.0" in moved_back
    assert "1 deleted" in refreshed
    launched = catalog.outputs("spoke-production")["launches"]["fraud-scoring"]
    assert "AVAILABLE" == launched["status"]
    assert launch["provisioned_product"] != launched["provisioned_product"]


def _instances(sagemaker: Any, endpoint: str) -> int:  # noqa: ANN401 - boto3 makes its clients at run time
    configuration = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    described = sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
    return int(described["ProductionVariants"][0]["InitialInstanceCount"])


def test_the_execution_role_of_a_spoke_may_pull_what_the_versions_declare(catalog: Stage) -> None:
    role = "ModelCatalogExecution-fraud-detector-realtime"
    policy = catalog.client("iam", PRODUCTION).get_role_policy(RoleName=role, PolicyName="catalog")
    by_sid = {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}
    bucket = "arn:aws:s3:::model-catalog-artifacts-hub/fraud-detector"

    assert [
        f"{bucket}/2026-09-01/model.tar.gz",
        f"{bucket}/2026-10-06/model.tar.gz",
    ] == by_sid["ReadDeclaredModels"]["Resource"]
    assert (
        "arn:aws:ecr:eu-central-1:492215442770:repository/sagemaker-xgboost" in by_sid["PullDeclaredImages"]["Resource"]
    )
    assert PRODUCTION in json.dumps(by_sid["ReadCopiesOfModelsInThisAccountOnly"]["Condition"])
