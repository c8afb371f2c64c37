"""Keeps a launch to the life of its version: warnings beforehand, refusals when the engine is about to act.

Whether a launch is new, moves to another version or stays as it is, only the engine knows: it compares with its
own state. So the rules that depend on it are resource hooks, which the engine runs before the step, in a preview
too. What they raise is shown as it is and stops the step.
"""

from collections.abc import Awaitable, Mapping
from typing import Any, cast

import pulumi
from pulumi import ResourceHook, ResourceHookArgs, ResourceHookBinding, ResourceHookOptions

from shared.catalog.versions import is_range
from spoke.launches.lifecycle_rules import refuse_new, refuse_update
from spoke.launches.resolution import ResolvedLaunch

_Listed = list[Mapping[str, str]]


def warn_of_ends(resolved_launches: list[ResolvedLaunch]) -> None:
    """Warn of every launch whose version comes to its end, in one line each."""
    for resolved in resolved_launches:
        if resolved.choice.state != "active":
            pulumi.warn(f"{resolved.where}: {resolved.choice.end}")


def warn_of_own_models(resolved_launches: list[ResolvedLaunch]) -> None:
    """Warn of every launch that runs another model than the catalog's."""
    for resolved in resolved_launches:
        if resolved.model and resolved.model.own:
            pulumi.warn(f"{resolved.where}: {resolved.model.note}")


def lifecycle_hooks(resolved: ResolvedLaunch) -> ResourceHookBinding:
    """The rules for a launch's steps."""
    name, always = resolved.launch.name, ResourceHookOptions(on_dry_run=True)

    def before_create(args: ResourceHookArgs) -> None:
        del args
        refuse_new(resolved)

    def before_update(args: ResourceHookArgs) -> Awaitable[None] | None:
        refuse_update(resolved, _tags(args.old_inputs), _tags(args.new_inputs))
        artifact = (args.old_inputs or {}).get("provisioningArtifactId")
        if artifact != resolved.choice.version.id:
            pulumi.log.info(
                f"{name} moves from {_number(resolved, artifact)} to {resolved.choice.number}{_tracked(resolved)}"
            )
        before: Any = (args.old_inputs or {}).get("provisioningParameters")
        if isinstance(before, pulumi.Output):  # all of them arrive so where one is secret
            return _tell_once_known(resolved, cast("pulumi.Output[_Listed]", before))
        return _tell_of_model(resolved, before)

    return ResourceHookBinding(
        before_create=[ResourceHook(f"{name}-before-create", before_create, always)],
        before_update=[ResourceHook(f"{name}-before-update", before_update, always)],
    )


def _tags(inputs: Mapping[str, Any] | None) -> Mapping[str, str]:
    return (inputs or {}).get("tags") or {}


async def _tell_once_known(resolved: ResolvedLaunch, before: "pulumi.Output[_Listed]") -> None:
    _tell_of_model(resolved, await before.future())


def _tell_of_model(resolved: ResolvedLaunch, before: _Listed | None) -> None:
    parameters = {each["key"]: each.get("value", "") for each in before or []}
    for change in resolved.model.changes(parameters) if resolved.model else ():
        pulumi.log.info(f"{resolved.launch.name}: {change}")


def _number(resolved: ResolvedLaunch, artifact: object) -> str:
    known = {version.id: number for number, version in resolved.product.versions.items()}
    return known.get(str(artifact), "another product")


def _tracked(resolved: ResolvedLaunch) -> str:
    return f", the newest of {resolved.launch.version}" if is_range(resolved.launch.version) else ""
