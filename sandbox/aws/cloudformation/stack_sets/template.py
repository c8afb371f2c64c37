"""What a stack set's template asks for: capabilities and parameters."""

from collections.abc import Mapping

from sandbox.aws.cloudformation.parameters import ParameterError, settled
from sandbox.aws.cloudformation.stack_sets.access import invalid
from sandbox.aws.cloudformation.templates import TemplateError, parse_template
from sandbox.aws.documents import Json
from sandbox.aws.errors import ApiError

_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
_OTHERS = ("AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition")


def read(text: str) -> Json:
    """Read a template, or refuse it in CloudFormation's words."""
    try:
        return parse_template(text)
    except TemplateError as error:
        raise invalid(str(error)) from error


def require_capabilities(template: Json, given: list[str]) -> None:
    """API:CreateStackSet, Capabilities: IAM resources have to be acknowledged, those with names by their own."""
    resources: list[Json] = list(template["Resources"].values())
    named = any(_NAMES.get(each["Type"]) in (each.get("Properties") or {}) for each in resources)
    of_iam = any(each["Type"] in (*_NAMES, *_OTHERS) for each in resources)
    needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM" if of_iam else None
    if needed and not {needed, "CAPABILITY_NAMED_IAM"} & set(given):
        raise ApiError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]", 400)


def settle_parameters(template: Json, given: list[Json], before: Mapping[str, str]) -> dict[str, str]:
    """The value of each parameter of the template, defaults included."""
    values = {
        each["ParameterKey"]: before.get(each["ParameterKey"], "")
        if each.get("UsePreviousValue")
        else each.get("ParameterValue", "")
        for each in given
    }
    try:
        return settled(template, values)
    except ParameterError as error:
        raise invalid(str(error)) from error
