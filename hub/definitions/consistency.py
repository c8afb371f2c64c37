"""Whether what a product's file says fits its templates and its portfolio."""

from collections.abc import Mapping
from pathlib import Path

from hub.definitions.constraints import rules_of
from hub.definitions.schema import PortfolioFile, ProductFile
from hub.definitions.tag_options import together
from hub.definitions.templates import Template
from shared.aws.arn import foreign_arns, partition_of
from shared.collecting import Mistakes
from shared.errors import ContentError
from shared.spelling import meant


def check_rules(path: Path, file: ProductFile, templates: Mapping[str, Template]) -> None:
    """Refuse a rule about a parameter that a version does not have: AWS would refuse each launch of that version.

    Raises:
        ContentError: names the rule, the parameter and the version.
    """
    mistakes = Mistakes()
    for number, template in templates.items():
        constrained = [(str(path), rules_of(constraints)) for constraints in file.places.values()]
        for source, rules in (*constrained, (str(template.path), template.rules)):
            for name, rule in rules.items():
                for unknown in sorted(rule.parameters() - template.parameters.keys()):
                    mistakes.add(
                        ContentError(
                            f"the rule {name} refers to {unknown}, which is no parameter of {number}."
                            f"{meant(unknown, template.parameters)} Its parameters are: "
                            f"{', '.join(template.parameters)}.",
                            code="rule-parameter-unknown",
                            place=source,
                        )
                    )
    mistakes.refuse()


def check_partition(path: Path, file: ProductFile) -> None:
    """Refuse ARNs of another partition than the registry's: nothing there can be reached from here.

    Raises:
        ContentError: names each.
    """
    mistakes = Mistakes()
    for place, arn in foreign_arns(file, file.registry.region):
        mistakes.add(
            ContentError(
                f"invalid value {arn!r}. The registry's region {file.registry.region} is of the partition "
                f"{partition_of(file.registry.region)}: name something of that partition.",
                code="arn-of-another-partition",
                place=f"{path}: {place}",
            )
        )
    mistakes.refuse()


def check_tag_options(path: Path, file: ProductFile, portfolio: PortfolioFile) -> None:
    """Refuse tag options that contradict those of the portfolio, or that fixed tags contradict.

    Raises:
        ContentError: names the key.
    """
    options = together(portfolio.tag_options, file.tag_options)
    mistakes = Mistakes()
    for key, values in options.items():
        place = f"{path}: tag_options.{key}"
        fixed = {**portfolio.tags, **file.tags}.get(key)
        if not values:
            mistakes.add(
                ContentError(
                    f"invalid values {', '.join(file.tag_options[key])}. The portfolio {portfolio.key} allows "
                    f"{', '.join(portfolio.tag_options[key])}, so no value is left for a launch: let one of the two "
                    f"allow a value of the other.",
                    code="tag-options-contradict",
                    place=place,
                )
            )
        elif fixed is not None and fixed not in values:
            mistakes.add(
                ContentError(
                    f"invalid values {', '.join(values)}. Every launch gets the tag {key} with the value {fixed!r}: "
                    f"allow that value, or remove the tag.",
                    code="tag-not-allowed",
                    place=place,
                )
            )
    mistakes.refuse()
