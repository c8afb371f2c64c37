"""Keeps pages in a browser out: the sandbox checks no signatures, so that any page could act as any account.

A page that is shown on the same machine can send requests here, and cannot read what is answered; one whose name leads
to another address after a while (DNS rebinding) can read it as well. The first say where they come from, the second by
which name they came.
"""

from ipaddress import ip_address
from typing import Any

from sandbox.aws.errors import ApiError

_OWN = "/_sandbox/"
_OF_FORMS = ("multipart/form-data", "text/plain")
"""What a form of a page can send, and no tool of anybody's does."""


def refuse_pages(environ: dict[str, Any]) -> None:
    """Refuse what a page in a browser sends, whatever it asks.

    Raises:
        ApiError: with what it was known by.
    """
    path, name = str(environ.get("PATH_INFO", "")), _name(str(environ.get("HTTP_HOST", "")))
    own = path.startswith(_OWN)
    if not _is_ours(name, str(environ.get("SERVER_NAME", "")), own=own):
        raise ApiError("AccessDenied", f"the sandbox is not called {name[:100]!r}: use the address that it printed")
    if "HTTP_ORIGIN" in environ or environ.get("HTTP_SEC_FETCH_SITE", "none") != "none":
        raise ApiError("AccessDenied", "pages in a browser may not call the sandbox")
    if own and environ.get("REQUEST_METHOD") == "POST" and environ.get("CONTENT_TYPE", "").startswith(_OF_FORMS):
        raise ApiError("AccessDenied", "the sandbox takes application/json here")
    if path.startswith("/moto-api"):
        raise ApiError("ResourceNotFoundException", "there is no such path", 404)


def _name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def _is_ours(name: str, listening: str, *, own: bool) -> bool:
    """Whether nobody else can own a name.

    Where only this machine is listened to, it is one of this machine's. Otherwise any address will do, or a name
    without a dot, as containers have. AWS's own names are no page's; the sandbox's own endpoint has none of them.
    """
    name, open_to_others = name.lower().rstrip("."), not _is_loopback(listening)
    if not name or name == listening.lower() or _is_loopback(name):
        return True
    if not own and (name.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))):
        return True
    return open_to_others and ("." not in name or name.endswith(".internal") or _is_address(name))


def _is_loopback(name: str) -> bool:
    return ip_address(name).is_loopback if _is_address(name) else name == "localhost" or name.endswith(".localhost")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
