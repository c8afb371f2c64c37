"""How a verb of the command line is declared: its name, its example, and the options that several of them have."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, Literal, ParamSpec

import typer
import yaml

from cli.exit_codes import ExitCode

P = ParamSpec("P")
PROGRAM: Final = "model-catalog"
_EXAMPLE: Final = "Example: "
AS_OF: Final = "MODEL_CATALOG_AS_OF"  # as in shared/catalog/lifecycle.py, which is slow to load
VIEWER: Final = "MODEL_CATALOG_VIEWER"  # as in shared/aws/caller.py
_PASSING: Final = {"ignore_unknown_options": True}


def noun(text: str) -> typer.Typer:
    """Make a noun, whose verbs are added to it."""
    return typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def verb(
    of: typer.Typer,
    name: str,
    example: str,
    *,
    passing: bool = False,
    looking: bool = False,
    asks_aws: bool = False,
) -> Callable[[Callable[P, int]], Callable[P, None]]:
    """Declare a function to be a verb; what it returns is the exit code.

    Args:
        of: The noun.
        name: What people type.
        example: What follows `model-catalog` in the help's example.
        passing: Options that it does not know are for Pulumi.
        looking: It changes nothing, or says itself when it would: so it may look ahead to a day that has not come.
        asks_aws: An endpoint that does not answer is noticed while the command is still being loaded.
    """

    def declared(command: Callable[P, int]) -> Callable[P, None]:
        @wraps(command)
        def run(*arguments: P.args, **options: P.kwargs) -> None:
            _refuse_elsewhere()
            if not looking:
                _refuse_to_look_ahead()
            if asks_aws:
                if not looking:
                    _refuse_to_change_as_viewer()
                from shared.aws.reach import begin_asking

                begin_asking()
            raise typer.Exit(command(*arguments, **options))

        of.command(
            name,
            short_help=(command.__doc__ or "").partition("\n")[0],  # or it would be cut to fit a line
            epilog=f"\b\n{_EXAMPLE}{PROGRAM} {example}",  # marked, so that it stays on a line of its own
            context_settings=_PASSING if passing else {},
        )(run)
        return run

    return declared


def example_of(epilog: str) -> str:
    """Give the example of a verb's help, as people type it."""
    return epilog.partition(_EXAMPLE)[2]


def print_json(document: object) -> int:
    """Print a document for machines; dates and the like become text."""
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False, default=str)
    sys.stdout.write("\n")
    return ExitCode.DONE


def form_of(*, as_json: bool, as_csv: bool) -> Literal["json", "csv", "table"]:
    """Tell in which form an answer is wanted. Raises BadParameter where it is wanted in two."""
    if as_json and as_csv:
        raise typer.BadParameter("one answer has one form. Use one of the two.", param_hint="--json and --csv")
    return "json" if as_json else "csv" if as_csv else "table"


def _refuse_elsewhere() -> None:
    if not Path("hub").is_dir() and not any(Path().glob("Pulumi.*.yaml")):
        sys.stderr.write(f"error: {Path.cwd()}: there is no catalog. Run {PROGRAM} in the folder of the project.\n")
        raise typer.Exit(ExitCode.MISTAKE)


def _refuse_to_look_ahead() -> None:
    if os.environ.get(AS_OF):
        from shared.catalog.lifecycle import refuse_to_look_ahead

        refuse_to_look_ahead()


def _refuse_to_change_as_viewer() -> None:
    if os.environ.get(VIEWER):
        from shared.aws.caller import refuse_to_change_as_viewer

        refuse_to_change_as_viewer()


def stacks() -> list[str]:
    """List the stacks that have settings here."""
    return sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in Path().glob("Pulumi.*.yaml"))


def _beginning(found: list[str], typed: str) -> list[str]:
    return [each for each in found if each.startswith(typed)]


def complete_stack(incomplete: str) -> list[str]:
    """Complete a stack's name."""
    return _beginning(stacks(), incomplete)


def complete_spoke(incomplete: str) -> list[str]:
    """Complete a spoke's name, without `spoke-`."""
    return _beginning([name.removeprefix("spoke-") for name in stacks() if name.startswith("spoke-")], incomplete)


def complete_product(incomplete: str) -> list[str]:
    """Complete a product's key."""
    found = sorted(path.parent.name for path in Path("hub/catalog/products").glob("*/product.yaml"))
    return _beginning(found, incomplete)


def complete_version(context: typer.Context, incomplete: str) -> list[str]:
    """Complete a version of the product that was typed before it."""
    path = Path("hub/catalog/products") / str(context.params.get("product")) / "product.yaml"
    return _beginning(list(_numbers(path)), incomplete)


def _numbers(path: Path) -> Iterator[str]:
    """Read the numbers from a file as it is: who completes a line must not be told of mistakes elsewhere."""
    from hub.definitions.yaml_file import CatalogLoader
    from shared.documents import parse_yaml, read_file

    try:
        content: Any = parse_yaml(read_file(path), CatalogLoader)
        yield from (str(entry["version"]) for entry in content["versions"])
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return


def on_day(day: str | None) -> str | None:
    """Let a command, and what it starts, work with a day."""
    if day:
        from shared.catalog.lifecycle import day_of

        day_of(day, place="--as-of")
    if day is not None:
        os.environ[AS_OF] = day  # the programs that Pulumi starts read it there
    return day


AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", callback=on_day, help="As it is on that day, for example 2026-12-24."),
]
Product = Annotated[
    str, typer.Argument(metavar="PRODUCT", autocompletion=complete_product, help="The product's key in the catalog.")
]
Version = Annotated[
    str, typer.Argument(metavar="VERSION", autocompletion=complete_version, help="The version's number.")
]
Stack = Annotated[
    str,
    typer.Argument(metavar="STACK", autocompletion=complete_stack, help="organization, hub, hub-NAME or spoke-NAME."),
]
Spoke = Annotated[
    str, typer.Argument(metavar="SPOKE", autocompletion=complete_spoke, help="The spoke's name, without spoke-.")
]
HubStack = Annotated[
    str,
    typer.Option("--stack", metavar="STACK", autocompletion=complete_stack, help="The hub's, of a divided catalog."),
]
PulumiOptions = Annotated[
    list[str] | None, typer.Argument(metavar="PULUMI-OPTION", help="Handed to Pulumi, for example --yes.")
]
