"""Roles are passed to the services that get them, and functions of custom resources are called."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.definitions.derived.derivation import derived_rights
from hub.definitions.derived.rights import DerivedRights
from hub.definitions.templates import read_template

OWN = "ModelCatalogExecution-scorer"
ROLE = "arn:${Partition}:iam::${AccountId}:role"
TRUST = "AssumeRolePolicyDocument: {Statement: [{Principal: {Service: SERVICE}}]}"
FUNCTION = "Fn: {Type: 'AWS::Lambda::Function', Properties: {Code: {ZipFile: x}, Role: ROLE}}"


def derived(folder: Path, text: str) -> DerivedRights:
    """Derive the rights of a template's launches."""
    path = folder / "1.0.0.yaml"
    path.write_text(text)
    return derived_rights(read_template(path), OWN)


def passed(found: DerivedRights) -> Iterator[tuple[str, tuple[str, ...]]]:
    """List the roles that are passed, with the services that get them."""
    for right in found.rights:
        if right.action == "iam:PassRole":
            yield right.resources[0], right.condition["StringEquals"]["iam:PassedToService"]


@pytest.mark.parametrize(
    ("role", "arn"),
    [
        ("!GetAtt Worker.Arn", f"{ROLE}/SC-*-Worker-*"),
        ("!Sub 'arn:aws:iam::${AWS::AccountId}:role/team/scorer'", "arn:aws:iam::${AccountId}:role/team/scorer"),
    ],
)
def test_a_role_is_passed_to_the_service_that_gets_it(tmp_path: Path, role: str, arn: str) -> None:
    trust = TRUST.replace("SERVICE", "[lambda.amazonaws.com, events.amazonaws.com]")
    worker = f"Worker: {{Type: 'AWS::IAM::Role', Properties: {{{trust}}}}}"

    found = derived(tmp_path, f"Resources: {{{worker}, {FUNCTION.replace('ROLE', role)}}}")

    assert [(arn, ("lambda.amazonaws.com",))] == list(passed(found))


def test_the_products_own_role_and_one_that_a_launch_gives_are_passed_by_what_every_launch_role_has(
    tmp_path: Path,
) -> None:
    own = FUNCTION.replace("ROLE", f"!Sub 'arn:aws:iam::${{AWS::AccountId}}:role/{OWN}'")
    given = derived(
        tmp_path, f"Parameters: {{Role: {{Type: String}}}}\nResources: {{{FUNCTION.replace('ROLE', '!Ref Role')}}}"
    )

    assert [] == list(passed(derived(tmp_path, f"Resources: {{{own}}}"))) == list(passed(given))
    assert {"lambda.amazonaws.com"} == given.services
    assert "the parameter Role takes a role. The launch role may pass ModelCatalogExecution-scorer" in given.remarks[0]


def test_a_custom_resource_calls_its_function_with_the_launch_roles_rights(tmp_path: Path) -> None:
    text = f"""
Resources:
  {FUNCTION.replace("ROLE", "x")}
  Answer: {{Type: 'Custom::Answer', Properties: {{ServiceToken: !GetAtt Fn.Arn}}}}
  Told: {{Type: 'AWS::CloudFormation::CustomResource', Properties: {{ServiceToken: 'arn:aws:sns:eu-west-1:1:asked'}}}}
"""
    called = {right.action: set(right.resources) for right in derived(tmp_path, text).rights}

    assert {"arn:${Partition}:lambda:*:${AccountId}:function:SC-*-Fn-*"} == called["lambda:InvokeFunction"]
    assert {"arn:aws:sns:eu-west-1:1:asked"} == called["sns:Publish"]


def test_a_role_in_a_map_of_the_templates_own_is_not_passed(tmp_path: Path) -> None:
    variables = "Environment: {Variables: {ROLE: !GetAtt Worker.Arn}}"
    function = f"Fn: {{Type: 'AWS::Lambda::Function', Properties: {{Code: {{ZipFile: x}}, {variables}}}}}"

    found = derived(tmp_path, f"Resources: {{Worker: {{Type: 'AWS::IAM::Role'}}, {function}}}")

    assert [] == list(passed(found))
