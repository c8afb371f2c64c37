"""Whether what a product's file says fits its templates and its portfolio."""

from collections.abc import Mapping
from pathlib import Path

from hub.definitions.constraints import rules_of
from hub.definitions.schema import PortfolioFile, ProductFile
from hub.definitions.tag_options import together
from hub.definitions.templates import Template
from shared.errors import ContentError


def check_rules(path: Path, file: ProductFile, templates: Mapping[str, Template]) -> None:
    """Refuse a rule about a parameter that a version does not have: AWS would refuse each launch of that version.

    Raises:
        ContentError: names the rule, the parameter and the version.
    """
    for number, template in templates.items():
        for source, rules in ((str(path), rules_of(file.constraints)), (str(template.path), template.rules)):
            for name, rule in rules.items():
                unknown = sorted(rule.parameters() - template.parameters.keys())
                if unknown:
                    raise ContentError(
                        f"the rule {name} refers to {unknown[0]}, which is no parameter of {number}. Its parameters "
                        f"are: {', '.join(template.parameters)}.",
                        code="rule-parameter-unknown",
                        place=source,
                    )


def check_tag_options(path: Path, file: ProductFile, portfolio: PortfolioFile) -> None:
    """Refuse tag options that contradict those of the portfolio, or that fixed tags contradict.

    Raises:
        ContentError: names the key.
    """
    options = together(portfolio.tag_options, file.tag_options)
    for key, values in options.items():
        if not values:
            raise ContentError(
                f"invalid values {', '.join(file.tag_options[key])}. The portfolio {portfolio.key} allows "
                f"{', '.join(portfolio.tag_options[key])}, so no value is left for a launch: let one of the two allow "
                f"a value of the other.",
                code="tag-options-contradict",
                place=f"{path}: tag_options.{key}",
            )
        fixed = {**portfolio.tags, **file.tags}.get(key)
        if fixed is not None and fixed not in values:
            raise ContentError(
                f"invalid values {', '.join(values)}. Every launch gets the tag {key} with the value {fixed!r}: allow "
                f"that value, or remove the tag.",
                code="tag-not-allowed",
                place=f"{path}: tag_options.{key}",
            )
