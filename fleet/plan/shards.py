"""Divides what would run over the jobs of a CI system."""

import json
from collections.abc import Sequence
from typing import Final

import yaml

from fleet.errors import SettingsError
from fleet.plan.spoke_selection import SpokeFilter, select_spokes, shard_of
from fleet.plan.verdicts import FleetPlan, Kind

_FORMS: Final = ("github", "gitlab")


def matrix(plan: FleetPlan, number: int, waves: Sequence[str], form: str) -> str:
    """Write the matrix of the shards in which something would run.

    Args:
        plan: Who would run.
        number: How many shards there are, empty ones included.
        waves: Only these, where any are named.
        form: `github` for the JSON of a job's `strategy.matrix`; `gitlab` for the YAML of a child pipeline.

    Raises:
        SettingsError: there is no such form or wave.
    """
    if form not in _FORMS:
        raise SettingsError(
            f"invalid value {form!r}. The formats are: {', '.join(_FORMS)}.", code="format-unknown", place="--format"
        )
    stacks = select_spokes(plan, SpokeFilter(waves=waves))
    running = [stack for stack in stacks if plan.verdicts[stack].kind is not Kind.UNCHANGED]
    used = sorted({shard_of(stack, number) for stack in running})
    names = [f"{shard}/{number}" for shard in used]
    if form == "github":
        return json.dumps({"shard": names}) + "\n"
    if not names:
        return yaml.safe_dump({"nothing-to-roll-out": {"script": ["true"]}})
    choice = [option for wave in waves for option in ("--wave", wave, "--approve", wave)]
    script = " ".join(["python -m fleet up", *choice, "--shard $SHARD"])
    job = {
        "extends": ".rollout",
        "parallel": {"matrix": [{"SHARD": names}]},
        "resource_group": "rollout-$SHARD",  # a job that is tried again runs beside no other of its shard
        "script": [script],
    }
    return yaml.safe_dump({"rollout": job})
