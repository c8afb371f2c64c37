"""Shows what would change inside each provisioned product of a spoke."""

from rich.text import Text

from cli.deployment.observed import launch_drift
from cli.exit_codes import reached
from cli.guard import refuse_unready
from cli.stacks import contract_of, decrypted_settings, engine, resources_of, trusts_for, with_settings
from cli.verbs import print_json
from fleet.show.tables import console
from shared.stack.import_file import LAUNCH
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.inspection.formatting import in_words, summary
from spoke.inspection.launch_plans import LaunchPlan, plans_of


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
    project = "spoke"
    settings = settings_of(SpokeSettings, stack)
    secret = settings.has_secrets
    if secret:  # AWS plans with values alone; they stay in this process's memory
        settings = decrypted_settings(SpokeSettings, stack)
    launched = resources_of(project, stack, LAUNCH, decrypted=secret)
    plans = plans_of(stack, settings, contract_of(settings.hub_stacks, trusts_for(settings, stack)), launched)
    drifts = {drift.launch: str(drift) for drift in launch_drift(stack)}
    return [plan.model_copy(update={"drift": drifts.get(plan.launch, "")}) for plan in plans]
