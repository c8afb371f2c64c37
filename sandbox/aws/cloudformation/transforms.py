"""Macros, which turn a template into another before it is built, and whether the sandbox can build what comes of it.

From the Template Reference, "Transforms" and "Fn::ForEach". AWS::Serverless is translated as AWS does, by
aws-sam-translator; macros of the user's have the answers that the user gives (`answers`).
"""

import copy
import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from moto.iam.aws_managed_policies import aws_managed_policies_data

from sandbox.aws.cloudformation import answers
from sandbox.aws.cloudformation.intrinsics import EXTENSIONS, FUNCTIONS, Scope, transforms_of
from sandbox.aws.cloudformation.parameters import items_of, parameters_of, text_of
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.schemas import schema_of
from sandbox.aws.cloudformation.templates import TemplateError, check_processed, entities
from sandbox.aws.documents import Json, Value, at, is_list, is_object, part
from sandbox.aws.limits import EXPANDED_VALUES, TEXT_CHARACTERS

_SERVERLESS: Final = "AWS::Serverless-2016-10-31"
_APPLICATION: Final = "AWS::Serverless::Application"
_INCLUDE: Final = "AWS::Include"
_LOOP: Final = "Fn::ForEach::"
_PLAIN = re.compile(r"[^A-Za-z0-9]")

Include = Callable[[str], Value]
"""Gives the document at an S3 address."""


def transformed(scope: Scope, include: Include) -> Json:
    """A scope's template after all its macros.

    Raises:
        StackError: there is no such macro, nobody said what it answers, or it cannot work with what it is given.
    """
    macros = transforms_of(scope.template)
    template: Json = _parts(scope.template, scope, include)
    for macro in macros:
        name = macro if isinstance(macro, str) else str(macro.get("Name"))
        if name == EXTENSIONS:
            template = _Loops(scope).expanded(template, {})
        elif name == _SERVERLESS:
            template = {**_serverless(template, scope), "Transform": template["Transform"]}
        else:
            parameters: Json = {} if isinstance(macro, str) else part(macro, "Parameters")
            template = _over(template, _answer(name, parameters, scope, include))
    if macros:
        try:
            check_processed(template)
        except TemplateError as error:
            raise StackError(str(error)) from error
    return template


def _parts(node: Value, scope: Scope, include: Include) -> Value:
    """A part of a template, with those within it that are Fn::Transform replaced."""
    if is_list(node):
        return [_parts(item, scope, include) for item in node]
    if not is_object(node):
        return node
    found = {key: _parts(value, scope, include) for key, value in node.items() if key != "Fn::Transform"}
    macros: Value = node.get("Fn::Transform") or []
    for macro in macros if is_list(macros) else [macros]:
        answer = _answer(str(macro.get("Name")), part(macro, "Parameters"), scope, include)
        if not is_object(answer):
            return answer
        found = _over(found, answer)
    return found


def _answer(name: str, parameters: Json, scope: Scope, include: Include) -> Value:
    if name == _INCLUDE:
        return include(str(scope.value(parameters.get("Location"))))
    if name not in answers.given.macros:
        raise StackError(f"No transform named {scope.account}::{name} found: say what it answers (--answers)")
    return copy.deepcopy(answers.given.macros[name])


def _over(below: Json, above: Json) -> Json:
    """Two documents in one, their structures merged; what stands above counts."""
    return below | {
        key: _over(below[key], value) if is_object(value) and is_object(below.get(key)) else value
        for key, value in above.items()
    }


