"""Models in production: SageMaker endpoints, their scaling and alarms, as launches build them."""

from typing import Any

import pytest

from tests.support.sandbox.accounts import HUB, RESEARCH
from tests.support.sandbox.building import CLOUDFORMATION, ENDPOINT
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import ADMINISTRATOR, Setup, parameters, policy

pytestmark = pytest.mark.sandbox_only


@pytest.fixture
def endpoint(setup: Setup) -> Setup:
    """A setup whose version is a real-time endpoint, launched with a role of its own."""
    setup.version = setup.add_version("endpoint", ENDPOINT)
    setup.role(RESEARCH, f"exec-{setup.name}", "sagemaker.amazonaws.com")
    return setup.open()


def given(setup: Setup, **values: str) -> list[dict[str, str]]:
    return parameters(RoleArn=f"arn:aws:iam::{RESEARCH}:role/exec-{setup.name}", **values)


def test_an_endpoint_comes_up_in_the_launching_account_alone(endpoint: Setup) -> None:
    launched = endpoint.launch(ProvisioningParameters=given(endpoint))
    name = f"models-SC-{RESEARCH}-{launched['Id']}"
    found = endpoint.client("sagemaker", RESEARCH).describe_endpoint(EndpointName=name)
    hubs = endpoint.client("sagemaker", HUB).list_endpoints()["Endpoints"]
    outputs = endpoint.research.get_provisioned_product_outputs(ProvisionedProductId=launched["Id"])["Outputs"]

    assert launched["Status"] == "AVAILABLE"
    assert found["EndpointStatus"] == "InService"
    assert name not in {each["EndpointName"] for each in hubs}
    assert {each["OutputKey"]: each["OutputValue"] for each in outputs}["EndpointName"] == name


def test_an_update_reaches_whatever_depends_on_what_changed(endpoint: Setup) -> None:
    """CloudFormation User Guide, "Update behaviors of stack resources": replacement, and Conditions."""
    launched = endpoint.launch(ProvisioningParameters=given(endpoint))
    sagemaker, scaling = endpoint.client("sagemaker", RESEARCH), endpoint.client("application-autoscaling", RESEARCH)
    name = f"models-SC-{RESEARCH}-{launched['Id']}"

    def update(**values: str) -> int:
        endpoint.research.update_provisioned_product(
            ProvisionedProductId=launched["Id"], ProvisioningParameters=given(endpoint, **values)
        )
        assert endpoint.settled(launched["Id"])["Status"] == "AVAILABLE"
        config = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
        return sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0][
            "InitialInstanceCount"
        ]

    def targets() -> int:
        found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
        return sum(name in target["ResourceId"] for target in found)

    assert (update(Count="2", Scaling="on"), targets()) == (2, 1)
    assert (update(Count="2", Scaling="off"), targets()) == (2, 0)


def test_a_failed_update_goes_back_with_all_its_resources(endpoint: Setup) -> None:
    """CloudFormation User Guide, "Stack status codes": UPDATE_ROLLBACK_COMPLETE."""
    role = endpoint.launch_role([*CLOUDFORMATION, BUILDING, pass_role(endpoint, "sagemaker.amazonaws.com")])
    launched = endpoint.launch(ProvisioningParameters=given(endpoint))
    denied = {"Effect": "Deny", "Action": "sagemaker:UpdateEndpoint", "Resource": "*"}
    endpoint.client("iam", RESEARCH).put_role_policy(RoleName=role, PolicyName="d", PolicyDocument=policy(denied))
    endpoint.research.update_provisioned_product(
        ProvisionedProductId=launched["Id"], ProvisioningParameters=given(endpoint, Count="3")
    )
    changed = endpoint.settled(launched["Id"])
    sagemaker = endpoint.client("sagemaker", RESEARCH)
    config = sagemaker.describe_endpoint(EndpointName=f"models-SC-{RESEARCH}-{launched['Id']}")["EndpointConfigName"]
    variants = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]

    assert (changed["Status"], "sagemaker:UpdateEndpoint" in changed["StatusMessage"]) == ("TAINTED", True)
    assert variants[0]["InitialInstanceCount"] == 1


def test_a_role_that_is_passed_must_exist_and_trust_its_service(endpoint: Setup) -> None:
    """SageMaker API Reference, CreateModel, ExecutionRoleArn: iam:PassRole, and the role's trust."""
    nobody = endpoint.launch(ProvisioningParameters=parameters(RoleArn=f"arn:aws:iam::{RESEARCH}:role/nobody"))
    endpoint.role(RESEARCH, f"other-{endpoint.name}", "lambda.amazonaws.com")
    other = parameters(RoleArn=f"arn:aws:iam::{RESEARCH}:role/other-{endpoint.name}")
    distrusted = endpoint.launch(ProvisioningParameters=other)

    assert "does not exist" in nobody["StatusMessage"]
    assert "trusts the service sagemaker.amazonaws.com" in distrusted["StatusMessage"]


def pass_role(setup: Setup, service: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": f"arn:aws:iam::{RESEARCH}:role/exec-{setup.name}",
        "Condition": {"StringEquals": {"iam:PassedToService": service}},
    }


