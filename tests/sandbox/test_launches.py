"""Launching: paths, parameters, stacks and records."""

from typing import Any

import pytest

from tests.sandbox.building import groups
from tests.sandbox.conftest import Refused
from tests.sandbox.stage import (
    HUB,
    RESEARCH,
    TEMPLATE,
    Stage,
    parameters,
)


def test_a_launch_without_an_associated_principal_finds_no_path(stage: Stage, refused: Refused) -> None:
    """aws-cdk issue 8404: AdministratorAccess is not enough."""
    stage.share()
    with refused("ResourceNotFoundException", f"No launch paths found for resource: {stage.product}"):
        stage.launch()
    stage.grant()
    stage.wait_for_path(stage.research)

    assert stage.launch()["Status"] == "AVAILABLE"


def test_a_path_appears_a_moment_after_the_association(stage: Stage, refused: Refused) -> None:
    """aws-service-catalog-products issue 51: eventual consistency."""
    stage.share()
    with stage.sandbox.standing_still():
        stage.grant()
        with refused("ResourceNotFoundException", "No launch paths found"):
            stage.research.list_launch_paths(ProductId=stage.product)
    path = stage.wait_for_path(stage.research)

    assert path.startswith("lpv3-")


def test_a_launch_builds_a_stack_in_the_launching_account(stage: Stage) -> None:
    """API:ProvisionProduct; stack names as aws-account-vending-machine issue 7 has them."""
    launched = stage.open().launch(Tags=[{"Key": "team", "Value": "x"}], ProvisioningParameters=parameters(Days="30"))
    name = f"SC-{RESEARCH}-{launched['Id']}"
    (stack,) = stage.client("cloudformation", RESEARCH).describe_stacks(StackName=name)["Stacks"]
    record = stage.research.describe_record(Id=launched["LastRecordId"])
    outputs = {output["OutputKey"]: output["OutputValue"] for output in record["RecordOutputs"]}
    tags = {tag["Key"]: tag["Value"] for tag in stack["Tags"]}

    assert (
        launched["Arn"] == f"arn:aws:servicecatalog:{stage.region}:{RESEARCH}:stack/{launched['Name']}/{launched['Id']}"
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert outputs == {"CloudformationStackARN": stack["StackId"], "Name": f"{name}-a"}
    assert tags["team"] == "x"
    assert tags["aws:servicecatalog:provisionedProductArn"] == launched["Arn"]
    assert record["RecordDetail"]["Status"] == "SUCCEEDED"
    assert record["RecordDetail"]["RecordType"] == "PROVISION_PRODUCT"
    assert f"{name}-a" in groups(stage)
    assert f"{name}-a" not in groups(stage, HUB)


def test_a_record_goes_from_created_over_in_progress(stage: Stage, refused: Refused) -> None:
    """API:RecordDetail, Status; API:ProvisionedProductDetail, Status."""
    stage.open()
    with stage.sandbox.standing_still():
        record = stage.research.provision_product(
            ProductId=stage.product, ProvisioningArtifactId=stage.version, ProvisionedProductName=stage.name
        )["RecordDetail"]
        found = stage.research.describe_provisioned_product(Name=stage.name)["ProvisionedProductDetail"]
        with refused("InvalidParametersException", "UNDER_CHANGE"):
            stage.research.terminate_provisioned_product(ProvisionedProductName=stage.name)

    assert record["Status"] == "CREATED"
    assert found["Status"] == "UNDER_CHANGE"
    assert stage.settled(found["Id"])["Status"] == "AVAILABLE"


def test_two_launches_cannot_have_one_name(stage: Stage, refused: Refused) -> None:
    """API:ProvisionProduct: DuplicateResourceException."""
    stage.open().launch(name=stage.name)

    with refused("DuplicateResourceException", stage.name):
        stage.launch(name=stage.name)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"Days": "8"}, "AllowedValues [7, 30]"),
        ({"Days": "many"}, "AllowedValues"),
        ({"Suffix": "A1"}, "must match pattern [a-z]+"),
        ({"Colour": "red"}, "[Colour] do not exist in the template"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_begins(
    stage: Stage, refused: Refused, given: dict[str, str], reason: str
) -> None:
    """CloudFormation User Guide, "Parameters"; API:ProvisionProduct: InvalidParametersException."""
    stage.open()
    with refused("InvalidParametersException", reason):
        stage.launch(ProvisioningParameters=parameters(**given))


def test_a_parameter_without_default_must_be_given(stage: Stage, refused: Refused) -> None:
    """CloudFormation User Guide, "Parameters"."""
    version = stage.add_version("v2", TEMPLATE.replace("Default: a, ", ""))
    stage.open()
    with refused("InvalidParametersException", "[Suffix] must have values"):
        stage.launch(ProvisioningArtifactId=version)


def test_with_two_paths_one_must_be_named(stage: Stage, refused: Refused) -> None:
    """API:ProvisionProduct, PathId: "required if the product has more than one path"."""
    stage.open()
    local = stage.research.create_portfolio(DisplayName="local", ProviderName="x")["PortfolioDetail"]["Id"]
    stage.research.associate_product_with_portfolio(
        ProductId=stage.product, PortfolioId=local, SourcePortfolioId=stage.portfolio
    )
    stage.research.associate_principal_with_portfolio(
        PortfolioId=local, PrincipalARN=f"arn:aws:iam::{RESEARCH}:user/administrator", PrincipalType="IAM"
    )
    paths: list[dict[str, Any]] = []
    while len(paths) < 2:
        paths = stage.research.list_launch_paths(ProductId=stage.product)["LaunchPathSummaries"]
    with refused("InvalidParametersException", "More than one launch path"):
        stage.launch()
    with refused("InvalidParametersException", "Invalid PathId: lpv3-nowhere"):
        stage.launch(PathId="lpv3-nowhere")

    assert stage.launch(PathId=paths[0]["Id"])["Status"] == "AVAILABLE"
    assert stage.launch(PathName="local")["Status"] == "AVAILABLE"
