"""What the Terraform provider's own acceptance tests make and look at, call by call.

Source: hashicorp/terraform-provider-aws, internal/service/servicecatalog/*_test.go.
"""

import json
from typing import Any

import pytest

from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import Setup, parameters, policy

VPC: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {"MyVPC": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}},
    "Outputs": {"VpcID": {"Description": "VPC ID", "Value": {"Ref": "MyVPC"}}},
}
PARAMETERS: dict[str, Any] = {
    **VPC,
    "Parameters": {"VPCPrimaryCIDR": {"Type": "String"}, "LeaveMeEmpty": {"Type": "String", "Description": "empty"}},
    "Conditions": {"IsEmptyParameter": {"Fn::Equals": [{"Ref": "LeaveMeEmpty"}, ""]}},
    "Resources": {
        "MyVPC": {
            "Type": "AWS::EC2::VPC",
            "Condition": "IsEmptyParameter",
            "Properties": {"CidrBlock": {"Ref": "VPCPrimaryCIDR"}},
        }
    },
}
BUCKET: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"BucketName": {"Type": "String"}},
    "Resources": {"MyS3Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "BucketName"}}}},
}
UPDATABLE = {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}}


def product(setup: Setup, **version: Any) -> dict[str, Any]:  # noqa: ANN401 - parameters of the operation
    return setup.hub.create_product(
        Name=f"{setup.name}-p",
        Owner="ägare",
        Distributor="distributör",
        Description="beskrivning",
        SupportDescription="supportbeskrivning",
        SupportEmail="default@example.com",
        SupportUrl="http://example.com",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        Tags=[{"Key": "Name", "Value": setup.name}],
        ProvisioningArtifactParameters={
            "Name": setup.name,
            "Description": "artefaktbeskrivning",
            "Type": "CLOUD_FORMATION_TEMPLATE",
            **version,
        },
    )


def stack(setup: Setup, template: dict[str, Any]) -> str:
    made = setup.client("cloudformation", ACCOUNTS.hub).create_stack(
        StackName=setup.name, TemplateBody=json.dumps(template)
    )
    return made["StackId"]


def offer(setup: Setup, **version: Any) -> None:  # noqa: ANN401 - parameters of the operation
    """A product in the portfolio, the caller as its principal, and tags that may change: in one account."""
    made = product(setup, **version)
    setup.research = setup.hub
    setup.product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    setup.version = made["ProvisioningArtifactDetail"]["Id"]
    setup.grant(ACCOUNTS.hub)
    setup.hub.associate_product_with_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)
    setup.constrain("RESOURCE_UPDATE", **UPDATABLE)
    setup.wait_for_path(setup.hub)


def of_url(setup: Setup, template: dict[str, Any]) -> dict[str, Any]:
    return {"Info": setup.info(json.dumps(template)), "DisableTemplateValidation": True}


def outputs(setup: Setup, launched: dict[str, Any]) -> dict[str, dict[str, str]]:
    record = setup.hub.describe_record(Id=launched["LastSuccessfulProvisioningRecordId"])
    return {each["OutputKey"]: each for each in record["RecordOutputs"]}


@pytest.mark.parametrize("source", ["url", "stack"])
def test_a_product_and_its_versions(setup: Setup, source: str) -> None:
    """product_test.go and provisioning_artifact_test.go: basic, update, physicalID."""
    info = {"ImportFromPhysicalId": stack(setup, VPC)} if source == "stack" else setup.info(json.dumps(VPC))
    shown = (
        {"PhysicalId": info.get("ImportFromPhysicalId")}
        if source == "stack"
        else {"TemplateUrl": info["LoadTemplateFromURL"]}
    )
    made = product(setup, Info=info, DisableTemplateValidation=source == "url")
    found = setup.hub.describe_product_as_admin(Id=made["ProductViewDetail"]["ProductViewSummary"]["ProductId"])
    product_id = found["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    second = setup.hub.create_provisioning_artifact(
        ProductId=product_id,
        Parameters={"Name": "2", "Info": info, "Type": "CLOUD_FORMATION_TEMPLATE", "Description": "two"},
    )["ProvisioningArtifactDetail"]["Id"]
    setup.hub.update_provisioning_artifact(
        ProductId=product_id, ProvisioningArtifactId=second, Active=False, Guidance="DEPRECATED", AcceptLanguage="jp"
    )
    described = setup.hub.describe_provisioning_artifact(ProductId=product_id, ProvisioningArtifactId=second)

    assert found["ProductViewDetail"]["Status"] == "CREATED"
    assert found["Tags"] == [{"Key": "Name", "Value": setup.name}]
    assert described["Info"] == shown
    assert described["ProvisioningArtifactDetail"]["Guidance"] == "DEPRECATED"
    setup.hub.delete_product(Id=product_id)


def test_a_version_from_a_stack_that_is_not_there_is_refused(setup: Setup, api_error: Expect) -> None:
    """API:ProvisioningArtifactProperties, Info: a stack of the same account and region."""
    arn = f"arn:aws:cloudformation:{setup.region}:{ACCOUNTS.hub}:stack/none/1"
    with api_error("InvalidParametersException", arn):
        product(setup, Info={"ImportFromPhysicalId": arn})
    with api_error("InvalidParametersException", "either"):
        product(setup, Info={"ImportFromPhysicalId": arn, **setup.info(json.dumps(VPC))})


