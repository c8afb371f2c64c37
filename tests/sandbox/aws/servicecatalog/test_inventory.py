"""What docs/iam/inventory.json lets one see of an account, and what it does not."""

import json
from typing import Any

from shared.aws.policies import render
from shared.aws.provisioned_products import last_change, parameters_of, search_account
from tests.support.paths import ROOT
from tests.support.sandbox.accounts import ACCOUNTS
from tests.support.sandbox.building import trusting_research
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Client
from tests.support.sandbox.setup import Setup


def as_inventory(setup: Setup) -> Client:
    """Work as a role of the account that has the recommended policy and nothing else."""
    document: dict[str, Any] = json.loads((ROOT / "docs/iam/inventory.json").read_text())
    statements: list[dict[str, Any]] = json.loads(render(document, partition="aws", account=ACCOUNTS.research))[
        "Statement"
    ]
    arn = setup.make_role(ACCOUNTS.research, f"{setup.name}-inventory", trusting_research(), statements)
    return setup.as_role(arn)


def test_the_inventory_sees_what_another_launched_and_can_do_nothing_to_it(setup: Setup, api_error: Expect) -> None:
    setup.open()
    launched = setup.launch()
    looking = as_inventory(setup)

    [found] = search_account(looking, ACCOUNTS.research, setup.region, f"name:{launched['Name']}")

    assert (launched["Id"], "AVAILABLE", setup.product) == (found.id, found.status, found.product_id)
    assert found.launched_by
    for refused in (
        lambda: looking.describe_provisioned_product(Id=launched["Id"]),
        lambda: looking.describe_record(Id=found.record_id),
        lambda: looking.terminate_provisioned_product(ProvisionedProductId=launched["Id"], TerminateToken="no"),
        looking.search_products,
    ):
        with api_error("AccessDeniedException"):
            refused()


def test_a_change_by_hand_shows_in_the_stack_and_names_who_made_it(setup: Setup) -> None:
    setup.open()
    launched = setup.launch()
    updated = setup.update(launched["Id"], ProvisioningParameters=[{"Key": "Days", "Value": "30"}])
    [found] = search_account(setup.research, ACCOUNTS.research, setup.region, f"name:{launched['Name']}")

    cloudformation = setup.client("cloudformation", ACCOUNTS.research)
    [stack] = cloudformation.describe_stacks(StackName=found.stack_id)["Stacks"]
    change = last_change(setup.research, found, stack)

    assert "AVAILABLE" == updated["Status"]
    assert {"Days": "30", "Suffix": "a"} == parameters_of(stack)
    assert ("UPDATE_PROVISIONED_PRODUCT", "SUCCEEDED") == (change.kind, change.status)
    assert ACCOUNTS.administrator(ACCOUNTS.research) == change.by


def test_hidden_parameters_are_shown_as_asterisks_and_lists_as_text(setup: Setup) -> None:
    """CloudFormation User Guide, "Parameters": NoEcho masks the value; a list is one text with commas."""
    setup.add_product(
        "hidden",
        """
Parameters:
  Token: {Type: String, NoEcho: true, Default: secret}
  Zones: {Type: CommaDelimitedList, Default: ""}
  Names: {Type: CommaDelimitedList, Default: "a,b"}
Resources: {Logs: {Type: AWS::Logs::LogGroup}}
""",
    )
    setup.open()
    launched = setup.launch(ProvisioningParameters=[{"Key": "Names", "Value": "c,d"}])
    [found] = search_account(setup.research, ACCOUNTS.research, setup.region, f"name:{launched['Name']}")

    [stack] = setup.client("cloudformation", ACCOUNTS.research).describe_stacks(StackName=found.stack_id)["Stacks"]

    assert {"Zones": "", "Names": "c,d"} == parameters_of(stack)
    assert "****" in [each["ParameterValue"] for each in stack["Parameters"]]
