"""A resource's properties, held against its schema as the registry does."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from sandbox.aws.cloudformation.parameters import text_of
from sandbox.aws.cloudformation.patterns import fits
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.schemas import Schema
from sandbox.aws.documents import Json, MadeUp, Value, at, is_list, is_object, part

_MOST_FAULTS = 10
_NAMES: Final = {"dict": "JSONObject", "list": "JSONArray", "str": "String", "bool": "Boolean", "int": "Integer"}
_BOUNDS: Final[Sequence[tuple[str, type | tuple[type, ...], Callable[[Any], float], int, str]]] = (
    ("minLength", str, len, -1, "expected minLength: {}, actual: {}"),
    ("maxLength", str, len, 1, "expected maxLength: {}, actual: {}"),
    ("minItems", list, len, -1, "expected minimum item count: {}, found: {}"),
    ("maxItems", list, len, 1, "expected maximum item count: {}, found: {}"),
    ("minProperties", dict, len, -1, "minimum size: [{}], found: [{}]"),
    ("maxProperties", dict, len, 1, "maximum size: [{}], found: [{}]"),
    ("minimum", (int, float), float, -1, "{1} is not greater or equal to {0}"),
    ("maximum", (int, float), float, 1, "{1} is not less or equal to {0}"),
)


def checked(schema: Schema, name: str, properties: Json) -> Json:
    """The properties as the type has them: a text that stands for a number is one.

    Raises:
        StackError: with all that the registry would refuse, in the words of its validation.
    """
    check = _Check(schema)
    given = [each for each in schema.read_only if at(properties, each) is not None and each not in schema.create_only]
    check.faults += [f"#: extraneous key [{each}] is not permitted: it is read-only" for each in given]
    fitted = check.fit({**schema.raw, "type": "object"}, properties, "#")
    if check.faults:
        listed = "\n".join(check.faults[:_MOST_FAULTS])
        raise StackError(f"Properties validation failed for resource {name} with message:\n{listed}")
    return fitted


def has_form(schema: Schema, pointer: str, value: Value) -> bool:
    """Whether a value is of the type that a property has."""
    return _has_form(schema, schema.rules_of(pointer), value)


def _has_form(schema: Schema, rules: Json, value: Value) -> bool:
    rules = schema.follow(rules)
    wanted = rules.get("type", [])
    kinds: list[str] = [wanted] if isinstance(wanted, str) else wanted
    if kinds and not any(_is(kind, _converted(kinds, value)) for kind in kinds):
        return False
    return not is_list(value) or all(_has_form(schema, rules.get("items") or {}, item) for item in value)


class _Check:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.faults: list[str] = []

    def fit(self, node: Json, value: Value, path: str) -> Value:
        """The value in the node's type; what is wrong with it goes to the faults."""
        node = self._schema.follow(node)
        wanted = node.get("type")
        kinds: list[str] = [wanted] if isinstance(wanted, str) else wanted or []
        if kinds:
            value = _converted(kinds, value)
            if not any(_is(kind, value) for kind in kinds):
                found = _NAMES.get(type(value).__name__, "Number")
                self._say(path, f"expected type: {kinds[0].capitalize()}, found: {found}")
                return value
        if is_object(value):
            value = self._object(node, value, path)
        elif is_list(value):
            value = self._list(node, value, path)
        else:
            self._scalar(node, value, path)
        for keyword, types, measure, sign, text in _BOUNDS:
            if keyword in node and _sized(value, types):
                size = measure(value)
                if (size - node[keyword]) * sign > 0:
                    self._say(path, text.format(node[keyword], value if measure is float else size))
        self._alternatives(node, value, path)
        return value

    def _say(self, path: str, text: str) -> None:
        self.faults.append(f"{path}: {text}")

    def _object(self, node: Json, value: Json, path: str) -> Json:
        self._combinations(node, value, path)
        known, patterns = part(node, "properties"), part(node, "patternProperties")
        fitted: Json = {}
        for name, item in value.items():
            matching = [each for pattern, each in patterns.items() if fits(pattern, name)]
            more = node.get("additionalProperties", True)
            if name in known or matching or isinstance(more, dict):
                fitted[name] = self.fit(known.get(name) or (matching or [more])[0], item, f"{path}/{name}")
            else:
                fitted[name] = item
                if not more or patterns:
                    self._say(path, f"extraneous key [{name}] is not permitted")
        return fitted

    def _combinations(self, node: Json, value: Json, path: str) -> None:
        missing = [name for name in node.get("required") or () if name not in value]
        for name, others in part(node, "dependentRequired").items():
            missing += [other for other in others if name in value and other not in value]
        for name in dict.fromkeys(missing):
            self._say(path, f"required key [{name}] not found")
        for name, others in part(node, "dependentExcluded").items():
            for other in (other for other in others if name in value and other in value):
                self._say(path, f"property [{other}] is not permitted together with [{name}]")
        for keyword, most in (("requiredXor", 1), ("requiredOr", len(value))):
            names: list[str] = node.get(keyword) or []
            if names and not 1 <= sum(name in value for name in names) <= max(most, 1):
                self._say(path, f"{'exactly' if most == 1 else 'at least'} one of {names} is required")

    def _list(self, node: Json, value: list[Value], path: str) -> list[Value]:
        items: Json = node.get("items") or {}
        fitted = [self.fit(items, item, f"{path}/{number}") for number, item in enumerate(value)]
        if node.get("uniqueItems") and len({json.dumps(item, sort_keys=True) for item in fitted}) < len(fitted):
            self._say(path, "array items are not unique")
        return fitted

    def _scalar(self, node: Json, value: Value, path: str) -> None:
        allowed: list[Value] = node.get("enum") or ([node["const"]] if "const" in node else [])
        if allowed and value not in allowed and str(value) not in map(str, allowed):
            self._say(path, f"{value} is not a valid enum value: {allowed}")
        loose: list[str] = node.get("enumCaseInsensitive") or []
        if loose and str(value).lower() not in [each.lower() for each in loose]:
            self._say(path, f"{value} is not a valid enum value: {loose}")
        if (
            isinstance(value, str)
            and not isinstance(value, MadeUp)
            and not fits(pattern := node.get("pattern", ""), value)
        ):
            self._say(path, f"failed validation constraint for keyword [pattern]: {value} is not {pattern}")

    def _alternatives(self, node: Json, value: Value, path: str) -> None:
        for each in node.get("allOf") or ():
            self.fit(each, value, path)
        for keyword in ("anyOf", "oneOf"):
            tried: list[list[str]] = []
            for each in node.get(keyword) or ():
                alone = _Check(self._schema)
                alone.fit({"properties": node.get("properties"), **each}, value, path)
                tried.append(alone.faults)
            if tried and all(tried):
                self.faults += min(tried, key=len)


def _sized(value: Value, types: type | tuple[type, ...]) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _is(kind: str, value: Value) -> bool:
    if kind in ("integer", "number"):
        whole = isinstance(value, int) or (isinstance(value, float) and (kind == "number" or value.is_integer()))
        return whole and not isinstance(value, bool)
    types = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)}
    return isinstance(value, types.get(kind, object))


def _converted(kinds: list[str], value: Value) -> Value:
    """What CloudFormation makes of a scalar of another type: all parameters are texts, say."""
    if is_object(value) or is_list(value) or value is None or any(_is(kind, value) for kind in kinds):
        return value
    text = text_of(value)
    for kind in kinds:
        try:
            if kind == "boolean" and text.lower() in ("true", "false"):
                return text.lower() == "true"
            if kind == "integer":
                return int(text)
            if kind == "number":
                return float(text)
        except ValueError:
            continue
        if kind == "string":
            return text
    return value
