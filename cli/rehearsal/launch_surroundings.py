"""What a template expects to find in an account, made up for a rehearsal: roles, code in S3, answers of functions."""

import contextlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from hub.definitions.derived.derivation import nested_template
from hub.definitions.derived.naming import Naming
from hub.definitions.derived.registry import ResourceType, resource_type
from hub.definitions.derived.rights import DerivedRights
from hub.definitions.packaged_properties import PROPERTIES
from hub.definitions.template_values import function_of, map_in, parts_of
from hub.definitions.templates import Template
from shared.aws.arn import Arn
from shared.aws.policies import execution_trust

_MADE_UP: Final = "rehearsal"
_ADDRESS: Final = "https://example.com/rehearsal"
_CODE: Final = {each.keys[-1] for kind in PROPERTIES.values() for each in kind if each.zipped}
"""Properties whose value is an archive of code, or says where one is."""
_S3: Final = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.+)")
_ATTRIBUTE: Final = re.compile(r"\$\{([A-Za-z0-9]+)\.([A-Za-z0-9.]+)\}")


def answers_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Say for each custom resource what its function answers: all that the template asks of it."""
    custom = {name for name, each in body["Resources"].items() if _is_custom(str(each.get("Type")))}
    data: dict[str, dict[str, Any]] = {name: {} for name in custom}
    for name, attribute in _attributes(body):
        if name in custom:
            data[name][attribute] = _ADDRESS if attribute.lower().endswith(("url", "uri")) else _MADE_UP
    for resource in body["Resources"].values():
        kind = resource_type(str(resource.get("Type")))
        for name, attribute, path in _taken(map_in(resource, "Properties"), ()) if kind else ():
            if kind and path and attribute in data.get(name, ()):
                data[name][attribute] = _fitting(kind, path, data[name][attribute])
    return {"custom_resources": {name: {"Data": found} for name, found in data.items()}}


def _taken(node: object, path: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """List the attributes that properties get as they are, with the way to each of these properties."""
    function, argument = function_of(node)
    if function == "Fn::GetAtt":
        name, _, attribute = ".".join(map(str, parts_of(argument))).partition(".")
        yield name, attribute, path
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from ((*each[:2], ()) for each in _taken(item, path))
    elif isinstance(node, Mapping) and not function.startswith("Fn::"):
        for key, value in cast("Mapping[str, object]", node).items():
            yield from _taken(value, (*path, key))


def _fitting(kind: ResourceType, path: tuple[str, ...], text: object) -> object:
    """Answer what a property takes."""
    rules = kind.rules_at(path)
    number = rules.get("minimum", 1)
    found = (
        rules.get("enum") or [{"integer": number, "number": number, "boolean": True}.get(str(rules.get("type")), text)]
    )[0]
    return [found] if kind.is_list_at(path) else found


def put_template(s3: Any, bucket: str, template: Template, region: str) -> str:  # noqa: ANN401 - boto3 makes its clients at run time
    """Put a template and the files that it names into a bucket of its own, as the hub does, and give its address."""
    s3.create_bucket(Bucket=bucket, **_in(region))
    domain = f"{bucket}.s3.{region}.amazonaws.com"
    body = template.path.read_bytes()
    if template.packaged:
        body = template.packaged.rendered(bucket, domain).encode()
        for file in template.packaged.files():
            text = file.text.rendered(bucket, domain).encode() if file.text else file.content()
            s3.put_object(Bucket=bucket, Key=file.key, Body=text)
    s3.put_object(Bucket=bucket, Key="template", Body=body)
    return f"https://{domain}/template"


def make_roles(iam: Any, derived: DerivedRights, body: Mapping[str, Any], account: str) -> Iterator[str]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Make the roles that a template passes and does not make, and name them."""
    naming = Naming(body)
    made = [name for name, each in body["Resources"].items() if each.get("Type") == "AWS::IAM::Role"]
    own = [pattern for name in made for pattern in naming.names_of(name)]
    services = dict[str, set[str]]()
    for right in derived.rights:
        for arn in right.resources if right.action == "iam:PassRole" else ():
            if "*" not in arn and not any(fnmatchcase(arn, f"*:role/{pattern}") for pattern in own):
                services.setdefault(arn, set()).update(right.condition["StringEquals"]["iam:PassedToService"])
    for arn, those in services.items():
        role = Arn.parse(arn)
        path = role.resource.removeprefix("role").removesuffix(role.name)
        trust = execution_trust(sorted(those), account=account)
        with contextlib.suppress(ClientError):  # where it is there
            iam.create_role(RoleName=role.name, Path=path, AssumeRolePolicyDocument=trust)
            yield role.name


