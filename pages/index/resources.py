"""What a version's template builds, and how a launch of it is asked once it runs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from hub.definitions.template_references import references_in
from hub.definitions.templates import Template
from pages.index.version import ExampleCall, IndexedOutput, IndexedResource

_PYTHON: Final = """\
import boto3

answer = boto3.client("sagemaker-runtime").{operation}(
{arguments}
)
print({result})"""


def resources(template: Template) -> list[IndexedResource]:
    """List what a launch builds, with what each of it refers to."""
    return [_resource(name, part, template) for name, part in template.resources.items()]


def _resource(name: str, part: Mapping[str, Any], template: Template) -> IndexedResource:
    referred = list(dict.fromkeys(found.name for found in references_in(part, name)))
    return IndexedResource(
        logical_id=name,
        type=str(part["Type"]),
        condition=str(part.get("Condition") or ""),
        references=[other for other in referred if other in template.resources and other != name],
        parameters=[other for other in referred if other in template.parameters],
    )


def outputs(template: Template) -> list[IndexedOutput]:
    """List what a launch tells."""
    return [
        IndexedOutput(name=name, description=str(cast("dict[str, object]", part).get("Description") or ""))
        for name, part in template.outputs.items()
        if isinstance(part, dict)
    ]


def calls(template: Template) -> Iterator[ExampleCall]:
    """Give examples of calls to what a launch runs; none where it has no endpoint."""
    kinds = {str(part["Type"]) for part in template.resources.values()}
    if "AWS::SageMaker::Endpoint" not in kinds:
        return
    # The body is in a file, or in S3, because the form of a request is the model's own: its card says which.
    arguments = {"EndpointName": _output(template, "AWS::SageMaker::Endpoint", "EndpointName")}
    if "AWS::SageMaker::InferenceComponent" in kinds:
        arguments["InferenceComponentName"] = _output(
            template, "AWS::SageMaker::InferenceComponent", "InferenceComponentName"
        )
    if _has(template.resources, "Mode", "MultiModel"):
        arguments["TargetModel"] = "<model>.tar.gz"
    if _has(template.resources, "AsyncInferenceConfig"):
        arguments["InputLocation"] = "s3://<bucket>/<request>"
        yield _call("asynchronous", "invoke_endpoint_async", arguments, 'answer["OutputLocation"]', ())
    else:
        body = ('    Body=open("request", "rb").read(),',)
        yield _call("real-time", "invoke_endpoint", arguments, 'answer["Body"].read().decode()', body)


def _call(how: str, operation: str, arguments: Mapping[str, str], result: str, more: Sequence[str]) -> ExampleCall:
    given = {**arguments, "ContentType": "<content type>"}
    lines = [*(f'    {name}="{value}",' for name, value in given.items()), *more]
    options = " \\\n".join(f"  --{_dashed(name)} '{value}'" for name, value in given.items())
    end = " \\\n  --body fileb://request answer" if more else ""
    return ExampleCall(
        how=how,
        python=_PYTHON.format(operation=operation, arguments="\n".join(lines), result=result),
        cli=f"aws sagemaker-runtime {operation.replace('_', '-')} \\\n{options}{end}",
    )


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _output(template: Template, kind: str, attribute: str) -> str:
    """Name the output that tells a resource's name; where none does, say what is meant."""
    of = {name for name, part in template.resources.items() if part["Type"] == kind}
    for name, part in template.outputs.items():
        value: object = cast("dict[str, object]", part).get("Value") if isinstance(part, dict) else None
        if any(value == {"Fn::GetAtt": each} for owner in of for each in (f"{owner}.{attribute}", [owner, attribute])):
            return f"<output {name}>"
    return f"<{attribute}>"


def _has(node: object, key: str, value: str | None = None) -> bool:
    """Whether a key is anywhere below a node, with a value if one is given."""
    below: list[object] = [node]
    while below:
        each = below.pop()
        if isinstance(each, list):
            below += cast("list[object]", each)
        elif isinstance(each, dict):
            part = cast("dict[str, object]", each)
            if key in part and value in (None, part[key]):
                return True
            below += part.values()
    return False
