"""The control groups that this process is in: a container is told less by its machine than by them."""

from collections.abc import Iterator
from pathlib import Path


def control_groups(root: Path, controller: str) -> Iterator[tuple[Path, int]]:
    """Give the folders of a controller's groups, from the inner one to the top, with their version of cgroups, 1 or 2.

    Source: Linux, cgroup-v1/cgroups.rst and cgroup-v2.rst.
    """
    for line in text_of(root / "proc/self/cgroup").splitlines():
        number, kinds, path = [*line.split(":", 2), "", ""][:3]
        if number == "0":
            top, version = root / "sys/fs/cgroup", 2
        elif controller in kinds.split(","):
            top, version = root / "sys/fs/cgroup" / controller, 1
        else:
            continue
        inner = top / path.lstrip("/")
        for folder in dict.fromkeys([inner, *inner.parents, top]):  # in a container its own group is the top
            if folder.is_relative_to(top):
                yield folder, version


def number_in(path: Path) -> int | None:
    """Read a number; None where there is none."""
    text = text_of(path).strip()
    return int(text) if text.isdecimal() else None


def text_of(path: Path) -> str:
    """Read a file of the kernel's; empty where it cannot be read."""
    try:
        return path.read_text()
    except OSError:
        return ""
