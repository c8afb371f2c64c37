"""The build backend: setuptools', without the wheel.

A wheel would install top-level packages of the names hub, shared and tools, which belong to nobody, and leave out what
the programs work on: the catalog's files, Pulumi.yaml, settings. So a checkout is installed in place (docs/adr/0018).
"""

from typing import Any, NoReturn

from setuptools.build_meta import build_editable, get_requires_for_build_editable, prepare_metadata_for_build_editable

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_editable",
]

REASON = "model-catalog is not built as a package: work in a checkout of the project, and run make install there"


def build_wheel(*_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 - the protocol's arguments do not matter
    """Refuse."""
    raise RuntimeError(REASON)


build_sdist = build_wheel
