"""What a template takes from the account that it is built in, and from S3, with the permissions of its builder."""

import hashlib
import json
from typing import Any, Final

from sandbox.aws.cloudformation import moto_calls
from sandbox.aws.cloudformation.moto_calls import NotEmulatedError
from sandbox.aws.cloudformation.parameters import STORED, items_of, parameters_of
from sandbox.aws.cloudformation.permissions import builder, require
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.templates import document
from sandbox.aws.documents import Json, Value
from sandbox.aws.s3 import read_object

_LOOKED_UP: Final = {
    "AWS::EC2::Instance::Id": ("DescribeInstances", "InstanceIds"),
    "AWS::EC2::KeyPair::KeyName": ("DescribeKeyPairs", "KeyNames"),
    "AWS::EC2::SecurityGroup::GroupName": ("DescribeSecurityGroups", "GroupNames"),
    "AWS::EC2::SecurityGroup::Id": ("DescribeSecurityGroups", "GroupIds"),
    "AWS::EC2::Subnet::Id": ("DescribeSubnets", "SubnetIds"),
    "AWS::EC2::VPC::Id": ("DescribeVpcs", "VpcIds"),
    "AWS::EC2::Volume::Id": ("DescribeVolumes", "VolumeIds"),
    "AWS::EC2::AvailabilityZone::Name": ("DescribeAvailabilityZones", "ZoneNames"),
    "AWS::Route53::HostedZone::Id": ("GetHostedZone", "Id"),
    "AWS::SSM::Parameter::Name": ("GetParameter", "Name"),
}
"""AWS-specific types, by the call that shows whether such a thing exists. moto has images of its own, so these are not
looked up."""
_SERVICES: Final = {"GetHostedZone": "route53", "GetParameter": "ssm"}


class AccountValues:
    """One account and region, and the one who builds there."""

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region

    def resolved(self, template: Json, values: dict[str, str]) -> Json:
        """The values by parameter, as the template's functions see them.

        Raises:
            StackError: a value names what is not in the account, or its SSM parameter may not be read.
        """
        found: Json = {}
        for name, rules in parameters_of(template).items():
            kind, value = str(rules["Type"]), values[name]
            if kind.startswith(STORED):
                kind, value = kind.removeprefix(STORED)[:-1], self._stored(value, image="Image" in kind)
            items = items_of(kind, value)
            looked_up = _LOOKED_UP.get(kind.removeprefix("List<").removesuffix(">"), ("", ""))
            for item in items if any(looked_up) else ():
                self._require_existing(looked_up, name, item)
            found[name] = items if items != [value] or kind.startswith(("List<", "CommaDelimited")) else value
        return found

    def dynamic(self, service: str, reference: str) -> str:
        """The value of a dynamic reference (User Guide, "Get values stored in other services").

        Raises:
            StackError: there is no such thing, or it may not be read.
        """
        match service:
            case "ssm" | "ssm-secure":
                return self._stored(reference)
            case "secretsmanager":
                return self._secret(reference)
            case _:
                raise StackError(f"Template error: there are no dynamic references to {service}")

    def document(self, address: str) -> str:
        """A text in S3, read by the one who builds.

        Raises:
            StackError: it is not there, or may not be read.
        """
        bucket, _, key = address.removeprefix("s3://").partition("/")
        url = f"https://{bucket}.s3.amazonaws.com/{key}" if address.startswith("s3://") else address
        try:
            return read_object(builder(self._account, self._region), url)
        except ValueError as error:
            raise StackError(f"S3 error: {error}") from error

    def included(self, address: str) -> Value:
        """A part of a template that lies in S3."""
        return document(self.document(address))

    def _call(self, service: str, operation: str, **given: Value) -> Json:
        model: Any = moto_calls.operation(service, self._region, [operation])
        return moto_calls.call(self._account, self._region, service, model, given)

    def _stored(self, name: str, *, image: bool = False) -> str:
        plain = name.partition(":")[0].lstrip("/")
        arn = f"arn:aws:ssm:{self._region}:{self._account}:parameter/{plain}"
        require("ssm:GetParameters", arn)
        found: list[Json] = self._call("ssm", "GetParameters", Names=[name], WithDecryption=True)["Parameters"]
        if not found and image and name.startswith("/aws/service/"):  # AWS publishes more than moto knows
            return f"ami-{hashlib.sha256(name.encode()).hexdigest()[:17]}"
        if not found:
            raise StackError(f"Unable to fetch parameters [{name}] from parameter store for this account.")
        return found[0]["Value"]

    def _secret(self, reference: str) -> str:
        name, _, rest = reference.partition(":SecretString")
        key = [*rest.split(":"), ""][1]
        require("secretsmanager:GetSecretValue", None)
        try:
            value = str(self._call("secretsmanager", "GetSecretValue", SecretId=name)["SecretString"])
        except StackError as error:
            if "AWSCURRENT" not in str(error):
                raise
            return f"generated-for-{key or 'all'}"  # moto makes AWS::SecretsManager::Secret without a value
        if not key:
            return value
        try:
            return str(json.loads(value)[key])
        except (ValueError, LookupError, TypeError):
            raise StackError(f"Could not find a value associated with JSONKey {key} in the secret {name}") from None

    def _require_existing(self, looked_up: tuple[str, str], name: str, value: str) -> None:
        operation, member = looked_up
        asked: Value = [value] if member.endswith("s") else value
        try:
            answer = self._call(_SERVICES.get(operation, "ec2"), operation, **{member: asked})
        except (NotEmulatedError, StackError):
            answer = {}
        if not any(found for key, found in answer.items() if key != "ResponseMetadata"):
            message = f"Parameter validation failed: parameter value {value} for parameter name {name} does not exist"
            raise StackError(message)
