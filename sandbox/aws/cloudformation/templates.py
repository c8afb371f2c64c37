"""CloudFormation templates, as far as Service Catalog reads them itself."""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any, Final, cast

import yaml

from sandbox.aws.cloudformation.parameters import parameters_of
from sandbox.aws.documents import Json, Value, is_list, is_object, part
from sandbox.aws.limits import TEMPLATE_CHARACTERS, BoundedLoader, require_shallow

_PSEUDO = "AWS::"
_PARAMETER = re.compile(r"String|Number|CommaDelimitedList|List<(String|Number)>|(List<)?AWS::[A-Za-z0-9:<>]+")
_SECTIONS: Final = (
    *("AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings", "Metadata", "Outputs"),
    *("Parameters", "Resources", "Rules", "Transform"),
)
_MEMBERS: Final = (
    *("Condition", "Connectors", "CreationPolicy", "DeletionPolicy", "DependsOn", "Description", "IgnoreGlobals"),
    *("Metadata", "Properties", "Type", "UpdatePolicy", "UpdateReplacePolicy", "Version"),
)
_IN_SUB = re.compile(r"\$\{(?!!)([^{}]+)}")


class TemplateError(Exception):
    """Not a CloudFormation template; the message says why."""


class _Loader(BoundedLoader):
    """YAML with CloudFormation's short forms, such as `!Ref`; dates stay text."""

    aliases = False

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
    template = document(text)
    if not is_object(template):
        raise TemplateError("Template format error: the template is not a mapping")
    if not is_object(template.get("Resources")) or not template["Resources"]:
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    if unknown := [str(section) for section in template if section not in _SECTIONS]:
        raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
    for place in _nulls(template, ""):
        raise TemplateError(f"Template format error: [{place}] 'null' values are not allowed in templates")
    for section in ("Parameters", "Resources", "Outputs"):
        for name, declared in part(template, section).items():
            if not name.startswith("Fn::"):
                _check_member(section, name, declared)
    if "Transform" not in template:
        check_processed(template)
    return template


def _nulls(node: Value, place: str) -> Iterator[str]:
    """Where a template holds nothing, as CloudFormation names it."""
    if node is None:
        yield place
    for key, value in node.items() if is_object(node) else enumerate(node) if is_list(node) else ():
        yield from _nulls(value, f"{place}/{key}")


def document(text: str) -> Value:
    """Read a template, or a part of one.

    Raises:
        TemplateError: it is neither JSON nor YAML, or YAML of a kind that CloudFormation does not take.
    """
    if len(text) > TEMPLATE_CHARACTERS:
        raise TemplateError(f"Template may not exceed {TEMPLATE_CHARACTERS} bytes in size.")
    if text.lstrip().startswith("{"):
        with contextlib.suppress(ValueError, RecursionError):  # it may be YAML all the same
            found = json.loads(text)
            require_shallow(found)
            return found
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a safe loader
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise TemplateError(f"Template format error: {str(error).splitlines()[0]}") from error


def _check_member(section: str, name: str, declared: Value) -> None:
    needed = "Value" if section == "Outputs" else "Type"
    if not is_object(declared) or needed not in declared:
        raise TemplateError(
            f"Template format error: Every {section} object must contain a {needed} member: {name} has no {needed}"
        )
    if section == "Parameters" and not _PARAMETER.fullmatch(str(declared["Type"])):
        raise TemplateError(f"Template format error: Unrecognized parameter type: {declared['Type']}")


def check_processed(template: Json) -> None:
    """Refuse what a template may hold only for its macros, and references to what it does not contain."""
    for declared in template["Resources"].values():
        if unknown := [each for each in declared if each not in _MEMBERS]:
            raise TemplateError(f"Invalid template resource property '{unknown[0]}'")
    known = {*template["Resources"], *parameters_of(template)}
    waited_for = {name for declared in template["Resources"].values() for name in depends_on(declared)}
    for section, more in (("Resources", waited_for), ("Outputs", ())):
        if missing := {*references(template.get(section)), *more} - known:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(sorted(missing))}] "
                f"in the {section} block of the template"
            )


def depends_on(declared: Json) -> list[str]:
    """The resources that one names as to be there before it."""
    named: Value = declared.get("DependsOn") or []
    return [named] if isinstance(named, str) else named


def references(node: Value) -> Iterator[str]:
    """Names that a part of a template refers to, pseudo parameters left out."""
    yield from (entity.split(".")[0] for entity in entities(node))


def entities(node: Value) -> Iterator[str]:
    """What a part of a template refers to: `Name`, or `Name.Attribute`. Pseudo parameters are left out."""
    if is_list(node):
        for item in node:
            yield from entities(item)
    if not is_object(node):
        return
    for key, value in node.items():
        if key == "Ref" and isinstance(value, str):
            yield from (name for name in (value,) if not name.startswith(_PSEUDO))
        elif key == "Fn::GetAtt" and (isinstance(value, str) or all(isinstance(step, str) for step in value)):
            yield value if isinstance(value, str) else ".".join(value)
        elif key == "Fn::Sub" and isinstance(value, str | list):
            text, own = (value, {}) if isinstance(value, str) else cast("tuple[str, Json]", value)
            names: list[str] = [name.strip() for name in _IN_SUB.findall(text)]
            yield from (n for n in dict.fromkeys(names) if n.split(".")[0] not in own and not n.startswith(_PSEUDO))
            yield from entities(own)
        else:
            yield from entities(value)


def as_json(template: Json) -> str:
    return json.dumps(template, default=str)
