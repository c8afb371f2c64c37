"""Adds a launch to a spoke's settings, checked against what the hub offers before a word is written."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import typer

from cli.accounts.launch_entry import launch_entry, named
from cli.assignments import assignments
from cli.exit_codes import ExitCode
from cli.stacks import contract_of, trusts_for
from pages.index.facts import limits
from pages.launching.block import Wanted, newest_active
from shared.catalog.contract import Product, Version
from shared.catalog.lifecycle import as_of
from shared.catalog.parameters import Parameter, value_problem
from shared.errors import LaunchError
from shared.files import write_file
from shared.secret_value import refers_to_secret
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.launches.resolution import offered, region_catalog
from spoke.launches.version_selection import select_version


def new_launch(
    stack: str,
    key: str,
    *,
    name: str,
    version: str,
    portfolio: str,
    region: str,
    parameters: Sequence[str],
    dry_run: bool,
) -> int:
    """Write a launch of a product; without a version, of its newest active one.

    Raises:
        CatalogError: the hub does not offer it; a value is missing, all of which are told at once, or not allowed.
    """
    path = Path(f"Pulumi.{stack}.yaml")
    settings = settings_of(SpokeSettings, stack)
    contract = contract_of(settings.hub_stacks, trusts_for(settings, stack))
    where = "spoke new-launch"
    place = region or settings.region
    found = region_catalog(contract, place, where=where)
    key, product = offered(found.products, key, where=f"{where}: PRODUCT", what="product")
    name = named(name, key, settings.name_prefix or "", place="--name")
    number = version or newest_active(product, as_of(), where=where)
    values = assignments(parameters, option="--parameter")
    terms = select_version(product, number, as_of(), where=where).version
    _refuse_in_command(terms, values)
    if sys.stdin.isatty():
        values |= dict(_asked(_missing(terms, place, values)))
    _refuse_missing(product, number, terms, place, values)
    wanted = Wanted(product=key, name=name, version=number, portfolio=portfolio, region=region, parameters=values)
    entry = launch_entry(stack, settings, contract, wanted, where=where, name_place="--name")
    print(entry.price, file=sys.stderr if dry_run else sys.stdout)
    if dry_run:
        print(entry.text, end="")
        return ExitCode.DONE
    write_file(path, entry.text)
    print(f"wrote {entry.resolved.launch.name} into {path}. Next:")
    for command in entry.secrets:
        print(f"{command}  # asks for the value")
    print(f"model-catalog stack preview {stack}")
    return ExitCode.DONE


def _refuse_in_command(version: Version, values: dict[str, str]) -> None:
    """Refuse a secret that everybody reads who lists the machine's processes, or its shell's history."""
    for name, value in values.items():
        parameter = version.parameters.get(name)
        if parameter and parameter.no_echo and value and not refers_to_secret(value):
            raise LaunchError(
                f"is hidden by the template (NoEcho), and a command line is read by others. Leave {name} out: what "
                f"sets it as a secret is told next.",
                code="secret-in-command-line",
                place=f"--parameter {name}",
            )


def _missing(version: Version, region: str, values: Mapping[str, str]) -> dict[str, Parameter]:
    """Give the parameters that have no value yet; those that are hidden are set as secrets afterwards."""
    brought = version.model.values(region) if version.model else {}
    return {
        name: item
        for name, item in version.parameters.items()
        if item.default is None and not item.no_echo and name not in values and name not in brought
    }


def _asked(missing: Mapping[str, Parameter]) -> Iterator[tuple[str, str]]:
    """Ask for each, and again where the answer is not allowed."""
    for name, item in missing.items():
        said = f"{name}: {item.description} {limits(item)}".strip()
        while True:
            value: str = typer.prompt(said, err=True)
            problem = value_problem(item, value)
            if problem is None:
                break
            typer.echo(problem, err=True)
        yield name, value


def _refuse_missing(product: Product, wanted: str, version: Version, region: str, values: Mapping[str, str]) -> None:
    missing = [
        f"\n  --parameter {name}=…  {item.description} {limits(item)}".rstrip()
        for name, item in _missing(version, region, values).items()
    ]
    if missing:
        raise LaunchError(
            f"{product.name} {wanted} has no defaults for these. Give each:{''.join(missing)}",
            code="parameters-without-values",
        )
