"""`model-catalog sandbox`: an AWS organization to rehearse in."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.verbs import noun, verb

app = noun("An AWS organization in one process, to rehearse in.")

Plugin = Annotated[
    Literal["stand-in", "official"] | None,
    typer.Option(help="The aws plug-in that Pulumi runs: the sandbox's stand-in, or the official one installed here."),
]


@verb(app, "serve", "sandbox serve --port 5005", looking=True)
def serve(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where it listens; 0 picks a free port.")] = 5005,
    answers: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="What macros and custom resources answer, as YAML.")
    ] = None,
    iam_seconds: Annotated[
        float, typer.Option(min=0, help="Seconds of its clock until a new role is known; 0 is at once.")
    ] = 10.0,
) -> int:
    """Run the sandbox in the foreground, from an empty organization and an empty backend."""
    from cli.rehearsal.sandbox_server import serve as run

    return run(port, answers, iam_seconds)


@verb(app, "env", "sandbox env --account 222233334444", looking=True)
def env(
    *,
    account: Annotated[str, typer.Option(help="Whose administrator to be; the management account unless given.")] = "",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Of a sandbox elsewhere; the one of this folder unless given.")
    ] = None,
    plugin: Plugin = None,
) -> int:
    """Print the exports that point a shell at the running sandbox: eval "$(model-catalog sandbox env)"."""
    from cli.rehearsal.sandbox_server import print_exports

    return print_exports(account, port, plugin)


@verb(app, "demo", "sandbox demo")
def demo(
    *,
    plugin: Plugin = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave sandbox, environment and pages to look at.")] = False,
) -> int:
    """Run organization, hub and two spokes on a sandbox, end to end."""
    from cli.rehearsal.demo import demo as run

    return run(plugin, keep=keep)
