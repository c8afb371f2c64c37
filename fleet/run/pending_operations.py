"""Reconciles a state with its account where a run died in the middle of an operation.

The state does not know whether the operation took place. Whatever was being made is looked for in the account: what is
there is taken into the state by its id, what is not there is forgotten, and a refresh reads the rest. Nothing is made
twice and nothing is lost.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from botocore.exceptions import ClientError
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_exponential

from fleet.engine import Engine
from fleet.errors import EngineError
from fleet.store.states import States
from shared.aws.session import AccountSession
from shared.files import write_file
from spoke.config import SpokeSettings

_LAUNCH_SECONDS: Final = 3600
_SETTLED: Final = ("AVAILABLE", "TAINTED", "ERROR")


def reconcile_pending(
    stack: str, settings: SpokeSettings, engine: Engine, states: States, log: IO[bytes] | None
) -> list[str]:
    """Bring a state with pending operations in line with the account, and say in words what was found.

    Raises:
        CatalogError: the account is out of reach.
        EngineError: the state could not be written or refreshed.
    """
    state = states.read(stack)
    if state is None or not state.pending:
        return []
    exported = engine.exported("spoke", stack)
    deployment: dict[str, Any] = exported["deployment"]
    pending: list[dict[str, Any]] = deployment.pop("pending_operations", [])
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    found = list(_taken_over(pending, deployment.setdefault("resources", []), account))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        write_file(file, json.dumps(exported))
        engine.replace_state("spoke", stack, file)
    finished = engine.refresh(stack, log, lambda _: None)
    if finished.code != 0:
        raise EngineError(
            f"a run died ({state.pending[0]}), and the refresh after it failed. See what it says: make refresh-{stack}",
            code="refresh-failed",
        )
    return found


def _taken_over(
    pending: list[dict[str, Any]], resources: list[dict[str, Any]], account: AccountSession
) -> Iterator[str]:
    known = {resource["urn"] for resource in resources}
    for operation in pending:
        resource: dict[str, Any] = operation["resource"]
        name = str(resource["urn"]).rpartition("::")[2]
        if operation["type"] != "creating" or resource["urn"] in known:
            yield f"{operation['type']} {name} was under way: compared with the account"
        elif not resource.get("custom"):
            resources.append(resource)
            known.add(resource["urn"])
        elif identity := _identity(resource, account):
            resources.append({**resource, "id": identity, "outputs": resource.get("inputs", {})})
            known.add(resource["urn"])
            yield f"{name} had been created, and was taken into the state"
        else:
            yield f"{name} had not been created"


def _identity(resource: dict[str, Any], account: AccountSession) -> str | None:
    """Give the id that the provider would have given, where the account has such an object.

    Source: terraform-provider-aws, the import sections of each resource's documentation.
    """
    given: dict[str, Any] = resource.get("inputs", {})
    match resource["type"]:
        case "aws:iam/role:Role":
            return given["name"]
        case "aws:iam/rolePolicy:RolePolicy":
            return f"{given['role']}:{given['name']}"
        case "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation":
            kind = given.get("principalType", "IAM")
            return f"en,{given['principalArn']},{given['portfolioId']},{kind}"
        case "aws:cloudformation/stack:Stack":
            return _stack(account, given)
        case "aws:servicecatalog/provisionedProduct:ProvisionedProduct":
            return _provisioned_product(account, given)
        case _:
            return None


def _stack(account: AccountSession, given: dict[str, Any]) -> str | None:
    client = account.client("cloudformation", given.get("region", ""))
    try:
        return client.describe_stacks(StackName=given["name"])["Stacks"][0]["StackId"]
    except ClientError:
        return None


def _provisioned_product(account: AccountSession, given: dict[str, Any]) -> str | None:
    """Find a launch by its name, once AWS has come to an end with it."""
    client = account.client("servicecatalog", given.get("region", ""))

    def look() -> dict[str, Any]:
        try:
            return client.describe_provisioned_product(Name=given["name"])["ProvisionedProductDetail"]
        except client.exceptions.ResourceNotFoundException:
            return {}

    unsettled = retry_if_result(lambda seen: bool(seen) and seen["Status"] not in _SETTLED)
    patient = Retrying(retry=unsettled, wait=wait_exponential(0.5, max=30), stop=stop_after_delay(_LAUNCH_SECONDS))
    return patient(look).get("Id")
