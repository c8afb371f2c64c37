"""The tags of a launch: its own, the catalog's, and those that tag options ask for."""

from collections.abc import Mapping

from shared.catalog.contract import Product
from shared.collecting import Mistakes
from shared.errors import LaunchError
from spoke.config import Launch

MOST_TAGS = 50
"""Of a provisioned product (source: Service Catalog Administrator Guide, "Service quotas")."""


def catalog_tags(product: Product) -> dict[str, str]:
    """Give the tags that AWS adds to a launch by itself: the catalog's, and those with one possible value."""
    settled = {key: values[0] for key, values in product.tag_options.items() if len(values) == 1}
    return {**product.tags, **settled}


def tags_of(launch: Launch, product: Product, *, with_catalogs: bool = True) -> dict[str, str]:
    """Give the tags of a launch.

    Args:
        launch: What is wanted.
        product: What is offered.
        with_catalogs: AWS adds the catalog's tags by itself and reports them back: left out here, they would look
            like a change, unless the provider is told to take no notice of them. Whether AWS minds that they are sent
            again nobody has tried yet.
    """
    added = catalog_tags(product)
    if with_catalogs:
        return {**added, **launch.tags}
    return {key: value for key, value in launch.tags.items() if key not in added}


def check_tags(launch: Launch, product: Product, own: Mapping[str, str], where: str) -> None:
    """Refuse tags that the catalog has set already, and tags that it asks for and that are missing.

    Args:
        launch: What is wanted.
        product: What is offered.
        own: The tags that the stack puts on all that it makes.
        where: The launch, for messages.

    Raises:
        LaunchError: names the tag.
    """
    mistakes, given = Mistakes(), launch.tags
    for key in sorted(given.keys() & product.tags.keys()):
        if given[key] != product.tags[key]:
            mistakes.add(
                LaunchError(
                    f"invalid value {given[key]!r}. The catalog sets it to {product.tags[key]!r} on all that is "
                    f"launched from this product: use another key.",
                    code="tag-set-by-catalog",
                    place=f"{where}: tags.{key}",
                )
            )
    for key in sorted((own.keys() - given.keys()) & product.tags.keys()):
        if own[key] != product.tags[key]:
            mistakes.add(
                LaunchError(
                    f"would get the stack's tag {key}={own[key]} (tags), and the catalog sets it to "
                    f"{product.tags[key]!r} on all that is launched from this product. Name your tag otherwise, or "
                    f"have the hub leave its own out.",
                    code="tag-of-stack-and-catalog",
                    place=where,
                )
            )
    for key, values in product.tag_options.items():
        value = {**own, **product.tags, **given}.get(key)
        if value is None and len(values) > 1:
            mistakes.add(
                LaunchError(
                    f"is missing. The hub asks for one of: {', '.join(values)}.",
                    code="tag-missing",
                    place=f"{where}: tags.{key}",
                )
            )
        if value is not None and value not in values:
            mistakes.add(
                LaunchError(
                    f"invalid value {value!r}. The hub allows: {', '.join(values)}.",
                    code="tag-not-allowed",
                    place=f"{where}: tags.{key}",
                )
            )
    count = len({**own, **tags_of(launch, product)})
    if count > MOST_TAGS:
        mistakes.add(
            LaunchError(
                f"with those of the catalog and the stack there are {count} tags, and AWS takes {MOST_TAGS}. Remove "
                f"some.",
                code="too-many-tags",
                place=f"{where}: tags",
            )
        )
    mistakes.refuse()
