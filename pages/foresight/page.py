"""Renders what a change of the catalog would do as one page that stands alone: it loads nothing, and runs no script."""

import base64
import hashlib
from collections import Counter
from typing import Final

from markupsafe import Markup

from pages.foresight.shapes import Foresight
from pages.foresight.words import (
    changing,
    cost,
    inside,
    outcome_in_words,
    permissions,
    title,
    to_know,
    together_in_words,
)
from pages.web.rendering import ASSETS, environment

_STYLES: Final = ("style.css", "platform.css")
_POLICY: Final = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def page(found: Foresight) -> str:
    """Render it."""
    made = environment()
    made.filters.update(inside=inside, month=cost)
    style = "".join((ASSETS / name).read_text() for name in _STYLES)
    rows = [(spoke, launch) for spoke in found.spokes for launch in changing(spoke)]
    counts = Counter(spoke.outcome for spoke in found.spokes)
    return made.get_template("foresight.html").render(
        found=found,
        heading=title(found.change),
        policy=_POLICY.format(base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()),
        style=Markup(style),  # noqa: S704 - the project's own files
        rows=rows,
        counts=[(outcome_in_words(what), count) for what, count in counts.items()],
        together=together_in_words([launch for _, launch in rows]),
        refused=[spoke for spoke in found.spokes if spoke.refusals],
        known=[(spoke, launch, note) for spoke in found.spokes for launch, note in to_know(spoke)],
        permissions=permissions(found.spokes),
    )
