"""`model-catalog site`: the catalog for people and machines that look at it; and `model-catalog mcp`, for agents."""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.verbs import AsOf, noun, verb

app = noun("The catalog as pages and as files for machines.")

RepositoryHost = Literal["github", "gitlab"]
Repository = Annotated[str, typer.Option(metavar="URL", help="The address of the catalog's repository.")]


@verb(app, "build", "site build --out public --base-url https://models.example.com/", looking=True)
def build(  # noqa: PLR0913 - a command's options
    *,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="The folder to write into.")],
    base_url: Annotated[str, typer.Option(metavar="URL", help="Where that folder is published; feeds name it.")] = "",
    repository: Repository = "",
    branch: Annotated[str, typer.Option(metavar="BRANCH", help="Its branch that changes are proposed to.")] = "main",
    host: Annotated[
        RepositoryHost | None, typer.Option("--host", help="Whose addresses it has; else told by its name.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="Say who has and runs what, too.")] = False,
    recorded: Annotated[
        bool, typer.Option("--recorded", help="With --private: as it was recorded, without AWS.")
    ] = False,
    team_tag: Annotated[
        str, typer.Option(metavar="TAG", help="With --private: the tag of a launch that names its team.")
    ] = "team",
    title: Annotated[str, typer.Option(help="What the catalog is called on its pages.")] = "Model catalog",
    as_of: AsOf = None,
) -> int:
    """Write pages, index.json, feeds and documents of the catalog into a folder."""
    from cli.site_pages import build as write

    add = None
    if private:
        from cli.private_site import with_platform

        add = partial(with_platform, recorded=recorded, team_tag=team_tag)
    return write(out, base=base_url, private=add, repository=repository, branch=branch, host=host, title=title)


@verb(app, "serve", "site serve public --port 8000", looking=True)
def serve(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help="A folder that build wrote.")],
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
) -> int:
    """Show a folder of pages on this machine alone, until it is interrupted."""
    from cli.site_pages import serve as show

    return show(folder, port)


def add_mcp(to: typer.Typer) -> None:
    """Add the verb without a noun that agents start."""

    @verb(to, "mcp", "mcp", looking=True)
    def mcp(  # pyright: ignore[reportUnusedFunction] - typer has it
        *,
        index: Annotated[
            Path | None,
            typer.Option("--index", exists=True, file_okay=False, help="A folder that `site build` wrote; else here."),
        ] = None,
    ) -> int:
        """Serve the catalog to agents over standard input and output (Model Context Protocol); it changes nothing."""
        from importlib.metadata import version

        from cli.exit_codes import ExitCode
        from cli.site_pages import source
        from pages.machines.mcp_server import server

        server(source(index), version("model-catalog")).run("stdio")
        return ExitCode.DONE
