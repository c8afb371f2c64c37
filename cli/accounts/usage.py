"""Tells who runs what, and what that costs."""

from pathlib import Path
from typing import Final

from cli.deployment.known_names import refuse_unknown
from cli.exit_codes import ExitCode
from cli.verbs import print_json
from fleet.show.launches import launches_of
from fleet.show.tables import Column, console, show
from shared.catalog.cost import together

_COLUMNS: Final = (
    Column("spoke"),
    Column("launch"),
    Column("product"),
    Column("version"),
    Column("region", 3),
    Column("status", 1),
    Column("state", 2),
    Column("cost", 4, wraps=True),
)


def show_usage(product: str, version: str, *, as_json: bool) -> int:
    """Print all launches, or those of a product or version.

    Raises:
        ConfigError: nobody knows such a product or version.
        CatalogError: the backend, a record or a state cannot be read, or a hub that has to be.
    """
    found = [each for each in launches_of(Path.cwd(), identified=bool(product)) if each.is_of(product, version)]
    if not found and (product or version):
        every = [(each.product, each.deployed.version) for each in launches_of(Path.cwd())]
        refuse_unknown(Path.cwd(), product=product, version=version, launched=every)
    if as_json:
        return print_json([launch.document() for launch in found])
    rows = [
        [*map(str, [*each.document().values()][:-1]), str(each.deployed.estimated_monthly_cost or "unknown")]
        for each in found
    ]
    show(console(), _COLUMNS, rows)
    costs = [cost for launch in found if (cost := launch.deployed.estimated_monthly_cost)]
    print(f"{len(found)} launches together: {together(costs)}" if costs else "" if found else "Nobody runs it.")
    return ExitCode.DONE
