"""Checks each answer of Service Catalog against AWS's own model, as botocore ships it."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, cast

from botocore.awsrequest import AWSResponse
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

MESSAGE = ("Message", "message")


CALLED: Final[set[str]] = set()
"""The operations that the test has called, so that only what it can have made is looked for afterwards: calls cost."""


def watch(events: Any) -> None:  # noqa: ANN401 - botocore's, which has no types
    """Let every Service Catalog client of a session with these events fail on an answer that is not AWS's."""
    events.register("after-call.service-catalog", check_answer)


def check_answer(model: OperationModel, parsed: dict[str, Any], http_response: AWSResponse, **_: object) -> None:
    """Compare one answer, as it came and as botocore read it, with the operation's model."""
    CALLED.add(model.name)
    sent = cast("dict[str, Any]", json.loads(http_response.content or b"{}"))
    if "Error" in parsed:
        known = {shape.name for shape in model.error_shapes} | COMMON_ERRORS
        code = parsed["Error"]["Code"]
        assert code in known, f"{model.name} does not answer with {code}"
        assert any(sent.get(key) for key in MESSAGE), f"{code} says nothing"
        return
    shape = model.output_shape
    if shape is None:
        assert not sent, f"{model.name} answers with nothing, not with {sent}"
        return
    answer = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
    report = ParamValidator().validate(answer, shape)
    assert not report.has_errors(), f"{model.name}: {report.generate_report()}"
    faults = list(faults_of(shape, sent))
    assert not faults, f"{model.name}: {'; '.join(faults)}"


COMMON_ERRORS = {
    "AccessDeniedException",
    "ThrottlingException",
    "ValidationException",
    "InternalFailure",
    "UnrecognizedClientException",
    # The sandbox's own, for what it does not emulate.
    "NotImplementedException",
}
"""What any operation may answer (API Reference, "Common errors")."""


AS_RECORDED = {"ProvisioningArtifactOutputKey": "pa-", "Status": "CREATED"}
"""What AWS answers against its own model, by shape (tests/sandbox/recorded.yaml)."""


def faults_of(shape: Shape, value: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - any part of an answer
    """Name what the model does not allow: unknown and missing members, wrong values, sizes and patterns."""
    if isinstance(shape, StructureShape):
        yield from (f"{path}.{name} is missing" for name in shape.required_members if name not in value)
        yield from (f"{path}.{name} is unknown" for name in value if name not in shape.members)
        for name in value.keys() & shape.members.keys():
            yield from faults_of(shape.members[name], value[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        yield from _size_faults(shape, len(value), path)
        for number, item in enumerate(value):
            yield from faults_of(shape.member, item, f"{path}[{number}]")
    elif isinstance(shape, MapShape):
        for key in value:
            yield from faults_of(shape.value, value[key], f"{path}[{key}]")
    elif shape.type_name == "string":
        yield from _string_faults(shape, value, path)
    elif shape.type_name == "timestamp" and not isinstance(value, int | float):
        yield f"{path} is no number of seconds"


def _string_faults(shape: Shape, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{path} is {type(value).__name__}, not text"
        return
    enum, pattern = shape.metadata.get("enum"), cast("str | None", shape.metadata.get("pattern"))
    if AS_RECORDED.get(shape.name, "") and value.startswith(AS_RECORDED[shape.name]):
        return
    if enum and value not in enum:
        yield f"{path}: {value!r} is none of {shape.name}"
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"{path}: {value!r} does not match {pattern}"
    yield from _size_faults(shape, len(value), path)


def _size_faults(shape: Shape, size: int, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", size)
    if not low <= size <= high:
        yield f"{path} has size {size}, not {low} to {high}"


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # The model's patterns are Java's; they differ from Python's in the names of character classes.
    return re.compile(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"))