def put_code(s3: Any, body: Mapping[str, Any], values: Mapping[str, str], region: str) -> Iterator[str]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Put an archive wherever a template takes code from, as far as it says where, and name the places."""
    naming = _naming(body, values)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", "")
    for place in dict.fromkeys(_code(naming, [body["Resources"], map_in(body, "Globals")])):
        bucket, key = place[0].replace("*", region), place[1].replace("*", _MADE_UP)
        if _put(s3, bucket, key, archive.getvalue(), region):
            yield f"{bucket}/{key}"


def _code(naming: Naming, node: object) -> Iterator[tuple[str, str]]:
    """List the places that code is taken from, each a bucket and a key: two properties, or an address."""
    for each in _maps(node):
        yield from _pairs(naming, each, "S3")
        for name in sorted(_CODE & each.keys()):
            inner = map_in(each, name)
            if len(inner) > 1:  # else a function
                yield from _pairs(naming, inner, "")
            else:
                addresses = map(_S3.fullmatch, naming.of(each[name]))
                yield from ((found["bucket"], found["key"]) for found in addresses if found)


def _pairs(naming: Naming, node: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    bucket, key = node.get(f"{prefix}Bucket"), node.get(f"{prefix}Key")
    if bucket and key:
        yield from itertools.product(naming.of(bucket), naming.of(key))


def put_nested(s3: Any, template: Template, values: Mapping[str, str], region: str) -> None:  # noqa: ANN401 - boto3 makes its clients at run time
    """Put nested templates that lie beside a template where it looks for them."""
    naming = _naming(template.body, values)
    for resource in template.resources.values():
        for url in naming.of(map_in(resource, "Properties").get("TemplateURL", "")):
            file = nested_template(url, template.path)
            if file and "://" in url:
                host, _, key = url.partition("://")[2].partition("/")
                bucket, key = key.split("/", 1) if host.startswith("s3") and "/" in key else (host.split(".")[0], key)
                _put(s3, bucket.replace("*", region), key, file.read_bytes(), region)


def _naming(body: Mapping[str, Any], values: Mapping[str, str]) -> Naming:
    """Know the template's names for the values of a launch."""
    given = {name: {"AllowedValues": [value]} for name, value in values.items()}
    defaults = {
        name: {"AllowedValues": [rules["Default"]]} if "Default" in rules else rules
        for name, rules in map_in(body, "Parameters").items()
    }
    return Naming({**body, "Parameters": {**defaults, **given}})


def _put(s3: Any, bucket: str, key: str, body: bytes, region: str) -> bool:  # noqa: ANN401 - as above
    try:
        s3.create_bucket(Bucket=bucket, **_in(region))
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    except ClientError:
        return False  # no name of a bucket, or one that the template makes
    return True


def _in(region: str) -> dict[str, Any]:
    """Say where a bucket is to be; us-east-1 is not said (source: S3 API reference, CreateBucket)."""
    return {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}


def _is_custom(kind: str) -> bool:
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def _attributes(node: object) -> Iterator[tuple[str, str]]:
    function, argument = function_of(node)
    if function == "Fn::GetAtt":
        name, _, attribute = ".".join(map(str, parts_of(argument))).partition(".")
        yield name, attribute
    elif isinstance(node, str):
        yield from _ATTRIBUTE.findall(node)
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _attributes(item)
    elif isinstance(node, Mapping):
        for value in cast("Mapping[str, object]", node).values():
            yield from _attributes(value)


def _maps(node: object) -> Iterator[Mapping[str, object]]:
    if isinstance(node, Mapping):
        yield cast("Mapping[str, object]", node)
        for value in cast("Mapping[str, object]", node).values():
            yield from _maps(value)
    elif isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _maps(item)
