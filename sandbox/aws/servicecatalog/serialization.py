"""Writes answers as AWS's own model of the service prescribes, from the objects that the service keeps."""

from datetime import datetime
from typing import Any, cast

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.aws.documents import Value

_ITSELF = ("ConstraintDetail", "ProvisioningArtifactDetail", "ProductViewSummary", "ServiceActionSummary")
"""Members that hold a part of what is kept as one object."""


def shaped(shape: Shape | None, value: Value) -> Value:
    """Pick what the shape names out of dicts and objects; members without a value are left out.

    A member such as PortfolioId is the key of that name in a dict and the attribute `portfolio_id` of an
    object. A dict may stand for a list of Key and Value, as tags do.
    """
    if isinstance(shape, StructureShape):
        members = ((name, member, _pick(value, name)) for name, member in shape.members.items())
        return {name: shaped(member, found) for name, member, found in members if found is not None}
    if isinstance(shape, ListShape):
        tags = cast("dict[str, str]", value) if isinstance(value, dict) else {}
        items = [{"Key": key, "Value": text} for key, text in tags.items()] or list(cast("list[Value]", value))
        return [shaped(shape.member, item) for item in items]
    if isinstance(shape, MapShape):
        return {key: shaped(shape.value, item) for key, item in value.items()}
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    return value


def _pick(value: Value, name: str) -> Value:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).get(name)
    return value if name in _ITSELF else getattr(value, xform_name(name), None)
