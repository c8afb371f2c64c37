"""Compares what a spoke's settings ask for with what is deployed, launch by launch, and asks AWS for the rest."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel

from shared.aws.session import AccountSession, error_text
from shared.catalog.contract import Contract
from shared.catalog.lifecycle import as_of
from shared.secret_value import HIDDEN, redacted
from shared.stack.names import SPOKE_PROJECT
from spoke.config import SpokeSettings
from spoke.inspection.change_sets import Change, PlanError, changes_of
from spoke.launches.origin import Origin
from spoke.launches.resolution import ResolvedLaunch, resolve_launches


class LaunchPlan(BaseModel):
    """What would become of one launch.

    Attributes:
        differences: What differs from the last deployment, in words; a hidden parameter's value is not among them.
        changes: What AWS says would change in the launch's stack.
        problem: Why AWS could not say.
        drift: What AWS has that the stack did not deploy, in words.
    """

    launch: str
    what: Literal["new", "changed", "unchanged", "ends"]
    differences: list[str] = []
    changes: list[Change] = []
    problem: str = ""
    drift: str = ""


@dataclasses.dataclass(frozen=True)
class _Deployed:
    """A launch as the stack deployed it last."""

    artifact: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]


def plans_of(
    stack: str,
    settings: SpokeSettings,
    contract: Contract,
    launched: Iterable[dict[str, Any]],
    origins: Mapping[str, Origin] | None = None,
) -> list[LaunchPlan]:
    """Plan every launch of a spoke. Nothing is changed, and nothing is left behind.

    Args:
        stack: The spoke's.
        settings: What it asks for.
        contract: What the hub offers.
        launched: The provisioned products in the stack's state, decrypted where the settings hold secrets.
        origins: Who asks for launches, by their names; without it, the settings ask for all of them.

    Raises:
        CatalogError: settings, contract or credentials do not go together.
    """
    where = f"Pulumi.{stack}.yaml"
    resolved_launches = resolve_launches(settings, contract, as_of(), where=where, origins=origins)
    deployed = {str(found["inputs"]["name"]): _deployed(found) for found in launched}
    account = AccountSession(settings, where=where)
    ends = [
        LaunchPlan(launch=name, what="ends")
        for name in deployed
        if name not in {each.launch.name for each in resolved_launches}
    ]
    return [
        *(_plan(resolved, deployed.get(resolved.launch.name), account, stack) for resolved in resolved_launches),
        *ends,
    ]


def _plan(resolved: ResolvedLaunch, deployed: _Deployed | None, account: AccountSession, stack: str) -> LaunchPlan:
    name = resolved.launch.name
    tags = {SPOKE_PROJECT: stack, **resolved.tags}
    differences = _differences(resolved, deployed, tags) if deployed else []
    if deployed and not differences:
        return LaunchPlan(launch=name, what="unchanged")
    what = "changed" if deployed else "new"
    try:
        changes = changes_of(resolved, tags, account)
    except (PlanError, ClientError) as problem:
        reason = redacted(error_text(problem), resolved.secrets.values())
        return LaunchPlan(launch=name, what=what, differences=differences, problem=reason)
    return LaunchPlan(launch=name, what=what, differences=differences, changes=changes)


def _deployed(resource: dict[str, Any]) -> _Deployed:
    inputs: dict[str, Any] = resource["inputs"]
    parameters: list[dict[str, str]] = inputs.get("provisioningParameters") or []
    return _Deployed(
        artifact=str(inputs["provisioningArtifactId"]),
        parameters={each["key"]: each.get("value", "") for each in parameters},
        tags=dict(inputs.get("tagsAll") or inputs.get("tags") or {}),
    )


def _differences(resolved: ResolvedLaunch, deployed: _Deployed, tags: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    if deployed.artifact != resolved.choice.version.id:
        numbers = {version.id: number for number, version in resolved.product.versions.items()}
        found.append(f"version {numbers.get(deployed.artifact, deployed.artifact)} → {resolved.choice.number}")
    model = resolved.model
    found += model.changes(deployed.parameters, "→") if model else ()
    hidden = {name for name, parameter in resolved.choice.version.parameters.items() if parameter.no_echo}
    hidden |= resolved.secrets.keys()
    values = {**resolved.plain_parameters, **{name: each.plain or "" for name, each in resolved.secrets.items()}}
    found += [
        f"{key} {HIDDEN}" if key in hidden else f"{key} {_shown(old)} → {_shown(new)}"
        for key, old, new in _changed(deployed.parameters, values)
        if not (model and key in model.words) and key not in resolved.elsewhere
    ]
    found += [f"tag {key} {_shown(old)} → {_shown(new)}" for key, old, new in _changed(deployed.tags, tags)]
    return found


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str | None, str | None]]:
    return [(key, old.get(key), new.get(key)) for key in sorted({**old, **new}) if old.get(key) != new.get(key)]


def _shown(value: str | None) -> str:
    return "nothing" if value is None else value or "''"
