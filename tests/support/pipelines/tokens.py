"""The token by which a job of CI says which job it is, as GitHub and GitLab write it; nobody signs it here."""

import base64
import json
import time
from typing import Final

REPOSITORY: Final = "group/models"
GITHUB: Final = "https://token.actions.githubusercontent.com"
GITLAB: Final = "https://gitlab.com"


def token(issuer: str, *, audience: str, subject: str, seconds: float = 600) -> str:
    """Make a token (source: RFC 7519)."""
    claims = {"iss": issuer, "aud": audience, "sub": subject, "exp": time.time() + seconds}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"
