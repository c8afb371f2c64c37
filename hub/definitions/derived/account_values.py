"""What CloudFormation reads with the launch role's rights, beside what resources take.

Sources: CloudFormation User Guide, "CloudFormation-supplied parameter types", "Get values stored in other services
using dynamic references", "Fn::GetAZs", "AWS::Include transform".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

from hub.definitions.derived.naming import UNKNOWN, Naming
from hub.definitions.derived.registry import kinds_of
from hub.definitions.template_values import function_of, map_in, parts_of

_PARTS: Final = ("Resources", "Outputs", "Conditions")
_STORED: Final = "AWS::SSM::Parameter::Value<"
_DYNAMIC: Final = re.compile(r"\{\{resolve:(?P<kind>ssm-secure|ssm|secretsmanager):(?P<name>(?:\$\{[^}]*\}|[^}])*)\}\}")
_TEXTS: Final = ("Fn::Join", "Fn::Sub")
"""Functions that may put a dynamic reference together."""
_BUCKET: Final = re.compile(
    r"https?://(?:s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?/(?P<first>[^/]+)|(?P<host>.+?)\.s3[.-][^/]*)/(?P<key>.+)"
)

Read = tuple[str, str, str]
"""An action, what it is about, and where the template says so."""


def values_read(naming: Naming) -> Iterator[Read]:
    """List what a template reads of the account, or of S3."""
    for name, rules in map_in(naming.body, "Parameters").items():
        yield from _of_parameter(
            f"the parameter {name}", str(rules.get("Type")), naming.of(rules.get("Default", UNKNOWN))
        )
    for node, place in _walk({key: map_in(naming.body, key) for key in _PARTS}, ""):
        function, argument = ("", None) if isinstance(node, str) else function_of(node)
        if isinstance(node, str) or function in _TEXTS:
            texts = [node] if isinstance(node, str) else naming.written(node)
            yield from (_dynamic(found["kind"], found["name"], place) for t in texts for found in _DYNAMIC.finditer(t))
        elif function == "Fn::GetAZs":
            yield "ec2:DescribeAvailabilityZones", "*", place
            yield "ec2:DescribeSubnets", "*", place
        elif function == "Fn::Transform" and isinstance(argument, Mapping):
            yield from objects_at(
                naming, map_in(cast("object", argument), "Parameters").get("Location", UNKNOWN), place
            )


def objects_at(naming: Naming, location: object, place: str) -> Iterator[Read]:
    """List the objects of S3 that are read at an address."""
    for text in naming.of(location):
        found = _BUCKET.fullmatch(text)
        if text.startswith("s3://"):
            yield "s3:GetObject", f"arn:${{Partition}}:s3:::{text.removeprefix('s3://')}", place
        elif found:
            key = found["key"].partition("?")[0]
            yield "s3:GetObject", f"arn:${{Partition}}:s3:::{found['first'] or found['host']}/{key}", place
        elif text == UNKNOWN or "://" in text:
            yield "s3:GetObject", "arn:${Partition}:s3:::*/*", place


def _of_parameter(place: str, kind: str, defaults: list[str]) -> Iterator[Read]:
    if kind.startswith(_STORED):
        # The template's default is what a launch reads unless it says otherwise, and it may.
        for name in defaults:
            path = name.partition(":")[0].lstrip("/")
            yield "ssm:GetParameters", f"arn:${{Partition}}:ssm:*:${{AccountId}}:parameter/{path}", place
            if name.startswith("/aws/service/"):  # AWS's own parameters, which have no account
                yield "ssm:GetParameters", f"arn:${{Partition}}:ssm:*::parameter/{path}", place
        kind = kind.removeprefix(_STORED)[:-1]
    parts = kind.removeprefix("List<").removesuffix(">").split("::")
    if parts[0] == "AWS" and len(parts) > 2:  # noqa: PLR2004 - a service and a kind of thing
        for verb in ("Describe", "List"):
            action = f"{parts[1].lower()}:{verb}{parts[2][:1]}{parts[2][1:]}s"
            if kinds_of(action) is not None:
                yield _as_written(action), "*", place
                return


def _as_written(action: str) -> str:
    """AWS writes Vpcs where the type is VPC; IAM takes either."""
    return action.replace("VPCs", "Vpcs")


def _dynamic(kind: str, name: str, place: str) -> Read:
    first = name.partition(":")[0]
    if kind != "secretsmanager":
        return "ssm:GetParameters", f"arn:${{Partition}}:ssm:*:${{AccountId}}:parameter/{first.lstrip('/')}", place
    if name.startswith("arn:"):
        return "secretsmanager:GetSecretValue", ":".join(name.split(":")[:7]), place
    secret = first if "$" not in first else UNKNOWN
    return (
        "secretsmanager:GetSecretValue",
        f"arn:${{Partition}}:secretsmanager:*:${{AccountId}}:secret:{secret}{'' if secret == UNKNOWN else '-*'}",
        place,
    )


def _walk(node: object, place: str) -> Iterator[tuple[object, str]]:
    """Give each part of a template, but the parts of a text that are texts."""
    yield node, place
    if isinstance(node, dict):
        function, argument = function_of(cast("dict[str, object]", node))
        if function in _TEXTS:
            yield from ((each, at) for each, at in _walk(parts_of(argument), place) if not isinstance(each, str))
            return
        for key, value in cast("dict[str, object]", node).items():
            yield from _walk(value, place if place.count(".") else f"{place}.{key}".lstrip("."))
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _walk(item, place)
