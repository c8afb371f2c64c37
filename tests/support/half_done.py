"""A backend in a folder whose stacks were left half done, and an engine that only notes what it is told."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from cli.deployment import recovery
from fleet.engine import Cost, Engine, Finished
from fleet.recover import stack as settling
from shared.stack.names import project_of
from tests.support.fake_account import FakeAccount, always
from tests.support.paths import ROOT

DEAD = 2**22 + 1
ROLE = "urn:pulumi:hub::model-catalog-hub::aws:iam/role:Role::scorer-launch"
ACCOUNTS = {"hub": "222233334444", "spoke-research": "333344445555", "organization": "111122223333"}


class Backend:
    """A backend in a folder.

    Attributes:
        ran: What the engine was told to do, in order.
        written: The states that were written.
        creations: What a preview would create; an exception is raised.
        refreshed: How a refresh ends.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ran: list[str] = []
        self.written: list[dict[str, Any]] = []
        self.creations: list[dict[str, Any]] | Exception = []
        self.refreshed = 0

    def lock(self, stack: str, *, pid: int = DEAD, host: str = "") -> None:
        """Write the lock of a run; the process does not live unless another one is named."""
        content = {"username": "ann", "hostname": host or socket.gethostname(), "pid": pid, "timestamp": "today"}
        self._write(f"locks/organization/{project_of(stack)}/{stack}/a.json", content)

    def state(self, stack: str, *pending: dict[str, Any], account: str = "", resources: int = 1) -> None:
        """Write a state that has so many resources in an account."""
        provider = {
            "urn": "urn:provider",
            "type": "pulumi:providers:aws",
            "custom": True,
            "inputs": {"allowedAccountIds": json.dumps([account or ACCOUNTS[stack]])},
        }
        made = [
            {"urn": f"urn:{n}", "type": "aws:iam/role:Role", "custom": True, "id": f"r{n}"} for n in range(resources)
        ]
        latest = {"resources": [provider, *made], "pending_operations": list(pending)}
        self._write(f"stacks/{project_of(stack)}/{stack}.json", {"version": 3, "checkpoint": {"latest": latest}})

    def ended(self, stack: str, *results: str, kind: str = "update") -> None:
        """Write how runs of a stack ended."""
        folder = f"history/{project_of(stack)}/{stack}"
        before = len(list((self.folder / ".pulumi" / folder).glob("*")))
        for number, result in enumerate(results, before):
            self._write(f"{folder}/{stack}-{number:019}.history.json", {"kind": kind, "result": result})

    def file(self, path: str) -> Path:
        """Give a file's place."""
        found = self.folder / ".pulumi" / path
        found.parent.mkdir(parents=True, exist_ok=True)
        return found

    def _write(self, path: str, content: object) -> None:
        _ = self.file(path).write_text(json.dumps(content))


def pending(urn: str = ROLE, kind: str = "creating", *, custom: bool = True, **inputs: str) -> dict[str, Any]:
    """Write an operation that was under way."""
    what = urn.split("::")[2].rpartition("$")[2]
    return {"type": kind, "resource": {"urn": urn, "type": what, "custom": custom, "inputs": inputs}}


def half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Give a checkout with the settings of all stacks, and their backend."""
    for stack in ACCOUNTS:
        settings = ROOT / "cli" / "rehearsal" / "settings" / f"Pulumi.{stack}.yaml"
        _ = (tmp_path / settings.name).write_text(settings.read_text())
    monkeypatch.chdir(tmp_path)
    backend = Backend(tmp_path / "backend")
    backend.folder.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend.folder.as_uri())
    monkeypatch.setattr(recovery, "await_left", always(None))
    monkeypatch.setattr(settling, "AccountSession", always(FakeAccount("1", {}, {})))
    _pretend_states(backend, monkeypatch)
    _pretend_runs(backend, monkeypatch)
    return backend


def _pretend_states(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    def exported(_: Engine, project: str, stack: str) -> dict[str, Any]:
        del project
        file = backend.file(f"stacks/{project_of(stack)}/{stack}.json")
        return {"version": 3, "deployment": json.loads(file.read_text())["checkpoint"]["latest"]}

    def replace_state(_: Engine, project: str, stack: str, path: Path) -> None:
        del project
        deployment = json.loads(path.read_text())["deployment"]
        backend.written.append(deployment)
        file = backend.file(f"stacks/{project_of(stack)}/{stack}.json")
        file.write_text(json.dumps({"version": 3, "checkpoint": {"latest": deployment}}))

    def cancel(_: Engine, project: str, stack: str) -> None:
        backend.ran.append(f"cancel {project} {stack}")
        for lock in backend.file(f"locks/organization/{project_of(stack)}/{stack}/a.json").parent.glob("*"):
            lock.unlink()

    for method in (exported, replace_state, cancel):
        monkeypatch.setattr(Engine, method.__name__, method)


def _pretend_runs(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    def refresh(
        _: Engine, stack: str, log: IO[bytes] | None, started: Callable[[int], None], *, project: str
    ) -> Finished:
        del log, started
        backend.ran.append(f"refresh {project} {stack}")
        return Finished(backend.refreshed, Cost())

    def creations(_: Engine, project: str, stack: str) -> list[dict[str, Any]]:
        backend.ran.append(f"preview {project} {stack}")
        if isinstance(backend.creations, Exception):
            raise backend.creations
        return backend.creations

    def up(
        _: Engine, stack: str, log: IO[bytes] | None, started: Callable[[int], None], *options: str, project: str
    ) -> Finished:
        del log, started
        backend.ran.append(f"up {project} {stack} {' '.join(options)}")
        found = backend.creations
        backend.creations = found[1:] if isinstance(found, list) else found  # the provider is there by now
        return Finished(0, Cost())

    def attended(_: Engine, *words: str) -> int:
        backend.ran.append(" ".join(words))
        return 0

    def select(_: Engine, *words: str) -> None:
        backend.ran.append(f"select {' '.join(words)}")

    for method in (refresh, creations, up, attended, select):
        monkeypatch.setattr(Engine, method.__name__, method)
