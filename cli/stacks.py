"""What the engine remembers of stacks."""

import json
import subprocess
from typing import Any

from shared.catalog.contract import Contract, merge, parse
from shared.errors import ConfigError
from shared.stack.names import CATALOG_OUTPUT


def pulumi(project: str, *arguments: str) -> str:
    """Run the Pulumi CLI in a project's folder, and give what it prints.

    Raises:
        ConfigError: it is not there, or it failed; its own words say why.
    """
    try:
        done = subprocess.run(["pulumi", "-C", project, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ConfigError("pulumi is not on PATH. Run the command through make.") from None
    if done.returncode != 0:
        raise ConfigError(f"pulumi {' '.join(arguments)} failed: {' '.join(done.stderr.split())}")
    return done.stdout


def contract_of(*stacks: str) -> Contract:
    """Read the catalog that the hub's stacks published, each named shortly or in full.

    Raises:
        ConfigError: the stack cannot be read.
        ContractError: it publishes nothing that can be used.
    """
    found: dict[str, Contract] = {}
    for stack in stacks:
        name = stack.rpartition("/")[2]
        outputs: dict[str, Any] = json.loads(pulumi("hub", "-s", name, "stack", "output", "--json"))
        found[stack] = parse(outputs.get(CATALOG_OUTPUT), source=name)
    return merge(found)


def resources_of(project: str, stack: str, kind: str = "") -> list[dict[str, Any]]:
    """List the resources of a type, or all of them, in a stack's state, with their inputs, outputs and dates.

    Raises:
        ConfigError: the stack cannot be read.
    """
    state: dict[str, Any] = json.loads(pulumi(project, "-s", stack, "stack", "export"))
    deployment: dict[str, Any] = state.get("deployment") or {}
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    return [resource for resource in resources if kind in ("", resource["type"])]
