"""Runs one stack in front of a person: Pulumi shows what it would do, and asks."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cli.exit_codes import ExitCode, of_pulumi
from cli.guard import refuse_unready
from cli.stacks import engine, held_back_here, project_of, run_written, with_settings
from cli.verbs import stacks
from fleet.store.free_space import refuse_full_disk
from fleet.store.storage import backend_url
from shared.errors import CatalogError
from shared.stack.stack_file import StackFile

if TYPE_CHECKING:
    from cli.deployment.comment import Found

_IN_PART: Final = ("--preview-only", "--target", "-t", "--exclude", "-x", "--expect-no-changes")
"""Options of a refresh that leaves the state, or some of it, as it is."""

_MOST_SHARES: Final = 100
"""Shares of a hub that are gone on after; each run makes at least one."""


def preview(stack: str, options: Sequence[str], *, comment: Path | None = None) -> int:
    """Show what would change in a stack, and check what stands in its way.

    Args:
        stack: Any stack.
        options: For Pulumi.
        comment: Gets it as a comment for a pull request.

    Raises:
        CatalogError: there is no such stack, or its backend is out of reach.
    """
    if comment is None:
        return _preview(stack, options)
    from cli.deployment.comment import commented  # noqa: PLC0415 - slow to load, and not for every preview

    return commented(stack, comment, lambda more: _preview(stack, [*options, *more]), partial(_tell_more, stack))


def _tell_more(stack: str, found: "Found") -> None:
    """Add to a comment what Pulumi knows nothing of; what cannot be told is a warning."""
    from cli.deployment.estimates import costs_of_launches, costs_of_versions  # noqa: PLC0415 - as above
    from cli.deployment.plan import plans_here  # noqa: PLC0415
    from spoke.inspection.formatting import in_words  # noqa: PLC0415

    project = project_of(stack)
    try:
        if project == "spoke":
            found.costs = costs_of_launches(stack)
            found.inside = [line for plan in plans_here(stack) if plan.what != "unchanged" for line in in_words(plan)]
        elif project == "hub":
            found.costs = costs_of_versions(stack)
    except CatalogError as problem:
        found.warnings = [*found.warnings, str(problem)]


def _preview(stack: str, options: Sequence[str]) -> int:
    project = with_settings(stack)
    _refuse_no_settings(stack)
    refuse_unready(stack, changing=False)
    if project == "hub":
        from cli.catalog.check import refuse_mistakes  # noqa: PLC0415 - slow to load, and not for every stack

        refuse_mistakes()
    engine().select(project, stack)
    options = [*options, *_ready(project, stack)]
    if project == "spoke":
        from cli.deployment.observed import tell_drift  # noqa: PLC0415 - slow to load, and not for every stack

        tell_drift(stack)
    if project == "hub":
        from cli.deployment.safeguards import warn_of_ending_versions  # noqa: PLC0415 - slow to load, and not for every stack

        warn_of_ending_versions(stack)
    looking = engine()
    looking.told = held_back_here(stack)
    # Without suppressing outputs, a spoke's preview would show the hub's whole contract.
    return of_pulumi(looking.attended(project, stack, "preview", "--diff", "--suppress-outputs", *options))


def up(stack: str, options: Sequence[str], *, acknowledged: bool = False) -> int:
    """Deploy a stack, which is made where it is not there yet.

    A launch that failed when it was launched is replaced.

    Args:
        stack: Any stack.
        options: For Pulumi.
        acknowledged: A hub's version may retire although launches run it that no stack declares.

    Raises:
        NotReachedError: such launches run, and nobody has acknowledged it.
        CatalogError: there is no such stack, or its backend is out of reach.
    """
    project = with_settings(stack)
    _refuse_no_settings(stack)
    refuse_full_disk(backend_url(), stack)
    if refuse_unready(stack):
        _look_again(stack)
    engine().select(project, stack)
    options = [*options, *_ready(project, stack)]
    if project == "hub" and not acknowledged:
        from cli.deployment.safeguards import refuse_to_end_versions  # noqa: PLC0415 - slow to load, and not for every stack

        refuse_to_end_versions(stack)
    code = run_written(project, stack, "up", *_outputs(project), *options)
    return _shared_where_it_can_be(stack, code, options) if project == "hub" else code


def _shared_where_it_can_be(stack: str, code: ExitCode, options: Sequence[str]) -> ExitCode:
    """Go on with a hub where a share failed for suspended accounts alone, and explain every other failure of shares."""
    if code is ExitCode.DONE:
        return code
    from cli.deployment import shares  # noqa: PLC0415 - as slow to load as all the rest

    for _ in range(_MOST_SHARES):
        if code is ExitCode.DONE or not shares.lack_only_suspended(stack):
            break
        print(
            f"{stack}: a share has arrived wherever it can: only suspended accounts are without it (model-catalog hub "
            f"shares). Going on.",
            flush=True,
        )
        code = run_written("hub", stack, "up", *_outputs("hub"), *options, "--yes", "--skip-preview")
    if code is not ExitCode.DONE:
        shares.explain_shares(stack)
    return code


def refresh(stack: str, options: Sequence[str]) -> int:
    """Compare a stack with what is really there; of a spoke's launches the parameters too. Raises CatalogError."""
    project = project_of(stack)
    _refuse_no_settings(stack)
    refuse_full_disk(backend_url(), stack)
    refuse_unready(stack)
    code = of_pulumi(engine().attended(project, stack, "refresh", *_outputs(project), *options))
    in_part = any(option.partition("=")[0] in _IN_PART for option in options)
    if project == "spoke" and code is ExitCode.DONE and not in_part and stack in stacks():
        from cli.deployment.observed import take_parameters_over  # noqa: PLC0415 - slow to load, and not for every stack

        take_parameters_over(stack)
    return code


