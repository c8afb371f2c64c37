"""How commands end: four codes, one line, no traceback."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from botocore.exceptions import ClientError, NoCredentialsError
from obstore.exceptions import GenericError

from cli import exit_codes
from cli.errors import NotReachedError, RehearsalError
from cli.exit_codes import ExitCode
from fleet.errors import EngineError, SettingsError
from shared.errors import CatalogError, ConfigError, PreflightError
from tests.support.fake_account import always
from tests.support.paths import ROOT

DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "No."}}, "ListPortfolios")


def ended(problem: BaseException | None, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run a command that ends with an error, and give its exit code."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.command()
    def fail() -> None:
        if problem:
            raise problem

    assert fail
    monkeypatch.setattr("sys.argv", ["program"])
    monkeypatch.setattr("signal.signal", always(None))
    with pytest.raises(SystemExit) as exit_:
        exit_codes.run(app, "program")
    return exit_.value.code


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (None, ExitCode.DONE, ""),
        (NotReachedError("still in use", code="example"), ExitCode.NOT_REACHED, "error: still in use\n"),
        (CatalogError("wrong", code="example"), ExitCode.MISTAKE, "error: wrong\n"),
        (ConfigError("wrong", code="example"), ExitCode.MISTAKE, "error: wrong\n"),
        (SettingsError("wrong", code="example"), ExitCode.MISTAKE, "error: wrong\n"),
        (PreflightError("wrong", code="example"), ExitCode.MISTAKE, "error: wrong\n"),
        (EngineError("no stack", code="example"), ExitCode.FAILED, "error: no stack\n"),
        (RehearsalError("no sandbox"), ExitCode.FAILED, "error: no sandbox\n"),
        (
            NoCredentialsError(),
            ExitCode.FAILED,
            "error: AWS cannot be reached, or refuses: Unable to locate credentials\n",
        ),
        (DENIED, ExitCode.FAILED, "error: AWS cannot be reached, or refuses: An error occurred (AccessDenied)"),
        (
            GenericError("Generic S3 error: Access Denied\nDebug source: …"),
            ExitCode.FAILED,
            "error: The storage of states and records cannot be reached, or refuses: Generic S3 error: Access Denied\n",
        ),
        (OSError(28, "No space left on device", "a.yaml"), ExitCode.NOT_REACHED, "error: a.yaml: No space left"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_each_kind_of_error_has_its_code_and_its_line(
    problem: BaseException | None,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert code == ended(problem, monkeypatch)
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_both_ways_to_stop_a_process_interrupt_it(monkeypatch: pytest.MonkeyPatch, name: signal.Signals) -> None:
    """A shell may start it with interrupts ignored, and Pulumi would inherit that."""
    app = typer.Typer()
    app.command()(lambda: signal.raise_signal(name))
    monkeypatch.setattr("sys.argv", ["program"])
    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(name, signal.SIG_IGN)

    try:
        with pytest.raises(SystemExit) as exit_:
            exit_codes.run(app, "program")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert 130 == exit_.value.code


def test_an_interrupt_while_the_command_line_is_loaded_ends_it_as_a_later_one_does(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import signal\n\nsignal.raise_signal(signal.SIGINT)\n")

    done = subprocess.run(
        [sys.executable, "-m", "cli", "models", "list"],
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (130, "", "") == (done.returncode, done.stdout, done.stderr)


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        ended(ZeroDivisionError(), monkeypatch)


@pytest.mark.parametrize(
    ("pulumi", "code"),
    [
        (0, ExitCode.DONE),
        (7, ExitCode.NOT_REACHED),
        (8, ExitCode.NOT_REACHED),
        (2, ExitCode.MISTAKE),
        (6, ExitCode.MISTAKE),
        (1, ExitCode.FAILED),
        (3, ExitCode.FAILED),
        (255, ExitCode.FAILED),
        (-9, ExitCode.FAILED),
    ],
)
def test_what_pulumi_ended_with_is_translated(pulumi: int, code: ExitCode) -> None:
    assert code is exit_codes.of_pulumi(pulumi)


def test_the_codes_are_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "docs" / "operations" / "README.md").read_text()

    for line in (exit_codes.__doc__ or "").splitlines():
        if line.startswith("| "):
            assert line in readme
