"""What a stack's parameters stand for in the account that it is built in."""

from typing import Any, Final

from sandbox.aws.cloudformation import moto_calls
from sandbox.aws.cloudformation.moto_calls import NotEmulatedError
from sandbox.aws.cloudformation.parameters import items_of, parameters_of
from sandbox.aws.cloudformation.permissions import require
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json, Value

_STORED: Final = "AWS::SSM::Parameter::Value<"
_LOOKED_UP: Final = {
    "AWS::EC2::Instance::Id": ("DescribeInstances", "InstanceIds"),
    "AWS::EC2::KeyPair::KeyName": ("DescribeKeyPairs", "KeyNames"),
    "AWS::EC2::SecurityGroup::GroupName": ("DescribeSecurityGroups", "GroupNames"),
    "AWS::EC2::SecurityGroup::Id": ("DescribeSecurityGroups", "GroupIds"),
    "AWS::EC2::Subnet::Id": ("DescribeSubnets", "SubnetIds"),
    "AWS::EC2::VPC::Id": ("DescribeVpcs", "VpcIds"),
    "AWS::EC2::Volume::Id": ("DescribeVolumes", "VolumeIds"),
    "AWS::Route53::HostedZone::Id": ("GetHostedZone", "Id"),
}
"""AWS-specific types, by the call that shows whether such a thing exists. moto has images of its own."""


def resolved(template: Json, values: dict[str, str], account: str, region: str) -> Json:
    """The values by parameter, as the template's functions see them.

    Raises:
        StackError: a value names what is not in the account, or its SSM parameter may not be read.
    """
    found: Json = {}
    for name, rules in parameters_of(template).items():
        kind, value = str(rules["Type"]), values[name]
        if kind.startswith(_STORED):
            kind, value = kind.removeprefix(_STORED)[:-1], _stored(value, account, region)
        items = items_of(kind, value)
        looked_up = _LOOKED_UP.get(kind.removeprefix("List<").removesuffix(">"), ("", ""))
        for item in items if any(looked_up) else ():
            _require_existing(looked_up, name, item, account, region)
        found[name] = items if items != [value] or kind.startswith(("List<", "CommaDelimited")) else value
    return found


def _stored(name: str, account: str, region: str) -> str:
    require("ssm:GetParameters", f"arn:aws:ssm:{region}:{account}:parameter/{name.lstrip('/')}")
    model: Any = moto_calls.operation("ssm", region, ["GetParameters"])
    found: list[Json] = moto_calls.call(account, region, "ssm", model, {"Names": [name]})["Parameters"]
    if not found:
        raise StackError(f"Unable to fetch parameters [{name}] from parameter store for this account.")
    return found[0]["Value"]


def _require_existing(looked_up: tuple[str, str], name: str, value: str, account: str, region: str) -> None:
    operation, member = looked_up
    service = "route53" if operation == "GetHostedZone" else "ec2"
    model: Any = moto_calls.operation(service, region, [operation])
    asked: Value = value if member == "Id" else [value]
    try:
        moto_calls.call(account, region, service, model, {member: asked})
    except (NotEmulatedError, StackError) as error:
        message = f"Parameter validation failed: parameter value {value} for parameter name {name} does not exist"
        raise StackError(message) from error
