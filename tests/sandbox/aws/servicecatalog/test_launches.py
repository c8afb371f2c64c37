"""Launching: parameters, stacks and records."""

import pytest

from tests.sandbox.conftest import Refused
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import groups
from tests.support.sandbox.stage import TEMPLATE, Stage, parameters


def test_a_launch_builds_a_stack_in_the_launching_account(stage: Stage) -> None:
    """API:ProvisionProduct; stack names as aws-account-vending-machine issue 7 has them."""
    launched = stage.open().launch(Tags=[{"Key": "team", "Value": "x"}], ProvisioningParameters=parameters(Days="30"))
    name = f"SC-{ACCOUNTS.research}-{launched['Id']}"
    (stack,) = stage.client("cloudformation", ACCOUNTS.research).describe_stacks(StackName=name)["Stacks"]
    record = stage.research.describe_record(Id=launched["LastRecordId"])
    outputs = {output["OutputKey"]: output["OutputValue"] for output in record["RecordOutputs"]}
    tags = {tag["Key"]: tag["Value"] for tag in stack["Tags"]}

    assert (
        launched["Arn"]
        == f"arn:aws:servicecatalog:{stage.region}:{ACCOUNTS.research}:stack/{launched['Name']}/{launched['Id']}"
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert outputs == {"CloudformationStackARN": stack["StackId"], "Name": f"{name}-a"}
    assert tags["team"] == "x"
    assert tags["aws:servicecatalog:provisionedProductArn"] == launched["Arn"]
    assert record["RecordDetail"]["Status"] == "SUCCEEDED"
    assert record["RecordDetail"]["RecordType"] == "PROVISION_PRODUCT"
    assert f"{name}-a" in groups(stage)
    assert f"{name}-a" not in groups(stage, ACCOUNTS.hub)


@pytest.mark.sandbox_only
def test_a_record_goes_from_created_over_in_progress(stage: Stage, refused: Refused) -> None:
    """API:RecordDetail, Status; API:ProvisionedProductDetail, Status."""
    stage.open()
    with stage.sandbox.standing_still():
        record = stage.research.provision_product(
            ProductId=stage.product, ProvisioningArtifactId=stage.version, ProvisionedProductName=stage.name
        )["RecordDetail"]
        found = stage.research.describe_provisioned_product(Name=stage.name)["ProvisionedProductDetail"]
        with refused("ValidationException", "UNDER_CHANGE"):
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


@pytest.mark.parametrize("name", ["-a", "a b", "a" * 129])
def test_a_name_that_no_provisioned_product_can_have_is_refused(stage: Stage, refused: Refused, name: str) -> None:
    """API:ProvisionProduct, ProvisionedProductName: a pattern, and at most 128 characters."""
    with refused("ValidationException", "provisionedProductName"):
        stage.launch(name=name)


def test_fifty_tags_and_five_topics_are_the_most(stage: Stage, refused: Refused) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas"; API:ProvisionProduct, NotificationArns."""
    stage.open()
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    topics = [f"arn:aws:sns:{stage.region}:{ACCOUNTS.research}:t{number}" for number in range(6)]
    with refused("ValidationException", "notificationArns"):
        stage.launch(NotificationArns=topics)
    with refused("ValidationException", "tags"):
        stage.launch(Tags=tags)
    assert stage.launch(Tags=tags[:50])["Status"] == "AVAILABLE"
    stage.hub.update_product(Id=stage.product, AddTags=[{"Key": "product", "Value": "v"}])
    with refused("InvalidParametersException", "50"):
        stage.launch(Tags=tags[:50])
