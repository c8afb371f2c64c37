"""A version that is published: one of the catalog's files that no hub has deployed yet, or one only thought of."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cli.catalog.files import FOLDER, exceptions_here, find_product, find_version
from cli.foresight.contracts import by_original_key, contract_of, with_product
from cli.foresight.differences import differences
from cli.foresight.start import Scenario, Start, templates_of
from hub.definitions.compatibility import refuse_breaking_changes
from hub.definitions.cost import check_rule
from hub.definitions.load import read_unlocked
from hub.definitions.model import Catalog, CatalogProduct, CatalogVersion
from hub.definitions.permissions import check_permissions
from hub.definitions.product_folder import FILE
from hub.definitions.rights import check_rights
from hub.definitions.template_references import check_references
from hub.definitions.templates import read_template
from pages.foresight.shapes import ForeseenChange
from shared.catalog.contract import Contract, Product
from shared.catalog.versions import SemVer
from shared.collecting import Mistakes
from shared.errors import ContentError


def published(start: Start, key: str, number: str, template: Path | None) -> tuple[ForeseenChange, Scenario]:
    """Say what is looked at when a version is published.

    Args:
        start: What there is.
        key: The product's.
        number: The version's.
        template: Of a version that the catalog does not have; all else is that of the product's last one.

    Raises:
        CatalogError: there is no such version, it is published already, or the hub would refuse it.
    """
    catalog = read_unlocked(FOLDER, start.day, exceptions=exceptions_here())
    product = find_product(catalog, key)
    if template:
        product = _thought_of(start, product, number, template)
        catalog = _with(catalog, product)
    new = find_version(product, number)
    earlier = _with(catalog, _without(product, number))
    before = start.contracts(lambda file, known: known or contract_of(earlier, file, None))
    after = dict(before)
    for name, file in start.hubs.items():
        known, deployed = before[name], start.deployed.get(name)
        limited = contract_of(_with(catalog, _limited(product, known, number)), file, deployed)
        if any(key in region.products for region in limited.regions.values()):
            _refuse_published(known, product, number)
            after[name] = with_product(known, key, _products(limited, known, key, number), limited)
    if after == before:
        raise ContentError(
            f"invalid value {key!r}: no hub of this checkout publishes its portfolio ({product.file.portfolio}). Add "
            f"that to portfolios of a hub's settings.",
            code="product-of-no-hub",
            place="PRODUCT",
        )
    change = ForeseenChange(
        kind="publish",
        product=key,
        version=number,
        against=start.against,
        what=differences(before, after, start.day),
    )
    notes = [*start.notes, f"whether the registry approves {new.entry.model_package} the hub's preview asks"]
    scenario = Scenario(
        before=start.with_hubs(before) if not start.deployed else start.inventory,
        after=start.with_hubs(after),
        assumed=not start.deployed,
        templates=templates_of(catalog),
        notes=tuple(notes),
    )
    return change, scenario


def _thought_of(start: Start, product: CatalogProduct, number: str, path: Path) -> CatalogProduct:
    """Add a version that nobody has written down yet, and hold it against what the hub holds versions against."""
    try:
        number = TypeAdapter[str](SemVer).validate_python(number)
    except ValidationError:
        raise ContentError(
            f"invalid value {number!r}. Expected a semantic version, for example 1.2.0.",
            code="invalid-value",
            place="VERSION",
        ) from None
    if any(each.entry.version == number for each in product.versions):
        raise ContentError(
            f"invalid value {number!r}: the catalog has {product.file.key} {number} already. Leave --template out, or "
            f"take a number that is free.",
            code="version-not-free",
            place="VERSION",
        )
    last, found = product.versions[-1], read_template(path)
    entry = last.entry.model_copy(
        update={"version": number, "released": start.day, "template": path.name, "lifecycle": None, "backport": False}
    )
    version = CatalogVersion(entry=entry, template=found, card=last.card, state="active")
    whole = replace(product, versions=[*product.versions, version])
    folder, mistakes = FOLDER / "products" / product.file.key, Mistakes()
    with mistakes:
        refuse_breaking_changes(path, {each.entry.version: each.template for each in whole.versions})
    if rule := whole.cost_of(version):
        with mistakes:
            check_rule(f"{folder / FILE}: cost", number, rule, found.parameters)
    with mistakes:
        check_references(found)
    with mistakes:
        check_permissions(folder, whole)
    with mistakes:
        _ = check_rights(whole, folder, exceptions_here())
    mistakes.refuse()
    return whole


def _with(catalog: Catalog, product: CatalogProduct) -> Catalog:
    """Give a catalog with one product in place of its namesake."""
    products = [product if each.file.key == product.file.key else each for each in catalog.products]
    return replace(catalog, products=products)


def _without(product: CatalogProduct, number: str) -> CatalogProduct:
    return replace(product, versions=[each for each in product.versions if each.entry.version != number])


def _limited(product: CatalogProduct, known: Contract, number: str) -> CatalogProduct:
    """Leave out what is neither published nor looked at: its roles shall have no rights for that."""
    numbers = {number}
    for region in known.regions.values():
        there = by_original_key(region.products, product.file.original_key)
        numbers |= there.versions.keys() if there else set[str]()
    return replace(product, versions=[each for each in product.versions if each.entry.version in numbers])


def _products(limited: Contract, known: Contract, key: str, number: str) -> Mapping[str, Product]:
    """Give the product with one version more, by region; its other versions stay as they are published."""
    found: dict[str, Product] = {}
    for region, catalog in limited.regions.items():
        if key not in catalog.products:
            continue
        product = catalog.products[key]
        earlier = (
            by_original_key(known.regions[region].products, product.original_key) if region in known.regions else None
        )
        versions = {**(earlier.versions if earlier else {}), number: product.versions[number]}
        found[region] = product.model_copy(update={"versions": versions})
    return found


def _refuse_published(known: Contract, product: CatalogProduct, number: str) -> None:
    there = [by_original_key(region.products, product.file.original_key) for region in known.regions.values()]
    if there and all(each is not None and number in each.versions for each in there):
        raise ContentError(
            f"invalid value {number!r}: {product.file.key} {number} is published already. Look at what was edited "
            f"since: model-catalog fleet what-if edit",
            code="version-published",
            place="VERSION",
        )