def test_a_template_is_not_looked_at_where_that_is_disabled(setup: Setup, api_error: Expect) -> None:
    """product_test.go, disable_template_validation: what is wrong shows in a launch."""
    broken = {"Info": setup.info('{"Resources": {}}')}
    with api_error("InvalidParametersException", "Resources"):
        product(setup, **broken)
    offer(setup, **broken, DisableTemplateValidation=True)
    failed = setup.launch()

    assert failed["Status"] == "ERROR"
    assert setup.terminated(failed["Id"])


def test_a_launch_its_update_and_their_outputs(setup: Setup) -> None:
    """provisioned_product_test.go: basic, update, stackSetProvisioningPreferences, tags."""
    offer(setup, **of_url(setup, PARAMETERS))
    given = parameters(VPCPrimaryCIDR="10.1.0.0/16", LeaveMeEmpty="")
    tags = [{"Key": "Name", "Value": setup.name}]
    preferences = {
        "StackSetAccounts": [ACCOUNTS.hub],
        "StackSetRegions": [setup.region],
        "StackSetFailureToleranceCount": 1,
        "StackSetMaxConcurrencyCount": 2,
    }
    path = setup.wait_for_path(setup.hub)
    launched = setup.launch(ProvisioningParameters=given, Tags=tags, PathId=path, ProvisioningPreferences=preferences)
    changed = setup.update(
        launched["Id"], ProvisioningParameters=parameters(VPCPrimaryCIDR="10.10.0.0/16", LeaveMeEmpty=""), Tags=tags
    )

    assert outputs(setup, launched).keys() == {"CloudformationStackARN", "VpcID"}
    assert outputs(setup, launched)["VpcID"]["Description"] == "VPC ID"
    assert outputs(setup, launched)["VpcID"]["OutputValue"].startswith("vpc-")
    assert (changed["Status"], changed["Type"]) == ("AVAILABLE", "CFN_STACK")
    assert changed["LastRecordId"] == changed["LastSuccessfulProvisioningRecordId"] != launched["LastRecordId"]
    assert setup.terminated(launched["Id"])


def test_outputs_follow_parameters_in_a_product_from_a_stack(setup: Setup) -> None:
    """provisioned_product_test.go: computedOutputs."""
    defaults = {"VPCPrimaryCIDR": "10.0.0.0/16", "LeaveMeEmpty": ""}
    declared = {name: {"Type": "String", "Default": value} for name, value in defaults.items()}
    cidr = {"Description": "VPC CIDR", "Value": {"Ref": "VPCPrimaryCIDR"}}
    template = {**PARAMETERS, "Parameters": declared, "Outputs": {**VPC["Outputs"], "VPCPrimaryCIDR": cidr}}
    offer(setup, Info={"ImportFromPhysicalId": stack(setup, template)}, DisableTemplateValidation=True)
    launched = setup.launch(ProvisioningParameters=parameters(VPCPrimaryCIDR="10.1.0.0/16", LeaveMeEmpty=""))
    before = outputs(setup, launched)
    changed = setup.update(
        launched["Id"], ProvisioningParameters=parameters(VPCPrimaryCIDR="10.1.0.1/16", LeaveMeEmpty="")
    )

    assert (len(before), before["VPCPrimaryCIDR"]["OutputValue"]) == (3, "10.1.0.0/16")
    assert outputs(setup, changed)["VPCPrimaryCIDR"]["OutputValue"] == "10.1.0.1/16"


def test_an_output_of_what_a_condition_leaves_out_ends_in_error(setup: Setup) -> None:
    """provisioned_product_test.go: errorOnCreate, errorOnUpdate."""
    text = (
        "AmazonCloudFormationException  Unresolved resource dependencies [MyVPC] in the Outputs block of the template"
    )
    offer(setup, **of_url(setup, PARAMETERS))
    wrong = parameters(VPCPrimaryCIDR="10.1.0.0/16", LeaveMeEmpty="NotEmpty")
    right = parameters(VPCPrimaryCIDR="10.1.0.0/16", LeaveMeEmpty="")
    failed, launched = setup.launch(ProvisioningParameters=wrong), setup.launch(ProvisioningParameters=right)
    tainted = setup.update(launched["Id"], ProvisioningParameters=wrong)

    assert (failed["Status"], tainted["Status"]) == ("ERROR", "TAINTED")
    assert failed["StatusMessage"].startswith(text), failed["StatusMessage"]
    assert tainted["StatusMessage"].startswith(text)
    assert setup.update(launched["Id"], ProvisioningParameters=right)["Status"] == "AVAILABLE"
    assert setup.terminated(failed["Id"])


