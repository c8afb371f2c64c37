"""A small Pulumi project in a folder of its own, and the questions that tests ask about it."""

import json
import os
import subprocess
from pathlib import Path
from textwrap import dedent
from typing import Any

import sandbox
from sandbox.environment import sandbox_environment
from tests.support.warm.python import ENGINE, environment, python

_RUN_LIMIT = 120
"""Seconds; other tests may be using all cores."""


class Project:
    """One stack on the real CLI."""

    def __init__(self, folder: Path, url: str) -> None:
        """Open the project in a folder, as the hub account's administrator on the sandbox at an address."""
        self.folder = folder / "project"
        self.state = folder / "state"
        self.environment = {
            **os.environ,
            **sandbox_environment(url, self.state, "222233334444", python()),
            **ENGINE,
            "PYTHONPATH": str(Path(sandbox.__file__).parent.parent),  # this checkout, whatever is installed
        }

    @classmethod
    def begin(cls, folder: Path, url: str) -> None:
        """Make an empty project with an empty stack in a folder."""
        project = cls(folder, url)
        project.folder.mkdir()
        options = {"virtualenv": str(environment())}
        content = {"name": "small", "runtime": {"name": "python", "options": options}}
        (project.folder / "Pulumi.yaml").write_text(json.dumps(content))
        (
            Path(project.environment["PULUMI_HOME"]) / "logs"
        ).touch()  # where Pulumi would have a folder, and write a tenth of a second
        project.succeed("stack", "init")

    def write(self, program: str) -> None:
        """Replace the program; `aws` and `pulumi` are imported for it."""
        (self.folder / "__main__.py").write_text("import pulumi\nimport pulumi_aws as aws\n" + dedent(program))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the CLI."""
        return subprocess.run(
            ["pulumi", *arguments, "--stack", "dev", "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_RUN_LIMIT,
            check=False,
        )

    def succeed(self, *arguments: str) -> str:
        """Run the CLI, which has to succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refuse(self, *arguments: str) -> str:
        """Run the CLI, which has to fail without a traceback."""
        done = self.run(*arguments)
        assert done.returncode != 0, done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self) -> str:
        """Deploy at once."""
        return self.succeed("up", "--yes", "--skip-preview")

    def steps(self) -> dict[str, str]:
        """What a preview would do, by resource name; what stays the same is left out."""
        steps = self.preview()["steps"]
        return {step["urn"].rsplit("::", 1)[-1]: step["op"] for step in steps if step["op"] != "same"}

    def preview(self) -> dict[str, Any]:
        """A preview as JSON."""
        return json.loads(self.succeed("preview", "--json"))

    def resources(self) -> dict[str, dict[str, Any]]:
        """What the state holds, by resource name."""
        state = json.loads((self.state / "backend/.pulumi/stacks/small/dev.json").read_text())
        resources = state["checkpoint"]["latest"].get("resources", [])
        return {one["urn"].rsplit("::", 1)[-1]: one for one in resources}
