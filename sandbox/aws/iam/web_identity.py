"""sts:AssumeRoleWithWebIdentity: a role for whoever brings a token, which is how jobs of CI sign in.

The call bears no signature; the token says who it is. Its own signature is not checked, as no signature is here.
"""

import base64
import json
import time
from typing import Any, Final, cast

from sandbox.aws.errors import ApiError
from sandbox.aws.iam.callers import Caller, Callers
from sandbox.aws.iam.principals import find_role, iam_of, is_known, trusts_identity
from sandbox.aws.iam.session_length import refuse_long_session
from sandbox.aws.wire import Request
from sandbox.clock import Clock

OPERATION: Final = "AssumeRoleWithWebIdentity"
_LARGEST: Final = 64 * 1024
_FORM: Final = "application/x-www-form-urlencoded"


def may_be(request: Request) -> bool:
    """Say whether a request without a signature may be this call, whose name is in its body."""
    size = request.environ.get("CONTENT_LENGTH") or ""
    kind = request.environ.get("CONTENT_TYPE", "")
    return request.method == "POST" and kind.startswith(_FORM) and str(size).isdigit() and int(size) <= _LARGEST


def caller_of(request: Request, callers: Callers, clock: Clock) -> Caller:
    """Find out who brings a token, and refuse whom the role does not trust.

    Raises:
        ApiError: in STS's words (STS API reference, AssumeRoleWithWebIdentity, "Errors").
    """
    arn = request.form.get("RoleArn", "")
    account = arn.split(":")[4] if arn.count(":") == 5 else ""  # noqa: PLR2004 - an ARN has six parts
    claims = _claims(request.form.get("WebIdentityToken", ""))
    host = str(claims.get("iss", "")).removeprefix("https://").rstrip("/")
    if not (account.isdigit() and callers.knows(account)):
        raise _refusal()
    callers.prepare(account)
    provider = f"arn:aws:iam::{account}:oidc-provider/{host}"
    known: Any = iam_of(account).open_id_providers.get(provider)
    if known is None:
        raise ApiError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for https://{host}")
    if str(claims.get("aud")) not in known.client_id_list:
        raise ApiError("InvalidIdentityToken", "Incorrect token audience")
    if float(claims.get("exp") or 0) < time.time():
        raise ApiError("ExpiredTokenException", "Token expired: current date/time must be before the expiration time")
    context = {f"{host}:{name}": [str(claims[name])] for name in ("aud", "sub") if name in claims}
    role = find_role(account, arn.rpartition("/")[2])
    if not (role and role.arn == arn and trusts_identity(role, provider, context) and is_known(role, clock)):
        raise _refusal()
    refuse_long_session(request, role, is_chained=False)
    request.service = "sts"
    return Caller(account, provider, provider, "", request.region)


def _refusal() -> ApiError:
    return ApiError("AccessDenied", f"Not authorized to perform sts:{OPERATION}")


def _claims(token: str) -> dict[str, Any]:
    try:
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ApiError("InvalidIdentityToken", "The ID Token provided is not a valid JWT")
    return cast("dict[str, Any]", found)
