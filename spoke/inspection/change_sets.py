"""Asks AWS what a launch or an update would change in its stack, by a plan that is deleted again."""

import time
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import ClientError
from pydantic import BaseModel

from shared.aws.session import AccountSession, code_of, error_text
from spoke.launches.portfolios import LaunchPath, paths_through
from spoke.launches.resolution import ResolvedLaunch

_PREFIX: Final = "model-catalog-preview-"
_PATIENCE: Final = 300
"""Seconds; a change set takes some of them."""
_PAUSE: Final = 0.5


class PlanError(Exception):
    """AWS cannot make the plan; the message says why, and what to do."""


class Change(BaseModel):
    """One resource of a stack, as a plan tells of it.

    Attributes:
        action: ADD, MODIFY or REMOVE.
        replacement: TRUE, FALSE or CONDITIONAL, where something is modified.
        causes: Properties and attributes that change, and what makes them.
    """

    action: str
    logical_id: str
    type: str
    replacement: str = ""
    causes: list[str] = []


def changes_of(resolved: ResolvedLaunch, tags: Mapping[str, str], account: AccountSession) -> list[Change]:
    """Ask what would change in a launch's stack.

    Raises:
        PlanError: there is no launch path yet, the launch role may not look, or the plan fails.
    """
    catalog = account.client("servicecatalog", resolved.region)
    _remove_leftovers(catalog, resolved.launch.name)
    with _plan(catalog, resolved, tags) as plan:
        details = _finished(catalog, plan, resolved)
        found: list[dict[str, Any]] = []
        answer = details
        while True:
            found += answer.get("ResourceChanges", [])
            if not answer.get("NextPageToken"):
                return [_change(each) for each in found]
            answer = catalog.describe_provisioned_product_plan(PlanId=plan, PageToken=answer["NextPageToken"])


@contextmanager
def _plan(catalog: Any, resolved: ResolvedLaunch, tags: Mapping[str, str]) -> Generator[str]:  # noqa: ANN401 - a boto3 client
    """Make a plan, and delete it whatever happens."""
    made = catalog.create_provisioned_product_plan(
        PlanName=f"{_PREFIX}{resolved.launch.name}"[:128],
        PlanType="CLOUDFORMATION",
        PathId=_path(catalog, resolved),
        ProductId=resolved.product.id,
        ProvisionedProductName=resolved.launch.name,
        ProvisioningArtifactId=resolved.choice.version.id,
        ProvisioningParameters=[{"Key": key, "Value": value} for key, value in sorted(_values(resolved).items())],
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        IdempotencyToken=str(uuid.uuid4()),
    )
    try:
        yield made["PlanId"]
    finally:
        catalog.delete_provisioned_product_plan(PlanId=made["PlanId"], IgnoreErrors=True)


def _values(resolved: ResolvedLaunch) -> dict[str, str]:
    """Give all parameters, which a plan has to be made with.

    Raises:
        PlanError: some are encrypted still, or not known yet.
    """
    if resolved.elsewhere:
        sources = " and ".join(f"{name} takes {source}" for name, source in resolved.elsewhere.items())
        raise PlanError(f"{sources}, which is not known yet, and AWS plans with values alone")
    untold = [name for name, secret in resolved.secrets.items() if secret.plain is None]
    if untold:
        raise PlanError(f"{' and '.join(untold)} is encrypted, and AWS plans with values alone")
    return {**resolved.plain_parameters, **{name: each.plain or "" for name, each in resolved.secrets.items()}}


def _path(catalog: Any, resolved: ResolvedLaunch) -> str:  # noqa: ANN401 - a boto3 client
    try:
        paths: list[Any] = catalog.list_launch_paths(ProductId=resolved.product.id)["LaunchPathSummaries"]
    except catalog.exceptions.ResourceNotFoundException:
        paths = []
    found = paths_through(resolved.portfolio, (LaunchPath(path["Id"], path["Name"]) for path in paths))
    if not found:
        raise PlanError(
            f"there is no launch path to {resolved.product.name} yet, so AWS cannot look into it. The first stack up "
            f"gives this stack access; everything in the template will be new"
        )
    return found[0]


def _finished(catalog: Any, plan: str, resolved: ResolvedLaunch) -> dict[str, Any]:  # noqa: ANN401 - a boto3 client
    """Wait until a plan says what would change."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        answer: dict[str, Any] = catalog.describe_provisioned_product_plan(PlanId=plan)
        details = answer["ProvisionedProductPlanDetails"]
        match details["Status"]:
            case "CREATE_SUCCESS":
                return answer
            case "CREATE_FAILED":
                raise PlanError(_failure(details.get("StatusMessage", "AWS gives no reason"), resolved))
            case _ if time.monotonic() > deadline:
                raise PlanError(f"the plan is still {details['Status']} after {_PATIENCE} seconds. Try again later")
            case _:
                time.sleep(_PAUSE)


def _failure(reason: str, resolved: ResolvedLaunch) -> str:
    text = " ".join(reason.split())
    if "ChangeSet" in text and "not authorized" in text:
        return (
            f"{text} The role {resolved.product.launch_role.name} is older than the hub's policy for it, which allows "
            f"it to look: run stack up once, or have the role's maker renew it"
        )
    return text


def _remove_leftovers(catalog: Any, launch: str) -> None:  # noqa: ANN401 - a boto3 client
    """Remove the plan of a run that was killed: AWS takes one of a name."""
    try:
        there = catalog.list_provisioned_product_plans()["ProvisionedProductPlans"]
    except ClientError as problem:
        raise PlanError(f"plans cannot be listed ({code_of(problem)}): {error_text(problem)}") from None
    for plan in there:
        if plan["PlanName"] == f"{_PREFIX}{launch}"[:128]:
            catalog.delete_provisioned_product_plan(PlanId=plan["PlanId"], IgnoreErrors=True)


def _change(found: dict[str, Any]) -> Change:
    causes: list[str] = []
    for detail in found.get("Details", []):
        target = detail.get("Target", {})
        what = target.get("Name") or target.get("Attribute", "")
        because = detail.get("CausingEntity")
        text = f"{what} (from {because})" if because else str(what)
        if text and text not in causes:
            causes.append(text)
    return Change(
        action=found["Action"],
        logical_id=found["LogicalResourceId"],
        type=found["ResourceType"],
        replacement=found.get("Replacement", ""),
        causes=causes,
    )
