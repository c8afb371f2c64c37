"""What a demo leaves to look at: its sandbox, an environment that works on it, and the catalog's pages."""

import os
from pathlib import Path
from typing import Final

import psutil

from cli.errors import NotReachedError, RehearsalError
from cli.rehearsal.deployment import Rehearsal
from sandbox.environment import exports
from shared.files import write_file

PROCESS: Final = "sandbox.pid"
ENVIRONMENT: Final = "environment.sh"
PAGES: Final = "site"
_LOOK: Final = """\
  . {folder}/{environment}
                                      points this terminal at the sandbox that goes on at {url}
  cd {folder}/project
                                      the checkout of the demo; then model-catalog fleet status
  model-catalog site serve {pages}
                                      the catalog's pages, which were built there
  kill {process:<31}ends the sandbox, which is all that goes on
  cd {back:<33}back to where you are, for what follows"""


def keep_to_look_at(rehearsal: Rehearsal, folder: Path, root: Path) -> str:
    """Let the sandbox go on, write its environment, build the pages, and say how to look at them.

    What it says is done line by line, from `root`: each path is written from where the line before leads to.

    Raises:
        RehearsalError: the pages could not be built.
    """
    pages = folder / PAGES
    built = rehearsal.run("model-catalog", "site", "build", "--out", str(pages))
    if built.returncode != 0:
        raise RehearsalError(f"model-catalog site build ended with exit code {built.returncode}\n{built.stdout}")
    write_file(folder / ENVIRONMENT, exports(rehearsal.url, folder))
    write_file(folder / PROCESS, f"{rehearsal.process}\n")
    rehearsal.go_on()
    return _LOOK.format(
        folder=os.path.relpath(folder, root),
        environment=ENVIRONMENT,
        url=rehearsal.url,
        pages=os.path.relpath(pages, rehearsal.project),
        process=rehearsal.process,
        back=os.path.relpath(root, rehearsal.project),
    )


def refuse_kept(folder: Path) -> None:
    """Refuse to begin anew in a folder whose sandbox goes on. Raises NotReachedError."""
    try:
        number = int((folder / PROCESS).read_text())
        is_there = "sandbox" in psutil.Process(number).cmdline()
    except (OSError, ValueError, psutil.Error):
        return
    if is_there:
        raise NotReachedError(
            f"the sandbox of the last demo goes on. End it: kill {number}", code="demo-goes-on", place=str(folder)
        )
