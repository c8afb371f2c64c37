"""How long credentials last: what variables and tokens say, what renews itself, and what AWS says at the end."""

import base64
import datetime as dt
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import SSOTokenLoadError, TokenRetrievalError, UnauthorizedSSOTokenError

from shared.aws import lifetime as module
from shared.aws.lifetime import expired_reason, lifetime, means_expired
from tests.support.sandbox.accounts import MANAGEMENT, RESEARCH
from tests.support.sandbox.process import Sandbox

NOW = dt.datetime(2026, 11, 26, 14, tzinfo=dt.UTC)
ROLE = f"arn:aws:iam::{RESEARCH}:role/OrganizationAccountAccessRole"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have no credentials but the test's own."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    module.__dict__["_found"].cache_clear()
    yield
    module.__dict__["_found"].cache_clear()


def keys(monkeypatch: pytest.MonkeyPatch, more: Mapping[str, str] | None = None) -> None:
    """Put keys into variables."""
    for name, value in {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", **(more or {})}.items():
        monkeypatch.setenv(name, value)


def test_a_users_own_keys_do_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch)

    found = lifetime()

    assert (False, None) == (found.is_temporary, found.until)
    assert "from variables of the environment: they do not end" == found.words(NOW)


def test_keys_with_a_token_end_and_nobody_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, {"AWS_SESSION_TOKEN": "t"})

    found = lifetime()

    assert (True, None, False) == (found.is_temporary, found.until, found.is_renewed)
    assert "from variables of the environment: nobody says when they end" == found.words(NOW)


@pytest.mark.parametrize("text", ["2026-11-26T14:52:30Z", "2026-11-26T14:52:30+00:00", "2026-11-26T15:52:30+01:00"])
def test_a_variable_says_when_they_end(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    keys(monkeypatch, {"AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": text})

    found = lifetime()

    assert dt.timedelta(minutes=52, seconds=30) == found.left(NOW)
    assert "from variables of the environment: until 14:52 UTC, in 52 minutes" == found.words(NOW)
    assert found.words(NOW + dt.timedelta(hours=1)).endswith("they have ended")


def test_a_web_identity_lasts_as_long_as_its_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A job's token is written once: new credentials are given for it until it ends."""
    token = tmp_path / "token"
    token.write_text(_token({"exp": NOW.timestamp() + 300}))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))

    found = lifetime()

    assert dt.timedelta(minutes=5) == found.left(NOW)
    assert "from the token of a web identity: until 14:05 UTC, in 5 minutes" == found.words(NOW)
    token.write_text(_token({"exp": NOW.timestamp() + 3600}))
    assert dt.timedelta(hours=1) == lifetime().left(NOW)


@pytest.mark.parametrize("content", ["no token", "a.b.c", "a.!.c", ""])
def test_a_token_that_cannot_be_read_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    (tmp_path / "token").write_text(content)
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))

    found = lifetime()

    assert (None, True, True) == (found.until, found.is_renewed, found.is_temporary)


def test_a_profile_that_assumes_a_role_renews_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(f"[profile deployer]\nrole_arn = {ROLE}\nsource_profile = default\n")
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = k\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_PROFILE", "deployer")

    found = lifetime()

    assert (None, True, True) == (found.until, found.is_renewed, found.is_temporary)
    assert "from a profile that assumes a role: renewed by themselves" == found.words(NOW)


@pytest.mark.parametrize(("token", "words"), [("", "they do not end"), ("t", "nobody says when they end")])
def test_a_file_of_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, token: str, words: str) -> None:
    del monkeypatch
    line = f"aws_session_token = {token}\n" if token else ""
    (tmp_path / "credentials").write_text(f"[default]\naws_access_key_id = k\naws_secret_access_key = s\n{line}")

    assert f"from the file of credentials: {words}" == lifetime().words(NOW)


def test_without_credentials_there_are_none() -> None:
    assert ("there are none", False) == (lifetime().words(NOW), lifetime().is_temporary)


def test_a_profile_that_is_not_there_is_told_by_whoever_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    assert "there are none" == lifetime().words(NOW)


@pytest.mark.parametrize(
    "text",
    [
        "An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.",
        "ExpiredTokenException: The security token included in the request is expired",
        "An error occurred (RequestExpired) when calling the DescribeSubnets operation: Request has expired.",
        str(UnauthorizedSSOTokenError()),
        str(TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed")),
        "get credentials: failed to refresh cached credentials, no EC2 IMDS role found",
        "Credentials were refreshed, but the refreshed credentials are still expired.",
        "Your session has expired or credentials have changed. Please reauthenticate using 'aws login'.",
    ],
)
def test_what_it_sounds_like_when_credentials_have_ended(text: str) -> None:
    assert means_expired(text)


@pytest.mark.parametrize(
    "text",
    [
        "ThrottlingException: Rate exceeded",
        "AccessDenied: User is not authorized to perform: sts:AssumeRole",
        "InvalidClientTokenId: The security token included in the request is invalid.",
        str(SSOTokenLoadError(error_msg="Token for it does not exist")),
        "the certificate has expired",
    ],
)
def test_what_it_does_not_sound_like(text: str) -> None:
    assert not means_expired(text)


def test_aws_is_asked_whether_it_takes_them_still(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of an hour is the least that AWS lets a session have; the sandbox takes a second."""
    given = _short_lived(sandbox)
    keys(
        monkeypatch,
        {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        },
    )
    deadline = time.monotonic() + 20
    while not (reason := expired_reason("eu-central-1")) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert "The security token included in the request is expired" in reason


def test_whoever_is_refused_for_another_reason_has_not_expired(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    del sandbox
    keys(monkeypatch, {"AWS_ACCESS_KEY_ID": "ASIANOBODY", "AWS_SESSION_TOKEN": "t"})

    assert "" == expired_reason("eu-central-1")


def _short_lived(sandbox: Sandbox) -> dict[str, str]:
    sts: Any = boto3.client(  # pyright: ignore[reportUnknownMemberType] - the stubs have one function per service
        "sts",
        endpoint_url=sandbox.url,
        region_name="eu-central-1",
        aws_access_key_id=MANAGEMENT,
        aws_secret_access_key="sandbox",  # noqa: S106 - the sandbox takes any
        config=Config(parameter_validation=False),
    )
    return sts.assume_role(RoleArn=ROLE, RoleSessionName="test", DurationSeconds=1)["Credentials"]


def _token(claims: dict[str, float]) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{part}.c2ln"
