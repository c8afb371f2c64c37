"""Pulumi's processes: how they are started, what they cost, and how they are stopped."""

import json
import os
import signal
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet import engine as module
from fleet.engine import STOPPING, Engine, Finished, interrupt
from fleet.engine_answers import place_of
from fleet.errors import EngineError, PreviewError
from shared.aws.caller import CALLER
from tests.support.refused import refused

PYTHON = os.path.realpath("/proc/self/exe")
WAIT = """#!{python}
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
os.write(1, b"ready")
sys.exit(7 if signal.sigtimedwait([signal.SIGINT], {patience}) else 8)
"""
REPORT = """#!{python}
import json, os, sys
json.dump({{"arguments": sys.argv[1:], "session": os.getsid(0) == os.getpid(), "input": sys.stdin.read(),
           "environment": dict(os.environ), "folder": os.getcwd()}}, open("report.json", "w"))
"""


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the path of what runs in place of Pulumi."""
    path = tmp_path / "bin" / "pulumi"
    path.parent.mkdir()
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(module.sys, "executable", str(path.parent / "python"))
    return path


@pytest.fixture(autouse=True)
def going_on() -> Iterator[None]:
    """Let nothing be stopped for longer than a test."""
    yield
    STOPPING.clear()


def pretend(path: Path, script: str) -> None:
    """Write what runs in place of Pulumi."""
    path.write_text(script)
    path.chmod(path.stat().st_mode | stat.S_IEXEC)


def test_a_spoke_is_deployed_unattended_in_a_session_of_its_own(
    pulumi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(pulumi, REPORT.format(python=PYTHON))
    monkeypatch.setenv("PULUMI_SKIP_CONFIRMATIONS", "true")
    started: list[int] = []

    finished = Engine(tmp_path).up("spoke-a", None, started.append)

    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
    words = "-C spoke -s spoke-a up --yes --skip-preview --non-interactive --color never"
    assert words == " ".join(report["arguments"])
    assert (True, "", str(tmp_path)) == (report["session"], report["input"], report["folder"])
    assert "PULUMI_SKIP_CONFIRMATIONS" not in report["environment"]
    assert report["environment"]["PATH"].endswith(str(tmp_path / ".tools" / "bin"))
    assert 1 == len(started)
    assert 0 == finished.code
    assert finished.cost.peak_mib > 1
    assert finished.cost.seconds > 0


def test_what_it_prints_goes_into_the_log(pulumi: Path, tmp_path: Path) -> None:
    pretend(pulumi, "#!/bin/sh\necho out; echo error >&2; exit 3\n")

    with (tmp_path / "log").open("ab") as log:
        finished = Engine(tmp_path).preview("spoke-a", log, lambda _: None)

    assert 3 == finished.code
    assert "out\nerror\n" == (tmp_path / "log").read_text()


def test_a_killed_process_is_told_by_its_signal(pulumi: Path, tmp_path: Path) -> None:
    pretend(pulumi, "#!/bin/sh\nkill -KILL $$\n")

    assert -signal.SIGKILL == Engine(tmp_path).refresh("spoke-a", None, lambda _: None).code


def test_what_a_deployment_would_create_is_read_from_a_preview(pulumi: Path, tmp_path: Path) -> None:
    steps = [{"op": "same"}, {"op": "create", "newState": {"urn": "urn:1"}}, {"op": "create-replacement"}]
    pretend(pulumi, f"#!/bin/sh\necho a warning\necho '{json.dumps({'steps': steps})}'\n")

    assert [{"urn": "urn:1"}] == Engine(tmp_path).creations("hub", "hub")


def test_why_a_preview_failed_is_read_from_what_it_answered(pulumi: Path, tmp_path: Path) -> None:
    told = [{"severity": "error", "message": "shares: no"}, {"severity": "info", "message": "Catalog"}]
    pretend(pulumi, f"#!/bin/sh\necho '{json.dumps({'diagnostics': told})}'\necho error >&2\nexit 1\n")

    with refused(PreviewError, "preview-failed") as found:
        Engine(tmp_path).creations("hub", "hub")
    assert str(found.value).endswith("failed: shares: no")


def test_whatever_it_starts_knows_that_the_state_was_looked_at(pulumi: Path, tmp_path: Path) -> None:
    pretend(pulumi, '#!/bin/sh\nprintf "[{\\"looked\\": \\"%s\\"}]" "$MODEL_CATALOG_LOOKED"\n')

    assert [{"looked": "true"}] == Engine(tmp_path).runs("hub", "hub")


def test_an_interrupt_reaches_every_process_that_runs(pulumi: Path, tmp_path: Path) -> None:
    pretend(pulumi, WAIT.format(python=PYTHON, patience=20))
    reading, writing = os.pipe()
    found: list[Finished] = []

    def run() -> None:
        with os.fdopen(writing, "wb") as log:
            found.append(Engine(tmp_path).up("spoke-a", log, lambda _: None))

    thread = threading.Thread(target=run)
    thread.start()
    assert b"ready" == os.read(reading, 5)

    interrupt()

    thread.join(10)
    assert [7] == [each.code for each in found]
    assert STOPPING.is_set()
    os.close(reading)


def test_a_process_that_has_ended_this_very_moment_stops_no_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RUNNING", {2**22 + 1})

    interrupt()

    assert STOPPING.is_set()


def test_a_person_s_command_asks_what_it_has_to_ask(
    pulumi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pretend(pulumi, '#!/bin/sh\necho "$@ $PULUMI_SKIP_CONFIRMATIONS"; exit 3\n')
    monkeypatch.setenv("PULUMI_SKIP_CONFIRMATIONS", "false")

    assert 3 == Engine(tmp_path).attended("hub", "hub", "up", "--suppress-outputs")
    assert "-C hub -s hub up --suppress-outputs false\n" == capfd.readouterr().out


def test_where_nothing_is_changed_nobody_is_told_to_confirm_it(
    pulumi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Pulumi refuses the two together."""
    pretend(pulumi, '#!/bin/sh\necho "$@ ${PULUMI_SKIP_CONFIRMATIONS-unset}"\n')
    monkeypatch.setenv("PULUMI_SKIP_CONFIRMATIONS", "true")

    assert 0 == Engine(tmp_path).attended("hub", "hub", "refresh", "--preview-only")
    assert "-C hub -s hub refresh --preview-only unset\n" == capfd.readouterr().out


