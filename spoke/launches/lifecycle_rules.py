"""What the life of a version allows of a launch; hooks of the program ask it, and whoever looks ahead."""

from collections.abc import Mapping

from shared.errors import LaunchError
from spoke.launches.resolution import ResolvedLaunch


def refuse_new(resolved: ResolvedLaunch) -> None:
    """Refuse a new launch of a version that is not active.

    A deprecated version takes no new launch, and a retired one neither that nor an update (source: Service Catalog API
    reference, UpdateProvisioningArtifact). What runs already goes on running.

    Raises:
        LaunchError: it is deprecated or retired.
    """
    if resolved.choice.state != "active":
        raise LaunchError(
            f"a new launch is refused: {resolved.choice.end}", code="version-not-launched", place=resolved.where
        )


def refuse_update(resolved: ResolvedLaunch, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Refuse an update of a launch.

    Args:
        resolved: The launch, as it shall be.
        old: Its tags, as they are.
        new: Its tags, as they shall be.

    Raises:
        LaunchError: its version is retired, or the hub does not let tags change.
    """
    if resolved.choice.state == "retired":
        raise LaunchError(f"an update is refused: {resolved.choice.end}", code="version-retired", place=resolved.where)
    if resolved.product.tag_updates == "NOT_ALLOWED" and old != new:
        raise LaunchError(
            f"an update is refused, because the hub does not let the tags of {resolved.product.name} change after "
            f"the launch. Put them back: {_changed(old, new)}.",
            code="tags-not-updated",
            place=f"{resolved.where}: tags",
        )


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    differing = sorted(key for key in {**old, **new} if old.get(key) != new.get(key))
    return ", ".join(f"{key} was {old[key]!r}" if key in old else f"{key} was not there" for key in differing)
