"""Values of parameters in a command line."""

from collections.abc import Sequence

from shared.errors import LaunchError


def assignments(words: Sequence[str], *, option: str) -> dict[str, str]:
    """Take words of the form NAME=VALUE apart. Raises LaunchError for another."""
    values: dict[str, str] = {}
    for each in words:
        name, given, value = each.partition("=")
        if not given or not name:
            raise LaunchError(
                f"invalid value {each!r}. Expected NAME=VALUE, such as InstanceType=ml.m5.large.",
                code="invalid-parameter",
                place=option,
            )
        values[name] = value
    return values
