"""Tag options: the values that a tag of a launch may have, kept by the hub."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.errors import Mistake
from shared.service_limits import aws_text
from shared.validation import TagKey


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise Mistake(
            f"a value is there twice in {', '.join(values)}. Write each value once.", code="duplicate-tag-option-value"
        )
    return values


Values = Annotated[
    list[Annotated[str, aws_text("servicecatalog", "TagOptionValue", "a text")]],
    AfterValidator(_distinct),
    Field(min_length=1, max_length=25, description="a list of one to 25 texts", examples=['["100", "200"]']),
]
TagOptions = Annotated[
    dict[TagKey, Values],
    Field(max_length=25, description="at most 25 keys, each with a list of values", examples=["{team: [risk]}"]),
]


def together(portfolio: Mapping[str, list[str]], product: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Give the values that remain for a product in its portfolio: a key of both has those that both allow.

    Source: Service Catalog Administrator Guide, "TagOption Library". No value remains of a contradiction.
    """
    both = {key: [value for value in values if value in portfolio.get(key, values)] for key, values in product.items()}
    return {**portfolio, **both}
