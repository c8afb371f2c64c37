"""Shows what would change inside each provisioned product of a spoke."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from cli.deployment.observed import launch_drift
from cli.exit_codes import reached
from cli.guard import refuse_unready
from cli.stacks import contract_of, decrypted_settings, engine, resources_of, trusts_for, wanted_launches, with_settings
from cli.verbs import print_json
from fleet.plan.parameter_values import AskedValues
from fleet.show.tables import console
from shared.errors import CatalogError
from shared.stack.import_file import LAUNCH
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.inspection.formatting import in_words, summary
from spoke.inspection.launch_plans import LaunchPlan, plans_of
from spoke.launches.sources import Values, taken, uses_of, with_values
from spoke.launches.wanted import WantedLaunches
from spoke.parameter_sources import LaunchOutput


def show_plans(stack: str, *, as_json: bool) -> int:
    """Print what would change; not reached where that cannot be said.

    Raises:
        CatalogError: settings, contract or credentials are not fit for it.
    """
    project = with_settings(stack, among=("spoke",))
    refuse_unready(stack, changing=False)
    engine().select(project, stack)
    plans = plans_here(stack)
    if as_json:
        print_json([plan.model_dump(mode="json") for plan in plans])
    else:
        for line in (line for plan in plans for line in in_words(plan)):
            console().print(Text(line, style="bold red" if line.startswith("  ! ") else ""), soft_wrap=True)
        print(summary(plans))
    return reached(reached=not any(plan.problem for plan in plans))


def plans_here(stack: str) -> list[LaunchPlan]:
    """Plan each launch of a spoke that is selected. Raises CatalogError."""
    settings = settings_of(SpokeSettings, stack)
    if settings.has_secrets:  # AWS plans with values alone; they stay in this process's memory
        settings = decrypted_settings(SpokeSettings, stack)
    contract = contract_of(settings.hub_stacks, trusts_for(settings, stack))
    wanted = wanted_launches(settings, contract, stack)
    secret = wanted.settings.has_secrets or wanted.settings.has_sources  # what comes from elsewhere may be one too
    launched = resources_of("spoke", stack, LAUNCH, decrypted=secret)
    settings = with_values(wanted, {**_asked(stack, wanted), **_of_launches(wanted, launched)})
    plans = plans_of(stack, settings, contract, launched, wanted.origins)
    drifts = {drift.launch: str(drift) for drift in launch_drift(stack)}
    return [plan.model_copy(update={"drift": drifts.get(plan.launch, "")}) for plan in plans]


def _asked(stack: str, wanted: WantedLaunches) -> Values:
    """Ask for values from elsewhere. Raises CatalogError."""
    found = AskedValues(engine(), decrypted=True).of({stack: wanted})[stack]
    if isinstance(found, CatalogError):
        raise found
    return found


def _of_launches(wanted: WantedLaunches, launched: Sequence[dict[str, Any]]) -> Values:
    """Give the outputs of launches that others take, as far as they were deployed."""
    outputs: dict[str, dict[str, str]] = {}
    for each in launched:
        told: dict[str, Any] = each.get("outputs") or {}
        listed: list[dict[str, str]] = told.get("outputs") or []
        outputs[str(each["inputs"]["name"])] = {one["key"]: one["value"] for one in listed}
    return {
        use.key: taken(use, outputs[source.launch][source.output])
        for use, source in uses_of(wanted, LaunchOutput)
        if source.output in outputs.get(source.launch, {})
    }
