"""Check: refuses what the real plug-in refuses, fills in defaults and names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .properties import Tags
from .schema import Property, Resource, snake
from .wire import DEFAULTS, UNKNOWN, State, Value, is_known, is_list, is_object, without_defaults

NOT_EMULATED = "If the real aws plug-in has it: it is not emulated by the sandbox's stand-in plug-in."
_SUFFIX = 7
"""Random characters after an automatic name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How the engine wants a resource to be named that has no name."""

    seed: bytes
    proposed: str = ""
    enforced: bool = False
    disabled: bool = False


def check(
    resource: Resource, name: str, news: State, olds: State, *, naming: Naming, tags: Tags
) -> tuple[State, list[str]]:
    """Fill in what the program left out, and say what is wrong. `olds` are checked inputs of an earlier run."""
    problems: list[str] = []
    inputs = _object(resource.properties, without_defaults(news), name, problems)
    if resource.autonamed and resource.autonamed[0] not in inputs:
        key, limit = resource.autonamed
        if key in olds and key in olds.get(DEFAULTS, ()):
            inputs[key] = olds[key]
        elif not resource.suffixed:
            inputs[key] = name
        elif problem := _name(inputs, key, name, limit, naming):
            problems.append(problem)
        inputs[DEFAULTS].append(key)
    if not problems:
        problems.extend(f"{text}. Examine values at '{name}'." for text in resource.problems(inputs))
    if "tagsAll" in resource.properties:
        own: State = inputs.get("tags") or {}
        everything = tags.all_of(own) if is_known(own) else UNKNOWN
        if everything:
            inputs["tagsAll"] = everything
    return inputs, problems


def check_arguments(table: Mapping[str, Property], arguments: State, name: str) -> tuple[State, list[str]]:
    """The same for the arguments of a function."""
    problems: list[str] = []
    inputs = _object(table, arguments, name, problems)
    return without_defaults(inputs), problems


def _object(table: Mapping[str, Property], values: State, path: str, problems: list[str]) -> State:
    inputs: State = {DEFAULTS: []}
    problems.extend(
        f"Invalid or unknown key. Examine values at '{path}.{key}'. {NOT_EMULATED}"
        for key in values
        if not (key in table and table[key].input) and key != "tagsAll"  # which programs for older versions send
    )
    for key, prop in table.items():
        if key in values and prop.input:
            inputs[key] = _value(prop, key, values[key], f"{path}.{key}", problems)
        elif prop.required:
            problems.append(
                f'Missing required argument. The argument "{snake(key)}" is required, but no definition was found.. '
                f"Examine values at '{path}.{key}'."
            )
        elif prop.default is not None:
            inputs[key] = prop.default
            inputs[DEFAULTS].append(key)
    return inputs


def _value(prop: Property, key: str, value: Value, path: str, problems: list[str]) -> Value:
    if prop.fields is not None and is_object(value):
        return _object(prop.fields, value, path, problems)
    if prop.fields is not None and is_list(value):
        parts = enumerate(value)
        one = Property(fields=prop.fields)
        return [_value(one, key, part, f"{path}[{index}]", problems) for index, part in parts]
    if value is UNKNOWN:
        return value
    if prop.kind is str and (is_object(value) or is_list(value)) and prop.same is not None:
        return json.dumps(value) if is_known(value) else UNKNOWN  # a policy may be given as an object
    fitted = _fit(prop.kind, value)
    if fitted is None:
        wanted = _TYPE_NAMES.get(prop.kind, prop.kind.__name__)
        problems.append(f"expected type '{wanted}', got {value!r}. Examine values at '{path}'.")
    elif prop.check and (complaint := prop.check(snake(key), fitted)):
        problems.append(f"{complaint}. Examine values at '{path}'.")
    return fitted


_TYPE_NAMES: Mapping[type, str] = {str: "string", int: "int", dict: "map", list: "list"}


def _fit(kind: type, value: Value) -> Value:
    """The value as the kind that the property has, converted as the real plug-in does, or None."""
    if kind is str and isinstance(value, bool | int | float):
        return json.dumps(value)
    if kind is bool and value in ("true", "false"):
        return value == "true"
    if kind is int and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return value if isinstance(value, kind) and not (kind is int and isinstance(value, bool)) else None


def _name(inputs: State, key: str, name: str, limit: int, naming: Naming) -> str | None:
    if naming.disabled:
        return f"automatic naming is disabled, give '{key}' explicitly"
    base = name.lower() if key == "bucket" else name
    chosen = naming.proposed or f"{base}-{naming.seed.hex()[:_SUFFIX]}"
    if len(chosen) > limit:
        return f"name '{base}' plus {_SUFFIX} random chars is longer than maximum length {limit}"
    inputs[key] = chosen
    return None
