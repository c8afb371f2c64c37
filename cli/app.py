"""The front door: `model-catalog NOUN VERB`."""

from typing import Annotated, Final, NoReturn

import typer

from cli import exit_codes, fleet, hub, models, organization, proof, sandbox, site_verbs, spoke, stack, what_if
from cli.verbs import PROGRAM, AsJson, complete_stack, verb

NOUNS: Final = {
    "models": models.app,
    "organization": organization.app,
    "stack": stack.app,
    "spoke": spoke.app,
    "hub": hub.app,
    "fleet": fleet.app,
    "site": site_verbs.app,
    "sandbox": sandbox.app,
    "proof": proof.app,
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
fleet.app.add_typer(what_if.app, name="what-if", short_help=what_if.app.info.help)
site_verbs.add_mcp(app)


@verb(app, "doctor", "doctor --json", looking=True, asks_aws=True)
def doctor(
    stack: Annotated[
        list[str] | None,
        typer.Argument(metavar="STACK", autocompletion=complete_stack, help="Only these; all that have settings here."),
    ] = None,
    *,
    as_json: AsJson = False,
    short: Annotated[bool, typer.Option("--short", help="Only what is missing, and what to look at.")] = False,
) -> int:
    """Tell what is there and what is missing, before anything is made; it changes nothing."""
    from cli.doctor.report import examine  # noqa: PLC0415 - a command loads what it needs

    return examine(stack or [], as_json=as_json, short=short)


def main() -> NoReturn:
    """Run the command line."""
    exit_codes.run(app, PROGRAM)
