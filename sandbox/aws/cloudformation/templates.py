"""CloudFormation templates, as far as Service Catalog reads them itself."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import yaml

from sandbox.aws.cloudformation.parameters import parameters_of
from sandbox.aws.documents import Json, Value, part

_PSEUDO = "AWS::"
_IN_SUB = re.compile(r"\$\{(?!!)([^}]+)}")


class TemplateError(Exception):
    """Not a CloudFormation template; the message says why."""


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms, such as `!Ref`; dates stay text."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _short_form(loader: Value, tag: str, node: yaml.Node) -> Json:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if name == "Fn::GetAtt" else value}
    construct = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
    return {name: construct(node, deep=True)}


cast("Any", _Loader).add_multi_constructor("!", _short_form)


def parse_template(text: str) -> Json:
    """Read a template in JSON or YAML.

    Raises:
        TemplateError: it is neither, has no resources, or refers to something that it does not contain.
    """
    try:
        template = cast("object", yaml.load(text, Loader=_Loader))  # noqa: S506 - it is a safe loader
    except yaml.YAMLError as error:
        raise TemplateError(f"Template format error: {str(error).splitlines()[0]}") from error
    if not isinstance(template, dict):
        raise TemplateError("Template format error: the template is not a mapping")
    template = cast("Json", template)
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    for name, resource in cast("Json", resources).items():
        if not isinstance(resource, dict) or not isinstance(cast("Json", resource).get("Type"), str):
            raise TemplateError(f"Template format error: resource {name} has no Type")
    for name, parameter in part(template, "Parameters").items():
        if not isinstance(parameter, dict) or "Type" not in parameter:
            raise TemplateError(f"Template format error: Every Parameters object must contain a Type member: {name}")
    known = {*cast("Json", resources), *parameters_of(template)}
    for section in ("Resources", "Outputs"):
        missing = {name for name in references(template.get(section)) if name not in known}
        if missing:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(sorted(missing))}] "
                f"in the {section} block of the template"
            )
    return template


def references(node: Value) -> Iterator[str]:
    """Names that a part of a template refers to, pseudo parameters left out."""
    yield from (entity.split(".")[0] for entity in entities(node))


def entities(node: Value) -> Iterator[str]:
    """What a part of a template refers to: `Name`, or `Name.Attribute`. Pseudo parameters are left out."""
    if isinstance(node, list):
        for item in cast("list[Any]", node):
            yield from entities(item)
    if not isinstance(node, dict):
        return
    for key, value in cast("Json", node).items():
        if key == "Ref" and isinstance(value, str):
            yield from (name for name in (value,) if not name.startswith(_PSEUDO))
        elif key == "Fn::GetAtt":
            yield ".".join(map(str, cast("list[Any]", value))) if isinstance(value, list) else str(value)
        elif key == "Fn::Sub":
            text, own = cast("tuple[str, Json]", (value, {}) if isinstance(value, str) else value)
            names: list[str] = _IN_SUB.findall(text)
            yield from (n for n in dict.fromkeys(names) if n.split(".")[0] not in own and not n.startswith(_PSEUDO))
            yield from entities(own)
        else:
            yield from entities(value)


def as_json(template: Json) -> str:
    return json.dumps(template, default=str)
