"""What the one who runs the sandbox says, in files or requests."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from sandbox.aws.limits import read_yaml

T = TypeVar("T")


class InputError(Exception):
    """It cannot be used; the message says where and what is wrong."""


def checked(kind: type[T], given: object, where: str, hint: str = "") -> T:
    """What is said, as what it has to be.

    Raises:
        InputError: it has another shape; the first fault is named, with a hint where it is about an id.
    """
    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        hint = hint if "id" in field else ""
        raise InputError(f"{where}: {field}: {first['msg']}, got {first['input']!r}{hint}") from error


def read(path: Path) -> object:
    """What a YAML file says.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return read_yaml(path)
    except yaml.YAMLError as error:
        raise InputError(f"{path}: cannot be read, as it is not YAML: {error}") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
