"""What was under way in a hub or in the organization when a run died.

What the catalog's files name is looked for in the account and taken into the state by its id, as a rollout does it for
spokes. What they do not name is told, with the commands that settle it: whether AWS has it, only a person can say.
"""

import json
import shlex
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.catalog.files import catalog_as_of
from cli.stacks import engine
from hub.config import HubSettings
from hub.definitions.portfolio_selection import part_of
from hub.inspection.adoption import find_in_hub
from shared.aws.session import AccountSession
from shared.errors import CatalogError
from shared.files import write_file
from shared.stack.import_file import ImportFile
from shared.stack.stack_file import settings_of

_BUCKET: Final = "aws:s3/bucket:Bucket"
_TELLING: Final = ("name", "bucket", "key", "portfolioId", "productId", "principalId", "principalArn", "type")
"""Inputs by which a person finds a thing in AWS."""

Operation = Mapping[str, Any]
Known = Mapping[tuple[str, str], str]
"""Ids of what an account has, by type and logical name."""


def take_over(project: str, stack: str) -> tuple[list[str], list[Operation]]:
    """Take what AWS has into the state, and give what was done in words, and what is left.

    Raises:
        EngineError: the state cannot be read or written.
    """
    exported = engine().exported(project, stack)
    deployment: dict[str, Any] = exported.get("deployment") or {}
    pending: list[Operation] = deployment.get("pending_operations") or []
    if not pending:
        return [], []
    there, problem = _known(project, stack, pending)
    resources: list[dict[str, Any]] = deployment.setdefault("resources", [])
    told, left = _taken(pending, resources, there)
    deployment["pending_operations"] = left
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.json"
        write_file(path, json.dumps(exported))
        engine().replace_state(project, stack, path)
    return [*told, *([f"the account cannot be read: {problem}"] if problem else [])], left


def remedy(project: str, stack: str, left: Sequence[Operation]) -> Iterator[str]:
    """Tell what a person has to look for, and what to run then."""
    yield "look for these in the account; what is there, Pulumi would make a second time. Remove it:"
    for operation in left:
        inputs: dict[str, Any] = operation["resource"].get("inputs") or {}
        named = ", ".join(f"{key} {inputs[key]}" for key in _TELLING if isinstance(inputs.get(key), str))
        yield f"  {_name(operation)} ({_type(operation)}){f': {named}' if named else ''}"
    yield "then run:"
    yield f"  {shlex.join(['pulumi', '-C', project, '-s', stack, 'refresh', '--clear-pending-creates'])}"
    yield f"  model-catalog stack up {stack}"


def _taken(
    pending: Sequence[Operation], resources: list[dict[str, Any]], there: Known
) -> tuple[list[str], list[Operation]]:
    told: list[str] = []
    left: list[Operation] = []
    urns = {resource["urn"] for resource in resources}
    for operation in pending:
        resource: dict[str, Any] = operation["resource"]
        identity = there.get((_type(operation), _name(operation)))
        if operation["type"] != "creating" or resource["urn"] in urns:
            told.append(f"{operation['type']} {_name(operation)} was under way: a refresh compares it with the account")
        elif not resource.get("custom"):
            resources.append(resource)  # a component, which is nothing in the account
        elif identity:
            resources.append({**resource, "id": identity, "outputs": resource.get("inputs", {})})
            told.append(f"{_name(operation)} had been created, and was taken into the state: {identity}")
        else:
            left.append(operation)
    return told, left


def _known(project: str, stack: str, pending: Sequence[Operation]) -> tuple[Known, str]:
    """Look in a hub's account for what the catalog's files name, and for buckets; or say why that cannot be done."""
    if project != "hub":
        return {}, ""
    where, file = f"Pulumi.{stack}.yaml", ImportFile(provider_urn="")
    try:
        settings = settings_of(HubSettings, stack)
        account = AccountSession(settings, where=where)
        find_in_hub(settings, part_of(settings, catalog_as_of(), where=where), account, file)
    except CatalogError as problem:
        return {}, str(problem)
    found = {(each["type"], each["logicalName"]): str(each["id"]) for each in file.resources if "id" in each}
    buckets = [operation for operation in pending if _type(operation) == _BUCKET and _has_bucket(account, operation)]
    return found | {(_BUCKET, _name(each)): each["resource"]["inputs"]["bucket"] for each in buckets}, ""


def _has_bucket(account: AccountSession, operation: Operation) -> bool:
    inputs: dict[str, Any] = operation["resource"].get("inputs") or {}
    try:
        account.client("s3", inputs.get("region", "")).head_bucket(Bucket=inputs["bucket"])
    except (ClientError, KeyError):
        return False
    return True


def _type(operation: Operation) -> str:
    return str(operation["resource"]["type"])


def _name(operation: Operation) -> str:
    return str(operation["resource"]["urn"]).rpartition("::")[2]
