"""A small Pulumi project in a folder of its own, and the questions that tests ask about it."""

import functools
import json
import os
import signal
import subprocess
from pathlib import Path
from textwrap import dedent
from typing import Any

_RUN_LIMIT = 120
"""Seconds; other tests may be using all cores."""


class Project:
    """One stack on the real CLI."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
        self.succeed("stack", "init", "dev")

    def write(self, program: str) -> None:
        """Replace the program; `aws` and `pulumi` are imported for it."""
        (self.folder / "__main__.py").write_text("import pulumi\nimport pulumi_aws as aws\n" + dedent(program))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the CLI."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_RUN_LIMIT,
            check=False,
            # started in the background the CLI would ignore interrupts, and wait 5 s at its end
            preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
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
        state = json.loads(self.succeed("stack", "export"))
        return {one["urn"].rsplit("::", 1)[-1]: one for one in state["deployment"].get("resources", [])}
