"""The page of all settings, docs/settings.md, from the models that read them.

`python -m tests.support.settings_page` writes it; with `--check` it fails where the page is out of date. What a key
means stands in the docstring of its model, what it takes in its annotation: the same that a refusal says.
"""

import datetime as dt
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo

from fleet.plan.settings import FleetSettings
from hub.config import HubSettings
from hub.definitions.card import ModelCard
from hub.definitions.cost import Prices
from hub.definitions.schema import PortfoliosFile, ProductFile
from organization.settings import OrganizationSettings
from shared.validation import FormerName
from spoke.config import SpokeSettings
from spoke.launches.accounts_file import AccountsFile
from spoke.launches.launches_file import LaunchesFile
from spoke.parameter_sources import AccountTag, LaunchOutput, Source, SsmParameter, StackOutput
from tests.support.pages import keep
from tests.support.paths import ROOT

DOCUMENT: Final = ROOT / "docs" / "settings.md"
_HEAD: Final = """\
# Settings

Made from the models that read them, by `make reference`. A key that is not here is refused. Keys of settings are in
camelCase, as Pulumi's are; keys of the catalog's files in snake_case, as those of AWS's tools. The other spelling and
former names are read too, and named once in a run. `[]` stands for each item of a list, `[TEMPLATE]` for one of that
`type`, `<name>` for any name.

Each stack has a file `Pulumi.<stack>.yaml`, where every key but `aws:region` begins with the project:
`model-catalog-hub:shares`.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: one file, or one project's settings."""

    title: str
    about: str
    model: type[BaseModel]
    others: tuple[type[BaseModel], ...] = ()


SECTIONS: Final = (
    Section(
        "model-catalog-organization", "`Pulumi.organization.yaml`, of the management account.", OrganizationSettings
    ),
    Section(
        "model-catalog-hub",
        "`Pulumi.hub.yaml` and `Pulumi.hub-….yaml`: [sharing](operations/adding.md#an-account), "
        "[changing shape](operations/changing-shape.md), [who may launch](operations/governing.md#who-may-launch), "
        "[dividing](operations/dividing.md), [roles from the hub](operations/rolling-out-roles.md), "
        "[removing](operations/removing.md).",
        HubSettings,
    ),
    Section("model-catalog-spoke", "`Pulumi.spoke-….yaml`, of one account each.", SpokeSettings),
    Section(
        "Sources",
        "In place of a parameter's value, in `Pulumi.spoke-….yaml` and `launches.yaml`: "
        "[parameters from elsewhere](operations/many-accounts.md#parameters-from-elsewhere).",
        SsmParameter,
        (LaunchOutput, StackOutput, AccountTag),
    ),
    Section(
        "launches.yaml",
        "Beside `fleet.yaml`: [launches for many accounts](operations/many-accounts.md).",
        LaunchesFile,
    ),
    Section(
        "accounts.yaml",
        "Written by `fleet accounts`: [facts of accounts](operations/many-accounts.md#facts-of-accounts).",
        AccountsFile,
    ),
    Section("fleet.yaml", "[How a rollout goes over the spokes](operations/rolling-out.md#waves).", FleetSettings),
    Section("portfolios.yaml", "`hub/catalog/portfolios.yaml`.", PortfoliosFile),
    Section(
        "product.yaml",
        "`hub/catalog/products/<product>/product.yaml`: [adding](operations/adding.md), "
        "[governing](operations/governing.md), [the life of a model](lifecycle.md).",
        ProductFile,
    ),
    Section("Model cards", "`hub/catalog/products/<product>/<version>.card.yaml`.", ModelCard),
    Section("prices.yaml", "`hub/catalog/prices.yaml`, the price table behind estimated costs.", Prices),
)
_TYPES: Final[dict[object, str]] = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    dt.date: "a date",
    Any: "anything",
}


def render() -> str:
    """Write the page."""
    return "\n".join([_HEAD, *(line for section in SECTIONS for line in _section(section))])


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}\n\n{section.about}\n"
    yield "| key | means | takes | default |\n| --- | --- | --- | --- |"
    for cells in (cells for model in (section.model, *section.others) for cells in rows(model)):
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    yield ""


