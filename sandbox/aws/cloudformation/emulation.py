"""Whether the sandbox can build a template, told before anything is built."""

from collections.abc import Callable, Iterator

from sandbox.aws.cloudformation import answers
from sandbox.aws.cloudformation.intrinsics import FUNCTIONS, Scope
from sandbox.aws.cloudformation.parameters import items_of, parameters_of, text_of
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.schemas import schema_of
from sandbox.aws.cloudformation.templates import entities
from sandbox.aws.cloudformation.transforms import transformed
from sandbox.aws.documents import Json, Value, is_list, is_object, part


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
