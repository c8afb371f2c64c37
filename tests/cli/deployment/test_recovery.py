"""After a run that died: whose lock may go, what is pending, and what is to be run."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from cli.deployment import pending, recovery
from cli.exit_codes import ExitCode
from fleet.engine import Engine
from tests.support.command_line import Command
from tests.support.fake_account import always, noting
from tests.support.paths import ROOT

PORTFOLIO = (
    "urn:pulumi:hub::model-catalog-hub::modelcatalog:hub:RegionalCatalog$modelcatalog:hub:Portfolio"
    "$aws:servicecatalog/portfolio:Portfolio::online-eu"
)
BUCKET = "urn:pulumi:hub::model-catalog-hub::aws:s3/bucket:Bucket::templates"
DEAD = 2**22 + 1


class Backend:
    """A backend in a folder.

    Attributes:
        cancelled: The stacks whose locks were removed.
        attended: The commands that were run in front of a person.
        written: The states that were written.
        pending: Operations of every stack's state.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.cancelled: list[str] = []
        self.attended: list[str] = []
        self.written: list[dict[str, Any]] = []
        self.pending: list[dict[str, Any]] = []

    def lock(self, project: str, stack: str, *, pid: int, host: str = "") -> None:
        """Write the lock of a run."""
        path = self._folder / ".pulumi" / "locks" / "organization" / project / stack / "a.json"
        path.parent.mkdir(parents=True)
        content = {"username": "ann", "hostname": host or socket.gethostname(), "pid": pid, "timestamp": "today"}
        path.write_text(json.dumps(content))

    def write(self, _project: str, _stack: str, path: Path) -> None:
        """Note a state that is written."""
        self.written.append(json.loads(path.read_text())["deployment"])


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Give a checkout with a hub and a spoke, and their backend."""
    for stack in ("hub", "spoke-research"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "backend"
    folder.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", folder.as_uri())
    found = Backend(folder)
    monkeypatch.setattr(Engine, "cancel", noting(found.cancelled, None))
    monkeypatch.setattr(Engine, "attended", noting(found.attended, 0))
    monkeypatch.setattr(Engine, "replace_state", found.write)
    monkeypatch.setattr(recovery, "_MARGIN_SECONDS", 0)
    monkeypatch.setattr(Engine, "exported", always({"deployment": {"pending_operations": found.pending}}))
    return found


def creating(urn: str, *, custom: bool = True, **inputs: str) -> dict[str, Any]:
    """Write an operation that was under way."""
    kind = urn.split("::")[2].rpartition("$")[2]
    return {"type": "creating", "resource": {"urn": urn, "type": kind, "custom": custom, "inputs": inputs}}


def updating(urn: str) -> dict[str, Any]:
    """Write a change that was under way."""
    return {**creating(urn), "type": "updating"}


@pytest.mark.parametrize(
    ("project", "stack"), [("model-catalog-hub", "hub"), ("model-catalog-spoke", "spoke-research")]
)
def test_the_lock_of_a_dead_run_is_removed(backend: Backend, command: Command, project: str, stack: str) -> None:
    backend.lock(project, stack, pid=DEAD)

    ended = command("stack", "recover", stack)

    assert (0, "") == (ended.code, ended.err)
    assert [f"{stack.partition('-')[0]} {stack}"] == backend.cancelled
    assert f"{stack}: removed the lock of a run that had died: ann@{socket.gethostname()} (process {DEAD})" in ended.out
    assert f"{stack}: nothing is locked or pending. Next: model-catalog stack up {stack}\n" in ended.out


@pytest.mark.parametrize(
    ("project", "stack"), [("model-catalog-hub", "hub"), ("model-catalog-spoke", "spoke-research")]
)
@pytest.mark.parametrize("host", ["", "another-machine"])
def test_the_lock_of_a_run_that_may_live_stays(
    backend: Backend, command: Command, project: str, stack: str, host: str
) -> None:
    backend.lock(project, stack, pid=os.getpid(), host=host)

    ended = command("stack", "recover", stack)

    assert ExitCode.NOT_REACHED == ended.code
    assert ("stack-locked", stack) == ended.refusal
    assert "locked by ann@" in ended.err
    assert [] == backend.cancelled


def test_somebody_may_say_that_the_machine_of_a_run_is_lost(backend: Backend, command: Command) -> None:
    backend.lock("model-catalog-hub", "hub", pid=1, host="another-machine")

    assert 0 == command("stack", "recover", "hub", "--force").code
    assert ["hub hub"] == backend.cancelled


def test_where_nothing_is_left_nothing_is_done(backend: Backend, command: Command) -> None:
    ended = command("stack", "recover", "spoke-research")

    assert (0, []) == (ended.code, backend.cancelled)
    assert ended.out.startswith("spoke-research: nothing is locked or pending.")


def test_another_rollout_that_runs_the_spoke_is_left_alone(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = recovery.Leases(recovery.Storage(os.environ["PULUMI_BACKEND_URL"])).acquire("spoke-research")
    assert isinstance(held, recovery.HeldLease)

    ended = command("stack", "recover", "spoke-research", "--force")

    held.release()
    assert ExitCode.NOT_REACHED == ended.code
    assert ("lease-held", "spoke-research") == ended.refusal
    assert f"process {os.getpid()} on " in ended.err
    assert [] == backend.cancelled
    assert monkeypatch


def test_what_was_half_done_in_a_spoke_is_settled_and_told(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "reconcile_pending", always(["scoring had been made by then, and was taken over"]))

    ended = command("stack", "recover", "spoke-research")

    assert 0 == ended.code
    assert "spoke-research: scoring had been made by then, and was taken over\n" in ended.out
    assert not backend.cancelled


def test_what_a_hub_had_made_is_taken_into_the_state_and_compared(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    component = "urn:pulumi:hub::model-catalog-hub::modelcatalog:hub:Portfolio::online-eu"
    backend.pending += [creating(component, custom=False), creating(PORTFOLIO, name="Online"), updating(BUCKET)]
    find(monkeypatch, {("aws:servicecatalog/portfolio:Portfolio", "online-eu"): "port-1"})

    ended = command("stack", "recover", "hub")

    assert (0, "") == (ended.code, ended.err)
    assert "hub: online-eu had been created, and was taken into the state: port-1\n" in ended.out
    assert "hub: updating templates was under way: a refresh compares it with the account\n" in ended.out
    [written] = backend.written
    assert [] == written["pending_operations"]
    assert [component, PORTFOLIO] == [each["urn"] for each in written["resources"]]
    taken = written["resources"][1]
    assert ("port-1", {"name": "Online"}, {"name": "Online"}) == (taken["id"], taken["inputs"], taken["outputs"])
    assert ["hub hub refresh --yes --skip-preview --suppress-outputs"] == backend.attended


def test_what_nobody_finds_is_told_with_the_commands_that_settle_it(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.pending += [creating(PORTFOLIO), creating(BUCKET, bucket="templates-1", name="x")]
    find(monkeypatch, {("aws:servicecatalog/portfolio:Portfolio", "online-eu"): "port-1"})

    ended = command("stack", "recover", "hub")

    assert ExitCode.NOT_REACHED == ended.code
    assert [
        "look for these in the account; what is there, Pulumi would make a second time. Remove it:",
        "  templates (aws:s3/bucket:Bucket): name x, bucket templates-1",
        "then run:",
        "  pulumi -C hub -s hub refresh --clear-pending-creates",
        "  model-catalog stack up hub",
    ] == ended.out.splitlines()[-5:]
    [written] = backend.written
    assert [PORTFOLIO] == [each["urn"] for each in written["resources"]]
    assert [BUCKET] == [each["resource"]["urn"] for each in written["pending_operations"]]
    assert [] == backend.attended


def test_an_account_that_cannot_be_asked_is_said_so(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.pending.append(creating(PORTFOLIO))
    find(monkeypatch, {}, "no credentials")

    ended = command("stack", "recover", "hub")

    assert ExitCode.NOT_REACHED == ended.code
    assert "hub: the account cannot be read: no credentials\n" in ended.out


def test_a_refresh_that_fails_is_told_as_pulumis(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.pending.append(updating(BUCKET))
    find(monkeypatch, {})
    monkeypatch.setattr(Engine, "attended", always(1))

    ended = command("stack", "recover", "hub")

    assert ExitCode.FAILED == ended.code
    assert "Next:" not in ended.out


def find(monkeypatch: pytest.MonkeyPatch, ids: dict[tuple[str, str], str], problem: str = "") -> None:
    """Let the account have these things."""
    monkeypatch.setattr(pending, "_known", always((ids, problem)))
