"""Whether a version brings its model to the parameters that take it, and those take what it brings."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hub.definitions.artifacts import image_parts, is_by_digest
from hub.definitions.model import CatalogProduct
from hub.definitions.schema import ModelParameters, ProductFile, VersionEntry
from hub.definitions.template_loops import macros_of
from hub.definitions.templates import Template
from shared.catalog.parameters import value_problem
from shared.collecting import Mistakes
from shared.errors import ConfigError, ContentError
from shared.spelling import meant

_OF_MODELS = {"AWS::SageMaker::Model", "AWS::SageMaker::ModelPackage"}
_PLAIN = {"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"}
"""Macros that make no models."""
_Brought = tuple[str, str | None, str | None, str]
"""Which kind of thing, the parameter that takes it, the thing itself, and where the product's file says it."""


def check_models(path: Path, file: ProductFile, templates: Mapping[str, Template], day: dt.date) -> None:
    """Refuse versions whose model would be chosen by whoever launches them, or could be another one tomorrow.

    Args:
        path: The product's file.
        file: What it says.
        templates: The templates of all versions.
        day: The day whose states count.

    Raises:
        ContentError: a parameter is not named, not there, or does not take what the version brings; or an image of
            the registry's own account is named by a tag.
    """
    mistakes = Mistakes()
    for index, entry in enumerate(file.versions):
        template, entry_place = templates[entry.version], f"{path}: versions[{index}]"
        names = entry.model or file.model or ModelParameters()
        place = f"{entry_place}.model" if entry.model else f"{path}: model"
        chosen = names.archive or names.package or _says_itself(template, entry)
        if builds_models(template) and not chosen:
            mistakes.add(
                ContentError(
                    f"names no parameter that takes the archive of {entry.version}, so each launch would choose it. "
                    f"Write: model: {{archive: {_candidate(template, entry)}}}",
                    code="model-parameter-missing",
                    place=place,
                )
            )
        for brought in _brought(names, entry, entry_place):
            with mistakes:
                _check_parameter(brought, template, entry, place)
        if entry.life.state_on(day) != "retired":
            with mistakes:
                _refuse_tags(file.registry.account_id, entry, entry_place)
    mistakes.refuse()


def check_regions(products: Sequence[CatalogProduct], regions: Sequence[str], *, where: str) -> None:
    """Refuse regions for which a version brings no image, where its template takes one.

    Raises:
        ConfigError: names product, version and region.
    """
    mistakes = Mistakes()
    for product in products:
        for version in product.versions:
            there = {image_parts(image)["region"] for image in version.entry.artifacts.images}
            missing = [region for region in regions if region not in there]
            if missing and product.parameters_of(version).image:
                mistakes.add(
                    ConfigError(
                        f"{product.file.key} {version.entry.version} has no image in {', '.join(missing)}. Add one "
                        f"to its artifacts.images, or do not publish there.",
                        code="image-missing-in-region",
                        place=f"{where}: regions",
                    )
                )
    mistakes.refuse()


def builds_models(template: Template) -> bool:
    """Whether a template makes models itself, or may do so by what is not in it."""
    types = {str(each.get("Type")) for each in template.resources.values()}
    return bool(types & _OF_MODELS) or any(name not in _PLAIN for name in macros_of(template.body))


def _brought(names: ModelParameters, entry: VersionEntry, where: str) -> Iterator[_Brought]:
    artifacts = entry.artifacts
    yield "archive", names.archive, artifacts.model_data, f"{where}.artifacts.model_data"
    yield "package", names.package, entry.model_package, f"{where}.model_package"
    yield "code", names.code, artifacts.code, f"{where}.artifacts.code"
    for index, image in enumerate(artifacts.images):
        yield "image", names.image, image, f"{where}.artifacts.images[{index}]"


def _check_parameter(brought: _Brought, template: Template, entry: VersionEntry, place: str) -> None:
    kind, name, value, source = brought
    if name is None:
        return
    parameter = template.parameters.get(name)
    if parameter is None:
        raise ContentError(
            f"invalid value {name!r}, which is no parameter of {entry.version}.{meant(name, template.parameters)} "
            f"Its parameters are: "
            f"{', '.join(template.parameters)}. Where this version's has another name, say so in its own entry: "
            f"model: {{{kind}: NAME}}",
            code="model-parameter-unknown",
            place=f"{place}.{kind}",
        )
    if value is None:
        if parameter.default is None:
            raise ContentError(
                f"is missing. The template takes it by {name}, which has no default.",
                code="artifact-missing",
                place=source,
            )
        return
    problem = value_problem(parameter, value)
    if problem:
        raise ContentError(
            f"invalid value {value!r}, which the template's parameter {name} does not take. {problem}",
            code="artifact-not-taken",
            place=source,
        )


def _refuse_tags(account: str, entry: VersionEntry, where: str) -> None:
    """Of the registry's own images the digest is known; AWS publishes its containers by tag, and moves these."""
    for index, image in enumerate(entry.artifacts.images):
        parts = image_parts(image)
        if parts["account"] == account and not is_by_digest(image):
            raise ContentError(
                f"invalid value {image!r}. It is an image of the registry's account by its tag, which anybody there "
                f"can move: write its digest, …@sha256:… (aws ecr describe-images --region {parts['region']} "
                f"--repository-name {parts['repository']}).",
                code="image-by-tag",
                place=f"{where}.artifacts.images[{index}]",
            )


def _says_itself(template: Template, entry: VersionEntry) -> bool:
    """Whether what the template builds has the archive or the package in its own text, where no launch reaches it."""
    text = json.dumps(template.resources)
    return entry.artifacts.model_data in text or entry.model_package in text


def _candidate(template: Template, entry: VersionEntry) -> str:
    """Name a parameter that has to be given and takes the archive, those first that look for a URI."""
    taking = [
        (item.allowed_pattern is None, name)
        for name, item in template.parameters.items()
        if item.type == "String" and item.default is None and value_problem(item, entry.artifacts.model_data) is None
    ]
    return min(taking)[1] if taking else "the parameter's name"
