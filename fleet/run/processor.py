"""How many cores this process may use, and how many of them nobody uses at the moment."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from fleet.run.control_groups import control_groups, text_of


@dataclass(frozen=True, slots=True)
class _Group:
    """A control group that may use so many cores."""

    folder: Path
    cores: float

    def used_seconds(self) -> float:
        lines = dict(line.split(maxsplit=1) for line in text_of(self.folder / "cpu.stat").splitlines() if " " in line)
        return int(lines.get("usage_usec", "0")) / 1e6


class Processor:
    """What this machine, or the container that this runs in, has to compute with.

    Attributes:
        cores: At least 1; a container's quota counts where it is less.
    """

    def __init__(self, root: Path = Path("/"), clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to look."""
        self._clock = clock
        self._groups = list(_limited(root))
        self._machine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.cores = max(1, int(min([self._machine, *(group.cores for group in self._groups)])))
        self._before = self._seen()

    def idle_cores(self) -> float:
        """Say how many cores were idle since this was asked last; 0 where no time has passed."""
        before, self._before = self._before, self._seen()
        seconds, idle, *used = (now - then for now, then in zip(self._before, before, strict=True))
        if seconds <= 0:
            return 0.0
        left = [group.cores - spent / seconds for group, spent in zip(self._groups, used, strict=True)]
        return max(0.0, min([idle / seconds, *left]))

    def _seen(self) -> list[float]:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        return [self._clock(), idle, *(group.used_seconds() for group in self._groups)]


def _limited(root: Path) -> Iterator[_Group]:
    """Give the groups with a quota (source: Linux, cgroup-v2.rst, cpu.max); those of cgroups 1 are not looked at."""
    for folder, version in control_groups(root, "cpu"):
        quota, period = [*text_of(folder / "cpu.max").split(), "", ""][:2]
        if version == 2 and quota.isdecimal() and period.isdecimal() and int(period):  # noqa: PLR2004 - of cgroups
            yield _Group(folder, int(quota) / int(period))
