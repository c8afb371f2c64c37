"""What a template tells of a product: which parameters take the model, and which decide the cost."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from hub.definitions.marks import mark
from hub.definitions.template_values import function_of, map_in, parts_of
from hub.definitions.templates import Template

_MODEL: Final = "AWS::SageMaker::Model"
_TAKING: Final = {
    "ModelDataUrl": "archive",
    "S3Uri": "archive",
    "ModelPackageName": "package",
    "Image": "image",
    "SAGEMAKER_SUBMIT_DIRECTORY": "code",
}
"""By property of a model, or variable of its container: what of a version it takes."""


def model_parameters(template: Template) -> Mapping[str, str]:
    """Find the parameters that take what a version brings; where that is not certain, a person says it."""
    found = dict[str, set[str]]()
    for resource in template.resources.values():
        if resource.get("Type") == _MODEL:
            for key, name in _given(map_in(resource, "Properties"), ""):
                if name in template.parameters and key in _TAKING:
                    found.setdefault(_TAKING[key], set()).add(name)
    known = {kind: names.pop() for kind, names in found.items() if len(names) == 1}
    if not known.keys() & {"archive", "package"}:
        among = sorted(found.get("archive", set()) | found.get("package", set()))
        what = "the parameter that takes the model's archive"
        known["archive"] = _by_pattern(template) or mark(f"{what}: {', '.join(among)}" if among else what)
    return known


def cost_parameters(template: Template) -> Mapping[str, object]:
    """Guess which parameters decide the cost, by what their values look like; otherwise a person says it."""
    parameters = template.parameters
    kinds = [name for name, item in parameters.items() if any(v.startswith("ml.") for v in item.allowed_values or ())]
    counts = [name for name, item in parameters.items() if item.type == "Number" and "Count" in name]
    if not kinds and not counts:
        return {}  # nobody is told a cost, until somebody says how it follows
    return {
        "kind": "instances",
        "instance_type": kinds[0] if kinds else mark("the parameter that names the instance type"),
        "count": counts[0] if counts else mark("the parameter that says how many instances run"),
    }


def _by_pattern(template: Template) -> str:
    """Find the one parameter that has to be given and looks for a URI of S3."""
    found = [
        name
        for name, item in template.parameters.items()
        if item.default is None and "s3://" in (item.allowed_pattern or "")
    ]
    return found[0] if len(found) == 1 else ""


def _given(node: object, key: str) -> Iterator[tuple[str, str]]:
    """List the parameters that properties get as they are, in any branch, each with the property."""
    function, argument = function_of(node)
    if isinstance(node, list):
        for item in cast("list[object]", node):
            yield from _given(item, key)
    elif function == "Ref":
        yield key, str(argument)
    elif function == "Fn::If":
        yield from _given(parts_of(argument)[1:], key)
    elif isinstance(node, Mapping):
        for name, value in cast("Mapping[str, object]", node).items():
            yield from _given(value, name)
