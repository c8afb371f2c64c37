"""No command goes on with a stack that is half done, locked, torn, or deployed to another account."""

import os
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from shared.stack.names import project_of
from tests.support.command_line import Command
from tests.support.half_done import DEAD, Backend, half_done, pending

CHANGING = [
    "stack up hub",
    "stack up spoke-research",
    "stack up organization",
    "stack refresh hub",
    "stack refresh spoke-research",
    "stack destroy hub",
    "stack destroy spoke-research",
    "stack destroy organization",
    "stack relaunch spoke-research embeddings",
    "stack adopt hub",
    "stack adopt spoke-research",
    "stack adopt hub --settle",
    "spoke off-board research",
]
LOOKING = ["stack preview hub", "stack preview spoke-research", "stack plan spoke-research"]


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Give a backend whose stacks are deployed, in a checkout."""
    found = half_done(tmp_path, monkeypatch)
    for stack in ("organization", "hub", "spoke-research"):
        found.state(stack)
    return found


def stack_of(words: str) -> str:
    """Give the stack that a command is about."""
    return next(
        {"research": "spoke-research"}.get(word, word)
        for word in words.split()[2:]
        if word in ("hub", "organization", "spoke-research", "research")
    )


@pytest.mark.parametrize("words", CHANGING)
def test_what_is_pending_is_refused_with_the_command_that_settles_it(
    backend: Backend, command: Command, words: str
) -> None:
    stack = stack_of(words)
    backend.state(stack, *[pending(f"urn:pulumi:s::p::aws:iam/role:Role::role-{number}") for number in range(5)])

    ended = command(*words.split())

    assert (ExitCode.NOT_REACHED, ("operations-pending", stack)) == (ended.code, ended.refusal)
    assert "(creating role-0, creating role-1, creating role-2 and 2 more)" in ended.err
    assert f"model-catalog stack recover {stack}" in ended.err
    assert [] == backend.ran


@pytest.mark.parametrize("words", CHANGING)
def test_the_lock_of_a_dead_run_is_refused_with_the_command_that_removes_it(
    backend: Backend, command: Command, words: str
) -> None:
    stack = stack_of(words)
    backend.lock(stack)

    ended = command(*words.split())

    assert (ExitCode.NOT_REACHED, ("lock-of-dead-run", stack)) == (ended.code, ended.refusal)
    assert f"(process {DEAD})" in ended.err
    assert ended.err.endswith(f"Settle it: model-catalog stack recover {stack}\n")
    assert [] == backend.ran


@pytest.mark.parametrize("words", CHANGING)
def test_the_lock_of_a_live_run_is_waited_for(backend: Backend, command: Command, words: str) -> None:
    stack = stack_of(words)
    backend.lock(stack, pid=os.getpid())

    ended = command(*words.split())

    assert ("stack-locked", stack) == ended.refusal
    assert "Wait for that run to end." in ended.err
    assert [] == backend.ran


@pytest.mark.parametrize("words", [*CHANGING, *LOOKING])
@pytest.mark.parametrize("file", ["meta.yaml.attrs", "{state}.json", "{state}.json.attrs"])
def test_torn_files_are_named_with_the_command_that_mends_them(
    backend: Backend, command: Command, words: str, file: str
) -> None:
    stack = stack_of(words)
    name = file.format(state=f"stacks/{project_of(stack)}/{stack}")
    _ = backend.file(name).write_text("{")

    ended = command(*words.split())

    assert (ExitCode.NOT_REACHED, ("backend-torn", stack)) == (ended.code, ended.refusal)
    assert f"has torn .pulumi/{name}. Nothing was changed." in ended.err
    assert f"model-catalog stack recover {stack}" in ended.err
    assert [] == backend.ran


@pytest.mark.parametrize("words", ["stack up hub", "stack preview hub"])
def test_what_a_live_run_is_writing_is_waited_for_and_not_taken_for_torn(
    backend: Backend, command: Command, words: str
) -> None:
    backend.lock("hub", pid=os.getpid())
    _ = backend.file("stacks/model-catalog-hub/hub.json.attrs").write_text("")

    ended = command(*words.split())

    assert ("stack-locked", "hub") == ended.refusal
    assert [] == backend.ran


@pytest.mark.parametrize("words", [*CHANGING, *LOOKING])
def test_another_account_than_the_one_that_is_deployed_to_is_refused(
    backend: Backend, command: Command, words: str
) -> None:
    stack = stack_of(words)
    backend.state(stack, account="999988887777")

    ended = command(*words.split())

    expected = ("account-of-another-deployment", f"Pulumi.{stack}.yaml: accountId")
    assert (ExitCode.MISTAKE, expected) == (ended.code, ended.refusal)
    assert f"{stack} is deployed to 999988887777" in ended.err
    assert "Put 999988887777 back" in ended.err
    assert [] == backend.ran


def test_a_stack_that_is_empty_may_go_to_another_account(backend: Backend, command: Command) -> None:
    backend.state("organization", account="999988887777", resources=0)

    assert 0 == command("stack", "up", "organization").code
    assert "select organization organization" == backend.ran[0]


def test_a_preview_may_look_at_what_is_half_done(backend: Backend, command: Command) -> None:
    backend.state("organization", pending())
    backend.lock("organization")

    assert 0 == command("stack", "preview", "organization").code