def rows(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Give the cells of each key of a document, and of the documents within it."""
    meanings = _meanings(model)
    for name, field in model.model_fields.items():
        if _tag(model) and name == "type":
            continue  # it stands in the key already
        key = f"{above}{_key(name, field)}"
        inner = list(_documents(field.annotation))
        meaning = meanings.get(name) or next((_summary(document) for _, document in inner if len(inner) == 1), "")
        former = ", ".join(f"`{mark.name}`" for mark in field.metadata if isinstance(mark, FormerName))
        yield (
            f"`{key}`",
            f"{meaning} Formerly {former}.".lstrip() if former else meaning,
            _takes(field),
            "**required**" if field.is_required() else _default(field),
        )
        for place, document in inner:
            yield from rows(document, f"{key}{place}.")


def _key(name: str, field: FieldInfo) -> str:
    if isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    return field.alias or name


def _tag(model: type[BaseModel]) -> str:
    """Give the `type` by which a document is told from others in its place."""
    field = model.model_fields.get("type")
    values = get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
    return str(values[0]) if len(values) == 1 else ""


def _summary(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").partition("\n")[0]


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Read the attributes of a model's docstring and of those that it inherits from."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        _, _, attributes = (each.__doc__ or "").partition("Attributes:\n")
        for name, text in re.findall(r"^ +(\w+): (.+(?:\n {9,}.+)*)", attributes, re.MULTILINE):
            found[name] = " ".join(text.split())
    return found


def _takes(field: FieldInfo) -> str:
    """Say what a field takes: in the words of its annotation, or else by its type; and an example."""
    infos = [field, *_infos(field.annotation)]
    text = next((info.description for info in infos if info.description), _type(field.annotation))
    examples = next((info.examples for info in infos if info.description and info.examples), None)
    return f"{text}, for example `{examples[0]}`" if examples else text


def _type(annotation: object) -> str:
    options = [option for option in _options(annotation) if option is not type(None)]
    return " or ".join(dict.fromkeys(_one_type(option) for option in options))


def _one_type(option: object) -> str:
    arguments = get_args(option)
    match get_origin(option):
        case origin if origin is Literal:
            return " or ".join(f"`{value}`" for value in arguments)
        case origin if origin is list:
            return f"a list; each: {_each(arguments[0])}"
        case origin if origin is dict:
            return f"a map; each value: {_each(arguments[1])}"
        case _:
            return _TYPES.get(option, "the keys below")


def _each(annotation: object) -> str:
    described = next((info.description for info in _infos(annotation) if info.description), None)
    return described or _type(annotation)


def _default(field: FieldInfo) -> str:
    """Show a default that is a plain value; what another one comes to stands in the key's meaning."""
    match field.default:
        case bool() as value:
            return f"`{str(value).lower()}`"
        case str() | int() | float() as value if value:
            return f"`{value}`"
        case [str() as value]:
            return f"`{value}`"
        case _:
            return ""


def _documents(annotation: object, place: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Find the documents within a value, and where in it they are."""
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, Source):
            continue  # they have a section of their own
        if isinstance(option, type) and issubclass(option, BaseModel):
            yield f"{place.removesuffix('[]')}[{_tag(option)}]" if _tag(option) else place, option
        elif get_origin(option) is list:
            yield from _documents(get_args(option)[0], f"{place}[]")
        elif get_origin(option) is dict:
            yield from _documents(get_args(option)[1], f"{place}.<name>")


def _options(annotation: object) -> list[object]:
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [option for member in get_args(annotation) for option in _options(member)]
    return [annotation]


def _infos(annotation: object) -> list[FieldInfo]:
    if get_origin(annotation) is Annotated:
        marks = [info for info in get_args(annotation)[1:] if isinstance(info, FieldInfo)]
        return [*marks, *_infos(get_args(annotation)[0])]
    if get_origin(annotation) in (Union, UnionType):
        return [info for member in get_args(annotation) for info in _infos(member)]
    return []


if __name__ == "__main__":
    keep(DOCUMENT, render(), check="--check" in sys.argv)