BUILDING = {**ADMINISTRATOR, "Action": ["sagemaker:*", "cloudwatch:*", "application-autoscaling:*"]}


@pytest.mark.parametrize(
    ("service", "missing"),
    [("sagemaker.amazonaws.com", None), ("lambda.amazonaws.com", "iam:PassRole")],
)
def test_passing_a_role_is_allowed_for_its_service_only(endpoint: Setup, service: str, missing: str | None) -> None:
    """IAM User Guide, "Granting a user permissions to pass a role": iam:PassedToService."""
    endpoint.launch_role([*CLOUDFORMATION, BUILDING, pass_role(endpoint, service)])
    launched = endpoint.launch(ProvisioningParameters=given(endpoint))

    assert launched["Status"] == ("ERROR" if missing else "AVAILABLE")
    assert (missing or "") in launched.get("StatusMessage", "")


def test_the_first_scalable_target_takes_a_service_linked_role(endpoint: Setup) -> None:
    """Application Auto Scaling User Guide, "Service-linked roles": iam:CreateServiceLinkedRole."""
    linked = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    roles = endpoint.client("iam", RESEARCH).get_paginator("list_roles").paginate()
    exists = any(role["RoleName"] == linked for page in roles for role in page["Roles"])
    endpoint.launch_role([*CLOUDFORMATION, BUILDING, pass_role(endpoint, "sagemaker.amazonaws.com")])
    launched = endpoint.launch(ProvisioningParameters=given(endpoint, Scaling="on"))

    assert launched["Status"] == ("AVAILABLE" if exists else "ERROR")
    assert exists or "iam:CreateServiceLinkedRole" in launched["StatusMessage"]


@pytest.mark.sandbox_only
def test_a_type_that_the_registry_does_not_have_is_refused_by_name_and_a_failed_launch_of_it_can_be_removed(
    setup: Setup, api_error: Expect
) -> None:
    """API:CreateProvisioningArtifact, DisableTemplateValidation."""
    odd = {"Name": "odd", "Info": setup.info("Resources: {Q: {Type: AWS::SQS::Kew}}")}
    with api_error("InvalidParametersException", "AWS::SQS::Kew"):
        setup.hub.create_provisioning_artifact(ProductId=setup.product, Parameters=odd)
    made = setup.hub.create_provisioning_artifact(
        ProductId=setup.product, Parameters={**odd, "DisableTemplateValidation": True}
    )
    setup.version = made["ProvisioningArtifactDetail"]["Id"]
    launched = setup.open().launch()

    assert launched["Status"] == "ERROR"
    assert "AWS::SQS::Kew" in launched["StatusMessage"]
    assert setup.terminated(launched["Id"])


def test_owner_and_launch_role_of_a_provisioned_product_can_change(setup: Setup, api_error: Expect) -> None:
    """API:UpdateProvisionedProductProperties."""
    setup.launch_role()
    launched = setup.open().launch()
    other = setup.role(RESEARCH, f"other-{setup.name}")
    change = setup.research.update_provisioned_product_properties
    with api_error("InvalidParametersException", "does not exist"):
        change(ProvisionedProductId=launched["Id"], ProvisionedProductProperties={"LAUNCH_ROLE": "nobody"})
    answer = change(
        ProvisionedProductId=launched["Id"],
        ProvisionedProductProperties={"LAUNCH_ROLE": f"other-{setup.name}", "OWNER": other},
    )

    assert answer["Status"] == "SUCCEEDED"
    assert setup.settled(launched["Id"])["LaunchRoleArn"] == other
    assert setup.terminated(launched["Id"])


def test_budgets_hang_on_products(setup: Setup, api_error: Expect) -> None:
    """API:AssociateBudgetWithResource, DisassociateBudgetFromResource, DeleteProduct."""
    with api_error("ResourceNotFoundException"):
        setup.hub.associate_budget_with_resource(BudgetName=setup.name, ResourceId=setup.product)
    budget = {
        "BudgetName": setup.name,
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
        "BudgetLimit": {"Amount": "1", "Unit": "USD"},
    }
    setup.sandbox.client("budgets", HUB).create_budget(AccountId=HUB, Budget=budget)
    setup.hub.associate_budget_with_resource(BudgetName=setup.name, ResourceId=setup.product)
    setup.hub.disassociate_product_from_portfolio(ProductId=setup.product, PortfolioId=setup.portfolio)
    with api_error("ResourceInUseException", "budget"):
        setup.hub.delete_product(Id=setup.product)
    with api_error("DuplicateResourceException"):
        setup.hub.associate_budget_with_resource(BudgetName=setup.name, ResourceId=setup.product)

    assert setup.hub.list_budgets_for_resource(ResourceId=setup.product)["Budgets"] == [{"BudgetName": setup.name}]
    setup.hub.disassociate_budget_from_resource(BudgetName=setup.name, ResourceId=setup.product)
    assert setup.hub.describe_product_as_admin(Id=setup.product)["Budgets"] == []
