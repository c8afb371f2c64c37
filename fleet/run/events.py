"""Makes the event of a run from the state that it left, and says who ran it and from which commit."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from fleet.checkout import commit_of
from fleet.store.deployments import deployed_contract, launches_in
from fleet.store.history import Event, LaunchInEvent
from fleet.store.records import ContractRef, DeployedLaunch, DeployedModel
from fleet.store.states import LaunchedResource, State
from shared.aws.session import Session, error_text
from shared.catalog.contract import Contract, Version
from shared.stack.names import CATALOG_OUTPUT


def event_of(
    stack: str,
    state: State,
    *,
    root: Path,
    account: str,
    region: str,
    role: str | None,
    operation: str,
    outcome: str,
    contract: Contract | None = None,
) -> Event:
    """Make the event of a run.

    Args:
        stack: Any stack.
        state: As the run left it.
        root: The checkout.
        account: The stack's.
        region: The stack's, where AWS is asked who runs it: other partitions know nothing of another one's callers.
        role: What the run worked as.
        operation: `up` or `destroy`.
        outcome: What became of it.
        contract: After a run that failed, whose outputs may be those of the run before: what the hub publishes.

    Raises:
        StateError: the outputs were written by another release.
    """
    used = deployed_contract(state)
    published: Any = state.outputs.get(CATALOG_OUTPUT)
    catalog = cast("dict[str, Any]", published) if isinstance(published, dict) else {}  # of a run in part it is a text
    return Event(
        stack=stack,
        account=account,
        time=dt.datetime.now(dt.UTC),
        operation=operation,
        outcome=outcome,
        actor=caller(region),
        role=role or "",
        commit=commit_of(root),
        contract=used if used.content_hash else ContractRef(hub="", content_hash=catalog.get("content_hash", "")),
        launches=launches_of(stack, state, contract),
    )


@cache
def caller(region: str) -> str:
    """Give the ARN of whoever runs this, before any role of a stack's settings is assumed.

    Everybody may ask who they are (source: STS API reference, GetCallerIdentity).
    """
    try:
        return str(Session(region=region).client("sts").get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError) as problem:
        return f"unknown: {error_text(problem)}"


def launches_of(stack: str, state: State, contract: Contract | None) -> list[LaunchInEvent]:
    """List the launches of a state, as an event tells them. Raises StateError."""
    outputs: dict[str, dict[str, Any]] = state.outputs.get("launches") or {}
    offered = _versions(contract) if contract else {}
    found: list[LaunchInEvent] = []
    for launch in launches_in(stack, state, None, None):
        resource = state.launched.get(launch.name)
        if resource is None:
            continue  # an output of the run before, or a launch that never came to be
        template = str(outputs.get(launch.name, {}).get("template", ""))
        known = {"product_id": launch.product_id, "region": launch.region, "status": launch.status}
        key, number, version = offered.get(resource.artifact_id, (launch.product, launch.version, None))
        if version is None or number == launch.version:
            told = {"product": launch.product, "version": launch.version, "template": template, "model": launch.model}
        else:
            model = _model_of(version, resource, launch)
            told = {"product": key, "version": number, "template": version.template_sha256, "model": model}
        found.append(LaunchInEvent.model_validate({"name": launch.name, **known, **told}))
    return found


def _versions(contract: Contract) -> dict[str, tuple[str, str, Version]]:
    """Give the versions of a contract with their products' keys and their numbers, by what AWS calls them."""
    return {
        version.id: (key, number, version)
        for region in contract.regions.values()
        for key, product in region.products.items()
        for number, version in product.versions.items()
    }


def _model_of(version: Version, resource: LaunchedResource, launch: DeployedLaunch) -> DeployedModel | None:
    model = version.model
    if model is None:
        return None
    brought = model.values(launch.region).get(model.parameters.archive or "", model.archive.uri)
    given = (resource.parameters or {}).get(model.parameters.archive or "", brought)
    if given != brought:
        return DeployedModel(package="", archive=given, digest="", own=True)
    return DeployedModel(package=model.package, archive=brought, digest=model.archive.digest, own=False)
