"""Service actions: Systems Manager documents that operators of a launch may run."""

import json
from typing import Any

from hub.resources.service_actions import associations
from shared.aws.policies import render
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import CLOUDFORMATION, LOGS
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.setup import TEMPLATE, Setup, policy

RESTART = {"Name": "AWS-RestartEC2Instance", "Version": "1"}
TARGET = '[{"Name":"InstanceId","Type":"TARGET"}]'
START: dict[str, Any] = {"Effect": "Allow", "Action": "ssm:StartAutomationExecution", "Resource": "*"}
DOCUMENT = {
    "schemaVersion": "0.3",
    "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
}


def make(setup: Setup, **definition: str) -> str:
    made = setup.hub.create_service_action(
        Name=f"{setup.name}-restart", DefinitionType="SSM_AUTOMATION", Definition=RESTART | definition, Description="d"
    )
    return made["ServiceActionDetail"]["ServiceActionSummary"]["Id"]


def associate(setup: Setup, action: str) -> None:
    setup.hub.associate_service_action_with_provisioning_artifact(
        ProductId=setup.product, ProvisioningArtifactId=setup.version, ServiceActionId=action
    )


def names_of_version(setup: Setup) -> list[str]:
    found = setup.research.list_service_actions_for_provisioning_artifact(
        ProductId=setup.product, ProvisioningArtifactId=setup.version
    )
    return [each["Name"] for each in found["ServiceActionSummaries"]]


def test_an_action_is_made_changed_listed_and_deleted(setup: Setup, api_error: Expect) -> None:
    """Terraform provider, service_action_test.go; API:CreateServiceAction."""
    action = make(setup)
    role = setup.role(ACCOUNTS.hub, f"{setup.name}-runs")
    described = setup.hub.describe_service_action(Id=action)["ServiceActionDetail"]
    changed = setup.hub.update_service_action(
        Id=action, Name=f"{setup.name}-2", Definition=RESTART | {"AssumeRole": role, "Parameters": TARGET}
    )["ServiceActionDetail"]
    pages = setup.hub.get_paginator("list_service_actions").paginate()
    listed = [each for page in pages for each in page["ServiceActionSummaries"] if each["Id"] == action]
    setup.hub.delete_service_action(Id=action)

    summary = {"Id": action, "Name": f"{setup.name}-restart", "Description": "d", "DefinitionType": "SSM_AUTOMATION"}
    assert action.startswith("act-")
    assert described == {"ServiceActionSummary": summary, "Definition": RESTART}
    assert changed["Definition"] == {**RESTART, "AssumeRole": role, "Parameters": TARGET}
    assert listed == [summary | {"Name": f"{setup.name}-2"}]
    with api_error("ResourceNotFoundException", action):
        setup.hub.describe_service_action(Id=action)


def test_a_definition_names_a_document_that_there_is(setup: Setup, api_error: Expect) -> None:
    """API:CreateServiceAction, Definition: a document of AWS's, one's own by name, another account's by ARN."""
    with api_error("InvalidParametersException", "own-document"):
        make(setup, Name="own-document")
    with api_error("InvalidParametersException", "Version"):
        setup.hub.create_service_action(
            Name="a", DefinitionType="SSM_AUTOMATION", Definition={"Name": "AWS-StopEC2Instance"}
        )
    with api_error("InvalidParametersException", "Parameters"):
        make(setup, Parameters='[{"Name": "InstanceId", "Type": "OTHER"}]')
    with api_error("InvalidParametersException", "AssumeRole"):
        make(setup, AssumeRole=f"arn:aws:iam::{ACCOUNTS.hub}:role/nobody")
    setup.client("ssm", ACCOUNTS.hub).create_document(
        Name=f"{setup.name}-own", DocumentType="Automation", Content=json.dumps(DOCUMENT)
    )

    assert make(setup, Name=f"{setup.name}-own")
    assert make(setup, Name=f"arn:aws:ssm:{setup.region}:{ACCOUNTS.hub}:document/{setup.name}-own", Version="$LATEST")


def test_an_action_is_associated_with_versions(setup: Setup, api_error: Expect) -> None:
    """API:AssociateServiceActionWithProvisioningArtifact, and what hangs on it keeps an action."""
    action = make(setup)
    associate(setup, action)
    setup.open()

    assert names_of_version(setup) == [f"{setup.name}-restart"]
    (view,) = setup.hub.list_provisioning_artifacts_for_service_action(ServiceActionId=action)[
        "ProvisioningArtifactViews"
    ]
    assert view["ProductViewSummary"]["ProductId"] == setup.product
    assert view["ProvisioningArtifact"]["Id"] == setup.version
    with api_error("DuplicateResourceException", action):
        associate(setup, action)
    with api_error("ResourceInUseException", action):
        setup.hub.delete_service_action(Id=action)
    setup.hub.disassociate_service_action_from_provisioning_artifact(
        ProductId=setup.product, ProvisioningArtifactId=setup.version, ServiceActionId=action
    )
    assert names_of_version(setup) == []
    setup.hub.delete_service_action(Id=action)