class _Loops:
    """Fn::ForEach of AWS::LanguageExtensions."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._values = 0

    def expanded(self, node: Value, names: Mapping[str, str]) -> Value:
        """A part of a template with its loops unrolled, and their identifiers replaced."""
        self._values += 1
        if self._values > EXPANDED_VALUES:
            raise StackError(f"Template error: its loops come to more than {EXPANDED_VALUES} values")
        if is_list(node):
            return [self.expanded(item, names) for item in node]
        if isinstance(node, str):
            return _named(node, names)
        if not is_object(node):
            return node
        found: Json = {}
        for key, value in node.items():
            if key.startswith(_LOOP):
                found |= self._unrolled(key, value, names)
            else:
                found[_named(key, names)] = self.expanded(value, names)
        reference = found.get("Ref") if len(found) == 1 else None
        return names[reference] if isinstance(reference, str) and reference in names else found

    def _unrolled(self, loop: str, argument: Value, names: Mapping[str, str]) -> Json:
        try:
            identifier, collection, body = argument
        except (TypeError, ValueError):
            raise StackError(f"Template format error: {loop} needs an identifier, a collection and a body") from None
        items: Value = self._scope.value(self.expanded(collection, names))
        found: Json = {}
        for item in items if is_list(items) else str(items).split(","):
            for each in item if is_list(item) else [item]:
                found |= self.expanded(body, {**names, str(identifier): str(each)})
        return found


def _named(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", _PLAIN.sub("", value))
        if len(text) > TEXT_CHARACTERS:
            raise StackError(f"Template error: a loop comes to more than {TEXT_CHARACTERS} characters")
    return text


def _serverless(template: Json, scope: Scope) -> Json:
    # Half a second, which nobody waits for whose templates have no such transform.
    from samtranslator.public import exceptions  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
    from samtranslator.translator.transform import transform  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)  # it tells of metrics that nobody collects
    for name, declared in template["Resources"].items():
        if declared.get("Type") == _APPLICATION and is_object(at(declared, "Properties.Location")):
            raise StackError(f"{name} is of the Serverless Application Repository, which the sandbox does not emulate")
    os.environ.setdefault("AWS_DEFAULT_REGION", scope.region)  # it asks for one, to know the partition
    values = {name: ",".join(value) if is_list(value) else value for name, value in scope.parameters.items()}
    values |= {name: scope.value({"Ref": name}) for name in ("AWS::AccountId", "AWS::Region", "AWS::Partition")}
    try:
        return cast("Any", transform)(copy.deepcopy(template), values, _ManagedPolicies())
    except exceptions.InvalidDocumentException as error:
        causes = "; ".join(str(each.message) for each in error.causes) or error.message
        raise StackError(f"Transform {_SERVERLESS} failed with: {error.message} {causes}") from error


class _ManagedPolicies:
    """Tells the translator the ARNs of AWS's managed policies."""

    def load(self) -> dict[str, str]:
        return {name: policy["Arn"] for name, policy in json.loads(aws_managed_policies_data).items()}


def require_emulated(template: Json, account: str, region: str, include: Callable[[str], Value]) -> None:
    """Refuse a template that could not be launched here, whatever its parameters.

    Raises:
        StackError: with all that stands in the way: macros, custom resources, types, attributes, functions.
    """
    values = {name: _example(rules) for name, rules in parameters_of(template).items()}
    scope = Scope(template, account, region, stack_name="example", parameters=values)
    scope.template = transformed(scope, include)
    require_buildable(scope)


def _example(rules: Json) -> Value:
    kind = str(rules["Type"])
    first: Value = next(iter(rules.get("AllowedValues") or ()), rules.get("MinValue", 1 if "Number" in kind else "x"))
    value = text_of(rules.get("Default", first))
    items = items_of(kind, value)
    return items if items != [value] or "List" in kind else value


def require_buildable(scope: Scope) -> None:
    """Refuse what a scope's template asks for and nobody could build.

    Raises:
        StackError: with all of it.
    """
    if found := list(dict.fromkeys(_problems(scope))):
        raise StackError("; ".join(found))


def _problems(scope: Scope) -> Iterator[str]:
    declared = scope.wanted()
    for name, resource in declared.items():
        kind = str(resource["Type"])
        try:
            schema_of(kind, scope.region)
        except StackError as error:
            yield str(error)
        if answers.is_custom(kind) and not answers.given.of_resource(kind, name):
            yield f"{name} is a custom resource ({kind}): say what its function answers (--answers)"
    yield from _unknown_functions([part(scope.template, section) for section in ("Conditions", "Rules")])
    for part_of in (*declared.values(), part(scope.template, "Outputs")):
        yield from _unknown_functions(part_of)
        for entity in entities(part_of):
            name, _, attribute = entity.partition(".")
            if attribute and name in declared and not schema_of(declared[name]["Type"], scope.region).gives(attribute):
                yield f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"


def _unknown_functions(node: Value) -> Iterator[str]:
    for item in node if is_list(node) else ():
        yield from _unknown_functions(item)
    for key, value in node.items() if is_object(node) else ():
        if len(node) == 1 and key.startswith("Fn::") and key not in FUNCTIONS:
            yield f"Template error: {key} is no function that the sandbox emulates"
        yield from _unknown_functions(value)