def test_tags_arrive_after_an_update_that_failed(setup: Setup) -> None:
    """provisioned_product_test.go: productTagUpdateAfterError, a bucket that is there already."""
    offer(setup, **of_url(setup, BUCKET))
    name, taken = f"{setup.name}-a", f"{setup.name}-taken"
    setup.s3.create_bucket(Bucket=taken, CreateBucketConfiguration={"LocationConstraint": ACCOUNTS.region})
    launched = setup.launch(
        ProvisioningParameters=parameters(BucketName=name), Tags=[{"Key": "version", "Value": "1.0"}]
    )
    newer = [{"Key": "version", "Value": "1.5"}]
    failed = setup.update(launched["Id"], ProvisioningParameters=parameters(BucketName=taken), Tags=newer)
    again = setup.update(launched["Id"], ProvisioningParameters=parameters(BucketName=name), Tags=newer)
    tags = {tag["Key"]: tag["Value"] for tag in setup.s3.get_bucket_tagging(Bucket=name)["TagSet"]}

    assert failed["Status"] == "TAINTED"
    assert "BucketAlreadyOwnedByYou" in failed["StatusMessage"]
    assert again["Status"] == "AVAILABLE"
    assert tags["version"] == "1.5"


def test_launches_follow_names_of_products_and_versions(setup: Setup) -> None:
    """provisioned_product_test.go: ProductName_update, ProvisioningArtifactName_update."""
    offer(setup, **of_url(setup, PARAMETERS))
    given = parameters(VPCPrimaryCIDR="10.1.0.0/16", LeaveMeEmpty="")
    names = {"ProductName": f"{setup.name}-p", "ProvisioningArtifactName": setup.name}
    record = setup.hub.provision_product(ProvisionedProductName=setup.name, ProvisioningParameters=given, **names)
    launched = setup.settled(record["RecordDetail"]["ProvisionedProductId"])
    setup.hub.update_product(Id=setup.product, Name=f"{setup.name}-q")
    second = setup.add_version("other", json.dumps(PARAMETERS))
    names = {"ProductName": f"{setup.name}-q", "ProvisioningArtifactName": "other"}
    changed = setup.update(launched["Id"], ProvisioningParameters=given, **names)

    assert (changed["Status"], changed["ProvisioningArtifactId"]) == ("AVAILABLE", second)


def test_what_hangs_on_a_portfolio(setup: Setup) -> None:
    """constraint, budget, tag option, principal and share associations, each with its listing."""
    topic = setup.client("sns", ACCOUNTS.hub).create_topic(Name=setup.name)["TopicArn"]
    constraint = setup.constrain("NOTIFICATION", NotificationArns=[topic])
    setup.hub.update_constraint(Id=constraint, Description="other")
    budget = {
        "BudgetName": setup.name,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "100.0", "Unit": "USD"},
    }
    budgets = setup.sandbox.client("budgets", ACCOUNTS.hub, "us-east-1")
    budgets.create_budget(AccountId=ACCOUNTS.hub, Budget=budget)
    setup.hub.associate_budget_with_resource(BudgetName=setup.name, ResourceId=setup.portfolio)
    option = setup.hub.create_tag_option(Key=setup.name, Value=setup.name)["TagOptionDetail"]["Id"]
    setup.hub.associate_tag_option_with_resource(ResourceId=setup.portfolio, TagOptionId=option)
    role = setup.role(ACCOUNTS.hub, setup.name)
    for arn, kind in ((role, "IAM"), (f"arn:aws:iam:::role/{setup.name}", "IAM_PATTERN")):
        setup.hub.associate_principal_with_portfolio(PortfolioId=setup.portfolio, PrincipalARN=arn, PrincipalType=kind)
    setup.hub.create_portfolio_share(PortfolioId=setup.portfolio, AccountId=ACCOUNTS.research, ShareTagOptions=True)
    (share,) = setup.hub.describe_portfolio_shares(PortfolioId=setup.portfolio, Type="ACCOUNT")["PortfolioShareDetails"]
    principals = setup.hub.list_principals_for_portfolio(PortfolioId=setup.portfolio)["Principals"]

    assert setup.hub.describe_constraint(Id=constraint)["ConstraintDetail"]["Description"] == "other"
    assert setup.hub.list_budgets_for_resource(ResourceId=setup.portfolio)["Budgets"] == [{"BudgetName": setup.name}]
    assert [each["PrincipalType"] for each in principals] == ["IAM", "IAM_PATTERN"]
    assert (share["Accepted"], share["ShareTagOptions"]) == (False, True)


def test_an_action_by_a_regional_service_principal(setup: Setup) -> None:
    """service_action_test.go: update, whose role trusts servicecatalog of the region."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"servicecatalog.{setup.region}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = setup.sandbox.client("iam", ACCOUNTS.hub).create_role(
        RoleName=setup.name, AssumeRolePolicyDocument=policy(trust)
    )["Role"]["Arn"]
    made = setup.hub.create_service_action(
        Name=setup.name,
        DefinitionType="SSM_AUTOMATION",
        Definition={"Name": "AWS-RestartEC2Instance", "Version": "1", "AssumeRole": role},
    )["ServiceActionDetail"]

    assert made["Definition"]["AssumeRole"] == role
