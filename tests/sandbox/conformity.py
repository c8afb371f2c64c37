"""Whether an answer is one that AWS could have given."""

from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator


def conforms(model: OperationModel, parsed: dict[str, Any], **_: object) -> None:
    """Check every Service Catalog answer that a test gets against AWS's own model."""
    if "Error" in parsed or model.output_shape is None:
        return
    answer = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
    report = ParamValidator().validate(answer, model.output_shape)
    assert not report.has_errors(), report.generate_report()
    assert not (faults := list(_wrong_enums(model.output_shape, answer))), faults


def _wrong_enums(shape: Shape, value: Any) -> Iterator[str]:  # noqa: ANN401 - any part of an answer
    if isinstance(shape, StructureShape):
        for name in value.keys() & shape.members.keys():
            yield from _wrong_enums(shape.members[name], value[name])
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _wrong_enums(shape.member, item)
    elif shape.metadata.get("enum") and value not in shape.metadata["enum"]:
        yield f"{value} is no {shape.name}"