def destroy(stack: str, options: Sequence[str], *, acknowledged: bool = False) -> int:
    """Remove all that a stack made.

    Args:
        stack: Any stack.
        options: For Pulumi.
        acknowledged: A hub may go although its products are launched.

    Raises:
        NotReachedError: they are, and nobody has acknowledged it.
        CatalogError: launches need a spoke's roles that it does not declare; or something is out of reach.
    """
    project = project_of(stack)
    _refuse_no_settings(stack)
    refuse_unready(stack)
    if project != "organization":
        from cli.deployment.safeguards import refuse_to_abandon, refuse_to_strand  # noqa: PLC0415 - slow to load, and not for every stack

        if project == "spoke":
            refuse_to_strand(stack)
        elif not acknowledged:
            refuse_to_abandon(stack)
    return run_written(project, stack, "destroy", *_outputs(project), *options)


def _refuse_no_settings(stack: str) -> None:
    """Refuse a file that holds no settings, before Pulumi does so without naming it. Raises ConfigError."""
    if stack in stacks():
        _ = StackFile(Path(f"Pulumi.{stack}.yaml")).given


def _look_again(stack: str) -> None:
    """Take into the state what a deployment that failed may have left in the account."""
    from cli.deployment.recovery import look_again  # noqa: PLC0415 - slow to load, and for few runs

    for line in look_again(stack):
        print(f"{stack}: {line}", flush=True)


def _ready(project: str, stack: str) -> list[str]:
    """Say what a spoke's run is given on its way, and give it."""
    if project != "spoke":
        return []
    from cli.deployment.safeguards import prepared  # noqa: PLC0415 - slow to load, and not for every stack

    found = prepared(stack)
    for note in found.notes:
        print(f"{stack}: {note}", flush=True)
    return found.options


def _outputs(project: str) -> Sequence[str]:
    """The hub's output is the whole contract, hundreds of lines; `pulumi stack output` shows it."""
    return ("--suppress-outputs",) if project == "hub" else ()
