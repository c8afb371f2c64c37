"""What a template takes from the account that it is built in, and from S3, with the permissions of its builder."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from moto.utilities.utils import get_partition

from sandbox.aws.cloudformation import moto_calls
from sandbox.aws.cloudformation.moto_calls import NotEmulatedError
from sandbox.aws.cloudformation.parameters import STORED, items_of, parameters_of, plain_type
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
_TAGS: Final = "Tags."
_OF_A_VPC: Final = {
    "DefaultNetworkAcl": ("DescribeNetworkAcls", "NetworkAclId", "default", "true"),
    "DefaultSecurityGroup": ("DescribeSecurityGroups", "GroupId", "group-name", "default"),
}
"""What belongs to a VPC, by the call that finds it there."""
_ATTRIBUTES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "AWS::EC2::SecurityGroup::Id": ("GroupId", ()),
    "AWS::EC2::Subnet::Id": ("SubnetId", ("AvailabilityZone", "VpcId")),
    "AWS::EC2::VPC::Id": ("VpcId", tuple(_OF_A_VPC)),
}
"""What names a thing, and what rules may ask of it beside its tags (Template Reference, "Rule functions")."""
_IMAGE: Final = re.compile(r"(^|[/_-])(ami|image)([/_-]|$)")
"""In the name of a public parameter whose value is an image's id."""
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
            looked_up = _LOOKED_UP.get(plain_type(kind), ("", ""))
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

    def names(self, kind: str) -> list[str]:
        """All things of a type that rules can ask for, in the account and region."""
        if kind not in _ATTRIBUTES:
            return []
        operation, _ = _LOOKED_UP[kind]
        return [each[_ATTRIBUTES[kind][0]] for each in self._described(operation)]

    def attribute(self, kind: str, value: str, attribute: str) -> str | None:
        """An attribute of what a parameter of an AWS-specific type names; None for a tag that it has not.

        Raises:
            StackError: the type has no such attribute, or there is no such thing in the account.
        """
        _, known = _ATTRIBUTES.get(kind, ("", ()))
        tag = attribute.removeprefix(_TAGS) if attribute.startswith(_TAGS) and kind in _ATTRIBUTES else None
        if tag is None and attribute not in known:
            raise StackError(f"Template error: rules cannot ask for the attribute {attribute} of {kind}")
        operation, member = _LOOKED_UP[kind]
        found = self._described(operation, **{member: [value]})[0]
        if tag is not None:
            return next((str(each["Value"]) for each in found.get("Tags") or () if each["Key"] == tag), None)
        if attribute not in _OF_A_VPC:
            return str(found[attribute])
        operation, name, key, wanted = _OF_A_VPC[attribute]
        filters: Value = [{"Name": "vpc-id", "Values": [value]}, {"Name": key, "Values": [wanted]}]
        return str(self._described(operation, Filters=filters)[0][name])

    def _described(self, operation: str, **asked: Value) -> list[Json]:
        found: list[Json] = self._call("ec2", operation, **asked)[operation.removeprefix("Describe")]
        return found

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
        public = name.startswith("/aws/service/")  # Systems Manager User Guide, "Working with public parameters"
        owner = "" if public else self._account
        require("ssm:GetParameters", f"arn:{get_partition(self._region)}:ssm:{self._region}:{owner}:parameter/{plain}")
        found: list[Json] = self._call("ssm", "GetParameters", Names=[name], WithDecryption=True)["Parameters"]
        if not found and public:  # AWS publishes more than moto knows
            return self._published(name, image=image or bool(_IMAGE.search(name)))
        if not found:
            raise StackError(f"Unable to fetch parameters [{name}] from parameter store for this account.")
        return found[0]["Value"]

    def _published(self, name: str, *, image: bool) -> str:
        """What AWS would publish under a name: an image, and else a layer of functions, which most others are."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        if image:
            return f"ami-{digest[:17]}"
        account = f"{int(digest, 16) % 10**12:012}"
        layer = "-".join(name.split("/")[3:]).replace(".", "-")
        return f"arn:{get_partition(self._region)}:lambda:{self._region}:{account}:layer:{layer[:100]}:1"

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
