"""Reads the catalog's files into one checked whole."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel

from hub.content import PortfolioFile, PortfoliosFile, ProductFile, VersionEntry
from hub.lifecycle import Lives, check_lifecycles
from hub.lockfile import Published, check_lock
from hub.templates import Template, read_template
from shared.checking import checked
from shared.errors import ContentError
from shared.lifecycle import State
from shared.names import execution_role_name

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogVersion:
    """A version as its product's file and its template describe it, and its state on the day."""

    entry: VersionEntry
    template: Template
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogProduct:
    """A product with everything that its folder holds; versions are in the order of publication."""

    file: ProductFile
    launch_statements: list[dict[str, Any]]
    execution_statements: list[dict[str, Any]]
    versions: list[CatalogVersion]

    @property
    def lives(self) -> Lives:
        """Each version from its release to its end."""
        return {version.entry.version: version.entry.life for version in self.versions}


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything under the catalog's folder.

    Attributes:
        day: The day whose states of versions count.
    """

    folder: Path
    day: dt.date
    portfolios: list[PortfolioFile]
    products: list[CatalogProduct]

    def published(self) -> Published:
        """List what the lock file must hold."""
        return [
            (product.file.key, version.entry.version, version.template.sha256, version.template.path)
            for product in self.products
            for version in product.versions
        ]


def read_catalog(folder: Path, day: dt.date) -> Catalog:
    """Read and check a catalog as it is on a day, lock file included.

    Raises:
        ContentError: names the file and the place of the first mistake, and what to do about it.
    """
    catalog = read_unlocked(folder, day)
    check_lock(folder, catalog.published())
    return catalog


def read_unlocked(folder: Path, day: dt.date) -> Catalog:
    """Read and check a catalog whose new versions may not be in the lock file yet."""
    listing = folder / "portfolios.yaml"
    portfolios = _document(PortfoliosFile, listing).portfolios
    _refuse_twins(((listing, "key", item.key) for item in portfolios), "portfolios")
    _refuse_twins(((listing, "name", item.name) for item in portfolios), "portfolios")
    files = sorted((folder / "products").glob("*/product.yaml"))
    products = [_product(path, {item.key for item in portfolios}, day) for path in files]
    names = ((path, "name", product.file.name) for path, product in zip(files, products, strict=True))
    _refuse_twins(names, "products")
    return Catalog(folder=folder, day=day, portfolios=portfolios, products=products)


def _product(path: Path, portfolios: set[str], day: dt.date) -> CatalogProduct:
    file = _document(ProductFile, path)
    folder = path.parent
    if file.key != folder.name:
        raise ContentError(f"{path}: key: found {file.key!r}. It must be the name of the folder, {folder.name!r}.")
    if file.portfolio not in portfolios:
        known = ", ".join(sorted(portfolios))
        raise ContentError(f"{path}: portfolio: found {file.portfolio!r}. The portfolios are: {known}.")
    _refuse_twins(((path, "version", entry.version) for entry in file.versions), "versions")
    check_lifecycles(path, {entry.version: entry.life for entry in file.versions}, day)
    for entry in file.versions:
        _refuse_foreign_role(folder / entry.template, file.key)
    return CatalogProduct(
        file=file,
        launch_statements=_statements(folder / file.launch_policy),
        execution_statements=_statements(folder / file.execution_role.policy),
        versions=[
            CatalogVersion(entry=entry, template=read_template(folder / entry.template), state=entry.life.state_on(day))
            for entry in file.versions
        ],
    )


def _refuse_foreign_role(template: Path, key: str) -> None:
    """Refuse a template that was copied from another product and still runs as that one's role."""
    text = template.read_text() if template.exists() else ""
    for name in re.findall(rf"{execution_role_name('')}([a-z0-9-]+)", text):
        if name != key:
            raise ContentError(
                f"{template}: found the role {execution_role_name(name)}, which is another product's. This product "
                f"runs as {execution_role_name(key)}."
            )


def _refuse_twins(entries: Iterator[tuple[Path, str, str]], what: str) -> None:
    seen: dict[str, Path] = {}
    for path, field, value in entries:
        if value in seen:
            where = "" if seen[value] == path else f" (the other is in {seen[value]})"
            raise ContentError(f"{path}: two {what} have the {field} {value!r}{where}. Rename one of them.")
        seen[value] = path


class _Statement(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    effect: Literal["Allow", "Deny"] = Field(alias="Effect")
    action: str | list[str] = Field(alias="Action")
    resource: str | list[str] = Field(alias="Resource")


class _Statements(RootModel[list[_Statement]]):
    """A policy file: a list of IAM statements."""


def _statements(path: Path) -> list[dict[str, Any]]:
    try:
        content: object = json.loads(path.read_text())
    except OSError as problem:
        raise ContentError(
            f"{path}: cannot be read ({problem.strerror}). Add the policy, or correct its name."
        ) from None
    except ValueError as problem:
        raise ContentError(f"{path}: is not JSON: {problem}.") from None
    statements = checked(_Statements, content, where=str(path), error=ContentError)
    return [statement.model_dump(by_alias=True) for statement in statements.root]


class _Loader(yaml.CSafeLoader):
    """A safe loader that refuses a key given twice, which YAML forbids and PyYAML overlooks."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        keys = [key.value for key, _ in node.value]
        twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
        if twice is not None:
            raise yaml.MarkedYAMLError(problem=f"the key {twice} stands here twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _document(model: type[M], path: Path) -> M:
    try:
        content: object = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as problem:
        raise ContentError(f"{path}: cannot be read ({problem.strerror}).") from None
    except yaml.YAMLError as problem:
        raise ContentError(f"{path}: is not YAML: {' '.join(str(problem).split())}.") from None
    return checked(model, content, where=str(path), error=ContentError)
