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
                        f"{source}: the rule {name} refers to {unknown[0]}, which {number} has no parameter of. Its "
                        f"parameters are: {', '.join(template.parameters)}."
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
                f"{path}: tag_options.{key}: found {', '.join(file.tag_options[key])}, but the portfolio "
                f"{portfolio.key} allows {', '.join(portfolio.tag_options[key])}. A launch could have no value at "
                f"all: let one of the two allow a value of the other."
            )
        fixed = {**portfolio.tags, **file.tags}.get(key)
        if fixed is not None and fixed not in values:
            raise ContentError(
                f"{path}: tag_options.{key}: found {', '.join(values)}, but the tag {key} is set to {fixed!r}, which "
                f"every launch gets. Allow that value, or remove the tag."
            )
