"""What the doctor says of the state, and of what its secrets are opened with."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from obstore.exceptions import PermissionDeniedError

from cli.doctor import backend as module
from cli.doctor.backend import backend, hubs, secrets
from fleet.engine import Engine
from fleet.errors import EngineError
from shared.aws.preflight import Check, CheckResult, Finding, carry_out

KEY = "awskms://alias/model-catalog?region=eu-central-1"


def only(checks: Iterable[Check]) -> Finding:
    """Give the one line."""
    [line] = carry_out(checks)
    return line


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a folder of settings, a backend in a folder, and no passphrase."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backend").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "backend").as_uri())
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for stack, text in {"hub": "config: {}\n", "spoke-a": f"secretsprovider: {KEY}\nconfig: {{}}\n"}.items():
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "verdict", "words"),
    [
        ({}, CheckResult.FAILED, "no passphrase is set, and no other provider. Set PULUMI_CONFIG_PASSPHRASE_FILE"),
        ({"PULUMI_CONFIG_PASSPHRASE": ""}, CheckResult.WARNING, "is empty: whoever can read the state reads its"),
        ({"PULUMI_CONFIG_PASSPHRASE": "x"}, CheckResult.PASSED, "a passphrase, in the environment"),
        ({"PULUMI_CONFIG_PASSPHRASE_FILE": "full"}, CheckResult.PASSED, "a passphrase, in full"),
        ({"PULUMI_CONFIG_PASSPHRASE_FILE": "empty"}, CheckResult.FAILED, "empty is empty. Write it"),
        ({"PULUMI_CONFIG_PASSPHRASE_FILE": "gone"}, CheckResult.FAILED, "names gone, which cannot be read"),
    ],
)
def test_a_passphrase_has_to_be_had(
    here: Path, monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], verdict: CheckResult, words: str
) -> None:
    """Finding: no example for CI set one, and each job ended with "passphrase must be set"."""
    (here / "full").write_text("open sesame\n")
    (here / "empty").write_text("\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    line = only(secrets(["hub"]))

    assert verdict is line.verdict
    assert words in line.text
    assert "sesame" not in line.text


def test_a_key_is_named_with_what_it_takes() -> None:
    line = only(secrets(["spoke-a"]))

    assert CheckResult.PASSED is line.verdict
    assert line.text.startswith(f"{KEY}; these credentials need kms:Decrypt")


def test_stacks_of_one_provider_are_one_line(here: Path) -> None:
    for name in "bcd":
        (here / f"Pulumi.spoke-{name}.yaml").write_text(f"secretsprovider: {KEY}\nconfig: {{}}\n")

    assert ["secrets of spoke-a and 3 more"] == [
        each.subject for each in carry_out(secrets([f"spoke-{name}" for name in "abcd"]))
    ]


def test_pulumi_cloud_keeps_secrets_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")

    assert "kept by the backend" == only(secrets(["hub"])).text


def test_a_folder_is_nobody_elses(here: Path) -> None:
    line = only(backend())

    assert CheckResult.WARNING is line.verdict
    assert f"{(here / 'backend').as_uri()}, a folder of this machine: nobody else has these states" in line.text


def test_a_rehearsals_folder_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5005")

    assert CheckResult.PASSED is only(backend()).verdict


def test_a_backend_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///nowhere/at/all")

    line = only(backend())

    assert CheckResult.FAILED is line.verdict
    assert "the folder /nowhere/at/all is not there" in line.text


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        (b"version: 1\n", CheckResult.PASSED, "s3://states, a bucket"),
        (None, CheckResult.WARNING, "has no .pulumi/meta.yaml yet. Whoever makes the first stack writes it"),
        (
            PermissionDeniedError("403 Forbidden"),
            CheckResult.FAILED,
            "cannot be read: 403 Forbidden. Make the bucket",
        ),
    ],
)
def test_a_bucket_is_read_and_not_written(
    monkeypatch: pytest.MonkeyPatch, answer: bytes | Exception | None, verdict: CheckResult, words: str
) -> None:
    class Bucket:
        def __init__(self, url: str) -> None:
            assert "s3://states" == url

        def read(self, path: str) -> bytes | None:
            assert ".pulumi/meta.yaml" == path
            if isinstance(answer, Exception):
                raise answer
            return answer

    def answers(_: str) -> None:
        return None

    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    monkeypatch.setattr(module, "refuse_silent_backend", answers)
    monkeypatch.setattr(module, "Storage", Bucket)

    line = only(backend())

    assert verdict is line.verdict
    assert words in line.text


@pytest.mark.parametrize(
    ("answer", "needed", "verdict", "words"),
    [
        ({"catalog": {}}, True, CheckResult.PASSED, "can be read, and publishes a catalog"),
        ({}, True, CheckResult.FAILED, "has no output `catalog`. Deploy it: model-catalog stack up hub"),
        ("no stack named 'hub' found", False, CheckResult.PASSED, "not deployed yet: model-catalog stack up hub"),
        ("no stack named 'hub' found", True, CheckResult.FAILED, "was never deployed. Deploy it:"),
        ("incorrect passphrase", True, CheckResult.FAILED, "or kms:Decrypt on its key (docs/iam/state-key.json)"),
    ],
)
def test_whether_the_hub_can_be_read_as_every_spoke_has_to(
    monkeypatch: pytest.MonkeyPatch,
    answer: dict[str, object] | str,
    needed: bool,  # noqa: FBT001 - a case
    verdict: CheckResult,
    words: str,
) -> None:
    """Finding: a stack reference opens the hub's secrets first, so every spoke needs its key."""

    def exported(_: object, project: str, stack: str, *, decrypted: bool) -> dict[str, object]:
        assert ("hub", "hub", True) == (project, stack, decrypted), "which opens its secrets, as a reference does"
        if isinstance(answer, str):
            raise EngineError(f"pulumi stack export failed: {answer}", code="pulumi-failed")
        return {"deployment": {"resources": [{"type": "pulumi:pulumi:Stack", "outputs": answer}]}}

    monkeypatch.setattr(Engine, "exported", exported)

    line = only(hubs(["hub"], needed=needed))

    assert verdict is line.verdict
    assert words in line.text