def test_a_batch_tells_what_failed_and_does_the_rest(setup: Setup) -> None:
    """API:BatchAssociateServiceActionWithProvisioningArtifact, FailedServiceActionAssociations."""
    action = make(setup)
    one = {"ServiceActionId": action, "ProductId": setup.product, "ProvisioningArtifactId": setup.version}
    batch = [one, one, {**one, "ServiceActionId": "act-nowhere"}]
    made = setup.hub.batch_associate_service_action_with_provisioning_artifact(ServiceActionAssociations=batch)
    gone = setup.hub.batch_disassociate_service_action_from_provisioning_artifact(ServiceActionAssociations=[one])

    codes = [each["ErrorCode"] for each in made["FailedServiceActionAssociations"]]
    assert codes == ["DUPLICATE_RESOURCE", "RESOURCE_NOT_FOUND"]
    assert gone["FailedServiceActionAssociations"] == []


def test_an_action_is_run_on_a_launch_with_its_role(setup: Setup, api_error: Expect) -> None:
    """API:ExecuteProvisionedProductServiceAction; Administrator Guide, "Service actions": permissions."""
    action = make(setup, AssumeRole="LAUNCH_ROLE", Parameters=TARGET)
    associate(setup, action)
    role = setup.launch_role([*CLOUDFORMATION, LOGS])
    launched = setup.open().launch()
    of = {"ProvisionedProductId": launched["Id"], "ServiceActionId": action}
    asked = setup.research.describe_service_action_execution_parameters(**of)["ServiceActionParameters"]
    with api_error("InvalidParametersException", "InstanceId"):
        setup.research.execute_provisioned_product_service_action(**of)
    refused = run(setup, of)
    iam = setup.sandbox.client("iam", ACCOUNTS.research)
    iam.put_role_policy(RoleName=role, PolicyName="ssm", PolicyDocument=policy(START))
    done = run(setup, of)
    after = setup.settled(launched["Id"])

    assert asked == [{"Name": "InstanceId", "Type": "TARGET", "DefaultValues": []}]
    assert (refused["Status"], done["Status"]) == ("FAILED", "SUCCEEDED")
    assert "ssm:StartAutomationExecution" in refused["RecordErrors"][0]["Description"]
    assert (after["Status"], after["LastRecordId"]) == ("AVAILABLE", done["RecordId"])
    assert after["LastProvisioningRecordId"] == launched["LastProvisioningRecordId"]
    with api_error("ResourceNotFoundException", "act-other"):
        setup.research.execute_provisioned_product_service_action(**of | {"ServiceActionId": "act-other"})


def run(setup: Setup, of: dict[str, str]) -> dict[str, Any]:
    record = setup.research.execute_provisioned_product_service_action(**of, Parameters={"InstanceId": ["i-1"]})
    assert record["RecordDetail"]["Status"] == "CREATED"
    setup.settled(of["ProvisionedProductId"])
    return setup.research.describe_record(Id=record["RecordDetail"]["RecordId"])["RecordDetail"]


def test_a_stack_associates_actions_with_the_permissions_that_its_types_name(setup: Setup) -> None:
    """CloudFormation registry, AWS::ServiceCatalog::ServiceActionAssociation; the policy is docs/iam's for the hub."""
    document = (ROOT / "docs/iam/hub-service-actions.json").read_text()
    name = f"{setup.name}-deployer"
    iam = setup.sandbox.client("iam", ACCOUNTS.hub)
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNTS.hub}, "Action": "sts:AssumeRole"}
    role = setup.make_role(ACCOUNTS.hub, name, trust)
    iam.put_role_policy(
        RoleName=name,
        PolicyName="p",
        PolicyDocument=render(json.loads(document), partition="aws", account=ACCOUNTS.hub),
    )
    acting = setup.sandbox.assume(role, ACCOUNTS.hub)
    catalog, stacks = (
        setup.sandbox.client_with(service, acting, setup.region) for service in ("servicecatalog", "cloudformation")
    )
    of = {"Name": f"{setup.name}-restart", "DefinitionType": "SSM_AUTOMATION", "Definition": RESTART}
    action = catalog.create_service_action(**of)["ServiceActionDetail"]["ServiceActionSummary"]["Id"]
    setup.open()
    stack = {"StackName": f"model-catalog-actions-{setup.name}"}
    stacks.create_stack(
        **stack, TemplateBody=associations(setup.product, {"restart": action}, {"1.0.0": setup.version})
    )
    first, associated = setup.version, names_of_version(setup)
    setup.version = setup.add_version("2", TEMPLATE)
    both = {"1.0.0": first, "2.0.0": setup.version}
    stacks.update_stack(**stack, TemplateBody=associations(setup.product, {"restart": action}, both))
    after = names_of_version(setup)
    stacks.delete_stack(**stack)
    catalog.delete_service_action(Id=action)

    assert associated == after == [f"{setup.name}-restart"]
    assert names_of_version(setup) == []
