"""Brings the files that a template names by a local path into a product's folder, where they belong with it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from hub.definitions.derived.derivation import nested_beside
from hub.definitions.packaged_archive import files_in
from hub.definitions.templates import Template
from shared.errors import ContentError


def files_beside(template: Template, folder: Path) -> Mapping[Path, Path]:
    """Say where in a product's folder each file of a template has to be, and where it is now.

    Raises:
        ContentError: another file is there already, which versions that are published may need as it is.
    """
    packaged = template.packaged.files() if template.packaged else ()
    found = [*(file for each in packaged for file in files_in(each.path)), *nested_beside(template)]
    places = {folder / file.relative_to(template.path.parent): file for file in dict.fromkeys(found)}
    for place, file in places.items():
        if place.exists() and place.read_bytes() != file.read_bytes():
            raise ContentError(
                f"is there already, and {file} is another one. A published version keeps its files: give those of "
                f"this one a folder of their own, and name it in the template.",
                code="file-exists",
                place=str(place),
            )
    return places


def keep_modes(places: Mapping[Path, Path]) -> None:
    """Let what was executable stay so: a function's `bootstrap` has to be."""
    for place, file in places.items():
        shutil.copymode(file, place)
