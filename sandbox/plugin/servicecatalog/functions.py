"""Functions of the Service Catalog module."""

from collections.abc import Mapping
from typing import Any

from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.functions import Function
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, Operation, required
from sandbox.plugin.tags import as_map
from sandbox.plugin.waits import wait
from sandbox.plugin.wire import State

from .calls import ACCEPT_LANGUAGE, NOT_FOUND, call, listed

_LIMIT = 3 * 60


def _provisioning_artifacts(op: Operation) -> State:
    product = op.new["productId"]
    with doing("listing Service Catalog Provisioning Artifacts"):
        answer = call(op, "list_provisioning_artifacts", ProductId=product, AcceptLanguage=op.new["acceptLanguage"])
    details = [
        {
            **pick(one, "active", "description", "guidance", "id", "name", "type"),
            "createdTime": one["CreatedTime"].strftime("%Y-%m-%d %H:%M:%S +0000 UTC"),
        }
        for one in answer["ProvisioningArtifactDetails"]
    ]
    return {"id": product, "provisioningArtifactDetails": details}


def _launch_paths(op: Operation) -> State:
    def look() -> tuple[str, list[dict[str, Any]]] | None:
        with tolerating(NOT_FOUND):
            found = list(listed(op, "list_launch_paths", "LaunchPathSummaries"))
            return ("AVAILABLE", found) if found else None
        return None

    with doing("describing Service Catalog Launch Paths"):
        paths = wait(op.clock, _LIMIT, look, pending=(), target=("AVAILABLE",), steady=True) or []
    summaries = [
        {
            **pick(path, "name", pathId="Id"),
            "tags": op.provider.tags.visible(as_map(path.get("Tags", []))),
            "constraintSummaries": [pick(one, "type", "description") for one in path.get("ConstraintSummaries", [])],
        }
        for path in paths
    ]
    return {"id": op.new["productId"], "summaries": summaries}


_ARGUMENTS = {"productId": required(), **ACCEPT_LANGUAGE, **REGION}
FUNCTIONS: Mapping[str, Function] = {
    "aws:servicecatalog/getProvisioningArtifacts:getProvisioningArtifacts": Function(
        _ARGUMENTS, _provisioning_artifacts
    ),
    "aws:servicecatalog/getLaunchPaths:getLaunchPaths": Function(_ARGUMENTS, _launch_paths),
}
