"""Measures what does not depend on the machine: each cost beside another one of the same run.

Usage: python -m benchmarks.ratios [--json] [--check | --write]

CPU seconds of stacks beside those of bare programs with as many resources; of plans of 1,000 spokes beside those of
100; of a divided hub that nothing changed for beside its first rollout. `--check` fails where one is more than a
quarter above what `ratios.json` has of it; `--write` writes that file.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks import fleet, hub, spoke
from cli.exit_codes import listen_to_interrupts
from shared.files import write_file

FILE: Final = Path(__file__).with_name("ratios.json")
TOLERATED: Final = 1.25
_RUNS: Final = 5
_SPOKES: Final = (100, 1000)
_PRODUCTS: Final = 50


def main() -> int:
    """Measure, print, and compare."""
    listen_to_interrupts()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ratios", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for machines")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="fail where one is more than a quarter above what it was")
    what.add_argument("--write", action="store_true", help="write them down as what they are from now on")
    arguments = parser.parse_args()
    known: dict[str, float] = json.loads(FILE.read_text()) if FILE.exists() else {}
    found = {name: round(ratio, 3) for name, ratio in measured()}
    if arguments.json:
        print(json.dumps(found))
    else:
        _show(found, known)
    if arguments.write:
        write_file(FILE, json.dumps(found, indent=1) + "\n")
    worse = regressions(found, known) if arguments.check else []
    for line in worse:
        print(f"error: {line}", file=sys.stderr)
    return 1 if worse else 0


def measured() -> Iterator[tuple[str, float]]:
    """Give each ratio by its name."""
    for what, beside, _ in spoke.measured(_RUNS):
        if "bare program" not in what:
            yield what, beside
    plans: list[float] = []
    for number in _SPOKES:
        _, _, cost = next(fleet.planned(number))
        plans.append(cost.cpu_seconds)
    few, many = plans
    yield f"plan of {_SPOKES[1]:,} spokes, beside {_SPOKES[0]}", many / few
    first, unchanged, one = (cost.cpu_seconds for _, _, cost in hub.measured(_PRODUCTS))
    yield f"hub of {_PRODUCTS} products, unchanged, beside its first rollout", unchanged / first
    yield f"hub of {_PRODUCTS} products, one new version, beside its first rollout", one / first


def regressions(found: dict[str, float], known: dict[str, float]) -> list[str]:
    """Say which are more than a quarter above what they were, and which are not known or no longer measured."""
    worse = [
        f"{name}: {found[name]:.2f}, and it was {before:.2f}. Make it cheaper, or say in docs/benchmarks.md why not, "
        f"and write it down: python -m benchmarks.ratios --write"
        for name, before in known.items()
        if name in found and found[name] > before * TOLERATED
    ]
    odd = sorted(found.keys() ^ known.keys())
    return worse + [f"{name}: in only one of {FILE.name} and this run. Write them: --write" for name in odd]


def _show(found: dict[str, float], known: dict[str, float]) -> None:
    table = Table("what", "ratio", "as written down")
    for name, ratio in found.items():
        table.add_row(name, f"{ratio:.2f}", f"{known[name]:.2f}" if name in known else "")
    Console(width=110).print(table)


if __name__ == "__main__":
    sys.exit(main())
