"""Where the sandbox is: it writes its address, and a shell that asks is pointed at it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from cli.rehearsal import sandbox_server
from cli.rehearsal.sandbox_server import ADDRESS, FOLDER
from tests.support.command_line import Command
from tests.support.sandbox.process import Sandbox


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder to run a sandbox in."""
    (tmp_path / "hub").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Give what listens as a sandbox does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def address(listening: socket.socket) -> str:
    """Give the address of a listener."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def write(url: str) -> None:
    """Write down where a sandbox is."""
    FOLDER.mkdir(exist_ok=True)
    ADDRESS.write_text(f"{url}\n")


def test_a_shell_is_pointed_at_the_sandbox_that_runs_wherever_it_listens(
    command: Command, listener: socket.socket
) -> None:
    write(address(listener))

    ended = command("sandbox", "env")

    assert 0 == ended.code
    assert f"export AWS_ENDPOINT_URL={address(listener)}\n" in ended.out
    assert "export AWS_ACCESS_KEY_ID=111122223333\n" in ended.out


def test_a_shell_may_be_another_accounts(command: Command, sandbox: Sandbox) -> None:
    write(sandbox.url)

    assert "export AWS_ACCESS_KEY_ID=222233334444\n" in command("sandbox", "env", "--account", "222233334444").out


@pytest.mark.parametrize("account", ["1", "999999999999", "22223333444x"])
def test_an_account_that_the_sandbox_does_not_have_is_refused(command: Command, sandbox: Sandbox, account: str) -> None:
    write(sandbox.url)

    ended = command("sandbox", "env", "--account", account)

    assert (ExitCode.MISTAKE, "") == (ended.code, ended.out)
    assert ("sandbox-without-account", "--account") == ended.refusal


def test_a_sandbox_that_answers_nothing_is_not_asked_for_its_accounts_for_long(
    command: Command, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_server, "_PATIENCE_SECONDS", 0.1)
    write(address(listener))

    assert "sandbox-unreachable" == command("sandbox", "env", "--account", "222233334444").refusal[0]


def test_a_port_that_is_said_is_pointed_at(command: Command, listener: socket.socket) -> None:
    ended = command("sandbox", "env", "--port", str(listener.getsockname()[1]))

    assert f"export AWS_ENDPOINT_URL={address(listener)}\n" in ended.out


def test_a_port_where_nothing_listens_is_refused(command: Command, listener: socket.socket) -> None:
    port = str(listener.getsockname()[1])
    listener.close()

    ended = command("sandbox", "env", "--port", port)

    assert (ExitCode.NOT_REACHED, "") == (ended.code, ended.out)
    assert ("sandbox-unreachable", "--port") == ended.refusal


def test_without_a_sandbox_it_is_said_how_to_start_one_and_nothing_is_exported(command: Command) -> None:
    ended = command("sandbox", "env")

    assert (ExitCode.NOT_REACHED, "") == (ended.code, ended.out)
    assert ("no-sandbox", "") == ended.refusal


def test_a_sandbox_that_was_killed_is_not_pointed_at(command: Command, listener: socket.socket) -> None:
    write(address(listener))
    listener.close()

    ended = command("sandbox", "env")

    assert (ExitCode.NOT_REACHED, "") == (ended.code, ended.out)
    assert ("sandbox-unreachable", "") == ended.refusal


def test_a_sandbox_that_ended_leaves_no_address_and_began_with_an_empty_backend(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (FOLDER / "backend" / "old").mkdir(parents=True)
    seen: list[bool] = []

    def serve() -> int:
        write("http://127.0.0.1:1")
        seen.append((FOLDER / "backend").exists())
        return 0

    monkeypatch.setattr(sandbox_server, "sandbox", serve)

    assert 0 == command("sandbox", "serve", "--port", "0").code
    assert [False] == seen
    assert not ADDRESS.exists()


def test_a_port_that_another_sandbox_has_leaves_that_ones_backend_and_address(
    command: Command, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    (FOLDER / "backend").mkdir(parents=True)
    write(address(listener))
    monkeypatch.setattr(sandbox_server, "sandbox", lambda: 1)

    ended = command("sandbox", "serve", "--port", str(listener.getsockname()[1]))

    assert ExitCode.NOT_REACHED == ended.code
    assert (FOLDER / "backend").exists()
    assert address(listener) == ADDRESS.read_text().strip()


def test_the_only_sandbox_of_the_folder_is_found_however_it_was_started(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [("http://127.0.0.1:41001", FOLDER.absolute()), ("http://127.0.0.1:41002", Path("/elsewhere"))]
    monkeypatch.setattr(sandbox_server, "_sandboxes", lambda: iter(others))

    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:41001\n" in command("sandbox", "env").out


@pytest.mark.parametrize("folder", [None, Path("/elsewhere")])
def test_where_it_is_not_plain_which_one_is_meant_those_that_run_are_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, folder: Path | None
) -> None:
    others = [(f"http://127.0.0.1:{port}", folder or FOLDER.absolute()) for port in (41001, 41002)]
    monkeypatch.setattr(sandbox_server, "_sandboxes", lambda: iter(others))

    ended = command("sandbox", "env")

    assert (ExitCode.NOT_REACHED, "") == (ended.code, ended.out)
    assert ("no-sandbox", "") == ended.refusal
    assert "http://127.0.0.1:41001" in ended.err
    assert "http://127.0.0.1:41002" in ended.err


@pytest.mark.parametrize("written", [False, True])
def test_a_kept_demos_sandbox_is_none_of_this_folder_even_where_it_has_the_address_of_one_that_ended(
    command: Command, listener: socket.socket, monkeypatch: pytest.MonkeyPatch, *, written: bool
) -> None:
    kept = Path.cwd() / FOLDER / "demo"
    monkeypatch.setattr(sandbox_server, "_sandboxes", lambda: iter([(address(listener), kept)]))
    if written:
        write(address(listener))

    ended = command("sandbox", "env")

    assert (ExitCode.NOT_REACHED, "") == (ended.code, ended.out)
    assert f"{address(listener)} (its state is in {kept})" in ended.err


def test_a_shell_that_is_pointed_at_another_folders_sandbox_gets_the_state_of_that_one(
    command: Command, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Path.cwd() / FOLDER / "demo"
    monkeypatch.setattr(sandbox_server, "_sandboxes", lambda: iter([(address(listener), kept)]))

    ended = command("sandbox", "env", "--port", str(listener.getsockname()[1]))

    assert f"export AWS_ENDPOINT_URL={address(listener)}\n" in ended.out
    assert f"export PULUMI_BACKEND_URL={(kept / 'backend').as_uri()}\n" in ended.out


@pytest.mark.parametrize(
    ("words", "folder"), [((), FOLDER), (("--ready-file", "demo/url"), "demo"), (("--ready-file",), FOLDER)]
)
def test_a_sandbox_that_listens_is_found_among_the_processes_with_the_folder_of_its_state(
    words: tuple[str, ...], folder: Path | str, tmp_path: Path
) -> None:
    listening = "s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)"
    program = f"import socket, time; {listening}; time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "sandbox", "serve", *words], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    try:
        found = dict(sandbox_server._sandboxes())  # pyright: ignore[reportPrivateUsage] - how they are found
    finally:
        process.kill()
        process.wait()

    assert tmp_path / folder == found[f"http://127.0.0.1:{port}"]
