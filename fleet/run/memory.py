"""How many spokes the memory at hand is enough for: a process that is killed for want of it leaves a run half done."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from fleet.run.control_groups import control_groups, number_in, text_of

SPOKE_MIB: Final = 700
"""What a running spoke takes: the official aws plug-in up to 425 MiB, the CLI and the Python host with the program the
rest (docs/benchmarks.md). The stand-in of the rehearsal takes a fifth of the first."""

_MIB: Final = 1 << 20
_REMEDY: Final = "Lower concurrency in fleet.yaml, or divide the spokes over machines (docs/operations)"
_FILES: Final = {1: ("memory.limit_in_bytes", "memory.usage_in_bytes"), 2: ("memory.max", "memory.current")}
"""Of a group's limit and of what is used, by the version of cgroups."""
_UNLIMITED: Final = 1 << 60
"""Above this a limit is none: cgroups of the first version write a number where those of the second write `max`."""


def spokes_that_fit(root: Path = Path("/")) -> int:
    """Say how many spokes the free memory is enough for; one in any case."""
    return max(1, free_mib(root) // SPOKE_MIB)


def free_mib(root: Path = Path("/")) -> int:
    """Give the memory that is free, of the machine or of the container that this runs in, whichever is less."""
    return min([int(psutil.virtual_memory().available), *_limits(root)]) // _MIB


def shortage(width: int, root: Path = Path("/")) -> str:
    """Say that so many spokes at a time may be too many; empty where they are not."""
    free = free_mib(root)
    if width <= max(1, free // SPOKE_MIB):
        return ""
    return (
        f"{width} spokes at a time take about {width * SPOKE_MIB} MiB of memory, and {free} are free: some may be "
        f"killed for want of it. {_REMEDY}"
    )


def why_killed(times: int) -> str:
    """Say what may have killed the processes of a spoke."""
    return (
        f"its processes were killed {times} times, perhaps for want of memory: {free_mib()} MiB are free, and a spoke "
        f"takes about {SPOKE_MIB}. {_REMEDY}"
    )


def _limits(root: Path) -> Iterator[int]:
    """Give what is left of the limits of the control groups that this process is in."""
    for folder, version in control_groups(root, "memory"):
        limit, used = _FILES[version]
        most, now = number_in(folder / limit), number_in(folder / used)
        if most is not None and now is not None and most < _UNLIMITED:
            yield max(0, most - now + _cached(folder / "memory.stat"))


def _cached(stat: Path) -> int:
    """Give what the kernel lets go of when somebody needs it."""
    lines = dict(line.split(maxsplit=1) for line in text_of(stat).splitlines() if " " in line)
    return int(lines.get("inactive_file", lines.get("total_inactive_file", "0")))
