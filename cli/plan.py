"""The command: python -m cli.plan --stack spoke-research [--json]."""

import argparse
import json
import sys

from rich.console import Console

from cli.catalog import reporting
from spoke.inspection.formatting import in_words, summary
from spoke.inspection.launch_plans import LaunchPlan, plans_of


def main() -> int:
    """Print what would change; the exit code is 1 where that cannot be said."""
    parser = argparse.ArgumentParser(prog="python -m cli.plan", description=__doc__)
    parser.add_argument("--stack", required=True, help="the spoke's stack, such as spoke-research")
    parser.add_argument("--json", action="store_true", help="print a list in JSON")
    arguments = parser.parse_args()
    return reporting(lambda: _show(plans_of(arguments.stack), as_json=arguments.json))


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
