"""`llms.txt` (llmstxt.org): what an agent reads first, with the address of each model's document."""

from typing import Final

from pages.index.model import Index, IndexedPortfolio, IndexedProduct
from pages.machines.feeds import TITLE
from pages.machines.listing import INDEX, INDEX_SCHEMA, VERSION_SCHEMA

LLMS: Final = "llms.txt"

_HEAD: Final = """\
# {title}

> Machine-learning models that are approved for use, as products of AWS Service Catalog. An account launches one by an
> entry in its settings, in git, by review. States are those of {day}.

A version that is active may be launched. One that is deprecated may be updated where it runs, and not launched. One
that is retired is neither. What a launch may set, which values it takes and what a month costs is in the version's
document; parameters with `brought` are set by the version, and by no launch. `model-catalog mcp` serves the same to
agents over stdio, with launch blocks that are checked.

## Machine-readable

- [All models]({base}{index}): products, versions, states, prices from
- [Schema of that]({base}{index_schema}): JSON Schema 2020-12
- [Schema of a version's document]({base}{version_schema}): JSON Schema 2020-12
"""


def llms(index: Index, *, base: str = "") -> str:
    """Write the text."""
    parts = [
        _HEAD.format(
            title=TITLE,
            day=index.day,
            base=base,
            index=INDEX,
            index_schema=INDEX_SCHEMA,
            version_schema=VERSION_SCHEMA,
        )
    ]
    parts += [_portfolio(each, index, base) for each in index.portfolios if each.products]
    return "\n".join(parts)


def _portfolio(portfolio: IndexedPortfolio, index: Index, base: str) -> str:
    lines = [f"## {_line(portfolio.name)}", ""]
    lines += [_product(each, base) for each in index.products if each.portfolio == portfolio.key]
    return "\n".join([*lines, ""])


def _product(product: IndexedProduct, base: str) -> str:
    version = product.version(product.newest)
    assert version is not None  # noqa: S101 - it is one of the product's own
    card = version.card
    said = f"{card.summary} {card.task}, {card.modality}, {card.license}, risk {card.risk_rating}, {product.state}"
    name = _line(f"{product.key} {version.version}").replace("[", "(").replace("]", ")")
    return f"- [{name}]({base}{version.address}): {_line(said)}"


def _line(text: str) -> str:
    return " ".join(text.split())
