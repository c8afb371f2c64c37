"""The values of a rehearsed launch: those that are given, those that the version brings, and made-up ones for the rest."""

from collections.abc import Iterator, Sequence
from typing import Final

from cli.rehearsal.sandbox_process import SandboxProcess
from hub.definitions.derived.product_rights import ProductRights
from shared.catalog.parameters import Parameter, value_problem
from shared.errors import ContentError

_STORED: Final = "AWS::SSM::Parameter::Value<"
_IMAGE: Final = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:1.7-1"
_MADE_UP: Final = (
    "rehearsal",
    "s3://rehearsal/model.tar.gz",
    "ml.m5.large",
    "10.0.0.0/16",
    "team@example.com",
    "rehearsal-1",
    "Rehearsal1",
    "https://example.com/rehearsal",
    "1",
    "true",
)
"""Texts of the forms that templates ask for, of which the first one that fits is taken."""
_BY_WORD: Final[Sequence[tuple[str, str]]] = (
    ("image", _IMAGE),
    ("instancetype", "ml.m5.large"),
    ("cidr", "10.0.0.0/16"),
    ("email", "team@example.com"),
    ("s3uri", "s3://rehearsal/model.tar.gz"),
    ("dataurl", "s3://rehearsal/model.tar.gz"),
    ("modeluri", "s3://rehearsal/model.tar.gz"),
)
"""What a parameter without any rule is likely to take, by a word in its name."""


class Values:
    """Finds the values of a launch.

    Args:
        sandbox: Where it happens.
        product: The product.
        number: Its version.
        account: Who launches.
        region: Where.
    """

    def __init__(self, sandbox: SandboxProcess, product: ProductRights, number: str, account: str, region: str) -> None:
        self._sandbox = sandbox
        self._account, self._region = account, region
        self._role = f"arn:aws:iam::{account}:role/{product.role}"
        self._parameters = product.templates[number].parameters
        self._brought = product.brought(number, region)

    def of(self, given: Sequence[str]) -> dict[str, str]:
        """Give a value for each parameter that has no default.

        Raises:
            ContentError: a value is not of a parameter, or does not fit; or none could be made up.
        """
        found = dict[str, str]()
        for each in given:
            name, sign, value = each.partition("=")
            if not sign or name not in self._parameters:
                raise ContentError(
                    f"invalid value {each!r}. Expected NAME=VALUE with one of: {', '.join(self._parameters)}.",
                    code="parameter-unknown",
                    place="--parameter",
                )
            if problem := value_problem(self._parameters[name], value):
                raise ContentError(f"invalid value {each!r}. {problem}", code="invalid-value", place="--parameter")
            found[name] = value
        missing = list[str]()
        for name, parameter in self._parameters.items():
            if name in found:
                continue
            value = self._value(name, parameter)
            if value is None and parameter.default is None:
                missing.append(name)
            elif value is not None:
                found[name] = value
        if missing:
            words = " ".join(f"--parameter {name}=…" for name in missing)
            raise ContentError(
                f"no value can be made up for: {', '.join(missing)}. Give them: {words}",
                code="parameters-not-given",
                place="--parameter",
            )
        return found

    def _value(self, name: str, parameter: Parameter) -> str | None:
        if parameter.type.startswith(_STORED):
            return self._stored(name, parameter)
        if name in self._brought and value_problem(parameter, self._brought[name]) is None:
            return self._brought[name]
        if parameter.default is not None:
            return self._existing(parameter.type) if parameter.type.startswith(("AWS::", "List<AWS::")) else None
        if parameter.allowed_values:
            return parameter.allowed_values[0]
        if parameter.type in ("Number", "List<Number>"):
            return parameter.min_value or "1"
        return self._existing(parameter.type) or next(self._texts(name, parameter), None)

    def _texts(self, name: str, parameter: Parameter) -> Iterator[str]:
        words = [value for word, value in _BY_WORD if word in name.lower()]
        things = {"subnet": "AWS::EC2::Subnet::Id", "securitygroup": "AWS::EC2::SecurityGroup::Id", "vpc": "AWS::EC2::VPC::Id"}
        there = [self._existing(kind) for word, kind in things.items() if word in name.lower()]
        role = [self._role] if "role" in name.lower() else []
        for text in (*role, *filter(None, there), *words, *_MADE_UP):
            if value_problem(parameter, text) is None:
                yield text

    def _existing(self, kind: str) -> str | None:
        """Find something of an AWS-specific type in the account."""
        plain = kind.removeprefix("List<").removesuffix(">")
        ec2 = self._sandbox.client("ec2", self._account, self._region)
        match plain.split("::")[1:]:
            case ["EC2", "VPC", "Id"]:
                return str(ec2.describe_vpcs()["Vpcs"][0]["VpcId"])
            case ["EC2", "Subnet", "Id"]:
                found = [str(each["SubnetId"]) for each in ec2.describe_subnets()["Subnets"]]
                return ",".join(found[:2]) if plain != kind else found[0]
            case ["EC2", "SecurityGroup", "Id" | "GroupName" as what]:
                key = "GroupId" if what == "Id" else "GroupName"
                return str(ec2.describe_security_groups()["SecurityGroups"][0][key])
            case ["EC2", "AvailabilityZone", "Name"]:
                found = [str(each["ZoneName"]) for each in ec2.describe_availability_zones()["AvailabilityZones"]]
                return ",".join(found[:2]) if plain != kind else found[0]
            case ["EC2", "KeyPair", "KeyName"]:
                if not ec2.describe_key_pairs()["KeyPairs"]:
                    ec2.create_key_pair(KeyName="rehearsal")
                return "rehearsal"
            case ["EC2", "Image", "Id"]:
                return "ami-0123456789abcdef0"
            case _:
                return None

    def _stored(self, name: str, parameter: Parameter) -> str:
        """Put a parameter into the account that a template reads, unless AWS publishes it."""
        key = parameter.default or f"/rehearsal/{name}"
        if not key.startswith("/aws/"):
            kind = parameter.type.removeprefix(_STORED)[:-1]
            value = self._existing(kind) or next(self._texts(name, Parameter(type="String")), "rehearsal")
            ssm = self._sandbox.client("ssm", self._account, self._region)
            ssm.put_parameter(Name=key, Value=value, Type="String", Overwrite=True)
        return key

