"""Tells who runs what: make usage [PRODUCT=…] [VERSION=…]."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.catalog import reporting
from fleet.show.launches import launches_of
from shared.catalog.cost import together
from shared.errors import CatalogError


def main() -> int:
    """Print a table of all launches, or of those of a product or version."""
    parser = argparse.ArgumentParser(prog="python -m cli.usage", description=__doc__)
    parser.add_argument("--product", default="")
    parser.add_argument("--version", default="")
    parser.add_argument("--json", action="store_true", help="print a list in JSON")
    arguments = parser.parse_args()
    return reporting(lambda: _show(arguments.product, arguments.version, as_json=arguments.json))


def _show(product: str, version: str, *, as_json: bool) -> int:
    found = launches_of(Path.cwd(), identified=bool(product))
    launches = [launch for launch in found if launch.is_of(product, version)]
    if as_json:
        print(json.dumps([launch.document() for launch in launches], indent=2))
        return 0
    table = Table("stack", "launch", "product", "version", "region", "status", "state", "cost")
    for launch in launches:
        *columns, cost = launch.document().values()
        table.add_row(*columns, str(launch.deployed.estimated_monthly_cost) if cost else "unknown")
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table if launches else "No spoke runs it.")
    costs = [cost for launch in launches if (cost := launch.deployed.estimated_monthly_cost)]
    if costs:
        console.print(f"{len(launches)} launches together: {together(costs)}")
    return 0


def refuse_while_used(original_key: str, version: str) -> None:
    """Refuse to let a version go that somebody runs, under whatever key its product was launched.

    Raises:
        CatalogError: lists who runs it, or nobody can say who does.
    """
    found = launches_of(Path.cwd(), identified=True)
    users = [each for each in found if (each.original_key, each.deployed.version) == (original_key, version)]
    if users:
        named = ", ".join(f"{user.deployed.name} in {user.stack} ({user.deployed.region})" for user in users)
        raise CatalogError(
            f"{users[0].product} {version} is still in use: {named}. Move these launches to another version first, and "
            f"deploy their stacks."
        )


if __name__ == "__main__":
    sys.exit(main())
