"""The front door: `model-catalog NOUN VERB`."""

from typing import Final, NoReturn

import typer

from cli import exit_codes, fleet, hub, models, sandbox, site_verbs, spoke, stack
from cli.verbs import PROGRAM

NOUNS: Final = {
    "models": models.app,
    "stack": stack.app,
    "spoke": spoke.app,
    "hub": hub.app,
    "fleet": fleet.app,
    "site": site_verbs.app,
    "sandbox": sandbox.app,
}

app: Final = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Models from one hub account to many spokes: what is offered, deployed and run.",
    epilog="Exit codes: 0 done, 1 wanted and not reached, 2 a mistake of the caller's, 3 AWS or Pulumi failed.",
)
for name, noun in NOUNS.items():
    app.add_typer(noun, name=name, short_help=noun.info.help)
site_verbs.add_mcp(app)


def main() -> NoReturn:
    """Run the command line."""
    exit_codes.run(app, PROGRAM)
