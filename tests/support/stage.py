"""A rehearsal with the questions that tests ask of it."""

import datetime as dt
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cli.rehearsal.deployment import Rehearsal
from sandbox import plugins
from tests.support.warm import python as warm

HUB: Final = "222233334444"
RESEARCH: Final = "333344445555"
PRODUCTION: Final = "444455556666"
REGION: Final = "eu-central-1"
ALL_STACKS: Final = ("organization", "hub", "spoke-research", "spoke-production")


class Stage(Rehearsal):
    """A rehearsal with the questions that tests ask, whose every Python is warm."""

    def __init__(self, folder: Path, *, organization: Path | None = None, plugin: str | None = None) -> None:
        super().__init__(folder, organization=organization, plugin=plugin)
        self.virtual_environment, self.python = warm.environment(), warm.python()
        (
            plugins.install(folder, self.python, plugin) / "logs"
        ).touch()  # where Pulumi would have a folder, and write a tenth of a second

    def environment(self, account: str | None = None) -> dict[str, str]:
        """Give a command's environment, in which the engine takes what memory it likes."""
        return super().environment(account) | warm.ENGINE

    def up(self, stack: str, *flags: str) -> str:
        """Deploy a stack without a preview of it, which has to succeed, and give what the engine printed."""
        return self.succeed(f"up-{stack}", f"FLAGS={' '.join(['--skip-preview', *flags])}")

    def succeed(self, target: str, *options: str) -> str:
        """Run a target that has to succeed."""
        done = self.make(target, *options)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def refuse(self, target: str, *options: str) -> str:
        """Run a target that has to be refused, without a traceback."""
        done = self.make(target, *options)
        assert done.returncode != 0, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout

    def outputs(self, stack: str) -> Any:  # noqa: ANN401 - a stack's outputs
        """Read a stack's outputs."""
        project = stack.partition("-")[0]
        done = self.run("pulumi", "-C", project, "-s", stack, "stack", "output", "--json")
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)

    def faults(self, *faults: dict[str, object]) -> None:
        """Let AWS fail in these ways from now on, and in no others."""
        self._post("faults", list(faults))

    def forget_calls(self) -> None:
        """Count calls anew."""
        self._post("calls", {})

    def calls(self) -> set[str]:
        """Name the operations of AWS that were called since then, in any account."""
        counted: dict[str, dict[str, int]] = self._get("calls")
        return {call for counts in counted.values() for call in counts}

    def hurry(self, *, seconds: float) -> None:
        """Let that much of the sandbox's time pass, in a moment of ours."""
        clock = self._get("clock")
        self._post("clock", {"speed": 100_000})
        due = dt.datetime.fromisoformat(clock["now"]) + dt.timedelta(seconds=seconds)
        while dt.datetime.fromisoformat(self._get("clock")["now"]) < due:
            pass
        self._post("clock", {"speed": clock["speed"]})

    def _get(self, name: str) -> Any:  # noqa: ANN401 - JSON
        with urllib.request.urlopen(f"{self.url}/_sandbox/{name}") as answer:  # noqa: S310 - the sandbox's own address
            return json.load(answer)

    def _post(self, name: str, content: object) -> None:
        request = urllib.request.Request(  # noqa: S310 - the sandbox's own address
            f"{self.url}/_sandbox/{name}", data=json.dumps(content).encode(), method="POST"
        )
        with urllib.request.urlopen(request):  # noqa: S310 - likewise
            pass

    def edit(self, file: str, old: str, new: str) -> Callable[[], None]:
        """Replace text in a file of the copied project, and give the way back."""
        path = self.project / file
        before = path.read_text()
        assert old in before, f"{old!r} is not in {file}"
        path.write_text(before.replace(old, new))
        return lambda: _restore(path, before)


def _restore(path: Path, text: str) -> None:
    path.write_text(text)
