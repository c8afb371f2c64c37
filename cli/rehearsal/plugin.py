"""Which aws plug-in a rehearsal runs, as people are told."""

from cli.errors import NotReachedError
from sandbox.plugins import PluginError, described


def confirm_plugin(kind: str | None) -> str:
    """Say which plug-in runs.

    Raises:
        NotReachedError: the official one is asked for, and is not installed; says how to install it.
    """
    try:
        return described(kind)
    except PluginError as problem:
        raise NotReachedError(str(problem), code="plugin-missing") from None
