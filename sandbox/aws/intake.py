"""Keeps pages in a browser out, and takes in bodies: as large as they may be, as many at once as there is room for.

The sandbox checks no signatures, so that any page could act as any account. One that is shown on the same machine can
send requests here, and cannot read what is answered; one whose name leads to another address after a while (DNS
rebinding) can read it as well. The first say where they come from, the second by which name they came.
"""

import gc
import threading
import time
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from io import BytesIO
from ipaddress import ip_address
from typing import Any, Final

from sandbox.aws import limits
from sandbox.aws.errors import ApiError
from sandbox.aws.limits import TooLargeError, TooMuchError

_ROOM_BYTES: Final = limits.OBJECT_BYTES
"""For all bodies at once. What a body becomes takes three times as much again."""
_SMALL_BYTES: Final = 64 * 1024
"""A body up to this size needs no room: hundreds of them have it."""
_PATIENCE_SECONDS: Final = 60
_CHUNK: Final = 64 * 1024
_DRAINED_BYTES: Final = 512 * 1024 * 1024
_FILES: Final = ("lambda", "s3")
_GZIP: Final = 31
"""zlib's name for it."""


class Room:
    """Room in memory for bodies; who finds none waits until others are done."""

    def __init__(self) -> None:
        self._free = _ROOM_BYTES
        self._changed = threading.Condition()

    @contextmanager
    def of(self, size: int) -> Generator[None]:
        """Keep room for a body until its call is answered.

        Raises:
            BusyError: others kept theirs for too long.
        """
        if size <= _SMALL_BYTES:
            yield
            return
        until = time.monotonic() + _PATIENCE_SECONDS
        with self._changed:
            while self._free < size:
                if not self._changed.wait(until - time.monotonic()):
                    raise BusyError
            self._free -= size
        try:
            yield
        finally:
            gc.collect(1)  # what a web framework makes of a request is a ring, and would keep the body for a while
            with self._changed:
                self._free += size
                self._changed.notify_all()


class BusyError(Exception):
    """There was no room for a body in time."""


def largest(service: str) -> int:
    """The bytes that the body of a call to a service may have."""
    return limits.OBJECT_BYTES if service in _FILES else limits.DOCUMENT_BYTES


def announced(environ: dict[str, Any], service: str) -> int:
    """The bytes that a body may turn out to have: as the client says, or as many as it may."""
    if environ.get("wsgi.input_terminated"):
        return largest(service)
    try:
        return max(int(environ.get("CONTENT_LENGTH") or 0), 0)
    except ValueError:
        return 0


def read(environ: dict[str, Any], service: str) -> bytes:
    """Read all of a body: a slow client must not hold the lock, and a kept connection needs a clean end.

    Raises:
        TooMuchError: it is too large, or not what it says.
    """
    stream, most, size = environ["wsgi.input"], largest(service), announced(environ, service)
    body = b"" if size > most else stream.read(most + 1 if environ.get("wsgi.input_terminated") else size)
    if size <= most:
        environ["wsgi.input"] = BytesIO()  # there is nothing left of it
    if max(size, len(body)) > most:
        raise TooLargeError(
            f"the sandbox takes {most // 1024 // 1024} MiB at once; larger objects in parts, as `aws s3 cp` does"
        )
    if service not in _FILES and environ.get("HTTP_CONTENT_ENCODING", "").lower() == "gzip":
        body = _decompressed(body, most)
        del environ["HTTP_CONTENT_ENCODING"]
    return body


def drain(environ: dict[str, Any], size: int) -> None:
    """Read what is left of a body that nobody wants: the client then reads our answer, and sees no closed door."""
    stream, left = environ["wsgi.input"], min(size, _DRAINED_BYTES)
    with suppress(OSError):
        while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)


def _decompressed(body: bytes, most: int) -> bytes:
    decompressor = zlib.decompressobj(wbits=_GZIP)
    try:
        found = decompressor.decompress(body, most + 1)
    except zlib.error:
        raise TooMuchError("its Content-Encoding is gzip, and it is none") from None
    if len(found) > most:
        raise TooLargeError(f"the sandbox takes {most // 1024 // 1024} MiB at once, decompressed")
    return found


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
