"""The one name of the installed package (docs/adr/0041).

The rooms of the project are called hub, spoke and shared, which belong to nobody. So a wheel has them in `rooms/` below
this package, where no other program finds them, and a process that works for the catalog looks there first. In a
checkout they lie beside it.
"""

import runpy
import sys
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
ROOMS: Final = _HERE / "rooms" if (_HERE / "rooms").is_dir() else _HERE.parent


def enter() -> None:
    """Let this process import the rooms, before anything else of their names."""
    if str(ROOMS) not in sys.path[:1]:
        sys.path.insert(0, str(ROOMS))


def spoke() -> None:
    """Run the spoke's program: all that a `__main__.py` of another repository has to do."""
    enter()
    _ = runpy.run_module("spoke", run_name="__main__")


def main() -> None:
    """Run the command line."""
    enter()
    try:
        _ = runpy.run_module("cli", run_name="__main__")
    except ModuleNotFoundError as missing:
        if missing.name != "sandbox":
            raise
        sys.stderr.write("error: the sandbox is not in the package. Rehearse in a checkout of the project.\n")
        sys.exit(2)
