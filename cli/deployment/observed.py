"""What AWS has of a spoke's launches that is not as the stack deployed it, and how the stack learns of it."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.stacks import engine, published_contract, trusts_for
from fleet.store.locations import states_at
from fleet.store.states import LaunchedResource, launched_resource, outputs_of, told_of_launches
from fleet.store.storage import backend_url
from shared.aws.launch_drift import LaunchDrift, drift_of
from shared.aws.session import AccountSession, error_text
from shared.catalog.version_terms import version_terms
from shared.errors import CatalogError
from shared.files import write_file
from shared.stack.import_file import LAUNCH
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings

_RAW_STATE = "__pulumi_raw_state_delta"
"""The bridge keeps here how outputs differ from the provider's own state. Without it, it works that out again (source:
pulumi-terraform-bridge, "raw state")."""


def launch_drift(stack: str) -> list[LaunchDrift]:
    """Compare a spoke's launches with AWS; nothing where it was never deployed.

    Raises:
        CatalogError: the state or the account cannot be read.
    """
    state = states_at(backend_url(), engine()).read(stack)
    return _compared(stack, list(state.launched.values())) if state and state.launched else []


def tell_drift(stack: str) -> None:
    """Tell it, ahead of a preview; what cannot be compared is told too, and stops nothing. Raises CatalogError."""
    try:
        for drift in launch_drift(stack):
            print(f"warning: {stack}: {drift}", flush=True)
    except (BotoCoreError, ClientError) as problem:
        print(f"warning: {stack}: launches not compared with AWS: {error_text(problem)}", flush=True)


def take_parameters_over(stack: str) -> None:
    """Write the parameters that AWS has into a spoke's state, as a refresh does with all else.

    The next run compares the settings with them, and puts them back. A parameter that the settings do not name is
    left alone: what AWS makes of one that an update leaves out is not documented.

    Raises:
        CatalogError: state or account cannot be read, or the state not written.
    """
    exported = engine().exported("spoke", stack)
    deployment: dict[str, Any] = exported.get("deployment") or {}
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    told = told_of_launches(outputs_of(resources))
    launched = {
        (known := launched_resource(each, told.get(str(each["urn"]).rpartition("::")[2]))).name: (known, each)
        for each in resources
        if each["type"] == LAUNCH and each.get("id")
    }
    if not launched:
        return
    changed = False
    for drift in _compared(stack, [known for known, _ in launched.values()]):
        known, resource = launched[drift.launch]
        for difference in drift.differences:
            if difference.what == "version":
                continue  # which the provider reads by itself
            if difference.given:
                _write(resource, known, difference.what, difference.found)
                changed = True
                print(f"{stack}: {drift.launch} has {difference} by hand; the next up puts it back")
            else:
                print(f"{stack}: {drift.launch} has {difference}: name it in the settings to have it as you want it")
    if changed:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state.json"
            write_file(path, json.dumps(exported))
            engine().replace_state("spoke", stack, path)


def _compared(stack: str, launches: Sequence[LaunchedResource]) -> list[LaunchDrift]:
    settings = settings_of(SpokeSettings, stack)
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    try:
        terms = version_terms([published_contract(settings.hub_stacks, trusts_for(settings, stack))])
    except CatalogError:
        terms = {}  # then defaults are not compared, and versions are told by what AWS calls them
    return drift_of([each for each in launches if each.id], account, account.id, terms)


def _write(resource: dict[str, Any], known: LaunchedResource, key: str, value: str) -> None:
    """Write what AWS has of a parameter.

    Parameters that are encrypted, which they are all together, make place for those that are no secrets: the next run
    sees another list, and sends all of its own.
    """
    resource["outputs"].pop(_RAW_STATE, None)
    for part in (resource["inputs"], resource["outputs"]):
        if not isinstance(part.get("provisioningParameters"), list):
            plain = known.parameters or {}
            part["provisioningParameters"] = [{"key": name, "value": plain[name]} for name in sorted(plain)]
        listed: list[dict[str, Any]] = part["provisioningParameters"]
        for each in listed:
            if each["key"] == key:
                each["value"] = value
