"""The templates of the pages. Whatever stands in a card is text for them: every value is escaped where it is put in."""

from pathlib import Path
from typing import Any, Final, cast

import jinja2
from markupsafe import Markup, escape

from pages.web.finding import amount, ending, shown
from pages.web.pictures import lineage_picture, plot, resources_picture

FOLDER: Final = Path(__file__).resolve().parent.parent
ASSETS: Final = FOLDER / "assets"
TEMPLATES: Final = FOLDER / "templates"

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # Pagefind's index is read by WebAssembly
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "default",  # base.js lets scripts of this folder in, and no HTML
}
SECURITY_POLICY: Final = "; ".join(f"{name} {value}" for name, value in _POLICY.items())
"""What the pages may do: nothing but load scripts, styles and the index from where they are themselves."""


def environment() -> jinja2.Environment:
    """Give the environment that the templates are rendered in; a name that they misspell is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    known = cast("dict[str, Any]", made.globals)  # jinja2 types it by what it holds at first
    known.update(policy=SECURITY_POLICY, shown=shown, resources_picture=resources_picture)
    known.update(lineage_picture=lineage_picture, plot=plot, ending=ending)
    made.filters.update(amount=amount, breakable=breakable, days=days)
    return made


def breakable(text: Any) -> Markup:  # noqa: ANN401 - whatever a template shows
    """Let a long name break behind its signs, and nowhere else."""
    marked = str(escape(str(text)))  # first, since none of the signs is in what stands for a character
    for sign in "/:.-_":
        marked = marked.replace(sign, f"{sign}<wbr>")
    return Markup(marked)  # noqa: S704 - escaped above


def days(count: int) -> str:
    """Say a number of days."""
    return "1 day" if count == 1 else f"{count:,} days"
