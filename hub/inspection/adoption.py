"""What a hub's account has already of the catalog, found by the names in the catalog's files."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.config import HubSettings
from hub.definitions.constraints import Constraint, constraint_documents
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.inspection.published_templates import template_hash
from shared.aws.session import AccountSession
from shared.errors import ContentError
from shared.stack.import_file import (
    ASSOCIATION,
    CONSTRAINT,
    PORTFOLIO,
    PRODUCT,
    ROLE,
    VERSION,
    Component,
    ImportFile,
)
from shared.stack.names import launch_role_name


def find_in_hub(settings: HubSettings, catalog: Catalog, account: AccountSession, file: ImportFile) -> None:
    """Look for launch roles, portfolios, products, versions, associations and constraints.

    Raises:
        ContentError: a version is there with another template than the catalog's, or two things have one name.
    """
    _find_roles(catalog, account, file)
    for region in settings.all_regions:
        _Region(region, catalog, account, file).find()


def _find_roles(catalog: Catalog, account: AccountSession, file: ImportFile) -> None:
    iam = account.client("iam")
    for product in catalog.products:
        origin = product.file.original_key
        try:
            name = iam.get_role(RoleName=launch_role_name(origin))["Role"]["RoleName"]
        except iam.exceptions.NoSuchEntityException:
            continue
        parent = Component(type="modelcatalog:hub:LaunchRole", name=origin)
        file.add(ROLE, f"{origin}-launch", name, parent=parent, what=f"launch role of {product.file.key}")


class _Region:
    def __init__(self, region: str, catalog: Catalog, account: AccountSession, file: ImportFile) -> None:
        self._region = region
        self._catalog = catalog
        self._account = account
        self._file = file
        self._root = Component(type="modelcatalog:hub:RegionalCatalog", name=region)
        self._client = account.client("servicecatalog", region)

    def find(self) -> None:
        """Look for portfolios first, since associations and constraints are theirs."""
        listed = self._list("list_portfolios", "PortfolioDetails")
        portfolios = {
            file.key: found
            for file in self._catalog.portfolios
            if (found := self._one(listed, "DisplayName", file.name, "portfolio"))
        }
        for file in self._catalog.portfolios:
            if file.key in portfolios:
                stem = f"{file.original_key}-{self._region}"
                parent = Component(type="modelcatalog:hub:Portfolio", name=stem, parent=self._root)
                self._file.add(PORTFOLIO, stem, portfolios[file.key], parent=parent, what=f"portfolio {file.key}")
        views = self._list("search_products_as_admin", "ProductViewDetails")
        products = [{**each["ProductViewSummary"], "Id": each["ProductViewSummary"]["ProductId"]} for each in views]
        for content in self._catalog.products:
            product = self._one(products, "Name", content.file.name, "product")
            if product:
                self._product(content, product, portfolios)

    def _product(self, content: CatalogProduct, product: str, portfolios: Mapping[str, str]) -> None:
        key, stem = content.file.key, f"{content.file.original_key}-{self._region}"
        parent = Component(type="modelcatalog:hub:ModelProduct", name=stem, parent=self._root)
        self._file.add(PRODUCT, stem, product, parent=parent, what=f"product {key}")
        for number, artifact in self._versions(content, product):
            identity = f"{artifact}:{product}"
            self._file.add(VERSION, f"{stem}-{number}", identity, parent=parent, what=f"version {key} {number}")
        holding = self._list("list_portfolios_for_product", "PortfolioDetails", ProductId=product)
        originals = {file.key: file.original_key for file in self._catalog.portfolios}
        for place, constraints in content.file.places.items():
            portfolio = portfolios.get(place)
            if portfolio and portfolio in {each["Id"] for each in holding}:
                own = stem if place == content.file.portfolio else f"{stem}-in-{originals[place]}"
                self._file.add(ASSOCIATION, own, f"en:{portfolio}:{product}", parent=parent, what=f"place of {key}")
                self._constraints(content, own, constraints, parent, portfolio, product)

    def _constraints(
        self,
        content: CatalogProduct,
        stem: str,
        constraints: list[Constraint],
        parent: Component,
        portfolio: str,
        product: str,
    ) -> None:
        listed = self._list(
            "list_constraints_for_portfolio", "ConstraintDetails", PortfolioId=portfolio, ProductId=product
        )
        there = {each["Type"]: each["ConstraintId"] for each in listed}
        file = content.file
        for kind in constraint_documents(file.original_key, constraints, self._region):
            if kind in there:
                name = f"{stem}-{kind.lower().replace('_', '-')}"
                self._file.add(CONSTRAINT, name, there[kind], parent=parent, what=f"{kind} of {file.key}")

    def _versions(self, content: CatalogProduct, product: str) -> Iterator[tuple[str, str]]:
        answer = self._client.describe_product_as_admin(Id=product)
        there = {each["Name"]: each["Id"] for each in answer["ProvisioningArtifactSummaries"]}
        for version in content.versions:
            number = version.entry.version
            if number in there:
                self._refuse_another_template(content, version, product, there[number])
                yield number, there[number]

    def _refuse_another_template(
        self, content: CatalogProduct, version: CatalogVersion, product: str, artifact: str
    ) -> None:
        found = template_hash(self._account, self._region, product, artifact)
        if found != version.template.sha256:
            raise ContentError(
                f"{content.file.key} {version.entry.version} is published in {self._region} ({artifact}) with another "
                f"template (sha256 {found[:12]}…). Put that template into the catalog, or give this one another "
                f"version.",
                code="published-template-differs",
                place=str(version.template.path),
            )

    def _one(self, listed: list[dict[str, Any]], field: str, name: str, what: str) -> str | None:
        found = [str(each["Id"]) for each in listed if each[field] == name]
        if len(found) > 1:
            raise ContentError(
                f"{len(found)} {what}s are named {name!r} ({', '.join(found)}). Rename those that the catalog shall "
                f"not take over.",
                code="published-name-not-unique",
                place=self._region,
            )
        return found[0] if found else None

    def _list(self, operation: str, result: str, **arguments: str) -> list[Any]:
        return self._account.pages("servicecatalog", operation, result, self._region, **arguments)
