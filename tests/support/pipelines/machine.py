"""The machine that jobs run on: a system, a network with a sandbox in it, and the company's repository.

What it does not do: download packages, plug-ins and tools. Every cache of a job is taken to have been saved by an
earlier run, with the packages of the environment that runs the tests and the sandbox's stand-in for the aws plug-in.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cli.rehearsal.deployment import COPIED, SETTINGS
from sandbox import plugins
from tests.support.paths import ROOT
from tests.support.pipelines.notes import Notes
from tests.support.pipelines.tokens import REPOSITORY
from tests.support.sandbox.process import Sandbox
from tests.support.warm import python as warm

HERE: Final = Path(__file__).parent
EXAMPLES: Final = ROOT / "docs" / "iam" / "examples"
_REPOSITORY: Final = (*COPIED, "policy", ".github", ".gitignore")
_COMMANDS: Final = {"gh": "gh", "sign-in": "sign_in", "environment": "environment"}
_PACK: Final = "import runpy, sys; sys.argv = ['.']; runpy.run_path('.', run_name='__main__')"


class Machine:
    """One machine, and the repository that it runs jobs of.

    Attributes:
        folder: All that it has.
        project: A checkout of the repository.
    """

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self._sandbox = folder, sandbox
        self.project = folder / "checkout" / "models"
        self._bin = folder / "bin"
        folder.mkdir(parents=True)
        self.notes = Notes(folder / "comments.json")
        shutil.copytree(HERE / "bin", self._bin)
        for command, module in _COMMANDS.items():
            self._program(
                command, f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m tests.support.pipelines.{module} "$@"'
            )
        shutil.copytree(HERE / "actions", folder / "actions")
        self._keep_caches()
        self._make_repository()

    def environment(self, workflow: Path) -> dict[str, str]:
        """Give the environment of a job before its first step: the system's, and what stands for the network."""
        return {
            "PATH": f"{self._bin}:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "AWS_ENDPOINT_URL": self._sandbox.url,
            "AWS_ENDPOINT_URL_STS": self._sandbox.url,  # the one that Go asks for a token's session by
            "AWS_EC2_METADATA_DISABLED": "true",
            "MACHINE": str(self.folder),
            "MACHINE_WORKFLOW": str(workflow),
            "MACHINE_PACKAGES": sys.prefix,
            "MACHINE_PYTHON": str(Path(sys.base_prefix) / "bin"),
        }

    def commit(self, text: str, branch: str = "main") -> None:
        """Commit what the checkout has, and push it."""
        self.git("checkout", "--quiet", "-B", branch)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", text)
        self.git("push", "--quiet", "--force", "origin", branch)

    def change(self, edits: Mapping[str, tuple[str, str]]) -> None:
        """Let files have another text from the next commit on."""
        for file, (old, new) in edits.items():
            path = self.project / file
            assert old in path.read_text()
            path.write_text(path.read_text().replace(old, new, 1))

    @contextmanager
    def proposing(self, edits: Mapping[str, tuple[str, str]]) -> Generator[None]:
        """Propose that files have another text; afterwards the checkout is main's again."""
        self.change(edits)
        try:
            yield
        finally:
            self.git("checkout", "--quiet", "--force", "main")

    def forget(self, branch: str) -> None:
        """Delete a branch of the repository, where it has it."""
        if self.git("ls-remote", "--heads", "origin", branch):
            self.git("push", "--quiet", "origin", "--delete", branch)

    def git(self, *words: str) -> str:
        """Run git in the checkout."""
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig")}
        command = ["git", "-C", str(self.project), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def comments(self, stack: str) -> list[str]:
        """Give the comments on the proposal that are about a stack."""
        path = self.folder / "comments.json"
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return [body for body in found.values() if body.startswith(f"<!-- model-catalog preview of {stack} -->")]

    def forget_comments(self) -> bool:
        """Take all comments away, and say whether there were any."""
        path = self.folder / "comments.json"
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def changed(self, branch: str) -> str:
        """List the files that a branch of the repository changes."""
        self.git("fetch", "--quiet", "origin")
        return self.git("diff", "--name-only", "main", f"origin/{branch}")

    @property
    def pulls(self) -> list[dict[str, Any]]:
        """The pull requests that jobs have opened."""
        path = self.folder / "pulls.json"
        return json.loads(path.read_text()) if path.exists() else []

    @property
    def done(self) -> list[dict[str, Any]]:
        """What jobs have done to the outside, but for comments."""
        path = self.folder / "done.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _keep_caches(self) -> None:
        tools, place = self.folder / "tools", self.folder / "plugins" / f"resource-aws-v{plugins.pinned()}"
        shutil.copytree(ROOT / ".tools" / "bin", tools, copy_function=os.link, symlinks=True)
        starter = tools / "pulumi-analyzer-policy-catalogpython"  # docs/adr/0002: this CLI starts no pack of Python
        starter.write_text(f'#!/bin/sh\nexec {sys.executable} -u -c "{_PACK}"\n')
        starter.chmod(0o755)
        place.mkdir(parents=True)
        python = warm.python()
        (place / "pulumi-resource-aws").write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{python}" -m sandbox.plugin "$@"\n'
        )
        (place / "pulumi-resource-aws").chmod(0o755)
        (self.folder / "install-pulumi.sh").write_text(
            'mkdir -p "$HOME/.pulumi/bin" && cp -RP "$MACHINE"/tools/pulumi* "$HOME/.pulumi/bin/"\n'
        )

    def _make_repository(self) -> None:
        bare = self.folder / "origin.git"
        subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", bare], check=True)
        subprocess.run(["git", "-C", bare, "config", "receive.advertisePushOptions", "true"], check=True)
        urls = f"https://github.com/{REPOSITORY}", f"https://gitlab.com/{REPOSITORY}.git"
        (self.folder / "gitconfig").write_text(
            f'[url "{bare}"]\n'
            + "".join(f"insteadOf = {url}\n" for url in urls)
            + "[user]\nname=a\nemail=a@b.example\n"
        )
        self.project.mkdir(parents=True)
        self.git("init", "--quiet", "-b", "main")
        self.git("remote", "add", "origin", f"https://github.com/{REPOSITORY}")
        for name in _REPOSITORY:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.project / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, self.project / name)
        for settings in SETTINGS.glob("Pulumi.*.yaml"):
            text = settings.read_text().replace("OrganizationAccountAccessRole", "ModelCatalogDeployer")
            (self.project / settings.name).write_text(text)
        pack = self.project / "policy" / "PulumiPolicy.yaml"
        pack.write_text(pack.read_text().replace("name: python", "name: catalogpython"))

    def _program(self, name: str, text: str) -> None:
        (self._bin / name).write_text(f"#!/bin/sh\n{text}\n")
        (self._bin / name).chmod(0o755)
