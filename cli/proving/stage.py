"""Where a proof's stacks run: a copy of the project with the proof's catalog, and a backend in the run's folder."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psutil
import yaml

from cli.errors import RehearsalError
from cli.proving.parties import HUB, MANAGEMENT, SPOKE, Party, environment_of
from cli.proving.record import Record
from cli.rehearsal.deployment import copy_project
from cli.rehearsal.starting import ROOT
from hub.definitions.load import read_unlocked
from hub.definitions.lock_file import add_to_lock
from hub.definitions.model import files_of
from sandbox import plugins
from shared.aws.arn import partition_of
from shared.aws.caller import CALLER
from shared.catalog.lifecycle import as_of
from shared.files import write_file

CATALOG: Final = Path(__file__).with_name("catalog")
_NOBODYS_HUB: Final = "222233334444"
_NOBODYS_REGION: Final = "eu-central-1"
_NOBODYS_MARK: Final = "proof-000000"
"""What the files of the proof's catalog say in the place of the run's own."""
STACKS: Final[dict[str, str]] = {"organization": MANAGEMENT, "hub": HUB, "spoke-proof": SPOKE}
"""In the order in which they are deployed, each with the account that it is for."""
SPOKE_STACK: Final = "spoke-proof"
RUN: Final = "MODEL_CATALOG_PROOF"
"""In the environment of whatever a run starts: its name."""
_STOP_SECONDS: Final = 120
"""Pulumi ends what it has begun; a launch takes a minute."""


class Stage:
    """Commands of the project, run as the run's accounts."""

    def __init__(self, record: Record, caller: Party) -> None:
        """Take a run, and the account whose credentials assume the deployers' roles."""
        self._record = record
        self._caller = caller
        self.folder = record.folder.resolve()
        self.project = self.folder / "project"

    @property
    def bucket(self) -> str:
        """The hub's bucket of archives."""
        return f"{self._record.mark}-{self._record.accounts[HUB]}"

    @property
    def is_there(self) -> bool:
        """Whether it was made."""
        return (self.project / "hub").is_dir()

    def make(self) -> None:
        """Copy the project, without its settings and catalog."""
        self.folder.mkdir(parents=True, exist_ok=True)
        copy_project(self.project, ROOT / ".venv", settings=None)
        shutil.rmtree(self.project / "hub" / "catalog" / "products")
        (self.project / "hub" / "catalog" / "templates.lock").unlink()
        self.folder.chmod(0o700)  # account ids, and the states' passphrase
        write_file(self.folder / "passphrase", secrets.token_urlsafe(24))
        (self.folder / "backend").mkdir(exist_ok=True)

    def write_catalog(self, etags: Mapping[str, str]) -> None:
        """Write the proof's catalog as the run's, with the digests of its archives, and lock it."""
        target, mark = self.project / "hub" / "catalog", self._record.mark
        for source in sorted(CATALOG.rglob("*")):
            if not source.is_file():
                continue
            text = source.read_text().replace(_NOBODYS_MARK, mark).replace("000000", mark.removeprefix("proof-"))
            for old, new in {
                f":sagemaker:{_NOBODYS_REGION}:": f":sagemaker:{self._record.region}:",
                f"  region: {_NOBODYS_REGION}": f"  region: {self._record.region}",
                "arn:aws:sagemaker": f"arn:{partition_of(self._record.region)}:sagemaker",
                _NOBODYS_HUB: self._record.accounts[HUB],
                **etags,
            }.items():
                text = text.replace(old, new)
            path = str(source.relative_to(CATALOG)).replace(_NOBODYS_MARK, mark)
            write_file(target / path, text)
        catalog = read_unlocked(target, as_of())
        _ = add_to_lock(target, catalog.published(), [], files_of(catalog.products))

    def write_settings(self, stack: str, settings: Mapping[str, object]) -> None:
        """Write a stack's settings; the account, the region and the deployer's role are the same in all of them."""
        project, part = stack.partition("-")[0], STACKS[stack]
        account = self._record.accounts[part]
        given = {"accountId": account, "assumeRole": self.role(part, "deployer"), **settings}
        config = {f"model-catalog-{project}:{key}": value for key, value in given.items()}
        path = self.project / f"Pulumi.{stack}.yaml"
        kept: dict[str, Any] = yaml.safe_load(path.read_text()) if path.exists() else {}
        kept["config"] = {"aws:region": self._record.region, **config}
        write_file(path, yaml.safe_dump(kept, sort_keys=False))

    def role(self, part: str, name: str) -> str:
        """Give the ARN of a role that the run makes in an account."""
        partition = partition_of(self._record.region)
        return f"arn:{partition}:iam::{self._record.accounts[part]}:role/{self._record.mark}-{name}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the project's commands, which work as the management account's credentials."""
        mine = environment_of(self._caller.profile, self._record.region)
        mine = {name: value for name, value in mine.items() if not name.startswith(("PULUMI_", CALLER))}
        tools = os.pathsep.join([str(ROOT / ".venv" / "bin"), mine.get("PATH", os.defpath), str(ROOT / ".tools/bin")])
        return mine | {
            "PATH": tools,
            "PYTHONPATH": str(self.project),
            "PULUMI_BACKEND_URL": (self.folder / "backend").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.folder / "passphrase"),
            "PULUMI_HOME": str(plugins.install(self.folder, sys.executable, self._record.plugin)),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_SKIP_CONFIRMATIONS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def run(self, *words: str, log: str, timeout: float = 7200) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy of the project; what it says is kept in a file too."""
        return self._run(words, self.project, self.environment, log, timeout)

    def catalog(self, *words: str, log: str) -> subprocess.CompletedProcess[str]:
        """Run `model-catalog`."""
        return self.run(sys.executable, "-m", "cli", *words, log=log)

    def pytest(self, *words: str, log: str) -> subprocess.CompletedProcess[str]:
        """Run tests of this checkout."""
        mine = environment_of(self._caller.profile, self._record.region)
        mine = {name: value for name, value in mine.items() if not name.startswith(("PYTEST_", "SANDBOX_", "PULUMI_"))}
        command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}", *words]
        return self._run(command, self.folder, mine | {"PYTHONPATH": str(ROOT)}, log, 6 * 3600)

    def _run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], log: str, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        with subprocess.Popen(
            words,
            cwd=folder,
            env={**environment, RUN: self._record.run},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # an interrupt is for us, who have to remove what was made
        ) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
            except BaseException as problem:
                _end(process)
                if isinstance(problem, subprocess.TimeoutExpired):
                    raise RehearsalError(f"{' '.join(words[-4:])} did not end within {timeout:.0f} s") from None
                raise
        write_file(self.folder / "logs" / f"{log}.log", output)
        return subprocess.CompletedProcess(words, process.returncode, output)

    def outputs(self, stack: str) -> dict[str, Any]:
        """Read a stack's outputs. Raises RehearsalError."""
        words = ("pulumi", "-C", stack.partition("-")[0], "-s", stack, "stack", "output", "--json")
        done = self.run(*words, log=f"outputs-{stack}")
        if done.returncode != 0:
            raise RehearsalError(f"{stack} has no outputs: {tail(done.stdout)}")
        return json.loads(done.stdout)

    def deployed(self) -> list[str]:
        """List the stacks that the backend knows, the last one first."""
        names = {path.stem.partition(".")[0] for path in (self.folder / "backend").glob(".pulumi/stacks/**/*.json")}
        return [stack for stack in reversed(STACKS) if stack in names]

    def end_processes(self) -> int:
        """End what the run started and left, and say how many there were."""
        found = [each for each in psutil.process_iter() if _is_of(each, self._record.run)]
        for each in found:
            _tell(each, signal.SIGINT)
        _, alive = psutil.wait_procs(found, timeout=_STOP_SECONDS)
        for each in alive:
            _tell(each, signal.SIGKILL)
        if found:
            time.sleep(1)  # a plug-in notices that its engine has gone
        return len(found)


def _end(process: "subprocess.Popen[str]") -> None:
    """End a command with all that it has started: Pulumi ends what it has begun, and writes it down."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _is_of(process: psutil.Process, run: str) -> bool:
    try:
        return process.environ().get(RUN) == run
    except (OSError, psutil.Error):
        return False


def _tell(process: psutil.Process, what: signal.Signals) -> None:
    try:
        process.send_signal(what)
    except psutil.Error:
        return


def tail(output: str) -> str:
    """Give the last words of a command."""
    return "\n".join(output.strip().splitlines()[-12:])


def counts(output: str) -> str:
    """Pick the engine's own counts, such as `28 created`, out of what it printed last."""
    lines = [line.strip(" +-~=") for line in output.rpartition("Resources:")[2].splitlines()]
    return ", ".join(
        each for each in lines if re.fullmatch(r"\d+ (created|updated|deleted|unchanged|replaced|same)", each)
    )
