"""The command: python -m cli.plan --stack spoke-research [--json]."""

import argparse
import json
import sys

from rich.console import Console

from cli.catalog import reporting
from cli.stacks import contract_of, resources_of
from shared.errors import ConfigError
from shared.stack.import_file import LAUNCH
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.inspection.formatting import in_words, summary
from spoke.inspection.launch_plans import LaunchPlan, plans_of


def main() -> int:
    """Print what would change; the exit code is 1 where that cannot be said."""
    parser = argparse.ArgumentParser(prog="python -m cli.plan", description=__doc__)
    parser.add_argument("--stack", required=True, help="the spoke's stack, such as spoke-research")
    parser.add_argument("--json", action="store_true", help="print a list in JSON")
    arguments = parser.parse_args()
    return reporting(lambda: _show(_plans(arguments.stack), as_json=arguments.json))


def _plans(stack: str) -> list[LaunchPlan]:
    if not stack.startswith("spoke-"):
        raise ConfigError(
            f"STACK: found {stack!r}. Only spokes have launches to plan: make preview-{stack} shows a hub."
        )
    settings = settings_of(SpokeSettings, stack)
    return plans_of(stack, settings, contract_of(*settings.hub_stacks), resources_of("spoke", stack, LAUNCH))


def _show(plans: list[LaunchPlan], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([plan.model_dump(mode="json") for plan in plans], indent=2))
    else:
        console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)
        for plan in plans:
            for line in in_words(plan):
                console.print(line, markup=False, style="bold red" if line.startswith("  ! ") else None)
        console.print(summary(plans))
    return 1 if any(plan.problem for plan in plans) else 0


if __name__ == "__main__":
    sys.exit(main())
