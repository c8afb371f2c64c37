"""A version as it is written of a registered model: its entry, its card and its template."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cli.catalog.scaffold import FIRST, First, document, entry_of, names_image, refuse_over, unknown_first
from cli.yaml_text import append
from hub.definitions.artifacts import image_parts, is_by_digest
from hub.definitions.marks import mark
from hub.definitions.schema import ModelParameters, ProductFile, VersionEntry
from hub.definitions.templates import read_template
from hub.definitions.yaml_file import read_yaml
from hub.inspection.registry.registered import RegisteredModel
from shared.aws.arn import Arn, is_prefix
from shared.catalog.lifecycle import as_of
from shared.catalog.versions import newest
from shared.files import write_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A version to be written."""

    path: Path
    version: str
    entry: Mapping[str, Any]
    card: Mapping[str, Any]
    template: str
    model: RegisteredModel


def addition_of(path: Path, file: ProductFile, number: str, model: RegisteredModel, template: Path | None) -> Addition:
    """Put together what a version is written with."""
    highest = newest(entry.version for entry in file.versions)
    last = next(entry for entry in file.versions if entry.version == highest)
    source = template or path.parent / last.template_file
    _ = read_template(source)
    text = source.read_text()
    if template is None:
        text = _renumbered(text, last.version, number)
    images = _images(last, model)
    takes = last.model or file.model or ModelParameters()
    if not takes.image and not all(names_image(text, image) for image in images if image_parts(image)):
        text = f"# {mark(f'let the template run on {model.image}, then delete this line')}\n{text}"
    return Addition(
        path=path,
        version=number,
        entry=_entry(number, last, model, images),
        card=_card(cast("Mapping[str, Any]", read_yaml(path.parent / last.card)), model),
        template=text,
        model=model,
    )


def first_of(model: RegisteredModel) -> First:
    """Put together what the registry knows of a product's first version, and mark the rest."""
    package, unknown = Arn.parse(model.package), unknown_first()
    registry = {"account_id": package.account, "region": package.region, "group": package.resource.split("/")[1]}
    images = [_identified(model)] if model.image else list(unknown.entry["artifacts"]["images"])
    entry = _entry(FIRST, None, model, images)
    return First(registry=registry, entry=entry, card=_card(unknown.card, model))


def _renumbered(template: str, old: str, new: str) -> str:
    """Give a copied template its own number, where it says that it is the number of the version."""
    number = re.compile(rf"(?<![\w.-]){re.escape(old)}(?![\w-]|\.\d)")
    lines = template.splitlines(keepends=True)
    return "".join(
        number.sub(new, line) if line.startswith("Description:") or "model-catalog:version" in line else line
        for line in lines
    )


def _entry(number: str, last: VersionEntry | None, model: RegisteredModel, images: list[str]) -> Mapping[str, Any]:
    entry = entry_of(number, f"what {number} brings")
    approval = entry["approval"]
    if model.approved_by:
        approval["approved_by"] = model.approved_by
    if model.approved_on:
        approval["approved_on"] = model.approved_on
    if model.approval_note:
        approval["note"] = model.approval_note
    archive = {"model_data": model.archive} if model.archive else {}
    if model.archive_etag and not is_prefix(model.archive):
        archive["etag"] = model.archive_etag
    return {
        **entry,
        # A version is not released before its model is approved.
        "released": max(as_of(), model.approved_on or as_of()),
        "description": model.description or entry["description"],
        "model_package": model.package,
        **({"model": last.model.model_dump(exclude_none=True)} if last and last.model else {}),
        "artifacts": {**entry["artifacts"], **archive, "images": images},
    }


def _images(last: VersionEntry, model: RegisteredModel) -> list[str]:
    """Say which image each region runs: those of the last version where the package runs on one of them.

    The registry knows the image of its own region alone; those of others are a person's to say.
    """
    if not model.image or model.image in last.artifacts.images:
        return list(last.artifacts.images)
    known = image_parts(model.image).get("region", "")
    found = [_identified(model)]
    for image in last.artifacts.images:
        region = image_parts(image)["region"]
        if region != known:
            found.append(mark(f"the image in {region}, in the place of {image}"))
    return found


def _identified(model: RegisteredModel) -> str:
    """Name the image by its digest where it is the registry's own; AWS's containers go by their tags."""
    if image_parts(model.image).get("account") != Arn.parse(model.package).account or is_by_digest(model.image):
        return model.image
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", model.image_digest):
        return mark(f"{model.image} by its digest")
    return f"{model.image.rpartition(':')[0]}@{model.image_digest}"


def _card(last: Mapping[str, Any], model: RegisteredModel) -> Mapping[str, Any]:
    """Write a card: what the registry knows, what is true of all models of the product, and marks."""
    known = {name: part for name, part in model.card.items() if name not in ("evaluations", "lineage")}
    lineage: Mapping[str, Any] = model.card["lineage"]
    return {
        **last,
        "training_data": mark("what it was trained on, in a sentence"),
        **known,
        "evaluations": [_evaluation(each) for each in model.card.get("evaluations", [])]
        or [_unknown_evaluation(each) for each in last["evaluations"]],
        "lineage": {"datasets": [mark("the URI of what it was trained on")], **lineage},
    }


def _evaluation(known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"name": known["name"], "dataset": mark("the URI of what it was evaluated on"), **known}


def _unknown_evaluation(last: Mapping[str, Any]) -> Mapping[str, Any]:
    metrics = [{**metric, "value": mark("that of this model")} for metric in last["metrics"]]
    return {"name": last["name"], "dataset": mark("the URI of what it was evaluated on"), "metrics": metrics}


def write(additions: Sequence[Addition]) -> None:
    """Write them, once all of them are known to be fit."""
    texts: dict[Path, str] = {}
    for each in additions:
        before = texts.get(each.path) or each.path.read_text()
        texts[each.path] = append(before, ["versions"], each.entry, where=str(each.path))
    files: dict[Path, str] = {}
    for each in additions:
        folder = each.path.parent
        refuse_over(folder / f"{each.version}.yaml", each.template)
        files[folder / f"{each.version}.yaml"] = each.template
        files[folder / f"{each.version}.card.yaml"] = document("model-card", each.card)
        for problem in each.model.unread:
            print(f"not read: {problem}", file=sys.stderr)
    write_files(files | texts)
