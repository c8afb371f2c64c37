"""The process: how it starts, says that it is ready, and ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from sandbox.__main__ import main
from tests.support.sandbox.accounts import HUB, MANAGEMENT, RESEARCH, SUSPENDED
from tests.support.sandbox.expecting import Expect
from tests.support.sandbox.process import Sandbox, running

pytestmark = [pytest.mark.sandbox_only, pytest.mark.sandbox]


def serve(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", "serve", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_one_line_and_a_file_say_that_it_is_ready_and_a_signal_ends_it(tmp_path: Path) -> None:
    ready = tmp_path / "state" / "url"
    process = serve("--ready-file", str(ready))
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=10)

    assert line.startswith("ready http://127.0.0.1:")
    assert ready.read_text().strip() == line.split()[1]
    assert (rest, errors, process.returncode) == ("", "", 0)


def test_a_port_in_use_is_one_clear_line_and_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = serve("--port", port)
        output, errors = process.communicate(timeout=10)

    assert process.returncode == 1
    assert output == ""
    assert errors.count("\n") == 1
    assert f"127.0.0.1:{port}" in errors
    assert "--port" in errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("management: 111122223333", "management"),
        ("management: '111122223333'\naccounts: [{id: '12', name: x}]", "accounts.0.id"),
        ("management: '111122223333'\nunit: [A]", "unit"),
        ("management: '111122223333'\naccounts: [{id: '111122223333', name: x}]", "used twice"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_organization_file_is_one_line_that_names_file_and_field(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    expected: str,
) -> None:
    file = tmp_path / "organization.yaml"
    file.write_text(text)
    monkeypatch.setattr(sys, "argv", ["sandbox", "serve", "--organization", str(file)])
    code = main()
    output, errors = capsys.readouterr()

    assert (code, output) == (1, "")
    assert errors.startswith(f"error: {file}")
    assert expected in errors


def test_an_organization_file_makes_its_accounts_and_units(tmp_path: Path) -> None:
    file = tmp_path / "organization.yaml"
    file.write_text("management: '999900001111'\naccounts: [{id: '999900002222', name: a, ou: X/Y}]\nunits: [X/Z]\n")
    with running(tmp_path, "--organization", str(file)) as sandbox:
        organizations = sandbox.client("organizations", "999900001111")
        accounts = {account["Id"] for account in organizations.list_accounts()["Accounts"]}
        root = organizations.list_roots()["Roots"][0]["Id"]
        (unit,) = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
        below = organizations.list_organizational_units_for_parent(ParentId=unit["Id"])["OrganizationalUnits"]

    assert accounts == {"999900001111", "999900002222"}
    assert unit["Name"] == "X"
    assert {each["Name"] for each in below} == {"Y", "Z"}


def test_the_same_seed_gives_the_same_ids(tmp_path: Path) -> None:
    def ids(seed: str) -> tuple[str, str]:
        with running(tmp_path, "--seed", seed) as sandbox:
            organization = sandbox.client("organizations", HUB).describe_organization()["Organization"]["Id"]
            made = sandbox.client("servicecatalog", HUB).create_portfolio(DisplayName="p", ProviderName="p")
            return organization, made["PortfolioDetail"]["Id"]

    first = ids("7")

    assert ids("7") == first
    assert ids("8")[1] != first[1]


def test_the_administrator_of_an_account_is_named_by_its_id(sandbox: Sandbox) -> None:
    identity = sandbox.client("sts", RESEARCH).get_caller_identity()

    assert identity["Account"] == RESEARCH
    assert identity["Arn"] == f"arn:aws:iam::{RESEARCH}:user/administrator"


def test_credentials_of_nobody_are_refused(sandbox: Sandbox, api_error: Expect) -> None:
    with api_error("InvalidClientTokenId"):
        sandbox.client("sts", "123456789012").get_caller_identity()
    with api_error("InvalidClientTokenId"):
        sandbox.client("sts", "AKIAIOSFODNN7EXAMPLE").get_caller_identity()


def test_a_suspended_account_can_do_nothing(sandbox: Sandbox, api_error: Expect) -> None:
    with api_error("AccessDenied", "suspended"):
        sandbox.client("sts", SUSPENDED).get_caller_identity()


def test_a_request_without_a_signature_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(HTTPError) as error:
        urlopen(Request(sandbox.url, data=b"Action=ListUsers&Version=2010-05-08"), timeout=5)  # noqa: S310 - http

    assert error.value.code == 403
    assert b"MissingAuthenticationToken" in error.value.read()


def test_the_clock_tells_virtual_time_and_takes_another_speed(sandbox: Sandbox) -> None:
    with sandbox.standing_still():
        first = sandbox.ask("clock")
        time.sleep(0.02)
        second = sandbox.ask("clock")

    assert first["speed"] == 0.001
    assert first["now"][:19] == second["now"][:19]
    assert sandbox.ask("clock")["speed"] > 1


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"speed": "fast"}', b'{"speed": -1}', b"x"])
def test_a_senseless_speed_is_refused(sandbox: Sandbox, body: bytes) -> None:
    with pytest.raises(HTTPError) as error:
        urlopen(Request(f"{sandbox.url}/_sandbox/clock", data=body), timeout=5)  # noqa: S310 - http

    assert error.value.code == 400
    assert "speed" in json.load(error.value)["message"]


def test_the_environment_points_every_tool_at_the_sandbox(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "env", "--url", "http://127.0.0.1:1", "--folder", str(tmp_path / "a b")]
    script = subprocess.run([*command, "--account", HUB], check=True, capture_output=True, text=True).stdout
    shown = subprocess.run(
        [
            "sh",
            "-c",
            f'AWS_PROFILE=x; {script}\necho "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID [$AWS_PROFILE] $PULUMI_HOME"',
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert shown.strip() == f"http://127.0.0.1:1 {HUB} [] {tmp_path / 'a b'}/pulumi"
    assert (tmp_path / "a b" / "backend").is_dir()
    (plugin,) = (tmp_path / "a b" / "pulumi" / "plugins").glob("resource-aws-v*/pulumi-resource-aws")
    assert plugin.stat().st_mode & 0o111
    assert sys.executable in plugin.read_text()


def test_management_is_who_one_is_unless_told_otherwise(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "env", "--url", "http://127.0.0.1:1", "--folder", str(tmp_path)]

    assert (
        f"AWS_ACCESS_KEY_ID={MANAGEMENT}" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )


def test_calls_are_counted_for_each_account_until_somebody_begins_anew(own_sandbox: Sandbox) -> None:
    own_sandbox.post("calls", {})
    hub = own_sandbox.client("servicecatalog", HUB)
    for _ in range(2):
        _ = hub.list_portfolios()
    _ = own_sandbox.client("sts", RESEARCH).get_caller_identity()

    counted = own_sandbox.ask("calls")
    own_sandbox.post("calls", {})

    assert {"servicecatalog:ListPortfolios": 2} == counted[HUB]
    assert {"sts:GetCallerIdentity": 1} == counted[RESEARCH]
    assert {} == own_sandbox.ask("calls")
