"""Writes a new product or version from a template: what can be known, and marks for what only a person can say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, Final

from cli.catalog.files import FOLDER
from cli.catalog.guesses import cost_parameters, model_parameters
from cli.catalog.launch_rights import RUNNING, advice, first_statements, policy_text
from cli.catalog.template_files import files_beside, keep_modes
from cli.exit_codes import ExitCode
from cli.yaml_text import append, dump
from hub.definitions.artifacts import image_parts
from hub.definitions.derived.derivation import derived_rights
from hub.definitions.derived.product_rights import read_product_rights
from hub.definitions.marks import mark, marks_in
from hub.definitions.model_parameters import builds_models
from hub.definitions.schema import PortfoliosFile, ProductFile
from hub.definitions.templates import Template, read_template
from hub.definitions.yaml_file import read_document, read_yaml
from shared.catalog.lifecycle import as_of
from shared.catalog.versions import SemVer
from shared.errors import ContentError
from shared.files import write_files
from shared.spelling import meant
from shared.stack.names import execution_role_name
from shared.validation import Document, Key, validate

FIRST: Final = "1.0.0"
PRODUCTS: Final = FOLDER / "products"
_SCHEMA: Final = "# yaml-language-server: $schema=../../schemas/{name}.json\n"
_OWN: Final = re.compile(r"^(?P<key>[ \t]*(?:- )?(?:value|dataset|registry_package|training_job): ).*$", re.MULTILINE)
"""The lines of a card that are true of one model and of no other."""


class NewVersion(Document):
    """What a product and its new version are named."""

    name: Key
    version: SemVer


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """What a registry knows of the first version: the product's registry, the version's entry and its card."""

    registry: Mapping[str, Any]
    entry: Mapping[str, Any]
    card: Mapping[str, Any]


def unknown_first() -> First:
    """Mark all that only a person can say of a first version."""
    registry = {**_common()["registry"], "group": mark("the model package group")}
    return First(registry=registry, entry=entry_of(FIRST, "what the first version brings"), card=_card())


def new_product(name: str, template: Path, portfolio: str, first: First | None = None) -> int:
    """Write a product's folder, and never over one that is there.

    Args:
        name: The product's key.
        template: Of its first version.
        portfolio: Its portfolio; empty for the only one.
        first: What is known of the first version.

    Raises:
        ContentError: the name or the template is not fit, there is such a product, or the portfolio is not said.
    """
    _ = validate(NewVersion, {"name": name, "version": FIRST}, where="models new", error=ContentError)
    folder = PRODUCTS / name
    if (folder / "product.yaml").exists():  # it is written last: without it there is no product
        raise ContentError(
            f"exists already. Add a version to it: model-catalog models new-version {name}",
            code="product-exists",
            place=str(folder),
        )
    read = read_template(template)
    offered = _portfolio(portfolio)
    derived = derived_rights(read, execution_role_name(name))
    beside = files_beside(read, folder)
    content = _product(name, read, offered, sorted(derived.services), known := first or unknown_first())
    write_files(
        {
            **{place: file.read_bytes() for place, file in beside.items()},
            folder / f"{FIRST}.yaml": template.read_bytes(),
            folder / f"{FIRST}.card.yaml": document("model-card", known.card),
            folder / "launch-policy.json": policy_text(first_statements(derived, name)),
            folder / "execution-policy.json": policy_text(RUNNING if builds_models(read) else []),
            folder / "product.yaml": document("product", content),
        }
    )
    keep_modes(beside)
    ended = tell(folder)
    role = execution_role_name(name)
    if role not in template.read_text():
        print(f"{folder / f'{FIRST}.yaml'} does not refer to the role {role}, which this product's model runs as.")
    for line in advice(read_product_rights(folder / "product.yaml", as_of())):
        print(line)
    if silent := [parameter for parameter, item in read.parameters.items() if not item.description]:
        print(f"Parameters of which the template tells users nothing: {', '.join(silent)}. Give each a Description.")
    print(f"Prove the rights by a launch on the sandbox: model-catalog models rehearse {name}")
    return ended


def new_version(product: str, version: str, template: Path | None) -> int:
    """Add a version to a product: its template, a card, and an entry in `product.yaml`.

    Raises:
        ContentError: there is no such product, or such a version already, or the template is not fit or not given.
    """
    if not template:
        raise ContentError(
            "is missing. Name a template, or the package that the version publishes: --package ARN.",
            code="template-not-given",
            place="--template",
        )
    _ = validate(NewVersion, {"name": product, "version": version}, where="models new-version", error=ContentError)
    path = product_file(product)
    folder = path.parent
    last = read_document(ProductFile, path).versions[-1]
    refuse_known(path, version)
    beside = files_beside(read_template(template), folder)
    text = template.read_text()
    entry = entry_of(version, f"what {version} brings")
    # The image is known only where the template still names the one that the last version declares.
    images = [each for each in last.artifacts.images if names_image(text, each)]
    if len(images) == len(last.artifacts.images):
        entry["artifacts"]["images"] = images
    card = _OWN.sub(lambda line: f'{line["key"]}"{mark("that of this model")}"', (folder / last.card).read_text())
    written = append(path.read_text(), ["versions"], entry, where=str(path))
    refuse_over(folder / f"{version}.yaml", template.read_bytes())
    write_files(
        {
            **{place: file.read_bytes() for place, file in beside.items()},
            folder / f"{version}.yaml": template.read_bytes(),
            folder / f"{version}.card.yaml": card,
            path: written,
        }
    )
    keep_modes(beside)
    return tell(folder)


def product_file(product: str) -> Path:
    """Find a product's file. Raises ContentError with the products that there are."""
    path = PRODUCTS / product / "product.yaml"
    if not path.exists():
        known = sorted(each.parent.name for each in PRODUCTS.glob("*/product.yaml"))
        raise ContentError(
            f"invalid value {product!r}.{meant(product, known)} The catalog's products are: {', '.join(known)}.",
            code="product-unknown",
            place="PRODUCT",
        )
    return path


