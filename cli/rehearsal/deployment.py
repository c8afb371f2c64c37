"""A stage to rehearse on: a copy of the project, the sandbox, and a backend of its own.

The demo and the engine tests use it. They run the same `make` targets as people do, on a copy, because creating a
stack writes into its settings file.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import boto3

from cli.exit_codes import listen_to_interrupts
from cli.rehearsal.starting import ROOT, started, stop
from sandbox.environment import sandbox_environment
from shared.aws.caller import CALLER
from shared.files import write_file

COPIED: Final = (
    *("hub", "spoke", "organization", "shared", "fleet", "pages", "cli", "tools", "docs/iam"),
    *("Makefile", "fleet.yaml", "pyproject.toml", "requirements.lock"),
)
SETTINGS: Final = ROOT / "cli" / "rehearsal" / "settings"
"""Those of the organization that the sandbox has by default; the ones at the root are yours to change."""

_NOT_INHERITED: Final = ("AWS_", "PULUMI_", CALLER, "PYTHONDONTWRITEBYTECODE")
"""What the names of variables begin with that are somebody's for other work. Without the last, each start of each
program and command would compile the whole project again: a quarter of a second of the processor."""

SALT: Final = "v1:EB45pIJVG+g=:v1:A+oR2FuXlpK9wEej:iBokJAs7SC0mvn4qEGoeBTiUp3CFuQ=="
"""One for all stacks, with the sandbox's passphrase: the engine takes a fifth of a second to make a key for each."""


class Rehearsal:
    """A sandbox that runs as long as the `with` block does, and commands that work against it.

    Attributes:
        project: The copy of the project.
        url: Where the sandbox listens.
        python: Starts the sandbox and its plug-in.
        virtual_environment: The folder that the copy of the project has as its own.
    """

    python: str = sys.executable
    virtual_environment: Path = ROOT / ".venv"

    def __init__(
        self, folder: Path, *, organization: Path | None = None, plugin: str | None = None, may_outlast: bool = False
    ) -> None:
        """Prepare a rehearsal in a folder, which is made.

        Args:
            folder: Gets all that the rehearsal needs.
            organization: A file of accounts and units.
            plugin: "official" for the aws plug-in that is installed here, in place of the sandbox's stand-in; as
                SANDBOX_PLUGIN says if not given.
            may_outlast: Whether the sandbox can go on after this process, and the terminal that it was started in.
        """
        self._folder = folder
        self._plugin = plugin
        self._may_outlast, self._goes_on = may_outlast, False
        self._organization = organization
        self.project = folder / "project"
        self.url = ""

    def __enter__(self) -> Self:
        """Copy the project and start the sandbox; returns when it accepts calls."""
        listen_to_interrupts()
        self._folder.mkdir(parents=True, exist_ok=True)
        copy_project(self.project, self.virtual_environment)
        command = [self.python, "-m", "sandbox", "serve"]
        if self._organization:
            command += ["--organization", str(self._organization)]
        log = self._folder / "sandbox.log"
        self._server, self.url = started(command, log, may_outlast=self._may_outlast)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the sandbox, unless it goes on."""
        if not self._goes_on:
            stop(self._server)

    def go_on(self) -> None:
        """Let the sandbox go on when the `with` block ends; whoever is told of its process ends it."""
        self._goes_on = self._may_outlast

    @property
    def process(self) -> int:
        """The sandbox's process."""
        return self._server.pid

    def environment(self, account: str | None = None) -> dict[str, str]:
        """Give the whole environment of a command that works as an account's administrator."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
        unattended = {"PULUMI_SKIP_CONFIRMATIONS": "true"}
        given = sandbox_environment(self.url, self._folder, account, self.python, self._plugin)
        return inherited | given | unattended

    def run(
        self, *command: str, account: str | None = None, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy of the project; standard error is part of the output."""
        environment = self.environment(account) | dict(variables or {})
        return subprocess.run(
            command,
            cwd=self.project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def make(self, target: str, *options: str, account: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a target of the Makefile in the copy of the project."""
        return self.run("make", "--no-print-directory", target, *options, account=account)

    def client(self, service: str, account: str, region: str = "eu-central-1") -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Make a client of an account's administrator."""
        return boto3.client(  # pyright: ignore[reportCallIssue, reportUnknownVariableType, reportUnknownMemberType] - any service
            service,  # pyright: ignore[reportArgumentType] - any service
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
        )


def copy_project(target: Path, virtual_environment: Path, *, settings: Path | None = SETTINGS) -> None:
    """Copy the project into a new folder, with the settings that are in another one, if any."""
    target.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            # With what Python has compiled, and the times that it goes by; without what it is just writing.
            _ = shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copyfile(source, target / name)
    for file in settings.glob("Pulumi.*.yaml") if settings else ():
        write_file(target / file.name, f"{file.read_text()}encryptionsalt: {SALT}\n")
    for source in (virtual_environment, ROOT / ".tools"):
        if source.exists():
            (target / source.name).symlink_to(source)
