"""The catalog's files and the hubs' settings as they were at a revision of git's."""

import io
import subprocess
import tarfile
from pathlib import Path
from typing import Final

from fleet.checkout import harmless_environment
from shared.errors import ContentError
from shared.files import write_file

_SECONDS: Final = 60


def checked_out(revision: str, folder: Path) -> str:
    """Put the catalog and the settings of hubs, as they were at a revision, into a folder; give the commit.

    Raises:
        ContentError: git knows no such revision, or it has no catalog.
    """
    try:
        commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    except (OSError, subprocess.SubprocessError):
        raise ContentError(
            f"invalid value {revision!r}: git has no such revision here. Name a branch, a tag or a commit; a shallow "
            f"clone has to fetch it first.",
            code="revision-unknown",
            place="--against",
        ) from None
    listed = _git("ls-tree", "--name-only", commit).decode().splitlines()
    wanted = [name for name in listed if name.startswith("Pulumi.hub") and name.endswith(".yaml")]
    try:
        content = _git("archive", "--format=tar", commit, "hub/catalog", *wanted)
    except subprocess.SubprocessError:
        raise ContentError(
            f"invalid value {revision!r}: at {commit[:12]} there is no hub/catalog here. Name a later one.",
            code="revision-without-catalog",
            place="--against",
        ) from None
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        for each in files:
            if each.isfile() and (found := files.extractfile(each)):
                write_file(folder / each.name, found.read())
    return commit


def _git(*words: str) -> bytes:
    environment = harmless_environment()
    return subprocess.run(["git", *words], capture_output=True, check=True, timeout=_SECONDS, env=environment).stdout
