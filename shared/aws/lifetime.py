"""How long the credentials at hand last, and whether what AWS said means that they have ended."""

import base64
import datetime as dt
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session as BotocoreSession

from shared.aws.session import Session, error_text
from shared.errors import UnreachableError

_EXPIRED: Final = re.compile(
    r"ExpiredToken|RequestExpired|security token included in the request is expired|provided token has expired"
    r"|SSO session (associated with this profile )?has expired|Token has expired and refresh failed"
    r"|Your session has expired|refreshed credentials are still expired|failed to refresh cached credentials"
)
"""As services, boto3 and the engine's plug-in say it (sources: STS and S3 API reference, "Common errors" and "Error
responses"; botocore and aws-sdk-go-v2)."""

_SOURCES: Final[Mapping[str, str]] = {
    "env": "variables of the environment",
    "shared-credentials-file": "the file of credentials",
    "config-file": "the file of settings",
    "assume-role": "a profile that assumes a role",
    "assume-role-with-web-identity": "the token of a web identity",
    "sso": "a profile of IAM Identity Center",
    "login": "a profile that has signed in by aws login",
    "custom-process": "a profile's own process",
    "container-role": "the container's role",
    "iam-role": "the machine's role",
}
"""Where credentials come from, by botocore's names (source: botocore.credentials, METHOD of each provider)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long credentials last.

    Attributes:
        source: Where they come from, in words; empty where there are none.
        until: When they end; None where they do not, where they are renewed by themselves, or where nobody says.
        is_renewed: Whether they are renewed by themselves.
        is_temporary: Whether they end at all.
    """

    source: str
    until: dt.datetime | None
    is_renewed: bool
    is_temporary: bool

    def left(self, now: dt.datetime) -> dt.timedelta | None:
        """Give what is left of them."""
        return self.until - now if self.until else None

    def words(self, now: dt.datetime) -> str:
        """Say how long they last."""
        if not self.source:
            return "there are none"
        if self.until is None:
            how = "renewed by themselves" if self.is_renewed else "nobody says when they end"
            return f"from {self.source}: {how if self.is_temporary else 'they do not end'}"
        minutes = int((self.until - now).total_seconds() // 60)
        rest = f"in {minutes} minutes" if minutes >= 0 else "they have ended"
        return f"from {self.source}: until {self.until.astimezone(dt.UTC):%H:%M} UTC, {rest}"


def lifetime() -> Lifetime:
    """Say how long the credentials at hand last, as far as that can be known without AWS.

    Those in variables end when a variable says so. A web identity gets new ones as long as its token lasts, which says
    itself when it ends: a job's is written once (source: RFC 7519, "exp"). All others are renewed where they come from,
    or last for ever.
    """
    found = _found()
    if found is None:
        return Lifetime(source="", until=None, is_renewed=False, is_temporary=False)
    method = str(found.method)
    until: dt.datetime | None = None
    if method == "env":
        until = _moment(os.environ.get("AWS_CREDENTIAL_EXPIRATION", ""))
    elif method == "assume-role-with-web-identity":
        until = _end_of(os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", ""))
    renewable = isinstance(found, RefreshableCredentials)
    return Lifetime(
        source=_SOURCES.get(method, method),
        until=until,
        is_renewed=renewable and until is None,
        is_temporary=renewable or bool(found.token),
    )


@cache
def _found() -> Any:  # noqa: ANN401 - botocore has no types
    try:
        return BotocoreSession().get_credentials()
    except BotoCoreError:
        return None  # whoever needs them is told why


def _moment(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _end_of(file: str) -> dt.datetime | None:
    """Read when a token of a web identity ends."""
    try:
        part = Path(file).read_text().split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return dt.datetime.fromtimestamp(float(claims["exp"]), dt.UTC)
    except (OSError, ValueError, LookupError, TypeError):
        return None  # a profile names the file, or it is no such token


def means_expired(text: str) -> bool:
    """Say whether what AWS, its clients or the engine said means that credentials have ended."""
    return bool(_EXPIRED.search(text))


def expired_reason(region: str) -> str:
    """Ask AWS who the credentials are of, and give its answer where that is that they have ended; empty otherwise."""
    try:
        Session(region=region).client("sts").get_caller_identity()
    except (
        BotoCoreError,
        ClientError,
        UnreachableError,
        RuntimeError,
    ) as problem:  # the last is botocore's, of its own
        return error_text(problem) if means_expired(str(problem)) else ""
    return ""
