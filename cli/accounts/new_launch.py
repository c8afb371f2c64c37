"""Adds a launch to a spoke's settings, checked against what the hub offers before a word is written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cli.exit_codes import ExitCode
from cli.stacks import contract_of, trusts_for
from cli.yaml_text import append
from pages.index.facts import limits
from shared.catalog.contract import Product, Version
from shared.catalog.lifecycle import as_of
from shared.errors import LaunchError
from shared.files import write_file
from shared.secret_value import Secret, refers_to_secret
from shared.stack.names import SPOKE_PROJECT, set_command
from shared.stack.stack_file import settings_of
from shared.validation import validate
from spoke.config import Launch, SpokeSettings
from spoke.launches.resolution import offered, region_catalog, resolve_launches
from spoke.launches.version_selection import select_version

_LAUNCHES: Final = ("config", f"{SPOKE_PROJECT}:launches")


def new_launch(
    stack: str, key: str, *, name: str, version: str, region: str, parameters: Sequence[str], dry_run: bool
) -> int:
    """Write a launch of a product; without a version, of its newest active one.

    Raises:
        CatalogError: the hub does not offer it; a value is missing, all of which are told at once, or not allowed.
    """
    path = Path(f"Pulumi.{stack}.yaml")
    settings = settings_of(SpokeSettings, stack)
    contract = contract_of(settings.hub_stacks, trusts_for(settings, stack))
    where = "spoke new-launch"
    found = region_catalog(contract, region or settings.region, where=where)
    key, product = offered(found.products, key, where=f"{where}: PRODUCT", what="product")
    wanted = version or _newest_active(product)
    values = _values(parameters)
    terms = select_version(product, wanted, as_of(), where=where).version
    _refuse_in_command(terms, values)
    hidden = _refuse_missing(product, wanted, terms, region or settings.region, values)
    entry: dict[str, object] = {"name": name or key, "product": key, "version": wanted}
    entry |= {"region": region} if region else {}
    entry |= {"parameters": values} if values else {}
    launch = validate(Launch, entry, where=where, error=LaunchError)
    if launch.name in {each.name for each in settings.launches}:
        raise LaunchError(
            f"{path} has a launch {launch.name!r} already. Give this one another name: --name",
            code="launch-exists",
            place="--name",
        )
    whole = launch.model_copy(update={"parameters": {**launch.parameters, **dict.fromkeys(hidden, Secret(""))}})
    resolve_launches(settings.model_copy(update={"launches": [whole]}), contract, as_of(), where=where)
    text = append(path.read_text(), _LAUNCHES, entry, where=str(path))
    if dry_run:
        print(text, end="")
        return ExitCode.DONE
    write_file(path, text)
    print(f"wrote {launch.name} into {path}. Next:")
    for parameter in hidden:
        key = f"{SPOKE_PROJECT}:launches[{len(settings.launches)}].parameters.{parameter}"
        print(f"{set_command(path.name, key, secret=True)}  # asks for the value")
    print(f"model-catalog stack preview {stack}")
    return ExitCode.DONE


def _newest_active(product: Product) -> str:
    found = product.newest_on(as_of())
    if found is None:
        raise LaunchError(
            f"{product.name} has no active version. Name one: --version",
            code="no-active-version",
            place="spoke new-launch",
        )
    return found


def _values(parameters: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in parameters:
        name, given, value = each.partition("=")
        if not given or not name:
            raise LaunchError(
                f"invalid value {each!r}. Expected NAME=VALUE, such as InstanceType=ml.m5.large.",
                code="invalid-parameter",
                place="--parameter",
            )
        values[name] = value
    return values


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


def _refuse_missing(product: Product, wanted: str, version: Version, region: str, values: dict[str, str]) -> list[str]:
    """Refuse what is missing, and give the hidden parameters that still have to be set."""
    brought = version.model.values(region) if version.model else {}
    missing = [
        f"\n  --parameter {name}=…  {item.description} {limits(item)}".rstrip()
        for name, item in version.parameters.items()
        if item.default is None and not item.no_echo and name not in values and name not in brought
    ]
    if missing:
        raise LaunchError(
            f"{product.name} {wanted} has no defaults for these. Give each:{''.join(missing)}",
            code="parameters-without-values",
        )
    return [
        name
        for name, item in version.parameters.items()
        if item.no_echo and item.default is None and name not in values and name not in brought
    ]