def refuse_known(path: Path, version: str) -> None:
    """Refuse a version that a product has already: one that it lists, whatever files a run left that was killed."""
    if version in {entry.version for entry in read_document(ProductFile, path).versions}:
        raise ContentError(
            f"{version} exists already, and a published version never changes. Choose another number.",
            code="version-exists",
            place=str(path),
        )


def refuse_over(path: Path, content: str | bytes) -> None:
    """Refuse to write over another file; the same one may be what a run left that was killed."""
    if path.exists() and path.read_bytes() != (content.encode() if isinstance(content, str) else content):
        raise ContentError(
            "is there already, and is another one. Name it as the template, or remove it.",
            code="file-exists",
            place=str(path),
        )


def tell(folder: Path) -> int:
    """Say what was written, and how much of it is left to a person."""
    found = [each for each in marks_in(FOLDER) if each.path.parent == folder]
    print(f"wrote {folder}. Places for a person to fill in: {len(found)}. model-catalog models check lists them.")
    return ExitCode.DONE


def _portfolio(given: str) -> str:
    known = [each.key for each in read_document(PortfoliosFile, FOLDER / "portfolios.yaml").portfolios]
    if given in known or (not given and len(known) == 1):
        return given or known[0]
    offered = f"The portfolios are: {', '.join(known)}."
    if not given:
        raise ContentError(f"is missing. {offered}", code="portfolio-not-given", place="--portfolio")
    raise ContentError(
        f"invalid value {given!r}.{meant(given, known)} {offered}", code="portfolio-unknown", place="--portfolio"
    )


def _product(name: str, template: Template, portfolio: str, services: list[str], first: First) -> Mapping[str, object]:
    common, cost = _common(), cost_parameters(template)
    models = {"model": model_parameters(template)} if builds_models(template) else {}
    return {
        "key": name,
        "name": name.replace("-", " ").capitalize(),
        "portfolio": portfolio,
        "owner": mark("the team that answers for the model"),
        "distributor": common["distributor"],
        "description": mark("what the model is for"),
        "support": common["support"],
        "launch_policy": "launch-policy.json",
        "execution_role": {"services": services or ["sagemaker.amazonaws.com"], "policy": "execution-policy.json"},
        "registry": dict(first.registry),
        **models,
        **({"cost": cost} if cost else {}),
        "versions": [dict(first.entry)],
    }


def _common() -> dict[str, Any]:
    """Take over what all products of the catalog say alike; where they do not, a person says it."""
    files: list[Any] = [read_yaml(path) for path in sorted(PRODUCTS.glob("*/product.yaml"))]

    def alike(otherwise: str, *keys: str) -> str:
        found = {str(reduce(getitem, keys, file)) for file in files}
        return found.pop() if len(found) == 1 else mark(otherwise)

    return {
        "distributor": alike("the team that publishes it", "distributor"),
        "support": {
            "description": alike("whom to ask for what", "support", "description"),
            "email": alike("an e-mail address", "support", "email"),
            "url": alike("an https address", "support", "url"),
        },
        "registry": {
            "account_id": alike("the account of the model registry", "registry", "account_id"),
            "region": alike("its region", "registry", "region"),
        },
    }


def entry_of(version: str, what: str) -> dict[str, Any]:
    """Give a version's entry of marks; `what` names its description."""
    return {
        "version": version,
        "released": as_of(),
        "description": mark(what),
        "template": f"{version}.yaml",
        "card": f"{version}.card.yaml",
        "model_package": mark("the ARN of the model package"),
        "approval": {
            "approved_by": mark("the team that approved the model"),
            "approved_on": mark("the day, as a date"),
        },
        "artifacts": {
            "model_data": mark("the S3 URI of the model's archive"),
            "etag": mark("its ETag, as the registry has it (ModelDataETag) or S3 (aws s3api head-object)"),
            "images": [mark("the image's URI in ECR, one for each region")],
        },
    }


def _card() -> Mapping[str, object]:
    metric = {"name": mark("what was measured"), "value": mark("the figure")}
    return {
        "summary": mark("what the model does, in a sentence"),
        "task": mark("what it does, in the words of people who look for it"),
        "modality": mark("the kind of data it takes"),
        "framework": mark("the framework with its version"),
        "license": mark("an SPDX identifier, or proprietary"),
        "owner": mark("the team that answers for the model"),
        "contact": mark("an e-mail address"),
        "risk_rating": mark("low, medium, high or unknown"),
        "risk_reason": mark("why"),
        "intended_uses": [mark("a use")],
        "out_of_scope": [mark("what it is not for")],
        "limits": [mark("a limit")],
        "training_data": mark("what it was trained on, in a sentence"),
        "evaluations": [{"name": mark("the evaluation"), "dataset": mark("a URI"), "metrics": [metric]}],
        "lineage": {"datasets": [mark("a URI")], "registry_package": mark("the ARN of the model package")},
    }


def names_image(template: str, image: str) -> bool:
    """Whether a template's text names an image by its repository and tag."""
    return image_parts(image)["repository"] in template and re.split("[:@]", image)[-1] in template


def document(schema: str, content: Mapping[str, object]) -> str:
    """Word a file of the catalog; the schema is for editors."""
    return _SCHEMA.format(name=schema) + dump(dict(content))
