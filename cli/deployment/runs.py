"""Runs one stack in front of a person: Pulumi shows what it would do, and asks."""

from collections.abc import Sequence

from cli.exit_codes import ExitCode, of_pulumi
from cli.stacks import engine, project_of, with_settings


def preview(stack: str, options: Sequence[str]) -> int:
    """Show what would change in a stack, and check what stands in its way.

    Raises:
        CatalogError: there is no such stack, or its backend is out of reach.
    """
    project = with_settings(stack)
    engine().select(project, stack)
    # Without suppressing outputs, a spoke's preview would show the hub's whole contract.
    return of_pulumi(engine().attended(project, stack, "preview", "--diff", "--suppress-outputs", *options))


def up(stack: str, options: Sequence[str]) -> int:
    """Deploy a stack, which is made where it is not there yet.

    Raises:
        CatalogError: there is no such stack, or its backend is out of reach.
    """
    project = with_settings(stack)
    engine().select(project, stack)
    code = of_pulumi(engine().attended(project, stack, "up", *_outputs(project), *options))
    if project == "hub" and code is not ExitCode.DONE:
        from cli.accounts.shares import explain_shares  # noqa: PLC0415 - as slow to load as all the rest

        explain_shares(stack)
    return code


def refresh(stack: str, options: Sequence[str]) -> int:
    """Compare a stack with what is really there. Raises CatalogError."""
    project = project_of(stack)
    return of_pulumi(engine().attended(project, stack, "refresh", *_outputs(project), *options))


def destroy(stack: str, options: Sequence[str]) -> int:
    """Remove all that a stack made. Raises CatalogError."""
    project = project_of(stack)
    return of_pulumi(engine().attended(project, stack, "destroy", *_outputs(project), *options))


def _outputs(project: str) -> Sequence[str]:
    """The hub's output is the whole contract, hundreds of lines; `pulumi stack output` shows it."""
    return ("--suppress-outputs",) if project == "hub" else ()
