"""Takes in bodies: as large as they may be, as many at once as there is room for, and none that is a bomb."""

import gc
import threading
import time
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any, Final

from sandbox.aws import limits
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