@pytest.mark.parametrize(
    ("written", "more"),
    [
        (
            "secretsprovider: awskms:///arn?region=eu-central-1\n",
            " --secrets-provider awskms:///arn?region=eu-central-1",
        ),
        ("secretsprovider: passphrase\n", ""),
        ("secretsprovider: [1]\n", ""),
        ("{", ""),
        (None, ""),
    ],
)
def test_a_stack_is_made_with_what_its_settings_name_for_its_secrets(
    pulumi: Path, tmp_path: Path, written: str | None, more: str
) -> None:
    pretend(pulumi, f'#!/bin/sh\necho "$@" >> {tmp_path}/said\n')
    if written is not None:
        _ = (tmp_path / "Pulumi.spoke-a.yaml").write_text(written)
    engine = Engine(tmp_path)

    engine.create("spoke", "spoke-a")
    engine.select("spoke", "spoke-a")

    end = "--non-interactive --color never"
    assert [
        f"-C spoke stack init spoke-a --no-select{more} {end}",
        f"-C spoke stack select spoke-a --create{more} {end}",
    ] == (tmp_path / "said").read_text().splitlines()


@pytest.mark.parametrize(("name", "code"), [(signal.SIGINT, 8), (signal.SIGTERM, 7)])
def test_a_person_s_command_comes_to_its_end_whatever_ends_us(
    pulumi: Path, tmp_path: Path, name: signal.Signals, code: int
) -> None:
    """An interrupt comes from the terminal, which tells Pulumi too; anything else is passed on to it."""
    script = WAIT.format(python=PYTHON, patience=1)
    pretend(pulumi, script.replace('os.write(1, b"ready")', f"os.kill(os.getppid(), {int(name)})"))
    before = signal.getsignal(signal.SIGTERM)

    assert code == Engine(tmp_path).attended("hub", "hub", "up")
    assert before == signal.getsignal(signal.SIGTERM)


