"""The part of git by which a branch is written without touching what is checked out."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cli.errors import NotReachedError
from shared.errors import ConfigError

REMOTE: Final = "origin"
_SECONDS: Final = 300


class Repository:
    """A checkout.

    Attributes:
        root: The project's folder in it.
    """

    def __init__(self, root: Path) -> None:
        """Look at a checkout.

        Raises:
            ConfigError: the folder is in no repository, or in one without a commit.
        """
        self.root = root
        try:
            self.base = self._git("rev-parse", "--verify", "HEAD").strip()
            self._prefix = self._git("rev-parse", "--show-prefix").strip()
        except NotReachedError:
            raise ConfigError(
                "is in no repository of git that has a commit, so there is nothing to write a branch into. Have "
                "patches instead: --out FOLDER",
                code="no-repository",
                place=str(root),
            ) from None

    def path(self, file: str) -> str:
        """Give a file of the project from the top of the repository."""
        return f"{self._prefix}{file}"

    def text(self, commit: str, file: str) -> str | None:
        """Give a file of the project as a commit has it; None where it does not."""
        return self._tried("show", f"{commit}:{self.path(file)}")

    def message(self, commit: str) -> str:
        """Give a commit's message."""
        return self._git("show", "--no-patch", "--format=%B", commit)

    def parent(self, commit: str) -> str:
        """Give the commit before one; empty where there is none."""
        return (self._tried("rev-parse", "--verify", "--quiet", f"{commit}^") or "").strip()

    def fetch(self, prefix: str) -> None:
        """Learn which branches the remote has of those that begin so. Raises NotReachedError."""
        refs = f"+refs/heads/{prefix}*:refs/remotes/{REMOTE}/{prefix}*"
        self._git("fetch", "--quiet", "--prune", REMOTE, refs)

    def branches(self, prefix: str, *, remote: bool) -> dict[str, str]:
        """Give the branches that begin so, with their commits: those here, or those of the remote."""
        place = f"refs/remotes/{REMOTE}/" if remote else "refs/heads/"
        listed = self._git("for-each-ref", "--format=%(objectname) %(refname)", f"{place}{prefix}")
        pairs = (line.partition(" ") for line in listed.splitlines())
        return {name.removeprefix(place): commit for commit, _, name in pairs}

    @property
    def checked_out(self) -> str:
        """The branch that is checked out; empty where none is."""
        return (self._tried("symbolic-ref", "--quiet", "--short", "HEAD") or "").strip()

    def commit(self, files: Mapping[str, str], message: str) -> str:
        """Make a commit on the base in which files of the project have another text, and give its id."""
        with TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._git("read-tree", self.base, more=index)
            for file, text in files.items():
                mode = self._git("ls-tree", "--format=%(objectmode)", self.base, "--", file).strip()
                blob = self._git("hash-object", "-w", "--stdin", given=text).strip()
                self._git("update-index", "--cacheinfo", f"{mode},{blob},{self.path(file)}", more=index)
            tree = self._git("write-tree", more=index).strip()
        return self._git("commit-tree", tree, "-p", self.base, "-F", "-", given=message).strip()

    def point(self, branch: str, commit: str) -> None:
        """Let a branch be at a commit."""
        self._git("update-ref", f"refs/heads/{branch}", commit)

    def forget(self, branch: str) -> None:
        """Delete a branch here."""
        self._git("update-ref", "-d", f"refs/heads/{branch}")

    def push(self, branch: str, commit: str, expected: str) -> None:
        """Push a commit as a branch, as long as the remote has there what is expected; nothing to delete it."""
        lease = f"--force-with-lease=refs/heads/{branch}:{expected}"
        self._git("push", "--quiet", lease, REMOTE, f"{commit}:refs/heads/{branch}")

    def _tried(self, *words: str) -> str | None:
        try:
            return self._git(*words)
        except NotReachedError:
            return None

    def _git(self, *words: str, given: str | None = None, more: Mapping[str, str] | None = None) -> str:
        """Run git in the project's folder. Raises NotReachedError with git's own words."""
        try:
            done = subprocess.run(
                ["git", "-C", str(self.root), *words],
                input=None if given is None else given.encode(),
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                env={**_environment(), **(more or {})},
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise NotReachedError(f"git {words[0]}: {problem}", code="git-failed") from None
        if done.returncode != 0:
            said = " ".join(done.stderr.decode(errors="replace").split())
            raise NotReachedError(f"git {words[0]} failed: {said}", code="git-failed")
        return done.stdout.decode()


def _environment() -> dict[str, str]:
    """Give git the environment, whose token may be what it signs in by, without what it has no business with."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    return {**own, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}
