"""After a run that died: whose lock may go, what is put right, what is looked for, and what is told."""

import os
from pathlib import Path
from typing import Any

import pytest
from tenacity import wait_none

from cli.deployment import recovery
from cli.exit_codes import ExitCode
from fleet.engine import Engine
from fleet.errors import PreviewError
from fleet.recover import reconcile
from fleet.recover.search import Absent, Found, Inputs, Search, Unclear
from shared.stack.names import project_of
from tests.support.command_line import Command
from tests.support.fake_account import always
from tests.support.half_done import DEAD, ROLE, Backend, half_done, pending

STACKS = ["organization", "hub", "spoke-research"]
KIND = "aws:iam/role:Role"


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Give a backend whose stacks are deployed, in a checkout."""
    found = half_done(tmp_path, monkeypatch)
    for stack in STACKS:
        found.state(stack)
    return found


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """Let every role that is looked for be there, or end the look so."""
    ends: dict[str, Exception] = {}

    def find(search: Search, given: Inputs) -> Found:
        name = given["name"]
        if name in ends:
            raise ends[name]
        if search.has(KIND, name):
            raise Absent
        return Found(id=name)

    monkeypatch.setattr(reconcile, "FINDERS", {KIND: find})
    return ends


@pytest.mark.parametrize("stack", STACKS)
def test_the_lock_of_a_dead_run_is_removed(backend: Backend, command: Command, stack: str) -> None:
    backend.lock(stack)

    ended = command("stack", "recover", stack)

    project = stack.partition("-")[0]
    assert (0, "") == (ended.code, ended.err)
    assert [f"preview {project} {stack}"] == backend.ran
    assert f"{stack}: removed the lock of a run that had died: ann@" in ended.out
    assert f"(process {DEAD})" in ended.out
    assert f"{stack}: nothing is locked or pending. Next: model-catalog stack up {stack}\n" in ended.out


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("host", ["", "another-machine"])
def test_the_lock_of_a_run_that_may_live_stays(backend: Backend, command: Command, stack: str, host: str) -> None:
    backend.lock(stack, pid=os.getpid(), host=host)

    ended = command("stack", "recover", stack)

    assert ExitCode.NOT_REACHED == ended.code
    assert ("stack-locked", stack) == ended.refusal
    assert "locked by ann@" in ended.err
    assert [] == backend.ran


def test_somebody_may_say_that_the_machine_of_a_run_is_lost(backend: Backend, command: Command) -> None:
    backend.lock("hub", pid=1, host="another-machine")

    assert 0 == command("stack", "recover", "hub", "--force").code
    assert ["preview hub hub"] == backend.ran
    assert 0 == command("stack", "recover", "hub").code  # without its lock nobody has to be told


def test_a_torn_lock_is_nobodys_until_somebody_says_so(backend: Backend, command: Command) -> None:
    _ = backend.file("locks/organization/model-catalog-hub/hub/a.json").write_text('{"pid": 1')

    assert ("stack-locked", "hub") == command("stack", "recover", "hub").refusal
    assert 0 == command("stack", "recover", "hub", "--force").code


def test_another_rollout_that_runs_the_spoke_is_left_alone(backend: Backend, command: Command) -> None:
    held = recovery.Leases(recovery.Storage(os.environ["PULUMI_BACKEND_URL"])).acquire("spoke-research")
    assert isinstance(held, recovery.HeldLease)

    ended = command("stack", "recover", "spoke-research", "--force")

    held.release()
    assert ExitCode.NOT_REACHED == ended.code
    assert ("lease-held", "spoke-research") == ended.refusal
    assert f"process {os.getpid()} on " in ended.err
    assert [] == backend.ran


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.usefixtures("there")
def test_what_a_run_had_made_is_taken_into_the_state_and_compared(
    backend: Backend, command: Command, stack: str
) -> None:
    backend.state(stack, pending(name="Launch"))

    ended = command("stack", "recover", stack)

    project = stack.partition("-")[0]
    assert (0, "") == (ended.code, ended.err)
    assert f"{stack}: scorer-launch had been created, and was taken into the state: Launch\n" in ended.out
    assert [f"refresh {project} {stack}", f"preview {project} {stack}"] == backend.ran
    [written] = backend.written
    assert "pending_operations" not in written
    assert (ROLE, "Launch") == (written["resources"][-1]["urn"], written["resources"][-1]["id"])


def test_what_nobody_can_tell_stays_pending_and_is_told(
    backend: Backend, command: Command, there: dict[str, Exception]
) -> None:
    there["Launch"] = Unclear("it is there 2 times: a, b")
    backend.state("hub", pending(name="Launch"))

    ended = command("stack", "recover", "hub")

    assert ExitCode.NOT_REACHED == ended.code
    assert "  scorer-launch (aws:iam/role:Role): name Launch: it is there 2 times: a, b\n" in ended.out
    assert "then run it again: model-catalog stack recover hub\n" in ended.out
    assert 1 == len(backend.written[0]["pending_operations"])
    assert ["refresh hub hub"] == backend.ran


def test_a_refresh_that_fails_is_told_with_the_command_that_says_why(backend: Backend, command: Command) -> None:
    backend.state("hub", pending(kind="updating"))
    backend.refreshed = 1

    ended = command("stack", "recover", "hub")

    assert (ExitCode.FAILED, "refresh-failed") == (ended.code, ended.refusal[0])
    assert "model-catalog stack refresh hub" in ended.err


@pytest.mark.usefixtures("there")
def test_what_only_a_preview_would_name_is_looked_for_until_nothing_more_is_found(
    backend: Backend, command: Command
) -> None:
    backend.creations = [pending(name="Launch")["resource"]]

    ended = command("stack", "recover", "hub")

    assert 0 == ended.code
    assert ["preview hub hub", "refresh hub hub", "preview hub hub"] == backend.ran
    assert 1 == ended.out.count("scorer-launch had been created, and was taken into the state: Launch")


@pytest.mark.parametrize(("last", "code"), [("succeeded", ExitCode.DONE), ("failed", ExitCode.NOT_REACHED)])
def test_a_program_that_refuses_is_told_and_counts_where_the_last_run_had_failed(
    backend: Backend, command: Command, last: str, code: ExitCode
) -> None:
    backend.ended("hub", last)
    backend.creations = PreviewError("pulumi preview failed: Pulumi.hub.yaml: shares: no", code="preview-failed")

    ended = command("stack", "recover", "hub")

    assert code == ended.code
    assert (
        "What the next run would make was not looked for: pulumi preview failed: Pulumi.hub.yaml: shares" in ended.out
    )


@pytest.mark.usefixtures("backend")
def test_what_the_next_run_would_make_is_asked_again_while_aws_throttles(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.patience.wait_random_exponential", always(wait_none()))
    answers = [PreviewError("Throttling: Rate exceeded", code="preview-failed"), PreviewError("no", code="x")]

    def creations(*_: str) -> list[object]:
        raise answers.pop(0)

    monkeypatch.setattr(Engine, "creations", creations)

    ended = command("stack", "recover", "hub")

    assert "What the next run would make was not looked for: no" in ended.out
    assert [] == answers


def test_a_torn_state_is_put_back_and_compared(backend: Backend, command: Command) -> None:
    state = backend.file("stacks/model-catalog-hub/hub.json")
    _ = state.rename(backend.file("stacks/model-catalog-hub/hub.json.bak"))
    _ = state.write_text("")
    _ = backend.file("meta.yaml.attrs").write_text("{")

    ended = command("stack", "recover", "hub")

    assert (0, "") == (ended.code, ended.err)
    assert "hub: removed a damaged file that a killed run left beside the state: .pulumi/meta.yaml.attrs\n" in ended.out
    assert "put back from .pulumi/stacks/model-catalog-hub/hub.json.bak" in ended.out
    assert ["refresh hub hub", "preview hub hub"] == backend.ran


@pytest.mark.parametrize("stack", STACKS)
def test_no_file_of_a_run_that_may_live_is_touched(backend: Backend, command: Command, stack: str) -> None:
    backend.lock(stack, pid=os.getpid())
    half_written = backend.file(f"stacks/{project_of(stack)}/{stack}.json.attrs")
    _ = half_written.write_text("")

    assert ("stack-locked", stack) == command("stack", "recover", stack).refusal
    assert half_written.exists()


@pytest.mark.usefixtures("there")
def test_where_nothing_is_left_of_a_state_its_provider_is_made_and_all_the_rest_found(
    backend: Backend, command: Command
) -> None:
    provider = {"urn": "urn:p", "type": "pulumi:providers:aws", "custom": True}
    backend.creations = [provider, pending(name="Launch")["resource"]]

    ended = command("stack", "recover", "hub")

    assert 0 == ended.code
    assert ["preview hub hub", "up hub hub --target urn:p", "preview hub hub", "refresh hub hub"] == backend.ran[:4]
    assert "scorer-launch had been created, and was taken into the state: Launch" in ended.out


def test_a_stack_that_was_never_deployed_has_nothing_to_recover(backend: Backend, command: Command) -> None:
    backend.file("stacks/model-catalog-hub/hub.json").unlink()

    ended = command("stack", "recover", "hub")

    assert (0, []) == (ended.code, backend.ran)
    assert "nothing is there to recover" in ended.out


def test_another_account_in_the_settings_is_refused_before_anything_is_done(backend: Backend, command: Command) -> None:
    backend.lock("hub")
    backend.state("hub", pending(), account="999988887777")

    ended = command("stack", "recover", "hub")

    assert (ExitCode.MISTAKE, "account-of-another-deployment") == (ended.code, ended.refusal[0])
    assert ([], []) == (backend.ran, backend.written)


@pytest.mark.usefixtures("there")
def test_up_looks_for_what_a_deployment_that_failed_may_have_left(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plug-in that died leaves nothing pending: the engine forgets what it had begun."""
    looked: list[Any] = []
    monkeypatch.setattr("cli.deployment.safeguards.refuse_to_end_versions", looked.append)
    backend.creations = [pending(name="Launch")["resource"]]
    backend.ended("hub", "succeeded", "failed")
    backend.ended("hub", "succeeded", kind="refresh")

    ended = command("stack", "up", "hub", "--yes")

    assert "hub: scorer-launch had been created, and was taken into the state: Launch\n" in ended.out
    assert ["preview hub hub", "refresh hub hub", "preview hub hub", "select hub hub"] == backend.ran[:4]
    assert ["hub"] == looked


def test_up_looks_for_nothing_after_a_success(
    backend: Backend, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.deployment.safeguards.refuse_to_end_versions", always(None))
    backend.ended("hub", "failed", "succeeded")

    _ = command("stack", "up", "hub", "--yes")

    assert "select hub hub" == backend.ran[0]
