"""The limits that AWS's own description of a service gives for its texts, as botocore ships it.

They are read from there, so that they are AWS's and not a copy; a newer botocore brings newer ones.
"""

import gzip
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import Field

_VERSIONS: Final = {"servicecatalog": "2015-12-10"}


class Limits(NamedTuple):
    """How few and how many characters AWS takes, and which; None where it does not say."""

    least: int | None
    most: int | None
    pattern: str | None


def limits_of(service: str, shape: str) -> Limits:
    """Give the limits of a shape, such as `ProductViewName`."""
    found = _shapes(service)[shape]
    return Limits(found.get("min"), found.get("max"), found.get("pattern"))


def aws_text(service: str, shape: str, what: str, *examples: str, least: int | None = None) -> Any:  # noqa: ANN401 - pydantic tells no type of its Field
    """Describe a text to pydantic with the limits of a shape, and to whoever writes another.

    Args:
        service: botocore's name of it.
        shape: The shape's name there.
        what: What is wanted.
        examples: Of it.
        least: Characters, where more are wanted than AWS asks for.
    """
    found = limits_of(service, shape)
    return Field(
        min_length=found.least if least is None else least,
        max_length=found.most,
        pattern=found.pattern,
        description=f"{what} of at most {found.most:,} characters",
        examples=list(examples) or None,
    )


@cache
def _shapes(service: str) -> dict[str, Any]:
    """Read a description without loading botocore, which takes far longer than the file does."""
    package = find_spec("botocore")
    assert package is not None and package.origin is not None  # noqa: S101, PT018 - a dependency of ours
    path = Path(package.origin).parent / "data" / service / _VERSIONS[service] / "service-2.json"
    content = path.read_bytes() if path.exists() else gzip.decompress(path.with_suffix(".json.gz").read_bytes())
    return json.loads(content)["shapes"]
