"""What an operation will come to: the planned state, how it differs, what a refresh makes of the inputs."""

import re
from collections.abc import Collection, Iterator, Sequence

from .schema import Operation, Property, Resource
from .wire import DEFAULTS, UNKNOWN, State, Value, is_known, is_list, is_object, without_defaults

Path = tuple[str | int, ...]
Difference = tuple[Path, str, bool]
"""Where, ADD or DELETE or UPDATE, and whether it replaces the resource."""

_ANY = Property()


def planned(resource: Resource, inputs: State, olds: State, region: str, ignore: Sequence[str] = ()) -> State:
    """The state that the inputs ask for; what AWS decided earlier stays."""
    state: State = {key: olds[key] for key, prop in resource.properties.items() if prop.computed and key in olds}
    state |= without_defaults(inputs)
    if "region" in resource.properties:
        state["region"] = inputs.get("region") or region
    if "tagsAll" in resource.properties:
        state["tagsAll"] = inputs.get("tagsAll") or {}
    for path in _ignored(ignore):
        _restore(state, olds, path)
    return state


def differences(resource: Resource, olds: State, state: State, ignore: Sequence[str] = ()) -> list[Difference]:
    """How a planned state differs from the stored one."""
    ignored = _ignored(ignore)
    found = [
        difference
        for key, prop in resource.properties.items()
        if prop.input or key == "tagsAll"
        for difference in _compare(prop, olds.get(key), state.get(key), (key,), replaces=prop.replaces)
    ]
    return [difference for difference in found if not any(_covers(path, difference[0]) for path in ignored)]


def unknown_outputs(resource: Resource, op: Operation) -> State:
    """The properties of a planned state that only the real operation will settle."""
    names: Collection[str] = resource.foresee(op)
    if op.creating:
        names = [key for key, prop in resource.properties.items() if prop.computed and key not in op.new]
    return dict.fromkeys(names, UNKNOWN)


def refreshed_inputs(resource: Resource, state: State, old_inputs: State, region: str) -> State:
    """The inputs that would lead to a state: the old ones where nothing moved, or for an import all that matter."""
    inputs: State = {DEFAULTS: old_inputs.get(DEFAULTS, [])}
    for key, prop in resource.properties.items():
        value = state.get(key)
        if key in old_inputs:
            kept = without_defaults(old_inputs[key])
            moved = any(_compare(prop, value, kept, (key,), replaces=False))
            value = value if moved else old_inputs[key]
            if value is not None:
                inputs[key] = value
        elif prop.default is not None and value == prop.default:
            inputs[key] = value
            inputs[DEFAULTS] = [*inputs[DEFAULTS], key]
        elif key == "region" and value == region:
            continue
        elif prop.input and not (prop.computed and old_inputs) and not _is_empty(value):
            inputs[key] = value
    if state.get("tagsAll"):
        inputs["tagsAll"] = state["tagsAll"]  # as a check writes it
    return inputs


def parse_path(text: str) -> Path:
    """The steps of a property path such as `a.b[0]["c.d"]`."""
    steps = re.finditer(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[?(\*)\]?|([^.\[\]]+)', text)
    return tuple(
        int(step[2]) if step[2] else next(part for part in step.groups() if part is not None) for step in steps
    )


def path_text(path: Path) -> str:
    """A property path as text."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[\w$]+", step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def _compare(prop: Property, old: Value, new: Value, path: Path, *, replaces: bool) -> Iterator[Difference]:
    lost = old is None and new is not None and prop.default is not None  # by an import; even False is another value
    if (_is_empty(old) and _is_empty(new) and not lost) or (new is None and prop.computed):
        return
    if _means_the_same(prop, old, new):
        return
    if new is UNKNOWN:
        yield path, "ADD" if _is_empty(old) else "UPDATE", replaces
    elif is_object(old) and is_object(new):
        for key in sorted(old.keys() | new.keys()):
            part = (prop.fields or {}).get(key, _ANY)
            yield from _compare(part, old.get(key), new.get(key), (*path, key), replaces=replaces or part.replaces)
    elif is_list(old) and is_list(new):
        part = Property(fields=prop.fields)
        for index in range(max(len(old), len(new))):
            was, will = (values[index] if index < len(values) else None for values in (old, new))
            yield from _compare(part, was, will, (*path, index), replaces=replaces)
    elif old != new:
        yield path, "ADD" if _is_empty(old) else "DELETE" if new is None else "UPDATE", replaces


def _means_the_same(prop: Property, old: Value, new: Value) -> bool:
    return prop.same is not None and is_known(new) and not _is_empty(old) and not _is_empty(new) and prop.same(old, new)


def _is_empty(value: Value) -> bool:
    """Whether a value is what the real plug-in takes for not set."""
    return value is None or value is False or value in ("", 0) or value in ([], {})


def _ignored(texts: Sequence[str]) -> list[Path]:
    """The paths that a program ignores; with its own tags it also ignores what they add up to."""
    paths = [parse_path(text) for text in texts]
    return paths + [("tagsAll", *path[1:]) for path in paths if path[0] == "tags"]


def _covers(ignored: Path, path: Path) -> bool:
    return len(ignored) <= len(path) and all(a in ("*", b) for a, b in zip(ignored, path, strict=False))


def _restore(state: Value, olds: Value, path: Path) -> None:
    """Put the stored value back at a path that the program ignores."""
    first, rest = path[0], path[1:]
    if is_object(state) and is_object(olds) and isinstance(first, str) and first != "*":
        if rest and first in state and first in olds:
            _restore(state[first], olds[first], rest)
        elif first in olds:
            state[first] = olds[first]
        else:
            state.pop(first, None)
    elif is_list(state) and is_list(olds) and isinstance(first, int) and first < min(len(state), len(olds)):
        if rest:
            _restore(state[first], olds[first], rest)
        else:
            state[first] = olds[first]
