"""Names, ids and ARNs: what CloudFormation calls a resource, and what Ref and Fn::GetAtt give for it."""

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from moto.utilities.utils import get_partition

from sandbox.aws.cloudformation.patterns import fits
from sandbox.aws.cloudformation.schemas import Schema
from sandbox.aws.documents import Json, Value, is_object

_SUFFIX = 12
_REFS: Final = {
    "AWS::ApiGateway::Method": "",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "Arn",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Policy": "PolicyName",
    "AWS::SQS::QueuePolicy": "Id",
    "AWS::SecretsManager::Secret": "Arn",
}
"""Types whose Ref is not the registry's identifier, but this property, or if none the made-up name (Template Reference,
"Return values" of each)."""
_OWN_IDS: Final = ("ApiGateway", "ApiGatewayV2", "Cognito", "ECS", "Lambda", "Logs")
"""Services older than the registry: a Ref is the resource's own id there, and not that of what it belongs to too."""
_EC2: Final = {"SecurityGroup": "sg", "Instance": "i", "InternetGateway": "igw", "RouteTable": "rtb", "Volume": "vol"}


@dataclass(frozen=True)
class Place:
    """The stack that a resource belongs to, and its name in there."""

    account: str
    region: str
    stack_name: str
    stack_id: str
    logical_id: str

    def digest(self, *scope: object) -> str:
        """Hexadecimal digits that are the same for the same stack, resource and scope."""
        return hashlib.sha256("/".join(map(str, (self.stack_id, self.logical_id, *scope))).encode()).hexdigest()


def physical_name(schema: Schema, place: Place, generation: int) -> str:
    """The name that CloudFormation makes up: stack, logical id and a random suffix, cut to the longest allowed."""
    suffix = place.digest("name", generation)[:_SUFFIX].upper()
    rules = schema.rules_of(schema.name_property or "")
    said = re.search(
        r"\{\d+,(\d+)\}", rules.get("pattern") or ""
    )  # where no maxLength says it, as of a function's name
    longest = min(
        rules.get("maxLength", int(said[1]) if said else 255), 63 if schema.service in ("s3", "sagemaker") else 255
    )
    room = max(longest - _SUFFIX - 2, 0)
    logical = place.logical_id[: max(room // 2, room - len(place.stack_name))]
    name = f"{place.stack_name[: room - len(logical)]}-{logical}-{suffix}".strip("-")[:longest]
    return name if schema.service != "s3" and _allowed(rules, name) else name.lower()


def _allowed(rules: Json, text: str) -> bool:
    return len(text) <= rules.get("maxLength", len(text)) and fits(rules.get("pattern") or "", text)


def arn_of(schema: Schema, place: Place, name: str) -> str | None:
    """A resource's ARN, if the Service Authorization Reference tells its form."""
    if schema.arn_format is None:
        return None
    filled = {"${Partition}": get_partition(place.region), "${Region}": place.region}
    form = re.sub(r"\$\{\w+}", lambda match: filled.get(match[0], place.account), schema.arn_format)
    lower = schema.service == "sagemaker"
    start = form.removesuffix(".*")
    return start + (name.lower() if lower else name.lstrip("/") if start.endswith("/") else name)


def reference(schema: Schema) -> list[str]:
    """The properties that make up a Ref, in their order."""
    if schema.type in _REFS:
        return [name for name in (_REFS[schema.type],) if name]
    if len(schema.identifier) > 1 and schema.type.split("::")[1] in _OWN_IDS:
        assigned = [name for name in schema.identifier if name in schema.read_only]
        return (assigned or schema.identifier)[-1:]
    return schema.identifier


def invented(schema: Schema, place: Place, name: str, attribute: str) -> Value:
    """A value of the right form for an attribute that only the service knows."""
    rules = schema.rules_of(attribute)
    last = attribute.rpartition(".")[2]
    if rules.get("enum"):
        return rules["enum"][0]
    kind = rules.get("type", "string")
    if kind == "array":
        items = schema.follow(rules.get("items") or {})
        return [_text(schema, place, name, last, items)] if items.get("type", "string") == "string" else []
    plain: Json = {"boolean": False, "integer": 0, "number": 0, "object": {}}
    if isinstance(kind, str) and kind in plain:
        return plain[kind]
    if rules.get("format") == "date-time" or last.endswith(("Time", "Date", "At")):
        return "2026-01-01T00:00:00Z"
    return _text(schema, place, name, last, rules)


def _text(schema: Schema, place: Place, name: str, attribute: str, rules: Json) -> str:
    service, region, digest = schema.service, place.region, place.digest(attribute)
    kebab = re.sub(r"(?<!^)(?=[A-Z][a-z])", "-", schema.noun).lower()
    if attribute.lower().endswith("arn"):
        own = (
            arn_of(schema, place, name)
            or f"arn:{get_partition(region)}:{service}:{region}:{place.account}:{kebab}/{name}"
        )
        if schema.noun.endswith("Version"):
            return f"{own}{(schema.arn_format or '/.*')[-3]}1"
        more = attribute[:-3].removeprefix(schema.noun).lower()
        return f"{own}/{more}/{digest[:8]}" if more and attribute not in schema.identifier else own
    if attribute.lower().endswith(("url", "uri", "endpoint", "domainname", "dnsname", "address")):
        host = f"{digest[:10]}.{service}.{region}.amazonaws.com"
        return f"https://{host}/{name}" if attribute.lower().endswith(("url", "uri")) else host
    ids = [str(uuid.UUID(digest[:32])), digest[:10], digest[:10].upper(), str(int(digest, 16))[:12]]
    if schema.type.startswith("AWS::EC2::") or re.search(r"\^?[a-z]+-\[?", rules.get("pattern") or ""):
        prefix = re.match(r"\^?([a-z]+)-", rules.get("pattern") or "")
        ids = [f"{prefix[1] if prefix else _EC2.get(schema.noun, schema.noun.lower())}-0{digest[:16]}", *ids]
    if attribute.endswith(("Version", "VersionNumber")):  # services count them
        ids = ["1", *ids]
    # An Id of which a schema says nothing stands for the name, in types that are older than the registry.
    unsaid = attribute == "Id" and not rules.get("description") and "pattern" not in rules
    numbered = attribute.endswith(("Id", "Version", "VersionNumber")) and not unsaid
    named = [] if numbered else [name, f"{name}-{attribute.lower()}"]
    return next((text for text in (*named, *ids) if _allowed(rules, text)), (named or ids)[0])


def found_in(answer: Json, schema: Schema, attribute: str) -> Value:
    """An attribute in what an operation answered: there it may be called without the type's name, or lie deeper."""
    whole = attribute.lower()
    own = whole.removeprefix(schema.noun.lower()) or whole
    flat = list(_flat(answer))
    for keys in ([whole], [own], [key for key, _ in flat if key.endswith(own)]):
        for key, value in flat:
            if key in keys:
                return value
    return None


def _flat(answer: Json) -> Iterator[tuple[str, Value]]:
    yield from ((key.lower(), value) for key, value in answer.items())
    for value in answer.values():
        if is_object(value):
            yield from _flat(value)
