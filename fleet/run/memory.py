"""How many spokes the memory at hand is enough for: a process that is killed for want of it leaves a run half done."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

SPOKE_MIB: Final = 700
"""What a running spoke takes: the official aws plug-in up to 425 MiB, the CLI and the Python host with the program the
rest (docs/benchmarks.md). The stand-in of the rehearsal takes a fifth of the first."""

_MIB: Final = 1 << 20
_REMEDY: Final = "Lower concurrency in fleet.yaml, or divide the spokes over machines (docs/operations)"
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
    """Give what is left of the limits of the control groups that this process is in (source: Linux, cgroup-v2)."""
    for folder, limit, used in _groups(root):
        most, now = _number(folder / limit), _number(folder / used)
        if most is not None and now is not None and most < _UNLIMITED:
            yield max(0, most - now + _cached(folder / "memory.stat"))


def _groups(root: Path) -> Iterator[tuple[Path, str, str]]:
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, kinds, path = [*line.split(":", 2), "", ""][:3]
        if number == "0":
            top, names = root / "sys/fs/cgroup", ("memory.max", "memory.current")
        elif "memory" in kinds.split(","):
            top, names = root / "sys/fs/cgroup/memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        inner = top / path.lstrip("/")
        for folder in dict.fromkeys([inner, *inner.parents, top]):  # in a container its own group is the top
            if folder.is_relative_to(top):
                yield folder, *names


def _cached(stat: Path) -> int:
    """Give what the kernel lets go of when somebody needs it."""
    lines = dict(line.split(maxsplit=1) for line in _text(stat).splitlines() if " " in line)
    return int(lines.get("inactive_file", lines.get("total_inactive_file", "0")))


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdecimal() else None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
