"""A small fleet that tests roll out."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.fleet_stage import FleetStage, account
from tests.support.stage import Stage

PATIENCE_SECONDS: Final = 120


class Fleet(FleetStage, Stage):
    """A fleet with the questions that tests ask."""

    def roll_out(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Roll out, which has to end with an exit code, and give the report; `printed` is what was printed."""
        done = self.fleet("up", *arguments)
        assert done.code == code, done.output
        assert "Traceback" not in done.output
        return self.report() | {"printed": done.output}

    def refused(self, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
        """Run a command that has to be refused before anything runs."""
        done = self.fleet(*arguments, variables=variables)
        assert done.code == 2, done.output
        assert "Traceback" not in done.output
        return done.output

    def plan(self) -> dict[str, dict[str, Any]]:
        """Plan, and give the verdicts by stack."""
        done = self.fleet("plan", "--json")
        assert done.code == 0, done.output
        return {each["stack"]: each for each in json.loads(done.output)["spokes"]}

    def changed(self) -> set[str]:
        """Name the spokes that a plan says would run."""
        return {name for name, verdict in self.plan().items() if verdict["verdict"] in ("changed", "new")}

    def reports(self) -> list[dict[str, Any]]:
        """Read the reports of all rollouts, in their order."""
        files = sorted((self.project / ".fleet" / "runs").glob("*/report.json"))
        return [json.loads(file.read_text()) for file in files]

    def report(self) -> dict[str, Any]:
        """Read the report of the last rollout that ran something; `by` has its spokes by stack."""
        [*_, report] = self.reports() or [{"spokes": []}]
        return report | {"by": {each["stack"]: each for each in report["spokes"]}}

    def record(self, name: str) -> dict[str, Any] | None:
        """Read a spoke's record."""
        path = self.records / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    @property
    def records(self) -> Path:
        """The folder of the records."""
        return Path(self.environment()["PULUMI_BACKEND_URL"].removeprefix("file://")) / ".fleet" / "records"

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of the fleet in the background."""
        log = self.project / f"started-{time.monotonic_ns()}.log"
        with log.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "fleet", *arguments],  # its process is the one that the fleet names
                cwd=self.project,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # so that no signal of its group reaches the tests
            )

    def engines(self) -> dict[str, int]:
        """Find the Pulumi processes of this stage that deploy a spoke, by stack."""
        found: dict[str, int] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode().split("\0")
                here = (folder / "cwd").resolve()
            except OSError:
                continue
            if words[0].endswith("pulumi") and "up" in words and here.is_relative_to(self.project):
                found[words[words.index("-s") + 1]] = int(folder.name)
        return found

    def pending(self, name: str) -> list[dict[str, Any]]:
        """Read the operations that a spoke's state has under way."""
        return self._state(name).get("pending_operations") or []

    def known(self, name: str, kind: str) -> list[str]:
        """List the ids of the resources of a type that a spoke's state knows."""
        resources: list[dict[str, Any]] = self._state(name).get("resources") or []
        return sorted(str(resource["id"]) for resource in resources if resource["type"] == kind)

    def _state(self, name: str) -> dict[str, Any]:
        folder = self.records.parent.parent / ".pulumi" / "stacks" / "model-catalog-spoke"
        try:
            checkpoint = json.loads((folder / f"{name}.json").read_text())["checkpoint"]
        except (OSError, ValueError):
            return {}  # it is being written
        latest: dict[str, Any] = checkpoint.get("latest") or {}
        return latest

    def roles(self, index: int) -> list[str]:
        """Name the roles of the catalog in a spoke's account."""
        roles = self.client("iam", account(index)).list_roles()["Roles"]
        return sorted(
            role["RoleName"]
            for role in roles
            if role["RoleName"].startswith(("ModelCatalogLaunch-", "ModelCatalogExecution-"))
        )


def wait_for(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill(process: int) -> None:
    """Kill a process at once."""
    os.kill(process, signal.SIGKILL)
