"""`model-catalog fleet what-if`: what a change of the catalog would do to all spokes, without AWS."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.fleet import Only
from cli.verbs import AsJson, AsOf, Product, Version, noun, on_day, verb

if TYPE_CHECKING:
    from cli.foresight.start import Scenario, Start
    from pages.foresight.shapes import ForeseenChange

app = noun("What a change of the catalog would do to all spokes; no account is asked.")

Page = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", dir_okay=False, help="Write it as a page too, one file alone.")
]


@verb(app, "publish", "fleet what-if publish fraud-detector-realtime 1.2.0 --template 1.2.0.yaml", looking=True)
def publish(
    product: Product,
    version: Version,
    *,
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", dir_okay=False, help="The template of a version that the catalog does not have yet."
        ),
    ] = None,
    only: Only = None,
    html: Page = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> int:
    """Tell what it would do to publish one version that no hub has deployed yet."""
    from cli.foresight.publish import published
    from cli.foresight.start import begin

    start = begin(Path.cwd())
    return _tell(start, published(start, product, version, template), only, html, as_json=as_json)


@verb(app, "retire", "fleet what-if retire fraud-detector-realtime 1.0.0 --on 2027-01-31", looking=True)
def retire(
    product: Product,
    version: Version,
    *,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", callback=on_day, help="From that day on; without it, from today on."),
    ] = None,
    only: Only = None,
    html: Page = None,
    as_json: AsJson = False,
) -> int:
    """Tell what it would do to retire a version: who moves, who stays on it, and who is refused."""
    from cli.foresight.retire import retired
    from cli.foresight.start import begin

    start = begin(Path.cwd())
    return _tell(start, retired(start, product, version), only, html, as_json=as_json)


@verb(app, "edit", "fleet what-if edit --against main --html what-if.html", looking=True)
def edit(
    *,
    against: Annotated[
        str | None, typer.Option(metavar="REVISION", help="Of git; without it, what the hubs have deployed.")
    ] = None,
    only: Only = None,
    html: Page = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> int:
    """Tell what it would do to deploy the catalog as its files are now."""
    from cli.foresight.edit import edited
    from cli.foresight.start import begin

    with ExitStack() as until:
        start = begin(Path.cwd())
        return _tell(start, edited(start, against, until), only, html, as_json=as_json)


def _tell(
    start: "Start",
    looked_at: "tuple[ForeseenChange, Scenario]",
    only: list[str] | None,
    html: Path | None,
    *,
    as_json: bool,
) -> int:
    from cli.exit_codes import ExitCode
    from cli.foresight.show import show_foresight
    from cli.foresight.spokes import look_ahead
    from cli.verbs import print_json
    from fleet.plan.spokes import matching_spokes
    from fleet.show.tables import console

    spokes = frozenset(matching_spokes(start.inventory.spokes, only, where="--only")) if only else None
    found = look_ahead(*looked_at, spokes)
    if html:
        from pages.foresight.page import page
        from shared.files import write_file

        write_file(html, page(found))
    if as_json:
        return print_json(found.model_dump(mode="json"))
    show_foresight(found, console())
    return ExitCode.DONE
