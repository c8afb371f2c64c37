"""The values of a rehearsed launch: those given, those that the version brings, and made-up ones for the rest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from cli.rehearsal.sandbox_process import SandboxProcess
from hub.definitions.derived.naming import beginning_of
from hub.definitions.derived.product_rights import ProductRights
from hub.definitions.derived.registry import resource_type
from hub.definitions.template_values import function_of, map_in, parts_of
from shared.aws.arn import partition_of
from shared.catalog.parameters import Parameter, value_problem
from shared.errors import ContentError

_STORED: Final = "AWS::SSM::Parameter::Value<"
_IMAGE: Final = "492215442770.dkr.ecr.{region}.amazonaws.com/sagemaker-xgboost:1.7-1"
_MADE_UP: Final = (
    "rehearsal",
    "s3://rehearsal/model.tar.gz",
    "s3://rehearsal/models/",
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
_ENDS: Final = ("", "rehearsal", "rehearsal/model.tar.gz", "rehearsal/", "1")
"""What may follow on the beginning that a pattern asks for."""
_BY_WORD: Final[Sequence[tuple[str, str]]] = (
    ("image", _IMAGE),
    ("cidr", "10.0.0.0/16"),
    ("email", "team@example.com"),
    ("bucket", "rehearsal"),
)
"""What a parameter without any rule is likely to take, by a word in its name."""

_KEY_PAIR: Final = "AWS::EC2::KeyPair::KeyName"
_THERE: Final = {
    "AWS::EC2::VPC::Id": ("describe_vpcs", "Vpcs", "VpcId"),
    "AWS::EC2::Subnet::Id": ("describe_subnets", "Subnets", "SubnetId"),
    "AWS::EC2::SecurityGroup::Id": ("describe_security_groups", "SecurityGroups", "GroupId"),
    "AWS::EC2::SecurityGroup::GroupName": ("describe_security_groups", "SecurityGroups", "GroupName"),
    "AWS::EC2::AvailabilityZone::Name": ("describe_availability_zones", "AvailabilityZones", "ZoneName"),
    _KEY_PAIR: ("describe_key_pairs", "KeyPairs", "KeyName"),
}
"""By AWS-specific type: the call that shows what there is of it, and where its answer says so."""
_NOT_LOOKED_UP: Final = {"AWS::EC2::Image::Id": "ami-0123456789abcdef0"}


class Values:
    """Finds the values of a launch.

    Args:
        sandbox: Where it happens.
        product: The product.
        number: Its version.
        body: The version's template, with its macros replaced.
        account: Who launches.
        region: Where.
    """

    def __init__(
        self,
        sandbox: SandboxProcess,
        product: ProductRights,
        number: str,
        body: Mapping[str, Any],
        account: str,
        region: str,
    ) -> None:
        self._sandbox = sandbox
        self._account, self._region = account, region
        self._role = f"arn:{partition_of(region)}:iam::{account}:role/{product.role}"
        self._parameters = product.templates[number].parameters
        self._brought = product.brought(number, region)
        self._text = json.dumps(body)
        self._rules = dict[str, list[dict[str, Any]]]()
        for resource in body["Resources"].values():
            kind = resource_type(str(resource.get("Type")))
            for name, path in _references(map_in(resource, "Properties"), ()) if kind else ():
                self._rules.setdefault(name, []).append(kind.rules_at(path) if kind else {})

    def of(self, given: Sequence[str]) -> dict[str, str]:
        """Give a value for each parameter that has no default.

        Raises:
            ContentError: a value is not of a parameter, or does not fit; or none could be made up.
        """
        found = self._given(given)
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

    def _given(self, given: Sequence[str]) -> dict[str, str]:
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
        return found

    def _value(self, name: str, parameter: Parameter) -> str | None:
        if parameter.type.startswith(_STORED):
            return self._stored(name, parameter)
        if name in self._brought and value_problem(parameter, self._brought[name]) is None:
            return self._brought[name]
        if parameter.default is not None and self._may_stay(name, parameter):
            return None
        if parameter.allowed_values:
            fitting = (each for each in parameter.allowed_values if self._fits(name, each))
            return next(fitting, parameter.allowed_values[0])
        if parameter.type in ("Number", "List<Number>"):
            return self._number(name, parameter)
        return self._existing(parameter.type) or next(self._texts(name, parameter), None)

    def _number(self, name: str, parameter: Parameter) -> str:
        """Give the smallest number that parameter and properties take, as far as they say so."""
        rules = self._rules.get(name, ())
        listed = [str(value) for each in rules for value in each.get("enum") or ()]
        least = [float(parameter.min_value or 1), *(float(each["minimum"]) for each in rules if "minimum" in each)]
        fitting = (value for value in listed if value_problem(parameter, value) is None)
        return next(fitting, f"{max(least):g}")

    def _may_stay(self, name: str, parameter: Parameter) -> bool:
        """Whether a default is one that a launch can go with: no example, and nothing of another account."""
        if parameter.type.removeprefix("List<").startswith("AWS::"):
            return not self._existing(parameter.type)
        return parameter.default == "" or self._fits(name, str(parameter.default))

    def _fits(self, name: str, value: str) -> bool:
        """Whether a value is one that the properties take which get it."""
        for rules in self._rules.get(name, ()):
            if rules.get("enum") and value not in rules["enum"]:
                return False
            pattern = f"(?:{rules['pattern']}).*" if rules.get("pattern") else ".*"
            if value_problem(Parameter(type="String", allowed_pattern=pattern), value) is not None:
                return False
            if not int(rules.get("minLength", 0)) <= len(value) <= int(rules.get("maxLength", 4096)):
                return False
        return True

    def _texts(self, name: str, parameter: Parameter) -> Iterator[str]:
        by_word = (*_BY_WORD, ("account", self._account), ("region", self._region))
        words = [value.format(region=self._region) for word, value in by_word if word in name.lower()]
        things = {
            "subnet": "AWS::EC2::Subnet::Id",
            "securitygroup": "AWS::EC2::SecurityGroup::Id",
            "vpc": "AWS::EC2::VPC::Id",
        }
        there = [self._existing(kind) for word, kind in things.items() if word in name.lower()]
        by_name = f"role/${{{name}}}" in self._text
        role = [self._role.rpartition("/")[2] if by_name else self._role] if "role" in name.lower() else []
        beginning = beginning_of(parameter.allowed_pattern or "")
        begun = [f"{beginning}{end}" for end in _ENDS if beginning]
        listed = [str(each) for rules in self._rules.get(name, ()) for each in rules.get("enum") or ()]
        for text in (*role, *filter(None, there), *words, *_MADE_UP, *begun, *listed):
            if value_problem(parameter, text) is None and self._fits(name, text):
                yield text

    def _existing(self, kind: str) -> str | None:
        """Find something of an AWS-specific type in the account."""
        plain = kind.removeprefix("List<").removesuffix(">")
        ec2 = self._sandbox.client("ec2", self._account, self._region)
        operation, found, member = _THERE.get(plain, ("", "", ""))
        if not operation:
            return _NOT_LOOKED_UP.get(plain)
        if plain == _KEY_PAIR and not ec2.describe_key_pairs()[found]:
            ec2.create_key_pair(KeyName="rehearsal")
        names = [str(each[member]) for each in getattr(ec2, operation)()[found]]
        return ",".join(names[:2]) if plain != kind else names[0]

    def _stored(self, name: str, parameter: Parameter) -> str:
        """Put a parameter into the account that a template reads, unless AWS publishes it."""
        key = parameter.default or f"/rehearsal/{name}"
        if not key.startswith("/aws/"):
            kind = parameter.type.removeprefix(_STORED)[:-1]
            value = self._existing(kind) or next(self._texts(name, Parameter(type="String")), "rehearsal")
            ssm = self._sandbox.client("ssm", self._account, self._region)
            ssm.put_parameter(Name=key, Value=value, Type="String", Overwrite=True)
        return key


def _references(node: object, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """List the parameters that properties get as they are, with the way to each of these properties."""
    if isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _references(item, path)
        return
    function, argument = function_of(node)
    if function == "Ref":
        yield str(argument), path
    elif function == "Fn::If":
        yield from _references(parts_of(argument)[1:], path)
    elif isinstance(node, Mapping) and not function.startswith("Fn::"):
        for name, value in cast("Mapping[str, object]", node).items():
            yield from _references(value, (*path, name))
