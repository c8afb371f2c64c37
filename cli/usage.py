"""Tells who runs what: make usage [PRODUCT=…] [VERSION=…]. It reads the outputs of all spoke stacks."""

import argparse
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from pydantic import BaseModel, field_validator
from rich.console import Console
from rich.table import Table

from cli.catalog import reporting
from cli.stacks import pulumi
from shared.catalog.cost import Estimate, together
from shared.errors import CatalogError
from shared.stack.names import SPOKE_PROJECT

_AT_ONCE: Final = 4


class Usage(BaseModel):
    """A launch as its stack told it when it was last deployed."""

    stack: str
    launch: str
    product: str
    version: str
    region: str
    status: str
    state: str = "active"
    estimated_monthly_cost: Estimate | None = None

    @field_validator("estimated_monthly_cost", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @property
    def cost(self) -> str:
        """The estimate in words."""
        return str(self.estimated_monthly_cost or "unknown")


def main() -> int:
    """Print a table of all launches, or of those of a product or version."""
    parser = argparse.ArgumentParser(prog="python -m cli.usage", description=__doc__)
    parser.add_argument("--product", default="")
    parser.add_argument("--version", default="")
    parser.add_argument("--json", action="store_true", help="print a list in JSON")
    arguments = parser.parse_args()
    return reporting(lambda: _show(users_of(arguments.product, arguments.version), as_json=arguments.json))


def users_of(product: str = "", version: str = "") -> list[Usage]:
    """List the launches of all spoke stacks, of a product or version where one is given.

    Raises:
        CatalogError: Pulumi cannot read the stacks.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = [usage for usages in threads.map(_of_stack, _stacks()) for usage in usages]
    return [usage for usage in found if product in ("", usage.product) and version in ("", usage.version)]


def _stacks() -> Iterable[str]:
    listed: list[dict[str, Any]] = json.loads(pulumi("spoke", "stack", "ls", "--json", "--all"))
    for stack in listed:
        name = str(stack["name"])
        # A name is short where the stack is of the folder's own project, and in full otherwise.
        if "/" not in name or name.split("/")[-2] == SPOKE_PROJECT:
            yield name


def _of_stack(stack: str) -> list[Usage]:
    outputs: dict[str, Any] = json.loads(pulumi("spoke", "-s", stack, "stack", "output", "--json"))
    launches: dict[str, dict[str, Any]] = outputs.get("launches") or {}
    return [Usage(stack=stack.rpartition("/")[2], launch=name, **launch) for name, launch in launches.items()]


def _show(usages: list[Usage], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([usage.model_dump(mode="json") for usage in usages], indent=2))
        return 0
    table = Table("stack", "launch", "product", "version", "region", "status", "state", "cost")
    for usage in usages:
        table.add_row(*usage.model_dump(exclude={"estimated_monthly_cost"}).values(), usage.cost)
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table if usages else "No spoke runs it.")
    estimates = [usage.estimated_monthly_cost for usage in usages if usage.estimated_monthly_cost]
    if estimates:
        console.print(f"{len(usages)} launches together: {together(estimates)}")
    return 0


def refuse_while_used(product: str, version: str) -> None:
    """Refuse to let a version go that somebody runs.

    Raises:
        CatalogError: lists who runs it.
    """
    users = users_of(product, version)
    if users:
        named = ", ".join(f"{user.launch} in {user.stack} ({user.region})" for user in users)
        raise CatalogError(
            f"{product} {version} is still in use: {named}. Move these launches to another version first, and deploy "
            f"their stacks."
        )


if __name__ == "__main__":
    sys.exit(main())
