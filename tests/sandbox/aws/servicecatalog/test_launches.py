"""Launching: parameters, stacks and records."""

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import groups
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import TEMPLATE, Setup, parameters


def test_a_launch_builds_a_stack_in_the_launching_account(setup: Setup) -> None:
    """API:ProvisionProduct; stack names as aws-account-vending-machine issue 7 has them."""
    launched = setup.open().launch(Tags=[{"Key": "team", "Value": "x"}], ProvisioningParameters=parameters(Days="30"))
    name = f"SC-{ACCOUNTS.research}-{launched['Id']}"
    (stack,) = setup.client("cloudformation", ACCOUNTS.research).describe_stacks(StackName=name)["Stacks"]
    record = setup.research.describe_record(Id=launched["LastRecordId"])
    outputs = {output["OutputKey"]: output["OutputValue"] for output in record["RecordOutputs"]}
    tags = {tag["Key"]: tag["Value"] for tag in stack["Tags"]}

    assert (
        launched["Arn"]
        == f"arn:aws:servicecatalog:{setup.region}:{ACCOUNTS.research}:stack/{launched['Name']}/{launched['Id']}"
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert outputs == {"CloudformationStackARN": stack["StackId"], "Name": f"{name}-a"}
    assert tags["team"] == "x"
    assert tags["aws:servicecatalog:provisionedProductArn"] == launched["Arn"]
    assert record["RecordDetail"]["Status"] == "SUCCEEDED"
    assert record["RecordDetail"]["RecordType"] == "PROVISION_PRODUCT"
    assert f"{name}-a" in groups(setup)
    assert f"{name}-a" not in groups(setup, ACCOUNTS.hub)


@pytest.mark.sandbox_only
def test_a_record_goes_from_created_over_in_progress(setup: Setup, api_error: Expect) -> None:
    """API:RecordDetail, Status; API:ProvisionedProductDetail, Status."""
    setup.open()
    with setup.sandbox.standing_still():
        record = setup.research.provision_product(
            ProductId=setup.product, ProvisioningArtifactId=setup.version, ProvisionedProductName=setup.name
        )["RecordDetail"]
        found = setup.research.describe_provisioned_product(Name=setup.name)["ProvisionedProductDetail"]
        with api_error("ValidationException", "UNDER_CHANGE"):
            setup.research.terminate_provisioned_product(ProvisionedProductName=setup.name)

    assert record["Status"] == "CREATED"
    assert found["Status"] == "UNDER_CHANGE"
    assert setup.settled(found["Id"])["Status"] == "AVAILABLE"


def test_two_launches_cannot_have_one_name(setup: Setup, api_error: Expect) -> None:
    """API:ProvisionProduct: DuplicateResourceException."""
    setup.open().launch(name=setup.name)

    with api_error("DuplicateResourceException", setup.name):
        setup.launch(name=setup.name)


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
    setup: Setup, api_error: Expect, given: dict[str, str], reason: str
) -> None:
    """CloudFormation User Guide, "Parameters"; API:ProvisionProduct: InvalidParametersException."""
    setup.open()
    with api_error("InvalidParametersException", reason):
        setup.launch(ProvisioningParameters=parameters(**given))


def test_a_launch_without_a_parameter_that_has_no_default_ends_in_error(setup: Setup) -> None:
    """AWS CLI's examples of provision-product and describe-provisioned-product."""
    version = setup.add_version("v2", TEMPLATE.replace("Default: a, ", ""))
    launched = setup.open().launch(ProvisioningArtifactId=version)
    record = setup.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]

    assert launched["Status"] == "ERROR"
    assert launched["StatusMessage"].startswith(
        "AmazonCloudFormationException  Parameters: [Suffix] must have values ("
    )
    assert (record["Status"], record["RecordErrors"][0]["Description"]) == ("FAILED", launched["StatusMessage"])
    assert "LastSuccessfulProvisioningRecordId" not in launched
    assert setup.terminated(launched["Id"])


@pytest.mark.parametrize("name", ["-a", "a b", "a" * 129])
def test_a_name_that_no_provisioned_product_can_have_is_refused(setup: Setup, api_error: Expect, name: str) -> None:
    """API:ProvisionProduct, ProvisionedProductName: a pattern, and at most 128 characters."""
    with api_error("ValidationException", "provisionedProductName"):
        setup.launch(name=name)


def test_fifty_tags_and_five_topics_are_the_most(setup: Setup, api_error: Expect) -> None:
    """AWS General Reference, "Service Catalog endpoints and quotas"; API:ProvisionProduct, NotificationArns."""
    setup.open()
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    topics = [f"arn:aws:sns:{setup.region}:{ACCOUNTS.research}:t{number}" for number in range(6)]
    with api_error("ValidationException", "notificationArns"):
        setup.launch(NotificationArns=topics)
    with api_error("ValidationException", "tags"):
        setup.launch(Tags=tags)
    assert setup.launch(Tags=tags[:50])["Status"] == "AVAILABLE"
    setup.hub.update_product(Id=setup.product, AddTags=[{"Key": "product", "Value": "v"}])
    with api_error("InvalidParametersException", "50"):
        setup.launch(Tags=tags[:50])


def test_tags_of_portfolio_and_product_come_by_themselves_and_may_be_sent_again(setup: Setup) -> None:
    """Administrator Guide, "AutoTags" and "TagOption Library", which speak of tags that do not conflict.

    Nobody has tried it: on AWS this decides which `catalogTags` of a spoke is right.
    """
    setup.hub.update_portfolio(Id=setup.portfolio, AddTags=[{"Key": "from-portfolio", "Value": "p"}])
    setup.hub.update_product(Id=setup.product, AddTags=[{"Key": "from-product", "Value": "q"}])
    setup.open()
    own = {"own": "o"}
    catalogs = {"from-portfolio": "p", "from-product": "q"}

    left = setup.launch(name=f"{setup.name}-a", Tags=_tags(own))
    sent = setup.launch(name=f"{setup.name}-b", Tags=_tags(own | catalogs))

    for launched in (left, sent):
        assert launched["Status"] == "AVAILABLE", launched
        record = setup.research.describe_record(Id=launched["LastRecordId"])["RecordDetail"]
        reported = {tag["Key"]: tag["Value"] for tag in record["RecordTags"] if not tag["Key"].startswith("aws:")}
        assert reported == own | catalogs


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
