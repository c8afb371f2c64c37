"""What the doctor says of this machine: tools, credentials, the way to AWS."""

import stat
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.doctor import machine as module
from cli.doctor.machine import credentials, network, tools
from shared.aws.lifetime import Lifetime
from shared.aws.preflight import Check, CheckResult, Finding, carry_out
from shared.stack import readiness
from tests.support.fake_account import always

PLUGIN = f"resource-aws-v{version('pulumi_aws')}"
NO_ONE = Lifetime(source="", until=None, is_renewed=False, is_temporary=False)
KEYS = Lifetime(source="variables of the environment", until=None, is_renewed=False, is_temporary=True)


def found(checks: Iterable[Check], subject: str) -> Finding:
    """Give the one line about something."""
    [line] = [each for each in carry_out(checks) if each.subject == subject]
    return line


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the path of what runs in place of Pulumi, and nobody else's."""
    monkeypatch.setattr("fleet.engine_answers.sys.executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin" / "pulumi"


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        ("v3.250.0", CheckResult.PASSED),
        ("v4.0.1", CheckResult.PASSED),
        ("v3.249.9", CheckResult.FAILED),
        ("", CheckResult.FAILED),
    ],
)
def test_the_cli_has_to_be_new_enough(pulumi: Path, tmp_path: Path, says: str, verdict: CheckResult) -> None:
    pulumi.write_text(f"#!/bin/sh\necho {says}\n")
    pulumi.chmod(pulumi.stat().st_mode | stat.S_IEXEC)

    line = found(tools(tmp_path), "pulumi")

    assert verdict is line.verdict
    assert (verdict is CheckResult.FAILED) is ("make install" in line.text)


@pytest.mark.usefixtures("pulumi")
def test_without_a_cli_it_says_how_one_comes(tmp_path: Path) -> None:
    assert "is not on PATH. Install it, or have it built: make install" == found(tools(tmp_path), "pulumi").text


@pytest.mark.usefixtures("pulumi")
@pytest.mark.parametrize(
    ("silence", "forbidden", "verdict", "words"),
    [
        ("", "", CheckResult.WARNING, "the first run fetches it. Beforehand: pulumi plugin install resource aws v"),
        ("its name is not known", "", CheckResult.FAILED, "On a machine that reaches it: pulumi plugin install"),
        ("", "true", CheckResult.FAILED, "forbids to fetch it. Unset that, or copy it there"),
    ],
)
def test_a_plug_in_that_is_not_there_is_fetched_or_has_to_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silence: str, forbidden: str, verdict: CheckResult, words: str
) -> None:
    monkeypatch.setattr(module, "silence_of", always(silence))
    monkeypatch.setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", forbidden)

    line = found(tools(tmp_path), "plug-in")

    assert verdict is line.verdict
    assert words in line.text


@pytest.mark.usefixtures("pulumi")
def test_a_plug_in_that_is_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "home" / "plugins" / PLUGIN).mkdir(parents=True)
    (tmp_path / "home" / "plugins" / PLUGIN / "pulumi-resource-aws").touch()

    assert Finding("plug-in", PLUGIN) == found(tools(tmp_path), "plug-in")


@pytest.mark.parametrize(
    ("life", "reason", "verdict", "words"),
    [
        (NO_ONE, "", CheckResult.FAILED, "there are none. Sign in, for example: export AWS_PROFILE=management"),
        (KEYS, "ExpiredToken", CheckResult.FAILED, "they have ended. Sign in again. AWS says: ExpiredToken"),
        (
            KEYS,
            "",
            CheckResult.PASSED,
            "from variables of the environment: nobody says when they end; arn:1",
        ),
    ],
)
def test_how_long_the_credentials_at_hand_last(
    monkeypatch: pytest.MonkeyPatch, life: Lifetime, reason: str, verdict: CheckResult, words: str
) -> None:
    monkeypatch.setattr(readiness, "lifetime", always(life))
    monkeypatch.setattr(readiness, "expired_reason", always(reason))
    monkeypatch.setattr(readiness, "caller_at_hand", always("arn:1"))

    line = found(credentials("eu-central-1"), "credentials")

    assert (verdict, words) == (line.verdict, line.text)


def test_a_shell_that_keeps_the_sandboxs_variables_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever rehearsed an hour ago would deploy to the sandbox once more."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5005")

    line = found(credentials("eu-central-1"), "AWS_ENDPOINT_URL")

    assert CheckResult.WARNING is line.verdict
    assert "everything goes to a sandbox on this machine (http://127.0.0.1:5005) and not to AWS" in line.text
    assert "unset AWS_ENDPOINT_URL" in line.text


def test_each_endpoint_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(url: str) -> str:
        return "there was no answer" if "servicecatalog" in url else ""

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(readiness, "silence_of", silence)

    [line] = carry_out(network(["eu-central-1"]))

    assert (CheckResult.FAILED, "https://servicecatalog.eu-central-1.amazonaws.com") == (line.verdict, line.subject)
    assert "set HTTPS_PROXY where there is a proxy" in line.text


def test_regions_have_endpoints_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def silence(url: str) -> str:
        asked.append(url)
        return ""

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(readiness, "silence_of", silence)

    [line] = carry_out(network(["eu-central-1", "cn-north-1"]))

    assert f"{len(asked)} endpoints answer" == line.text
    assert "https://sts.cn-north-1.amazonaws.com.cn" in asked
