"""What a stack set's template asks for: capabilities and parameters."""

from itertools import chain

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


def values_of(*given: list[Json]) -> dict[str, str]:
    """The values of parameters; of one that is given twice, the last."""
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in chain(*given)}


def settle_parameters(template: Json, given: list[Json], before: list[Json]) -> list[Json]:
    """The value of each parameter of the template, defaults included."""
    kept, values = values_of(before), values_of(given)
    values |= {key: kept.get(key, "") for key in (e["ParameterKey"] for e in given if e.get("UsePreviousValue"))}
    try:
        found = settled(template, values)
    except ParameterError as error:
        raise invalid(str(error)) from error
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in found.items()]
