"""Reads a product's folder: its file, the templates and cards of its versions, and its policies."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from hub.definitions.approval import check_approvals
from hub.definitions.card import ModelCard, read_card
from hub.definitions.compatibility import refuse_breaking_changes, refuse_silent_backports
from hub.definitions.consistency import check_partition, check_rules, check_tag_options
from hub.definitions.cost import check_rule
from hub.definitions.lifecycle import check_lifecycles
from hub.definitions.model import CatalogProduct, CatalogVersion
from hub.definitions.model_parameters import check_models
from hub.definitions.outline import PRODUCT_FILE
from hub.definitions.policy_grammar import check_grammar
from hub.definitions.schema import PortfolioFile, ProductFile
from hub.definitions.service_actions import check_associations
from hub.definitions.template_references import check_references
from hub.definitions.templates import Template, read_template
from hub.definitions.yaml_file import content_of, read_document, read_json
from shared.collecting import Mistakes
from shared.errors import ContentError
from shared.spelling import meant
from shared.stack.names import execution_role_name
from shared.validation import validate

FILE: Final = PRODUCT_FILE
_OURS: Final = (".yaml", ".yml", ".json")
"""The endings of files that mean something here."""


def read_product(path: Path, portfolios: Mapping[str, PortfolioFile] | None, day: dt.date) -> CatalogProduct:
    """Read the folder of a product by its file.

    Args:
        path: The product's file.
        portfolios: Those of the catalog by key; None where they cannot be read, which is told elsewhere.
        day: The day whose states of versions count.

    Raises:
        ContentError: names the file and the place of each mistake, and what to do about it.
    """
    file, folder = read_document(ProductFile, path), path.parent
    mistakes = Mistakes()
    for check in _checks_of_the_file(path, file, portfolios, day):
        with mistakes:
            check()
    for entry in file.versions:
        with mistakes:
            _refuse_foreign_role(folder / entry.template_file, file.original_key)
    templates, cards = dict[str, Template](), dict[str, ModelCard]()
    for entry in file.versions:
        with mistakes:
            templates[entry.version] = read_template(folder / entry.template_file)
        with mistakes:
            cards[entry.version] = read_card(folder / entry.card, model_package=entry.model_package)
    with mistakes:
        _refuse_strangers(folder, file, templates.values())
    if len(templates) == len(file.versions):
        for check in _checks_of_templates(path, file, templates, day):
            with mistakes:
                check()
    statements = list[list[dict[str, Any]]]()
    for name in (file.launch_policy, file.execution_role.policy):
        with mistakes:
            statements.append(_statements(folder / name))
    mistakes.refuse()
    return CatalogProduct(
        file=file,
        launch_statements=statements[0],
        execution_statements=statements[1],
        versions=[
            CatalogVersion(
                entry=entry,
                template=templates[entry.version],
                card=cards[entry.version],
                state=entry.life.state_on(day),
            )
            for entry in file.versions
        ],
    )


def refuse_twins(entries: Iterator[tuple[Path, str, str]], what: str) -> None:
    """Refuse two of a kind that have the same in a field. Raises ContentError for each."""
    mistakes, seen = Mistakes(), dict[str, Path]()
    for path, field, value in entries:
        if value in seen:
            where = "" if seen[value] == path else f" (the other is in {seen[value]})"
            mistakes.add(
                ContentError(
                    f"two {what} have the {field} {value!r}{where}. Rename one of them.",
                    code="not-unique",
                    place=str(path),
                )
            )
        seen.setdefault(value, path)
    mistakes.refuse()


def _checks_of_the_file(
    path: Path, file: ProductFile, portfolios: Mapping[str, PortfolioFile] | None, day: dt.date
) -> Iterator[Callable[[], None]]:
    yield lambda: _check_place(path, file, portfolios)
    yield lambda: refuse_twins(((path, "version", entry.version) for entry in file.versions), "versions")
    yield lambda: refuse_silent_backports(path, [(entry.version, entry.backport) for entry in file.versions])
    yield lambda: check_approvals(path, file, day)
    yield lambda: check_lifecycles(path, {entry.version: entry.life for entry in file.versions}, day)
    yield lambda: check_partition(path, file)
    yield lambda: check_associations(path, file.actions, len(file.versions))
    for key in file.places:
        if portfolios and (portfolio := portfolios.get(key)):
            yield lambda portfolio=portfolio: check_tag_options(path, file, portfolio)


def _checks_of_templates(
    path: Path, file: ProductFile, templates: Mapping[str, Template], day: dt.date
) -> Iterator[Callable[[], None]]:
    yield lambda: refuse_breaking_changes(path, templates)
    yield lambda: check_models(path, file, templates, day)
    yield lambda: check_rules(path, file, templates)
    for index, entry in enumerate(file.versions):
        parameters, rule = templates[entry.version].parameters, entry.cost or file.cost
        place = f"{path}: versions[{index}].cost" if entry.cost else f"{path}: cost"
        if rule:
            yield lambda place=place, entry=entry, rule=rule, parameters=parameters: check_rule(
                place, entry.version, rule, parameters
            )
        if entry.life.state_on(day) != "retired":  # nobody launches it, and nobody could mend it
            yield lambda entry=entry: check_references(templates[entry.version])


def _check_place(path: Path, file: ProductFile, portfolios: Mapping[str, PortfolioFile] | None) -> None:
    mistakes = Mistakes()
    if file.key != path.parent.name:
        mistakes.add(
            ContentError(
                f"invalid value {file.key!r}. It must be the name of the folder, {path.parent.name!r}.",
                code="key-is-not-the-folder",
                place=f"{path}: key",
            )
        )
    for key in file.places:
        if portfolios is not None and key not in portfolios:
            mistakes.add(
                ContentError(
                    f"invalid value {key!r}.{meant(key, portfolios)} The catalog's portfolios are: "
                    f"{', '.join(sorted(portfolios))}.",
                    code="portfolio-unknown",
                    place=f"{path}: {'portfolio' if key == file.portfolio else 'portfolios'}",
                )
            )
    mistakes.refuse()


def _refuse_strangers(folder: Path, file: ProductFile, templates: Iterable[Template]) -> None:
    """Refuse a template, card or policy that nothing refers to: somebody believes that it counts."""
    named = {FILE, file.launch_policy, file.execution_role.policy}
    named |= {name for entry in file.versions for name in (entry.template_file, entry.card)}
    templates = list(templates)
    texts = [template.packaged for template in templates if template.packaged]
    named |= {each.path.name for text in texts for each in text.files() if each.path.parent == folder}
    # A command reads files of its own, such as cdk.json; what is named like a version still counts.
    commands = any(not isinstance(entry.template, str) for entry in file.versions)
    ours = [path for path in sorted(folder.iterdir()) if path.suffix in _OURS and not path.name.startswith(".")]
    if any(path.name not in named for path in ours) and (above := [each for each in templates if _nests(each)]):
        from hub.definitions.derived.derivation import nested_beside  # noqa: PLC0415 - few need it, and it takes long

        named |= {path.name for each in above for path in nested_beside(each)}
    mistakes = Mistakes()
    for path in ours:
        if path.name not in named and (not commands or path.name[0].isdigit()):
            mistakes.add(
                ContentError(
                    f"is named nowhere in {FILE}, so nothing is made of it. Name it there, or remove it.",
                    code="file-not-named",
                    place=str(path),
                )
            )
    mistakes.refuse()


def _nests(template: Template) -> bool:
    return any(resource.get("Type") == "AWS::CloudFormation::Stack" for resource in template.resources.values())


def _refuse_foreign_role(template: Path, key: str) -> None:
    """Refuse a template that was copied from another product and still runs as that one's role."""
    text = content_of(template).decode(errors="replace") if template.exists() else ""
    for name in re.findall(rf"{execution_role_name('')}([a-z0-9-]+)", text):
        if name != key:
            raise ContentError(
                f"the role {execution_role_name(name)} is another product's. Write that of this product, "
                f"{execution_role_name(key)}.",
                code="role-of-another-product",
                place=str(template),
            )


class _Statement(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    effect: Literal["Allow", "Deny"] = Field(alias="Effect")
    action: str | list[str] = Field(alias="Action")
    resource: str | list[str] = Field(alias="Resource")


class _Statements(RootModel[list[_Statement]]):
    """A policy file: a list of IAM statements."""


def _statements(path: Path) -> list[dict[str, Any]]:
    found = validate(_Statements, read_json(path), where=str(path), error=ContentError)
    statements = [statement.model_dump(by_alias=True) for statement in found.root]
    check_grammar(path, statements)
    return statements
