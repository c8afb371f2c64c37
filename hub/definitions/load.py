"""Reads the catalog's files into one checked whole."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from hub.config import ExceptionSetting
from hub.definitions.approval import check_approvals
from hub.definitions.card import read_card
from hub.definitions.compatibility import refuse_breaking_changes, refuse_silent_backports
from hub.definitions.consistency import check_rules, check_tag_options
from hub.definitions.cost import check_rule, read_prices
from hub.definitions.lifecycle import check_lifecycles
from hub.definitions.lock_file import check_lock
from hub.definitions.marks import refuse_marks
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.definitions.model_parameters import check_models
from hub.definitions.permissions import check_permissions
from hub.definitions.rights import check_rights
from hub.definitions.schema import PortfolioFile, PortfoliosFile, ProductFile
from hub.definitions.templates import read_template
from hub.definitions.yaml_file import content_of, read_document
from shared.documents import parse_json
from shared.errors import ContentError, Mistake
from shared.stack.names import execution_role_name
from shared.validation import validate


def read_catalog(
    folder: Path, day: dt.date, *, exceptions: Sequence[ExceptionSetting] = (), published: Collection[str] = ()
) -> Catalog:
    """Read and check a catalog as it is on a day, lock file included.

    Args:
        folder: Where it is.
        day: The day whose states of versions count.
        exceptions: What products may do beyond the list, as a hub's settings say.
        published: The portfolios to which these exceptions belong; without them, all.

    Raises:
        ContentError: names the file and the place of the first mistake, and what to do about it.
    """
    catalog = read_unlocked(folder, day, exceptions=exceptions, published=published)
    check_lock(folder, catalog.published())
    return catalog


def read_unlocked(
    folder: Path, day: dt.date, *, exceptions: Sequence[ExceptionSetting] = (), published: Collection[str] = ()
) -> Catalog:
    """Read and check a catalog whose new versions may not be in the lock file yet."""
    refuse_marks(folder)
    listing = folder / "portfolios.yaml"
    portfolios = read_document(PortfoliosFile, listing).portfolios
    _refuse_twins(((listing, "key", item.key) for item in portfolios), "portfolios")
    _refuse_twins(((listing, "original key", item.original_key) for item in portfolios), "portfolios")
    _refuse_twins(((listing, "name", item.name) for item in portfolios), "portfolios")
    files = sorted((folder / "products").glob("*/product.yaml"))
    products = [_product(path, {item.key: item for item in portfolios}, day) for path in files]
    origins = ((path, "original key", product.file.original_key) for path, product in zip(files, products, strict=True))
    _refuse_twins(origins, "products")
    names = ((path, "name", product.file.name) for path, product in zip(files, products, strict=True))
    _refuse_twins(names, "products")
    for path, product in zip(files, products, strict=True):
        check_permissions(path.parent, product)
    products = [
        replace(product, exceptions=check_rights(product, path.parent, exceptions))
        if not published or product.file.portfolio in published
        else product
        for path, product in zip(files, products, strict=True)
    ]
    return Catalog(
        folder=folder, day=day, portfolios=portfolios, products=products, prices=read_prices(folder / "prices.yaml")
    )


def _product(path: Path, portfolios: Mapping[str, PortfolioFile], day: dt.date) -> CatalogProduct:
    file = read_document(ProductFile, path)
    folder = path.parent
    if file.key != folder.name:
        raise ContentError(
            f"invalid value {file.key!r}. It must be the name of the folder, {folder.name!r}.",
            code="key-is-not-the-folder",
            place=f"{path}: key",
        )
    if file.portfolio not in portfolios:
        known = ", ".join(sorted(portfolios))
        raise ContentError(
            f"invalid value {file.portfolio!r}. The catalog's portfolios are: {known}.",
            code="portfolio-unknown",
            place=f"{path}: portfolio",
        )
    _refuse_twins(((path, "version", entry.version) for entry in file.versions), "versions")
    refuse_silent_backports(path, [(entry.version, entry.backport) for entry in file.versions])
    check_approvals(path, file, day)
    check_lifecycles(path, {entry.version: entry.life for entry in file.versions}, day)
    for entry in file.versions:
        _refuse_foreign_role(folder / entry.template, file.original_key)
    templates = {entry.version: read_template(folder / entry.template) for entry in file.versions}
    refuse_breaking_changes(path, templates)
    check_models(path, file, templates, day)
    check_rules(path, file, templates)
    check_tag_options(path, file, portfolios[file.portfolio])
    for version, template in templates.items():
        check_rule(path, version, file.cost, template.parameters)
    return CatalogProduct(
        file=file,
        launch_statements=_statements(folder / file.launch_policy),
        execution_statements=_statements(folder / file.execution_role.policy),
        versions=[
            CatalogVersion(
                entry=entry,
                template=templates[entry.version],
                card=read_card(folder / entry.card, model_package=entry.model_package),
                state=entry.life.state_on(day),
            )
            for entry in file.versions
        ],
    )


def _refuse_foreign_role(template: Path, key: str) -> None:
    """Refuse a template that was copied from another product and still runs as that one's role."""
    text = content_of(template).decode(errors="replace") if template.exists() else ""
    for name in re.findall(rf"{execution_role_name('')}([a-z0-9-]+)", text):
        if name != key:
            raise ContentError(
                f"the role {execution_role_name(name)} is another product's. This product runs as "
                f"{execution_role_name(key)}.",
                code="role-of-another-product",
                place=str(template),
            )


def _refuse_twins(entries: Iterator[tuple[Path, str, str]], what: str) -> None:
    seen: dict[str, Path] = {}
    for path, field, value in entries:
        if value in seen:
            where = "" if seen[value] == path else f" (the other is in {seen[value]})"
            raise ContentError(
                f"two {what} have the {field} {value!r}{where}. Rename one of them.", code="not-unique", place=str(path)
            )
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
        content = parse_json(content_of(path))
    except Mistake as mistake:
        raise ContentError(str(mistake), code=mistake.code, place=str(path)) from None
    except ValueError as problem:
        raise ContentError(f"is not JSON: {problem}.", code="file-not-json", place=str(path)) from None
    checked_statements = validate(_Statements, content, where=str(path), error=ContentError)
    return [statement.model_dump(by_alias=True) for statement in checked_statements.root]