def test_what_ends_us_while_pulumi_is_begun_is_passed_on(pulumi: Path, tmp_path: Path, monkeypatch: Any) -> None:  # noqa: ANN401 - pytest's
    pretend(pulumi, WAIT.format(python=PYTHON, patience=5))
    begun, start = Engine(tmp_path), vars(Engine)["_started"]

    def ended(*words: str) -> Any:  # noqa: ANN401 - a process
        process = start(begun, *words, stdout=subprocess.PIPE)
        assert b"ready" == process.stdout.read(5)
        os.kill(os.getpid(), signal.SIGTERM)
        return process

    monkeypatch.setattr(begun, "_started", ended)
    assert 7 == begun.attended("hub", "hub", "up")


def test_stacks_are_listed_by_their_short_names(pulumi: Path, tmp_path: Path) -> None:
    listed = [{"name": "acme/model-catalog-spoke/spoke-a", "lastUpdate": "2026-10-06"}, {"name": "spoke-b"}]
    pretend(pulumi, f"#!/bin/sh\necho '{json.dumps(listed)}'\n")

    assert {"spoke-a": "2026-10-06", "spoke-b": ""} == Engine(tmp_path).listed("spoke")


@pytest.mark.parametrize(
    ("script", "found"),
    [("echo '{\"steps\": []}'", {"steps": []}), ("echo noise >&2; echo '{}'", {})],
)
def test_an_answer_is_read_from_standard_output(
    pulumi: Path, tmp_path: Path, script: str, found: dict[str, Any]
) -> None:
    pretend(pulumi, f"#!/bin/sh\n{script}\n")

    assert found == Engine(tmp_path).drift("spoke-a")


def test_a_command_that_fails_is_told_in_pulumis_words(pulumi: Path, tmp_path: Path) -> None:
    pretend(pulumi, "#!/bin/sh\necho 'error: no stack\n  named x' >&2; exit 255\n")

    with refused(EngineError, "pulumi-failed") as found:
        Engine(tmp_path).outputs("hub", "x")

    assert "pulumi -s x stack output failed: error: no stack named x" == str(found.value)


def test_without_pulumi_there_is_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "python"))

    with refused(EngineError, "pulumi-not-on-path"):
        Engine(tmp_path).listed("spoke")


@pytest.mark.parametrize(("token", "told"), [("", ""), ("t", "arn:aws:sts::1:assumed-role/Deployer/x")])
def test_a_program_is_told_who_runs_it(
    pulumi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, told: str
) -> None:
    """Asking takes each of them a third of a second; a user's own keys need no question."""
    pretend(pulumi, REPORT.format(python=PYTHON))
    monkeypatch.delenv(CALLER)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    (tmp_path / "Pulumi.spoke-a.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    asked = list[str]()

    def answer(region: str) -> str:
        asked.append(region)
        return told

    monkeypatch.setattr("shared.aws.caller._asked", answer)
    Engine(tmp_path).up("spoke-a", None, print)

    assert told == json.loads((tmp_path / "report.json").read_text())["environment"][CALLER]
    assert (["eu-west-1"] if token else []) == asked


@pytest.mark.parametrize(
    ("folders", "stack", "place"),
    [
        (["hub", "spoke"], "hub", ("hub", "-s", "hub")),
        (["spoke"], "hub-next", ("spoke", "-s", "organization/model-catalog-hub/hub-next")),
        (["spoke"], "acme/model-catalog-hub/hub", ("spoke", "-s", "acme/model-catalog-hub/hub")),
        ([], "hub", ("hub", "-s", "hub")),
    ],
)
def test_a_teams_repository_looks_at_the_hub_from_its_own_project(
    tmp_path: Path, folders: list[str], stack: str, place: tuple[str, str, str]
) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir()

    assert place == place_of(tmp_path, "hub", stack)
