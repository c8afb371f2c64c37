"""Processes as nobody mistakes them for others: by boot, process namespace, number and start, and not by a host name.

Containers of one image have one host name, and numbers begin anew in each of them.
"""

import os
import socket
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

_PROC: Final = Path("/proc")
_DEAD: Final = ("Z", "X")
_FIRST_NAMESPACE: Final = "pid:[4026531836]"
"""From which all others are seen (source: Linux, include/linux/proc_ns.h, PROC_PID_INIT_INO)."""

_LOCAL: Final = ("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "tmpfs", "ramfs", "overlay")
_PARENT, _START = 1, 19
"""Of the fields after the name in /proc/PID/stat (source: proc_pid_stat(5), fields 4 and 22)."""


class Process(BaseModel):
    """A process, told apart from any other that there is or was.

    Attributes:
        host: For people; two machines or containers may have one name.
        started: Seconds since 1970, as releases before this one compare them.
        boot: Of the kernel that it runs on; empty where that is unknown, and then nobody can look for it.
        namespace: The process namespace in which `pid` is its number.
        ticks: When it started, by the kernel's own count, which no clock moves.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="ignore")

    host: str
    pid: int
    started: float = 0.0
    boot: str = ""
    namespace: str = ""
    ticks: int = 0

    @classmethod
    def of(cls, pid: int) -> "Process":
        """Describe a process of this namespace."""
        boot, namespace = here()
        ticks = _ticks(pid) or 0
        started = _booted() + ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0
        return cls(host=socket.gethostname(), pid=pid, started=started, boot=boot, namespace=namespace, ticks=ticks)

    @property
    def is_here(self) -> bool:
        """Whether it is or was one of those that can be seen from here."""
        return bool(self.boot) and (self.boot, self.namespace) == here()

    @property
    def lives(self) -> bool:
        """Whether it can be seen from here, and runs."""
        return self.is_here and bool(self.ticks) and _ticks(self.pid) == self.ticks


@cache
def here() -> tuple[str, str]:
    """Give the boot and the process namespace of this process; empty where the system does not tell.

    Of what is mounted at /proc the numbers have to be this namespace's own.
    """
    try:
        if int((_PROC / "self").readlink().name) != os.getpid():
            return "", ""
        boot = (_PROC / "sys" / "kernel" / "random" / "boot_id").read_text().strip()
        return boot, str((_PROC / "self" / "ns" / "pid").readlink())
    except (OSError, ValueError):
        return "", ""


def is_gone_everywhere(pid: int) -> bool:
    """Say whether no process of this kernel has a number, in any namespace; False where not all can be seen."""
    if here()[1] != _FIRST_NAMESPACE:
        return False
    for status in _PROC.glob("[0-9]*/status"):
        try:
            lines = status.read_text(errors="replace").splitlines()
        except OSError:
            continue  # it has ended this very moment
        if any(line.startswith("NSpid:") and str(pid) in line.split() for line in lines):
            return False
    return True


def is_local(path: Path) -> bool:
    """Say whether a folder is on a disk of this machine, where no other machine writes."""
    try:
        lines = (_PROC / "self" / "mountinfo").read_text().splitlines()
    except OSError:
        return False
    kinds = {Path(fields[4]): fields[fields.index("-") + 1] for fields in map(str.split, lines)}
    resolved = path.resolve()
    return next((kinds[each] for each in (resolved, *resolved.parents) if each in kinds), "") in _LOCAL


def name_of(pid: int) -> str:
    """Give the name of a process's program; empty where there is no such process."""
    return _stat(pid)[0]


def parent_of(pid: int) -> int:
    """Give the number of a process's parent; 0 where it has none."""
    _, fields = _stat(pid)
    return int(fields[_PARENT]) if fields else 0


def _ticks(pid: int) -> int | None:
    """Say when a process started; None where it is gone, or has ended and is only waited for."""
    _, fields = _stat(pid)
    return int(fields[_START]) if fields and fields[0] not in _DEAD else None


def _stat(pid: int) -> tuple[str, list[str]]:
    try:
        head, _, tail = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")
    except OSError:
        return "", []
    return head.partition("(")[2], tail.split()


def _booted() -> float:
    try:
        lines = (_PROC / "stat").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("btime ")), 0.0)
